package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Training;

/**
 * What every family of rules promises of its signals, whatever the blocks are made of; in FP64.
 * Differences are taken at some entries of each tensor only.
 */
final class Identities {
  private static final double EPSILON = 1e-6;
  private static final double EXACT = 1e-11;
  private static final double BY_DIFFERENCES = 1e-6;
  private static final int SAMPLES = 5;

  private Identities() {}

  /** Requires all that the family of a rule promises of one told pass. */
  static void require(String name, LearningRule rule, Training training, Training.Told told) {
    requireShapes(told);
    requireGradients(training.network(), told);
    switch (name) {
      case "bp" -> {
        requireCarried(training, told);
        requireSlopeOfTheLoss(training, told);
      }
      case "shallow" -> requireSilence(told);
      case "ifa" -> requireUpward(training, told);
      case "pepita" -> requireSecondPass(training, told);
      case "ff" -> requireContrast((ForwardForward) rule, training, told);
      case "fg" -> requireSlopesAlongDirections((ForwardGradient) rule, training, told);
      default -> {
        switch (Rules.nature(rule.getClass()).orElseThrow().family()) {
          case LAYERED -> requireCarried(training, told);
          case DIRECT -> requireBroadcast(name, rule, training, told);
          case LOCAL -> requireLocal(name, rule, training, told);
          case FORWARD, NONE -> throw new AssertionError("no identity for " + name);
        }
      }
    }
  }

  // ---- all

  private static void requireShapes(Training.Told told) {
    assertThat(told.signals()).hasSameSizeAs(told.trace().steps());
    for (int i = 0; i < told.signals().size(); i++) {
      if (told.signals().get(i) instanceof Signal.Told(Tensor signal, var _)) {
        assertThat(signal.shape())
            .as("shape of signal %d", i + 1)
            .isEqualTo(told.trace().steps().get(i).output().shape());
      }
    }
  }

  /** By every parameter of a block, differences of ⟨signal, output⟩ with its input held fast. */
  private static void requireGradients(Network network, Training.Told told) {
    for (int i = 0; i < told.signals().size(); i++) {
      if (!(told.signals().get(i) instanceof Signal.Told(Tensor signal, var _))) {
        continue;
      }
      var block = network.blocks().get(i);
      Step step = told.trace().steps().get(i);
      Mode mode = told.trace().mode().child(i);
      Gradients gradients = step.gradients(signal);
      assertThat(gradients.entries().stream().map(Gradients.Entry::parameter))
          .as("a gradient for every parameter of block %d", i + 1)
          .isEqualTo(block.parameters());
      double noise = 1e-9 * signal.norm().item() * step.output().norm().item();
      for (Gradients.Entry entry : gradients.entries()) {
        requireSlopes(
            "gradient by %s of block %d".formatted(entry.parameter().name(), i + 1),
            entry.gradient().value(),
            entry.parameter().value(),
            () -> block.step(step.input(), mode).output().dot(signal).item(),
            noise);
      }
    }
  }

  /** A gradient at some entries, by central differences; {@code by} is put back. */
  private static void requireSlopes(
      String what, Tensor gradient, Tensor by, DoubleSupplier number, double noise) {
    assertThat(gradient.shape()).as(what).isEqualTo(by.shape());
    double[] at = by.toDoubles();
    double[] slopes = gradient.toDoubles();
    long[] shape = by.shape().toArray();
    int stride = Math.max(1, at.length / SAMPLES);
    double error = 0;
    double size = 0;
    for (int i = stride / 2; i < at.length; i += stride) {
      double x = at[i];
      double difference = 0;
      for (int sign = 1; sign >= -1; sign -= 2) {
        at[i] = x + sign * EPSILON;
        try (var _ = Scope.open()) {
          by.copyFrom(Tensor.of(at, shape));
          difference += sign * number.getAsDouble() / (2 * EPSILON);
        }
      }
      at[i] = x;
      error += Math.pow(difference - slopes[i], 2);
      size += Math.pow(difference, 2);
    }
    try (var _ = Scope.open()) {
      by.copyFrom(Tensor.of(at, shape));
    }
    assertThat(Math.sqrt(error))
        .as("%s: error of entries of length %g", what, Math.sqrt(size))
        .isLessThanOrEqualTo(BY_DIFFERENCES * Math.sqrt(size) + noise);
  }

  private static Tensor signal(Training.Told told, int block) {
    return ((Signal.Told) told.signals().get(block)).gradient();
  }

  private static Tensor random(Shape shape, long seed) {
    return Seed.of(seed).normal(1, shape.toArray()).to(Precision.FP64);
  }

