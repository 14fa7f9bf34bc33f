package org.plumbline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Adam;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.FeedbackAlignment;
import org.plumbline.rule.ForwardForward;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Pepita;
import org.plumbline.rule.Shallow;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

@ExtendWith(InScope.class)
class AlignmentTest {
  private static final Seed FEEDBACK = Seed.of(71);
  private static final Clusters PROBLEM = new Clusters(Seed.of(72));

  /** Two hidden blocks of 40 and 30 units with dropout. */
  private static Network network() {
    return Network.of(
        Network.mlp(List.of(40L, 30L), Clusters.CLASSES, new Activation.Tanh(), 0.2, 0.1),
        Shape.of(Clusters.FEATURES),
        Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
  }

  private static Training training(LearningRule rule) {
    return Training.of(network(), rule, new Adam(0.01), FEEDBACK);
  }

  private static Map<String, Double> read(Training training, LearningRule rule, int draws) {
    var told = training.tell(PROBLEM.batch(0, 64), 0);
    return new Alignment(draws)
        .attach(training.network(), rule, training.feedback(), Seed.of(73))
        .read(told.trace(), told.outcome(), told.signals());
  }

  private static Map<String, Double> read(LearningRule rule) {
    return read(training(rule), rule, 0);
  }

  /** A rule that says of every hidden block what {@code said} makes of the true gradient. */
  private static LearningRule saying(Function<Tensor, Tensor> said) {
    return (network, seed) -> {
      Feedback exact = new Backprop().attach(network, seed);
      return (trace, outcome) -> {
        List<Signal> signals = new ArrayList<>();
        for (Signal signal : exact.signals(trace, outcome)) {
          signals.add(new Signal.Told(said.apply(((Signal.Told) signal).gradient())));
        }
        return signals;
      };
    };
  }

  @Test
  void ofBackpropIsOneThroughDropout() {
    Map<String, Double> readings = read(new Backprop());
    for (String block : List.of("alignment/1", "alignment/2")) {
      assertThat(named(readings, block)).isCloseTo(1, Offset.offset(1e-6));
      assertThat(named(readings, block + "/std")).isCloseTo(0, Offset.offset(1e-6));
    }
    assertThat(readings).doesNotContainKey("alignment/3");
  }

  @Test
  void ofTheOppositeIsMinusOne() {
    Map<String, Double> readings = read(saying(g -> g.scaled(-3)));
    assertThat(named(readings, "alignment/1")).isCloseTo(-1, Offset.offset(1e-6));
    assertThat(named(readings, "alignment/2")).isCloseTo(-1, Offset.offset(1e-6));
  }

  @Test
  void ofNoiseIsNearZero() {
    Map<String, Double> readings = read(saying(g -> Seed.of(74).normal(1, g.shape().toArray())));
    assertThat(Math.abs(named(readings, "alignment/1"))).isLessThan(4 / Math.sqrt(64.0 * 40));
    assertThat(Math.abs(named(readings, "alignment/2"))).isLessThan(4 / Math.sqrt(64.0 * 30));
  }

  @Test
  void ofTwoRowsByHand() {
    Tensor s = Tensor.of(new double[] {1, 0, 0, 2}, 2, 2);
    Tensor g = Tensor.of(new double[] {3, 3, 0, 4}, 2, 2);
    Tensor h = Tensor.of(new double[] {0, 0.5, 0.5, 0}, 2, 2);
    Alignment.Cosines cosines = Alignment.Cosines.of(s, g, h);
    double root = Math.sqrt(0.5);
    assertThat(cosines.mean()).isCloseTo((root + 1) / 2, Offset.offset(1e-15));
    assertThat(cosines.std()).as("ddof 0").isCloseTo((1 - root) / 2, Offset.offset(1e-12));
    assertThat(cosines.gradient())
        .as("mean of N ‖g‖")
        .isCloseTo(Math.sqrt(18) + 4, Offset.offset(1e-14));
    assertThat(cosines.growth()).as("N ‖s‖ over ‖h‖").isCloseTo(3 / 0.5, Offset.offset(1e-14));
    assertThat(cosines.silent() + cosines.vanished()).isZero();
  }

  @Test
  void ofRowsWithoutASignalOrAGradientByHand() {
    Tensor s = Tensor.of(new double[] {1, 0, 0, 0, 0, 2, 1e-300, 0}, 4, 2);
    Tensor g = Tensor.of(new double[] {0, 0, 3, 3, 4, 4, 1, 0}, 4, 2);
    Alignment.Cosines cosines = Alignment.Cosines.of(s, g, g);
    assertThat(cosines.mean()).as("row 3 alone").isCloseTo(Math.sqrt(0.5), Offset.offset(1e-15));
    assertThat(cosines.silent()).as("rows 2 and 4").isEqualTo(2);
    assertThat(cosines.vanished()).as("row 1").isEqualTo(1);
  }

  @Test
  void aRowWithoutAnErrorIsCountedAndNotAveraged() {
    Training training = training(new DirectFeedback());
    Toy.Batch batch = PROBLEM.batch(0, 8);
    Trace trace = training.network().trace(batch.inputs(), Mode.train(Seed.of(1)));
    Outcome all = new SoftmaxCrossEntropy().judge(trace.output(), batch.targets());
    Tensor error = all.error().copied();
    error.rows(3, 1).fill(0);
    Outcome silenced = new Outcome(all.loss(), error, all.target(), all.objective());
    Reading reading =
        new Alignment(0)
            .attach(training.network(), new DirectFeedback(), training.feedback(), Seed.of(1));
    var before = reading.read(trace, all, training.feedback().signals(trace, all));
    var after = reading.read(trace, silenced, training.feedback().signals(trace, silenced));
    for (String block : List.of("alignment/1", "alignment/2")) {
      assertThat(before)
          .containsEntry(block + "/silent", 0.0)
          .containsEntry(block + "/vanished", 0.0);
      assertThat(after)
          .containsEntry(block + "/silent", 1.0)
          .containsEntry(block + "/vanished", 1.0);
      assertThat(named(after, block)).isBetween(-1.0, 1.0).isNotEqualTo(0);
    }
  }

  @Test
  void theOrderOfTheRowsDoesNotMatter() {
    Network network =
        Toy.net(
            List.of((long) Clusters.FEATURES, 40L, 30L, (long) Clusters.CLASSES),
            new Activation.Tanh(),
            new Initialiser.Uniform(),
            Precision.FP64);
    Training training = Training.of(network, new DirectFeedback(), new Adam(), FEEDBACK);
    Toy.Batch batch = PROBLEM.batch(0, 16);
    Tensor order = Tensor.zeros(Precision.FP64, 16, 16); // a permutation matrix
    int[] to = Seed.of(75).permutation(16);
    for (int i = 0; i < 16; i++) {
      order.rows(i, 1).columns(to[i], 1).fill(1);
    }
    Tensor x = batch.inputs().to(Precision.FP64);
    Tensor t = batch.targets().to(Precision.FP64);
    Reading reading =
        new Alignment(0).attach(network, new DirectFeedback(), training.feedback(), Seed.of(1));
    var one = training.tell(new Toy.Batch(x, t), 0);
    var two = training.tell(new Toy.Batch(order.matmul(x), order.matmul(t)), 0);
    var ofOne = reading.read(one.trace(), one.outcome(), one.signals());
    var ofTwo = reading.read(two.trace(), two.outcome(), two.signals());
    assertThat(ofTwo.keySet()).isEqualTo(ofOne.keySet());
    ofOne.forEach(
        (name, value) -> assertThat(named(ofTwo, name)).isCloseTo(value, Offset.offset(1e-12)));
  }

  @Test
  void directFeedbackStartsWithinItsNullAndLeavesIt() {
    LearningRule rule = new DirectFeedback();
    Training training = training(rule);
    Map<String, Double> atStart = read(training, rule, 20);
    training.steps(PROBLEM, 0, 300);
    Map<String, Double> trained = read(training, rule, 20);
    for (String block : List.of("alignment/1", "alignment/2")) {
      assertThat(Math.abs(named(atStart, block + "/z"))).as(block + " at the start").isLessThan(3);
      assertThat(named(trained, block + "/z")).as(block + " trained").isGreaterThan(3);
      assertThat(named(trained, block)).isGreaterThan(0.3);
      assertThat(Math.abs(named(trained, block + "/null"))).as("null of " + block).isLessThan(0.2);
    }
  }

  @Test
  void readingChangesNothing() {
    LearningRule rule = new FeedbackAlignment();
    Training read = training(rule);
    Training unread = training(rule);
    Reading reading = new Alignment().attach(read.network(), rule, read.feedback(), Seed.of(1));
    for (int i = 0; i < 3; i++) {
      Toy.Batch batch = PROBLEM.batch(i, 16);
      var told = read.tell(batch, i);
      reading.read(told.trace(), told.outcome(), told.signals());
      read.stepper().step(told.gradients(), 1);
      unread.step(batch, i);
    }
    assertThat(bits(read.network().state())).isEqualTo(bits(unread.network().state()));
    assertThat(bits(read.feedback().state())).isEqualTo(bits(unread.feedback().state()));
    assertThat(bits(read.stepper().state())).isEqualTo(bits(unread.stepper().state()));
  }

  @Test
  void ofSilentBlocksIsAbsent() {
    Map<String, Double> readings = read(training(new Shallow()), new Shallow(), 20);
    assertThat(readings)
        .doesNotContainKeys("alignment/1", "alignment/1/std", "alignment/1/null", "alignment/1/z")
        .containsEntry("alignment/1/silent", 64.0)
        .containsEntry("alignment/1/vanished", 0.0);
    assertThat(readings.values()).allMatch(Double::isFinite);
  }

  @Test
  void aRuleThatDrawsNothingHasNoNull() {
    assertThat(read(training(new Backprop()), new Backprop(), 20).keySet())
        .noneMatch(name -> name.contains("null") || name.endsWith("/z"));
  }

  @Test
  void readingLeavesNoTensorAlive() {
    LearningRule rule = new DirectFeedback();
    Training training = training(rule);
    var told = training.tell(PROBLEM.batch(0, 16), 0);
    Reading reading =
        new Alignment().attach(training.network(), rule, training.feedback(), Seed.of(1));
    long before = Scope.live();
    reading.read(told.trace(), told.outcome(), told.signals());
    assertThat(Scope.live()).isEqualTo(before);
  }

  @Test
  void printsAsItParses() {
    assertThat(Probes.ALL.parse("alignment:draws=5")).isEqualTo(new Alignment(5));
    assertThat(Probes.ALL.print(new Alignment(5))).isEqualTo("alignment:draws=5");
  }

  /** Their blocks are taught gradients, on a pass of the rule's own. */
  @Test
  void rulesWithPassesOfTheirOwnHaveNoCosine() {
    Pepita pepita = new Pepita();
    assertThat(read(training(pepita), pepita, 3)).isEmpty();
    ForwardForward ff = new ForwardForward();
    Network wider =
        Network.of(
            Network.mlp(List.of(40L, 30L), Clusters.CLASSES, new Activation.Tanh(), 0.2, 0.1),
            ff.input(Shape.of(Clusters.FEATURES), Clusters.CLASSES),
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    assertThat(read(Training.of(wider, ff, new Adam(0.01), FEEDBACK), ff, 3)).isEmpty();
  }
}
