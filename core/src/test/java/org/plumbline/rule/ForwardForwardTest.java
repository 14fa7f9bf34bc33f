package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Adam;
import org.plumbline.optim.AdamW;
import org.plumbline.optim.Sgd;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class ForwardForwardTest extends LearningRuleContract {
  private static final int CLASSES = 5;
  private static final int FEATURES = 7;
  private static final Shape TABLE = Shape.of(FEATURES);
  private static final ForwardForward WITHOUT_PEERS =
      new ForwardForward(0.5, 0, 2, ForwardForward.Answer.READOUT);
  private static final ForwardForward OF_GOODNESS =
      new ForwardForward(0.5, 0.03, 1, ForwardForward.Answer.GOODNESS);

  @Override
  protected LearningRule rule() {
    return new ForwardForward();
  }

  @Override
  protected LearningRule other() {
    return new ForwardForward(1, 0, 3, ForwardForward.Answer.GOODNESS);
  }

  @Override
  protected boolean tellsTheOutputTheError() {
    return false;
  }

  @Override
  protected Set<String> refuses() {
    return Set.of("nothing hidden");
  }

  /** No error is carried at all, and 300 steps are few for blocks to agree on. */
  @Override
  protected double accuracy() {
    return 0.9;
  }

  @Override
  protected Shape rows(Network network) {
    return network.input().rank() == 1
        ? Shape.of(network.input().axis(0) - network.outputs())
        : network.input();
  }

  private static Network net(Activation activation, Long... widths) {
    List<Long> all = new ArrayList<>(List.of((long) FEATURES + CLASSES));
    all.addAll(List.of(widths));
    all.add((long) CLASSES);
    return Toy.net(all, activation, new Toy.Normal(), Precision.FP64);
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  private static Toy.Batch batch() {
    return Toy.batch(TABLE, CLASSES, Precision.FP64);
  }

  private static List<Gradients.Entry> taught(Training.Told told, int block) {
    return ((Signal.Taught) told.signals().get(block)).gradients().entries();
  }

  /** What block 1 was shown when it learned: right rows, then wrong ones. */
  private static Tensor shown(Training.Told told) {
    return ((Gradient.Factored) taught(told, 0).getFirst().gradient()).right();
  }

  /** Row by row over its root mean square. */
  private static Tensor normal(Tensor h) {
    Tensor rms = h.squared().sum(1).scaled(1.0 / h.size(1)).sqrt();
    return h.over(rms.plus(1e-8).reshaped(-1, 1));
  }

  /** The activity of a block (from 0) on the rows that block 1 was shown. */
  private static Tensor activity(Network network, Activation activation, Tensor shown, int block) {
    Tensor h = shown;
    for (int l = 1; l <= block + 1; l++) {
      h = l == 1 ? h : normal(h);
      h =
          activation.apply(
              h.linear(named(network.state(), l + ".weight"), named(network.state(), l + ".bias")));
    }
    return h;
  }

  /** The loss of a block by the book; rows of BCE(sigmoid(x), z) are softplus(x) − z x. */
  static double loss(ForwardForward rule, Tensor before, Tensor h) {
    int n = Toy.ROWS;
    Tensor x = h.squared().sum(1).plus(-rule.threshold() * h.size(1));
    double bce = (x.softplus().sum().item() - x.rows(0, n).sum().item()) / (2 * n);
    Tensor r = h.rows(0, n).sum(0).scaled(0.1 / n).plus(before.scaled(0.9));
    Tensor apart = r.minus(r.mean()).squared().mean();
    return bce + rule.peer() * apart.item();
  }

  /** r of a block: other than at first, where all units are alike; without peers, anything. */
  private static Tensor usual(Training training, int block) {
    Tensor drawn =
        Seed.of(6).child(block).normal(1, training.network().width(block)).to(Precision.FP64);
    Tensor r = training.feedback().state().get("activity." + (block + 1));
    return r == null ? drawn : r.copyFrom(drawn);
  }

  @Test
  void everyBlockDescendsItsOwnLoss() {
    for (ForwardForward rule :
        List.of(
            WITHOUT_PEERS,
            new ForwardForward(0.5, 40, 2, ForwardForward.Answer.READOUT),
            new ForwardForward(1, 0.03, 1, ForwardForward.Answer.GOODNESS))) {
      for (Activation activation : List.of(new Activation.Tanh(), new Activation.Softplus())) {
        Network network = net(activation, 9L, 8L, 6L);
        Training training = on(network, rule);
        List<Tensor> usual =
            IntStream.range(0, network.hidden()).mapToObj(b -> usual(training, b)).toList();
        var told = training.tell(batch(), 0);
        Tensor shown = shown(told);
        for (int block = 0; block < network.hidden(); block++) {
          int b = block;
          for (Gradients.Entry entry : taught(told, block)) {
            if (!entry.parameter().name().startsWith("readout")) {
              requireClose(
                  "%s, block %d, %s".formatted(rule, block + 1, entry.parameter().name()),
                  entry.gradient().value(),
                  differences(
                      entry.parameter().value(),
                      () -> loss(rule, usual.get(b), activity(network, activation, shown, b))),
                  1e-7);
            }
          }
        }
      }
    }
  }

  @Test
  void thePeerLossIsPartOfTheGradient() {
    Network network = net(new Activation.Tanh(), 9L, 8L);
    Tensor without =
        taught(on(network, WITHOUT_PEERS).tell(batch(), 0), 1).get(0).gradient().value();
    ForwardForward rule = new ForwardForward(0.5, 40, 2, ForwardForward.Answer.READOUT);
    Tensor with = taught(on(network, rule).tell(batch(), 0), 1).get(0).gradient().value();
    assertThat(with.minus(without).norm().item()).isGreaterThan(0.01 * without.norm().item());
  }

  private static Tensor weights(Activation activation, double peer, ForwardForward.Slope slope) {
    ForwardForward rule = new ForwardForward(0.5, peer, 1, ForwardForward.Answer.READOUT, slope);
    Training training = on(net(activation, 9L, 8L), rule);
    return taught(training.tell(batch(), 0), 1).getFirst().gradient().value();
  }

  /** Goodness says nothing to a unit that is silent, so a straight slope is the peers' alone. */
  @Test
  void aStraightSlopeReachesSilentUnitsThroughThePeerLoss() {
    for (Activation activation : List.of(new Activation.Identity(), new Activation.Relu())) {
      Tensor exact = weights(activation, 0, ForwardForward.Slope.EXACT);
      Tensor straight = weights(activation, 0, ForwardForward.Slope.STRAIGHT);
      requireClose(activation + " without peers", straight, exact, 1e-12);
    }
    Tensor exact = weights(new Activation.Relu(), 40, ForwardForward.Slope.EXACT);
    Tensor straight = weights(new Activation.Relu(), 40, ForwardForward.Slope.STRAIGHT);
    assertThat(straight.minus(exact).norm().item()).isGreaterThan(0.01 * exact.norm().item());
    requireClose(
        "identity",
        weights(new Activation.Identity(), 40, ForwardForward.Slope.STRAIGHT),
        weights(new Activation.Identity(), 40, ForwardForward.Slope.EXACT),
        1e-12);
  }

  /** The tolerance is the 1e-8 beside the root mean square. */
  @Test
  void theSizeOfAnActivityIsHiddenFromTheBlockBehind() {
    Network network = net(new Activation.Identity(), 9L, 8L, 6L);
    Training training = on(network, rule());
    List<Tensor> before = outputs(training);
    for (String name : List.of("1.weight", "1.bias")) {
      named(network.state(), name).multiply(37);
    }
    List<Tensor> after = outputs(training);
    requireClose("block 1", after.get(0), before.get(0).scaled(37), 1e-12);
    for (int i = 1; i < before.size(); i++) {
      requireClose("block " + (i + 1), after.get(i), before.get(i), 1e-7);
    }
  }

  private static List<Tensor> outputs(Training training) {
    return training.tell(batch(), 0).trace().steps().stream().map(s -> s.output()).toList();
  }

  @Test
  void aTableGetsOneInputAClassBehindItsOwn() {
    Network network = net(new Activation.Tanh(), 9L, 8L);
    Training training = on(network, WITHOUT_PEERS);
    var told = training.tell(batch(), 0);
    double[] x = batch().inputs().toDoubles();
    double[] t = batch().targets().toDoubles();
    double[] neutral = told.trace().input().toDoubles();
    double[] shown = shown(told).toDoubles();
    int width = FEATURES + CLASSES;
    for (int i = 0; i < Toy.ROWS; i++) {
      double square = 4; // label 2 on one class
      double neutralSquare = 4.0 / CLASSES;
      for (int k = 0; k < FEATURES; k++) {
        square += x[i * FEATURES + k] * x[i * FEATURES + k];
        neutralSquare += x[i * FEATURES + k] * x[i * FEATURES + k];
      }
      double rms = Math.sqrt(square / width);
      double neutralRms = Math.sqrt(neutralSquare / width);
      for (int k = 0; k < FEATURES; k++) {
        double feature = x[i * FEATURES + k];
        assertThat(neutral[i * width + k]).isCloseTo(feature / neutralRms, near());
        assertThat(shown[i * width + k]).isCloseTo(feature / rms, near());
        assertThat(shown[(Toy.ROWS + i) * width + k]).isCloseTo(feature / rms, near());
      }
      for (int c = 0; c < CLASSES; c++) {
        int at = i * width + FEATURES + c;
        assertThat(neutral[at]).isCloseTo(2.0 / CLASSES / neutralRms, near());
        assertThat(shown[at]).isCloseTo(2 * t[i * CLASSES + c] / rms, near());
      }
    }
  }

  private static Offset<Double> near() {
    return Offset.offset(1e-6); // 1e-8 beside a root mean square
  }

  private static Network images(Shape image) {
    return Network.of(
        List.of(
            new Flatten(),
            new Dense(9),
            new Activation.Tanh(),
            new Dense(8),
            new Activation.Tanh(),
            new Dense(CLASSES)),
        image,
        Toy.birth(new Toy.Normal(), Precision.FP64, 3));
  }

  @Test
  void anImageKeepsItsShapeAndShowsTheLabelInItsFirstPixels() {
    Shape image = Shape.of(2, 3, 3); // five classes: the first row of channel 1 and two pixels more
    assertThat(rule().input(image, CLASSES)).isEqualTo(image);
    Toy.Batch batch = Toy.batch(image, CLASSES, Precision.FP64);
    var told = on(images(image), rule()).tell(batch, 0);
    Tensor given = batch.inputs().reshaped(Toy.ROWS, -1);
    Tensor expected = given.copied();
    expected.columns(0, CLASSES).fill(1.0 / CLASSES);
    requireClose(
        "neutral",
        told.trace().input(),
        normal(expected).reshaped(batch.inputs().shape().toArray()),
        1e-12);
    expected.columns(0, CLASSES).copyFrom(batch.targets());
    requireClose("right", shown(told).rows(0, Toy.ROWS), normal(expected), 1e-7);
    assertThat(bits(batch.inputs()))
        .isEqualTo(bits(Toy.batch(image, CLASSES, Precision.FP64).inputs()));
  }

  @Test
  void wrongLabelsAreNeverRightAndAllOthersAreAlikeInChance() {
    Network network = net(new Activation.Tanh(), 9L, 8L);
    Training training = on(network, rule());
    long[] right = batch().targets().argmax().toLongs();
    int[] drawn = new int[CLASSES];
    int steps = 500;
    List<List<Long>> seen = new ArrayList<>();
    for (int s = 0; s < steps; s++) {
      try (var _ = Scope.open()) {
        var told = training.tell(batch(), 0);
        long[] wrong =
            shown(told)
                .rows(Toy.ROWS, Toy.ROWS)
                .columns(FEATURES, CLASSES)
                .contiguous()
                .argmax()
                .toLongs();
        for (int i = 0; i < right.length; i++) {
          assertThat(wrong[i]).isNotEqualTo(right[i]);
          drawn[(int) ((wrong[i] - right[i] + CLASSES) % CLASSES)]++;
        }
        seen.add(bits(shown(told)));
        training.feedback().afterStep(told.trace(), told.outcome(), updates());
      }
    }
    double expected = steps * right.length / (CLASSES - 1.0);
    double std = Math.sqrt(expected * (1 - 1 / (CLASSES - 1.0)));
    for (int c = 1; c < CLASSES; c++) {
      assertThat((double) drawn[c]).isCloseTo(expected, Offset.offset(4 * std));
    }
    assertThat(seen.get(0)).isNotEqualTo(seen.get(1));
    assertThat(named(training.feedback().state(), "step").toLongs()).containsExactly(steps);
  }

  private static Updates updates() {
    return new Updates(Gradients.NONE, 0.1, 0);
  }

  @Test
  void theMeanActivityOfRightRowsIsRememberedAStepLong() {
    Network network = net(new Activation.Tanh(), 9L, 8L);
    Training training = on(network, rule());
    var told = training.tell(batch(), 0);
    List<Tensor> expected = new ArrayList<>();
    for (int block = 0; block < 2; block++) {
      Tensor h = activity(network, new Activation.Tanh(), shown(told), block);
      expected.add(h.rows(0, Toy.ROWS).sum(0).scaled(0.1 / Toy.ROWS).plus(0.45));
    }
    training.step(batch(), 0);
    for (int block = 0; block < 2; block++) {
      requireClose(
          "r",
          named(training.feedback().state(), "activity." + (block + 1)),
          expected.get(block),
          1e-12);
    }
  }

  @Test
  void theReadOutIsASoftmaxLayerOnAllBlocksButTheFirst() {
    for (Network network :
        List.of(
            net(new Activation.Tanh(), 9L),
            net(new Activation.Tanh(), 9L, 8L),
            net(new Activation.Tanh(), 9L, 8L, 6L))) {
      Training training = on(network, WITHOUT_PEERS);
      Feedback feedback = training.feedback();
      assertThat(feedback.heads().keySet())
          .containsExactlyElementsOf(
              network.hidden() == 1
                  ? List.of("readout.1")
                  : List.of("readout.2", "readout.3").subList(0, network.hidden() - 1));
      feedback
          .heads()
          .forEach((name, r) -> r.copyFrom(Seed.of(5).child(name).normal(1, r.shape().toArray())));
      var told = training.tell(batch(), 0);
      Tensor y = told.trace().output().zerosLike();
      for (Map.Entry<String, Tensor> head : feedback.heads().entrySet()) {
        int block = Integer.parseInt(head.getKey().substring("readout.".length())) - 1;
        y.add(normal(told.trace().steps().get(block).output()).linear(head.getValue()), 1.0);
      }
      requireClose("answer", feedback.predict(told.trace()), y, 1e-12);
      for (Gradients.Entry entry : told.gradients().entries()) {
        if (entry.parameter().name().startsWith("readout")) {
          requireClose(
              entry.parameter().name(),
              entry.gradient().value(),
              differences(
                  entry.parameter().value(),
                  () ->
                      new SoftmaxCrossEntropy()
                          .judge(feedback.predict(told.trace()), batch().targets())
                          .loss()
                          .item()),
              1e-7);
        }
      }
    }
  }

  @Test
  void goodnessAnswersWithTheLabelThatBlocksLike() {
    Network network = net(new Activation.Tanh(), 9L, 8L, 6L);
    Feedback feedback = OF_GOODNESS.attach(network, Seed.of(1));
    assertThat(feedback.parameters()).isEmpty();
    assertThat(feedback.heads()).isEmpty();
    Trace trace = feedback.trace(network, batch().inputs(), Mode.EVAL);
    Tensor expected = trace.output().zerosLike();
    for (int c = 0; c < CLASSES; c++) {
      Tensor x = Tensor.zeros(Precision.FP64, Toy.ROWS, FEATURES + CLASSES);
      x.columns(0, FEATURES).copyFrom(batch().inputs());
      x.columns(FEATURES + c, 1).fill(1);
      for (int block = 1; block < 3; block++) {
        Tensor h = activity(network, new Activation.Tanh(), normal(x), block);
        expected.columns(c, 1).add(h.squared().sum(1).reshaped(-1, 1), 1.0);
      }
    }
    requireClose("answer", feedback.predict(trace), expected, 1e-6);
  }

  @Test
  void goodnessLearnsClustersToo() {
    Clusters problem = new Clusters(Seed.of(52));
    Network network =
        Network.of(
            Network.mlp(List.of(32L, 24L), Clusters.CLASSES, new Activation.Tanh(), 0, 0),
            Shape.of(Clusters.FEATURES + Clusters.CLASSES),
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    Training training = Training.of(network, OF_GOODNESS, new Adam(0.01), Seed.of(51));
    training.steps(problem, 0, 300);
    assertThat(training.accuracy(problem)).isGreaterThan(0.9);
  }

  @Test
  void theOutputBlockStaysBitForBitUnderDecay() {
    Network network = net(new Activation.Tanh(), 9L, 8L);
    var before = bits(network.state());
    Training training =
        Training.of(network, rule(), new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1), Seed.of(1));
    for (int i = 0; i < 5; i++) {
      training.step(batch(), i);
    }
    var after = bits(network.state());
    for (String name : before.keySet()) {
      if (name.startsWith("3.")) {
        assertThat(named(after, name)).as(name).isEqualTo(named(before, name));
      } else {
        assertThat(named(after, name)).as(name).isNotEqualTo(named(before, name));
      }
    }
  }

  @Test
  void whatItCannotServeIsRefused() {
    assertThatThrownBy(() -> rule().input(Shape.of(1, 2, 2), 5))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule ff shows the class in the first 5 numbers of an image, one a class, but images"
                + " [1, 2, 2] have only 4; use a table, or another rule");
    Network narrow =
        Toy.net(List.of(5L, 9L, 5L), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
    assertThatThrownBy(() -> rule().attach(narrow, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("needs an input with room for 5 classes, but that of block 1");
    Network network = net(new Activation.Tanh(), 9L, 8L);
    Feedback feedback = rule().attach(network, Seed.of(1));
    Tensor wide = Toy.inputs(Precision.FP64, Seed.of(1), 3, network.input());
    assertThatThrownBy(() -> feedback.trace(network, wide, Mode.EVAL))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("shows this network rows of [7]")
        .hasMessageContaining("but they are [12]");
    Network zero =
        Toy.net(Toy.WIDTHS, new Activation.Tanh(), new Initialiser.Zero(), Precision.FP32);
    assertThatThrownBy(() -> rule().attach(zero, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule ff needs random hidden weights, but those of block 1 (dense 12→9, tanh) are all"
                + " zero, which makes all its units alike; use --init uniform");
    assertThatThrownBy(() -> Rules.ALL.parse("ff:threshold=0"))
        .hasMessage("threshold must be above 0, but is 0");
  }
}