  private static Tensor flat(Tensor rows) {
    return rows.reshaped(rows.size(0), -1);
  }

  private static Tensor error(Training.Told told) {
    return told.outcome().error();
  }

  // ---- layered

  /** With V in the place of W, ⟨s_{l−1}, t⟩ = ⟨s_l, the derivative of the block along t⟩. */
  private static void requireCarried(Training training, Training.Told told) {
    requireClose("signal of the output", signal(told, told.signals().size() - 1), error(told), 0);
    Feedback feedback = training.feedback();
    for (int i = 1; i < told.signals().size(); i++) {
      Step step = told.trace().steps().get(i);
      List<Parameter> weights = Hidden.weights(training.network().blocks().get(i));
      List<Tensor> kept = weights.stream().map(w -> w.value().copied()).toList();
      List<Tensor> instead = weights.stream().map(w -> instead(feedback, w)).toList();
      for (int k = 0; k < weights.size(); k++) {
        weights.get(k).value().copyFrom(instead.get(k));
      }
      for (int draw = 0; draw < 3; draw++) {
        Tensor t = random(step.input().shape(), 70 + draw);
        double carried = signal(told, i - 1).dot(t).item();
        double expected = signal(told, i).dot(step.tangent(t)).item();
        double size = signal(told, i - 1).norm().item() * t.norm().item();
        assertThat(size).as("signal %d", i).isPositive();
        assertThat(carried).as("signal %d along t", i).isCloseTo(expected, within(EXACT * size));
      }
      for (int k = 0; k < weights.size(); k++) {
        weights.get(k).value().copyFrom(kept.get(k));
      }
    }
  }

  /** V, shaped like its W. */
  private static Tensor instead(Feedback feedback, Parameter weight) {
    Tensor v =
        switch (feedback) {
          case Layered layered -> layered.backward().instead(weight);
          case TwoFactors factors ->
              factors.pairs().stream()
                  .filter(pair -> pair.at().weight().equals(weight))
                  .findFirst()
                  .orElseThrow()
                  .product();
          default -> throw new AssertionError("not layered: " + feedback);
        };
    return v.reshaped(weight.value().shape().toArray()).copied();
  }

  private static double loss(Network network, Tensor inputs, Mode mode, Tensor target) {
    return new SoftmaxCrossEntropy()
        .judge(network.trace(inputs, mode).output(), target)
        .loss()
        .item();
  }

  private static void requireSlopeOfTheLoss(Training training, Training.Told told) {
    Network network = training.network();
    Trace trace = told.trace();
    for (Gradients.Entry entry : told.gradients().entries()) {
      requireSlopes(
          "slope of the network's loss by " + entry.parameter().name(),
          entry.gradient().value(),
          entry.parameter().value(),
          () -> loss(network, trace.input(), trace.mode(), told.outcome().target()),
          1e-9);
    }
  }

  private static void requireSilence(Training.Told told) {
    for (Signal signal : told.signals().subList(0, told.signals().size() - 1)) {
      assertThat(signal).isInstanceOf(Signal.Silent.class);
    }
    requireClose("signal of the output", signal(told, told.signals().size() - 1), error(told), 0);
  }

  // ---- direct

  private static void requireBroadcast(
      String name, LearningRule rule, Training training, Training.Told told) {
    Tensor e = error(told);
    double rows = e.size(0);
    Tensor heard =
        switch (name) {
          case "dfa", "udfa", "sparse-dfa", "dkp", "fdfa" -> e;
          case "sdfa" -> e.sign().scaled(1 / rows);
          case "optical-dfa" -> ((OpticalFeedback) rule).encoded(e.scaled(rows)).scaled(1 / rows);
          case "drtp" -> told.outcome().target().scaled(-1 / rows);
          default -> {
            assertThat(training.feedback())
                .as("what does %s broadcast?", name)
                .isInstanceOf(Direct.class);
            yield ((Direct) training.feedback()).broadcast().apply(told.outcome());
          }
        };
    List<Tensor> b = training.feedback().paths().matrices();
    assertThat(b).hasSize(training.network().hidden());
    for (int i = 0; i < b.size(); i++) {
      assertThat(b.get(i).shape()).isEqualTo(Shape.of(e.size(1), training.network().width(i)));
      assertThat(b.get(i).norm().item()).isPositive();
      Tensor found = flat(signal(told, i));
      Tensor sent = heard.matmul(b.get(i));
      long each = found.size(0) / sent.size(0);
      if (each > 1) { // all tokens of a sentence hear the same, over √k
        long[] places = new long[(int) found.size(0)];
        Arrays.setAll(places, row -> row / each);
        sent = sent.rowsAt(Tensor.of(places, places.length)).scaled(1 / Math.sqrt((double) each));
      }
      requireClose("signal " + (i + 1), found, sent, EXACT);
    }
    requireClose("signal of the output", signal(told, b.size()), e, 0);
    if (name.equals("dkp")) {
      requireOwnGradients(told);
    }
    if (name.equals("fdfa")) {
      requireAverage((ForwardDirectFeedback) rule, training, told);
    }
  }

