package org.plumbline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.products;

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
import org.plumbline.rule.Rules;
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

  /** Feedback that has read the weights is far from chance, and so must not be drawn for it. */
  @Test
  void theNullKnowsNothingOfTheWeights() {
    for (String rule :
        List.of("fa:align=0.9", "dfa:align=0.9", "wm:rate=0.06,decay=0.02,initial=150")) {
      LearningRule warm = Rules.ALL.parse(rule);
      Map<String, Double> readings = read(training(warm), warm, 6);
      assertThat(named(readings, "alignment/2")).as(rule).isGreaterThan(0.7);
      assertThat(Math.abs(named(readings, "alignment/2/null"))).as(rule).isLessThan(0.4);
      assertThat(named(readings, "alignment/2/z")).as(rule).isGreaterThan(3);
    }
  }

  @Test
  void ofBackpropIsOneThroughDropout() {
    Map<String, Double> readings = read(new Backprop());
    for (String block : List.of("alignment/1", "alignment/2")) {
      assertThat(named(readings, block)).isCloseTo(1, Offset.offset(1e-6));
      assertThat(named(readings, block + "/std")).isCloseTo(0, Offset.offset(1e-6));
    }
    assertThat(readings).doesNotContainKey("alignment/3");
    for (String name : List.of("update/1", "update/2", "update/3", "update/total")) {
      assertThat(named(readings, name)).as(name).isCloseTo(1, Offset.offset(1e-6));
    }
  }

  @Test
  void ofTheOppositeIsMinusOne() {
    Map<String, Double> readings = read(saying(g -> g.scaled(-3)));
    assertThat(named(readings, "alignment/1")).isCloseTo(-1, Offset.offset(1e-6));
    assertThat(named(readings, "alignment/2")).isCloseTo(-1, Offset.offset(1e-6));
    assertThat(named(readings, "alignment/2/delta")).isCloseTo(-1, Offset.offset(1e-6));
    assertThat(named(readings, "update/2")).isCloseTo(-1, Offset.offset(1e-6));
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
    Cosines cosines = Cosines.of(s, g);
    double root = Math.sqrt(0.5);
    assertThat(cosines.mean()).isCloseTo((root + 1) / 2, Offset.offset(1e-15));
    assertThat(cosines.std()).as("ddof 0").isCloseTo((1 - root) / 2, Offset.offset(1e-12));
    assertThat(cosines.silent() + cosines.vanished()).isZero();
    Cosines.Rows rows = Cosines.Rows.of(g);
    assertThat(rows.mean()).isCloseTo((Math.sqrt(18) + 4) / 2, Offset.offset(1e-14));
    assertThat(rows.common())
        .as("‖(1.5, 3.5)‖² over the mean of 18 and 16")
        .isCloseTo((2.25 + 12.25) / 17, Offset.offset(1e-14));
  }

  @Test
  void ofRowsWithoutASignalOrAGradientByHand() {
    Tensor s = Tensor.of(new double[] {1, 0, 0, 0, 0, 2, 1e-300, 0}, 4, 2);
    Tensor g = Tensor.of(new double[] {0, 0, 3, 3, 4, 4, 1, 0}, 4, 2);
    Cosines cosines = Cosines.of(s, g);
    assertThat(cosines.mean()).as("row 3 alone").isCloseTo(Math.sqrt(0.5), Offset.offset(1e-15));
    assertThat(cosines.silent()).as("rows 2 and 4").isEqualTo(2);
    assertThat(cosines.vanished()).as("row 1").isEqualTo(1);
  }

  @Test
  void companionsSpeakOfTheMeanLossAndOfTheInput() {
    Training training = training(saying());
    var told = training.tell(PROBLEM.batch(0, 8), 0);
    Map<String, Double> readings =
        new Alignment(0)
            .attach(training.network(), saying(), training.feedback(), Seed.of(1))
            .read(told.trace(), told.outcome(), told.signals());
    double top = meanRow(((Signal.Told) told.signals().get(1)).gradient());
    double first = meanRow(((Signal.Told) told.signals().get(0)).gradient());
    double h = meanRow(told.trace().steps().get(0).output());
    assertThat(named(readings, "alignment/2/gradient")).isCloseTo(8 * top, Offset.offset(1e-7));
    assertThat(named(readings, "alignment/1/gradient_ratio"))
        .isCloseTo(first / top, Offset.offset(1e-6));
    assertThat(named(readings, "alignment/1/growth")).isCloseTo(8 * first / h, Offset.offset(1e-6));
    assertThat(named(readings, "alignment/1/activity_ratio"))
        .isCloseTo(h / meanRow(told.trace().input()), Offset.offset(1e-6));
  }

  private static LearningRule saying() {
    return saying(g -> g);
  }

  private static double meanRow(Tensor matrix) {
    double sum = 0;
    for (int i = 0; i < matrix.size(0); i++) {
      sum += matrix.rows(i, 1).norm().item() / matrix.size(0);
    }
    return sum;
  }

  /** A signal in the null space of the derivative counts for the signal, not for the delta. */
  @Test
  void theDeltaFormIsBehindTheDerivative() {
    Network relu =
        Network.of(
            Network.mlp(List.of(40L), Clusters.CLASSES, new Activation.Relu(), 0, 0),
            Shape.of(Clusters.FEATURES),
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    Training training = Training.of(relu, new Backprop(), new Adam(), FEEDBACK);
    var told = training.tell(PROBLEM.batch(0, 64), 0);
    Tensor off = told.trace().hidden().getFirst().output().copied();
    Tensor ones = off.zerosLike().fill(1);
    Tensor dead = ones.minus(ones.throughRelu(off)); // 1 where the unit is off
    Tensor exact = ((Signal.Told) told.signals().getFirst()).gradient();
    List<Signal> signals = new ArrayList<>(told.signals());
    signals.set(0, new Signal.Told(exact.plus(dead.scaled(exact.norm().item()))));
    Map<String, Double> readings =
        new Alignment(0)
            .attach(relu, new Backprop(), training.feedback(), Seed.of(1))
            .read(told.trace(), told.outcome(), signals);
    assertThat(named(readings, "alignment/1")).isLessThan(0.5);
    assertThat(named(readings, "alignment/1/delta")).isCloseTo(1, Offset.offset(1e-6));
    assertThat(named(readings, "update/1")).isCloseTo(1, Offset.offset(1e-6));
  }

  @Test
  void theUpdateFormIsTheCosineOfTheGradientsThemselves() {
    LearningRule rule = new DirectFeedback();
    for (int rows : new int[] {4, 64}) { // by factors, and multiplied out
      Training training = training(rule);
      var told = training.tell(PROBLEM.batch(0, rows), 0);
      Map<String, Double> readings =
          new Alignment(0)
              .attach(training.network(), rule, training.feedback(), Seed.of(1))
              .read(told.trace(), told.outcome(), told.signals());
      Feedback exact = new Backprop().attach(training.network(), Seed.of(1));
      var truth =
          new Training.Told(
              told.trace(), told.outcome(), exact.signals(told.trace(), told.outcome()));
      List<Tensor> a = products(told.gradients());
      List<Tensor> b = products(truth.gradients());
      assertThat(named(readings, "update/1")).isCloseTo(cos(a, b, 0, 2), Offset.offset(1e-5));
      assertThat(named(readings, "update/2")).isCloseTo(cos(a, b, 2, 4), Offset.offset(1e-5));
      assertThat(named(readings, "update/3")).isCloseTo(1, Offset.offset(1e-6));
      assertThat(named(readings, "update/total")).isCloseTo(cos(a, b, 0, 6), Offset.offset(1e-5));
    }
  }

  private static double cos(List<Tensor> a, List<Tensor> b, int from, int to) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = from; i < to; i++) {
      ab += a.get(i).dot(b.get(i)).item();
      aa += a.get(i).dot(a.get(i)).item();
      bb += b.get(i).dot(b.get(i)).item();
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Test
  void blocksThatAreTaughtTheirGradientsHaveTheUpdateFormOnly() {
    LearningRule rule =
        (network, seed) -> {
          Feedback exact = new Backprop().attach(network, seed);
          return (trace, outcome) -> {
            List<Signal> signals = new ArrayList<>();
            for (Signal signal : exact.signals(trace, outcome)) {
              var gradients =
                  trace.steps().get(signals.size()).gradients(((Signal.Told) signal).gradient());
              signals.add(new Signal.Taught(gradients.scaled(2)));
            }
            return signals;
          };
        };
    Map<String, Double> readings = read(rule);
    assertThat(readings)
        .doesNotContainKeys("alignment/1", "alignment/1/silent", "alignment/1/growth")
        .containsKeys("alignment/1/gradient", "alignment/1/vanished");
    for (String name : List.of("update/1", "update/2", "update/3", "update/total")) {
      assertThat(named(readings, name)).as(name).isCloseTo(1, Offset.offset(1e-6));
    }
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
  void drawsThatCostMuchAreFewer() {
    assertThat(read(training(new DirectFeedback()), new DirectFeedback(), 20))
        .containsEntry("alignment/1/null_draws", 20.0);
    double products = 40 * 30 + 30 * 4;
    double size = 10 * 40 + 40 + 40 * 30 + 30 + 30 * 4 + 4;
    assertThat(read(training(new FeedbackAlignment()), new FeedbackAlignment(), 20))
        .as("two steps' worth")
        .containsEntry("alignment/1/null_draws", Math.ceil(2 * (2 * size + products) / products));
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

  private static Map<String, Double> first(LearningRule rule, int rows, int looked) {
    Training training = training(rule);
    var told = training.tell(PROBLEM.batch(0, rows), 0);
    return new Alignment(6, looked)
        .attach(training.network(), rule, training.feedback(), Seed.of(73))
        .read(told.trace(), told.outcome(), told.signals());
  }

  /** What is read of the first rows of a batch is what a batch of these rows would give. */
  @Test
  void theFirstRowsAreABatchOfTheirOwn() {
    Tensor many = PROBLEM.batch(0, 64).inputs();
    assertThat(bits(Map.of("", many.rows(0, 16).contiguous())))
        .isEqualTo(bits(Map.of("", PROBLEM.batch(0, 16).inputs())));
    for (String rule : List.of("dfa", "fa", "kp", "udfa", "drtp", "bp")) {
      Map<String, Double> part = first(Rules.ALL.parse(rule), 64, 16);
      Map<String, Double> whole = first(Rules.ALL.parse(rule), 16, 0);
      assertThat(part.keySet()).as(rule).isEqualTo(whole.keySet());
      whole.forEach((name, value) ->
          assertThat(part.get(name)).as("%s %s", rule, name).isCloseTo(value, within(value)));
      assertThat(first(Rules.ALL.parse(rule), 64, 0)).as(rule).isNotEqualTo(part);
    }
  }

  private static Offset<Double> within(double value) {
    return Offset.offset(1e-4 * Math.max(1, Math.abs(value)));
  }

  /** The statistics of a batch make its rows depend on each other. */
  @Test
  void underBatchStatisticsAllRowsAreLookedAt() {
    List<Map<String, Double>> readings = new ArrayList<>();
    for (int rows : List.of(0, 4)) {
      Network network = Toy.convNet(Precision.FP32);
      Training training = Training.of(network, new DirectFeedback(), new Adam(0.01), FEEDBACK);
      var told = training.tell(Toy.batch(Toy.IMAGE, 5, Precision.FP32), 0);
      readings.add(
          new Alignment(3, rows)
              .attach(network, new DirectFeedback(), training.feedback(), Seed.of(73))
              .read(told.trace(), told.outcome(), told.signals()));
    }
    assertThat(readings.getFirst()).isEqualTo(readings.getLast()).isNotEmpty();
  }

  /** The null of all draws at once is that of one after the other. */
  @Test
  void theNullIsThatOfEachDrawByItself() {
    for (String text :
        List.of("dfa", "dfa:storage=regenerated", "dfa:rank=2", "udfa", "drtp", "sdfa")) {
      LearningRule rule = Rules.ALL.parse(text);
      LearningRule byItself = (network, seed) -> silently(rule.attach(network, seed));
      Map<String, Double> together = first(rule, 64, 0);
      Training training = training(byItself);
      var told = training.tell(PROBLEM.batch(0, 64), 0);
      Map<String, Double> single =
          new Alignment(6)
              .attach(training.network(), byItself, training.feedback(), Seed.of(73))
              .read(told.trace(), told.outcome(), told.signals());
      for (String block : List.of("alignment/1", "alignment/2")) {
        for (String of : List.of("/null", "/null_std")) {
          assertThat(named(together, block + of))
              .as(text)
              .isCloseTo(named(single, block + of), Offset.offset(1e-6));
        }
      }
    }
  }

  /** The same feedback, which does not say what it broadcasts. */
  private static Feedback silently(Feedback feedback) {
    return new Feedback() {
      @Override
      public List<Signal> signals(Trace trace, Outcome outcome) {
        return feedback.signals(trace, outcome);
      }

      @Override
      public Map<String, Tensor> state() {
        return feedback.state();
      }
    };
  }

  @Test
  void printsAsItParses() {
    assertThat(Probes.ALL.parse("alignment:rows=16")).isEqualTo(new Alignment(20, 16));
    assertThat(Probes.ALL.parse("alignment:draws=5")).isEqualTo(new Alignment(5));
    assertThat(Probes.ALL.print(new Alignment(5))).isEqualTo("alignment:draws=5");
  }

  /** Their blocks are taught gradients, on a pass of the rule's own. */
  @Test
  void rulesWithPassesOfTheirOwnHaveNoCosine() {
    Pepita pepita = new Pepita();
    requireNoCosine(read(training(pepita), pepita, 3));
    ForwardForward ff = new ForwardForward();
    Network wider =
        Network.of(
            Network.mlp(List.of(40L, 30L), Clusters.CLASSES, new Activation.Tanh(), 0.2, 0.1),
            ff.input(Shape.of(Clusters.FEATURES), Clusters.CLASSES),
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    requireNoCosine(read(Training.of(wider, ff, new Adam(0.01), FEEDBACK), ff, 3));
  }

  /** What is left is of the true gradient, of the activity and of the gradients applied. */
  private static void requireNoCosine(Map<String, Double> readings) {
    assertThat(readings.keySet())
        .allMatch(name ->
            name.startsWith("update/")
                || name.matches(
                    "alignment/[0-9]+/(gradient|gradient_ratio|vanished|activity_ratio|comparable)"));
    assertThat(readings).containsKey("update/1");
  }
}