  /** gB_l = eᵀ h_l. */
  private static void requireOwnGradients(Training.Told told) {
    for (int i = 0; i < told.trace().hidden().size(); i++) {
      Tensor own =
          ((Signal.Told) told.signals().get(i)).own().entries().getFirst().gradient().value();
      Tensor h = flat(told.trace().steps().get(i).output());
      requireClose("gradient by B", own, error(told).transposed().matmul(h), EXACT);
    }
  }

  /** B_l ← (1 − α) B_l + α (1/N) dᵀ u_l, d by differences. */
  private static void requireAverage(
      ForwardDirectFeedback rule, Training training, Training.Told told) {
    Map<String, Tensor> state = training.feedback().state();
    Seed seed =
        new Seed(named(state, "noise.seed").toLongs()[0])
            .child(named(state, "noise.steps").toLongs()[0]);
    List<Tensor> u = directions(told.trace(), rule.directions(), seed);
    Tensor d = change(training.network(), told.trace(), u);
    double rows = d.size(0);
    List<Tensor> expected = new ArrayList<>();
    for (int i = 0; i < u.size(); i++) {
      Tensor b = named(state, "feedback." + (i + 1));
      Tensor estimate = d.transposed().matmul(flat(u.get(i))).scaled(rule.rate() / rows);
      expected.add(b.scaled(1 - rule.rate()).plus(estimate));
    }
    training.feedback().afterStep(told.trace(), told.outcome(), new Updates(Gradients.NONE, 0, 0));
    for (int i = 0; i < u.size(); i++) {
      requireClose("B", named(state, "feedback." + (i + 1)), expected.get(i), BY_DIFFERENCES);
    }
  }

  /** The directions that {@link Tangents} draws. */
  private static List<Tensor> directions(Trace trace, Directions law, Seed seed) {
    List<Tensor> u = new ArrayList<>();
    for (Step step : trace.hidden()) {
      u.add(law.like(step.output(), seed.child(u.size() + 1L)));
    }
    return u;
  }

  /** How fast the output changes when every hidden output is moved along its direction. */
  private static Tensor change(Network network, Trace trace, List<Tensor> directions) {
    Tensor above = moved(network, trace, directions, EPSILON);
    return above.minus(moved(network, trace, directions, -EPSILON)).scaled(1 / (2 * EPSILON));
  }

  private static Tensor moved(Network network, Trace trace, List<Tensor> directions, double by) {
    Tensor x = trace.input();
    for (int i = 0; i < network.blocks().size(); i++) {
      x = network.blocks().get(i).step(x, trace.mode().child(i)).output();
      if (i < directions.size()) {
        x = x.plus(directions.get(i).scaled(by));
      }
    }
    return x;
  }

  /** s_1 = e B_1, s_l = δ_{l−1} through the forward weights of block l. */
  private static void requireUpward(Training training, Training.Told told) {
    Tensor first = error(told).matmul(training.feedback().paths().matrices().getFirst());
    requireClose("signal 1", flat(signal(told, 0)), first, EXACT);
    for (int i = 1; i < training.network().hidden(); i++) {
      Step step = told.trace().steps().get(i);
      Tensor delta = told.trace().steps().get(i - 1).local(signal(told, i - 1));
      Tensor up = step.localTangent(delta.reshaped(step.input().shape().toArray()));
      requireClose("signal " + (i + 1), flat(signal(told, i)), flat(up), EXACT);
    }
  }

  // ---- forward

  /** s_l = mean over the draws of (1/N) c ⊙ u_l, c_i = ⟨e^_i, d_i⟩, d by differences. */
  private static void requireSlopesAlongDirections(
      ForwardGradient rule, Training training, Training.Told told) {
    Map<String, Tensor> state = training.feedback().state();
    Seed seed =
        new Seed(named(state, "noise.seed").toLongs()[0])
            .child(named(state, "noise.steps").toLongs()[0]);
    List<Tensor> expected =
        told.trace().hidden().stream().map(step -> flat(step.output()).zerosLike()).toList();
    for (int k = 0; k < rule.draws(); k++) {
      List<Tensor> u = directions(told.trace(), rule.directions(), seed.child(k));
      Tensor d = change(training.network(), told.trace(), u);
      Tensor c = error(told).times(d).sum(1).reshaped(-1, 1);
      for (int i = 0; i < u.size(); i++) {
        expected.get(i).add(flat(u.get(i)).times(c), 1.0 / rule.draws());
      }
    }
    for (int i = 0; i < expected.size(); i++) {
      requireClose("signal " + (i + 1), flat(signal(told, i)), expected.get(i), BY_DIFFERENCES);
    }
  }

  /** gW_l in a direction E is ⟨δ_l, what E gives in the place of W_l⟩; gb_l sums δ_l. */
  private static void requireSecondPass(Training training, Training.Told told) {
    Network network = training.network();
    Tensor e = error(told);
    double rows = e.size(0);
    Tensor f = named(training.feedback().state(), "feedback.0");
    Tensor shift = e.scaled(rows).matmul(f);
    Tensor x = told.trace().input();
    Trace second = network.trace(x.plus(shift.reshaped(x.shape().toArray())), told.trace().mode());
    for (int i = 0; i < network.hidden(); i++) {
      Step step = second.steps().get(i);
      Tensor delta = told.trace().steps().get(i).output().minus(step.output()).scaled(1 / rows);
      List<Gradients.Entry> taught = ((Signal.Taught) told.signals().get(i)).gradients().entries();
      assertThat(taught).hasSameSizeAs(network.blocks().get(i).parameters());
      Parameter weight = taught.getFirst().parameter();
      Tensor kept = weight.value().copied();
      Tensor direction = random(kept.shape(), 80);
      weight.value().copyFrom(direction);
      double expected = flat(delta).dot(flat(step.localTangent(step.input()))).item();
      weight.value().copyFrom(kept);
      double along = taught.getFirst().gradient().value().dot(direction).item();
      assertThat(along).as("gradient of block %d", i + 1).isCloseTo(expected, within(EXACT));
      assertThat(Math.abs(expected)).isPositive();
      Tensor bias = taught.get(1).gradient().value();
      Tensor sums = flat(delta).sum(0).reshaped(bias.size(0), -1).sum(1);
      requireClose("gradient by the bias", bias, sums, EXACT);
    }
    Outcome again = told.outcome().of(second.output());
    Gradients last = ((Signal.Taught) told.signals().getLast()).gradients();
    requireClose(
        "gradient of the output",
        last.entries().getFirst().gradient().value(),
        second.steps().getLast().gradients(again.error()).entries().getFirst().gradient().value(),
        0);
  }

  /**
   * By every parameter of a block, differences of its loss on rightly and wrongly labelled rows.
   */
  private static void requireContrast(ForwardForward rule, Training training, Training.Told told) {
    Network network = training.network();
    Map<String, Tensor> state = training.feedback().state();
    Tensor x = labelled(told, told.outcome().target(), state);
    for (int i = 0; i < network.hidden(); i++) {
      var block = network.blocks().get(i);
      Mode mode = told.trace().mode().child(i);
      Tensor h = flat(x);
      Tensor size = h.squared().sum(1).scaled(1.0 / h.size(1)).sqrt().plus(1e-8);
      Tensor input = h.over(size.reshaped(-1, 1)).reshaped(x.shape().toArray());
      Tensor usual = named(state, "activity." + (i + 1));
      for (Gradients.Entry entry : ((Signal.Taught) told.signals().get(i)).gradients().entries()) {
        if (block.parameters().contains(entry.parameter())) {
          requireSlopes(
              "slope of the loss of block %d by %s".formatted(i + 1, entry.parameter().name()),
              entry.gradient().value(),
              entry.parameter().value(),
              () -> ForwardForwardTest.loss(rule, usual, flat(block.step(input, mode).output())),
              1e-8);
        }
      }
      x = block.step(input, mode).output();
    }
  }

  /** Rows with the right label in the first pixels, then with a wrong one. */
  private static Tensor labelled(Training.Told told, Tensor target, Map<String, Tensor> state) {
    Tensor neutral = flat(told.trace().input());
    int rows = (int) neutral.size(0);
    int classes = (int) target.size(1);
    double[] both = new double[2 * rows * (int) neutral.size(1)];
    double[] in = neutral.toDoubles();
    int width = in.length / rows;
    long[] right = target.argmax().toLongs();
    Seed seed =
        new Seed(named(state, "seed").toLongs()[0]).child(named(state, "step").toLongs()[0]);
    for (int i = 0; i < 2 * rows; i++) {
      int row = i % rows;
      System.arraycopy(in, row * width, both, i * width, width);
      double label = 0;
      for (int c = 0; c < classes; c++) {
        label += in[row * width + c];
        both[i * width + c] = 0;
      }
      int other = i < rows ? 0 : 1 + (int) (seed.uniform(row) * (classes - 1));
      both[i * width + (int) ((right[row] + other) % classes)] = label;
    }
    return Tensor.of(
        both, told.trace().input().shape().withoutRows().withRows(2L * rows).toArray());
  }

  // ---- local

  private static void requireLocal(
      String name, LearningRule rule, Training training, Training.Told told) {
    for (int i = 0; i < training.network().hidden(); i++) {
      int block = i;
      Function<Tensor, Double> loss =
          h ->
              switch (name) {
                case "pred", "mono-forward" -> prediction(training, told, block, h);
                case "sim" -> similarity(training, told, "feedback.", block, h);
                case "predsim" -> {
                  double beta = ((LocalPredSim) rule).beta();
                  yield (1 - beta) * prediction(training, told, block, h)
                      + beta * similarity(training, told, "similarity.", block, h);
                }
                case "hsic" ->
                    HsicBottleneckTest.Oracle.bottleneck(
                        (HsicBottleneck) rule, 1, h, told.trace().input(), told.outcome().target());
                case "ccl" -> agreement((CounterCurrent) rule, training, told, block, h);
                default -> throw new AssertionError("what is the loss of " + name + "?");
              };
      Tensor h = flat(told.trace().steps().get(i).output()).copied();
      Signal.Told signal = (Signal.Told) told.signals().get(i);
      double noise = 1e-9 * Math.abs(loss.apply(h));
      assertThat(signal.gradient().norm().item()).isPositive();
      requireSlopes(
          "slope of the loss of block " + (i + 1),
          flat(signal.gradient()),
          h,
          () -> loss.apply(h),
          noise);
      for (Gradients.Entry entry : signal.own().entries()) {
        requireSlopes(
            "slope of that loss by " + entry.parameter().name(),
            entry.gradient().value(),
            entry.parameter().value(),
            () -> loss.apply(h),
            noise);
      }
    }
    requireClose("signal of the output", signal(told, told.signals().size() - 1), error(told), 0);
  }

  /** The head as the probes see it, through the pool before it. */
  private static double prediction(Training training, Training.Told told, int block, Tensor h) {
    Tensor m = training.feedback().paths().matrices().get(block);
    Tensor bias = training.feedback().state().get("bias." + (block + 1));
    Tensor logits = bias == null ? h.linear(m) : h.linear(m, bias);
    return new SoftmaxCrossEntropy().judge(logits, told.outcome().target()).loss().item();
  }

  private static double similarity(
      Training training, Training.Told told, String prefix, int block, Tensor h) {
    Tensor r = named(training.feedback().state(), prefix + (block + 1));
    Shape map = training.network().map(block);
    if (map.rank() == 1) {
      return LocalSimilarityTest.loss(h.linear(r), told);
    }
    Tensor image = h.reshaped(map.withRows(h.size(0)).toArray());
    Tensor a = new Convolution(1, 1, 1).of(image, r);
    int places = (int) (map.size() / map.axis(0));
    if (map.axis(0) <= 3 || places == 1) {
      return LocalSimilarityTest.loss(flat(a), told);
    }
    double[] numbers = a.toDoubles();
    double[] deviations = new double[numbers.length / places];
    for (int i = 0; i < deviations.length; i++) {
      double mean = 0;
      for (int k = 0; k < places; k++) {
        mean += numbers[i * places + k] / places;
      }
      double square = 0;
      for (int k = 0; k < places; k++) {
        square += Math.pow(numbers[i * places + k] - mean, 2);
      }
      deviations[i] = Math.sqrt(square / (places - 1));
    }
    return LocalSimilarityTest.loss(Tensor.of(deviations, h.size(0), map.axis(0)), told);
  }

  /** (128 c₁/n_l) msq(h q_lᵀ − t). */
  private static double agreement(
      CounterCurrent rule, Training training, Training.Told told, int block, Tensor h) {
    Map<String, Tensor> state = training.feedback().state();
    int last = training.network().blocks().size();
    Tensor q = h.identity(told.outcome().target().size(1));
    for (int l = last; l >= block + 2; l--) {
      q = q.linear(named(state, "feedback." + l)).tanh();
    }
    Tensor off = h.matmul(q.transposed()).minus(told.outcome().target());
    return 128 * rule.c1() / h.size(1) * off.squared().mean().item();
  }
}
