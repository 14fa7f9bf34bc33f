package org.plumbline.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

@ExtendWith(InScope.class)
class TimingTest {
  private static final Shape TABLE = Shape.of(7);
  private static final int CLASSES = 4;
  private static final int ROWS = 8;
  private static final Seed FEEDBACK = Seed.of(9);

  private static Network network(LearningRule rule, Shape rows, long seed) {
    Shape shown = rule.input(rows, CLASSES);
    List<Layer> layers =
        rows.equals(TABLE)
            ? Network.mlp(List.of(9L, 8L, 6L), CLASSES, new Activation.Tanh(), 0.1, 0)
            : Toy.convolutions(new Activation.Tanh(), CLASSES);
    return Network.of(layers, shown, Layer.Birth.of(Seed.of(seed)));
  }

  private static Training training(
      String rule, Shape rows, Optimizer optimizer, Timing timing, int threads) {
    LearningRule parsed = Rules.ALL.parse(rule);
    return training(network(parsed, rows, 1), parsed, optimizer, timing, threads);
  }

  private static Training training(
      Network network, LearningRule rule, Optimizer optimizer, Timing timing, int threads) {
    Feedback feedback = rule.attach(network, FEEDBACK);
    Stepper stepper = timing.attach(optimizer, network, feedback.parameters(), threads);
    return new Training(network, feedback, stepper, Seed.of(21));
  }

  /** The last batch of four is smaller. */
  private static Toy.Batch batch(Shape rows, int number) {
    int size = number % 4 == 3 ? ROWS - 3 : ROWS;
    return new Toy.Batch(
        Toy.inputs(Precision.FP32, Seed.of(3).child(number), size, rows),
        Toy.targets(Precision.FP32, Seed.of(4).child(number), size, CLASSES));
  }

  private static void steps(Training training, Shape rows, int from, int to) {
    for (int i = from; i < to; i++) {
      try (var _ = Scope.open()) {
        training.step(batch(rows, i), i);
      }
    }
  }

  private static List<Map<String, List<Long>>> everything(Training training) {
    return List.of(
        bits(training.network().state()),
        bits(training.feedback().state()),
        bits(training.stepper().state()));
  }

  static Stream<String> rules() {
    return Rules.ALL.names().stream();
  }

  private static final List<Optimizer> OPTIMIZERS =
      List.of(
          new Sgd(0.1),
          new Sgd(0.1, 0.9, Sgd.Acceleration.NESTEROV, 1e-3),
          new RmsProp(),
          new Adam(),
          new AdamW(),
          new Clipped(new Adam(), 0.01));

  private static void parallelIsSerial(String rule, Shape rows, Optimizer optimizer) {
    Training serial = training(rule, rows, optimizer, new Timing.Serial(), 1);
    steps(serial, rows, 0, 6);
    for (int threads : new int[] {1, 2, 5}) {
      Training parallel = training(rule, rows, optimizer, new Timing.Parallel(), threads);
      try (Stepper _ = parallel.stepper()) {
        steps(parallel, rows, 0, 6);
      }
      assertThat(everything(parallel))
          .as("%s with %s and %d threads", rule, optimizer, threads)
          .isEqualTo(everything(serial));
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void parallelIsSerialForEveryRule(String rule) {
    parallelIsSerial(rule, TABLE, new Adam());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dfa", "bp"})
  void parallelIsSerialForEveryOptimizerAndThroughConvolutions(String rule) {
    for (Optimizer optimizer : OPTIMIZERS) {
      parallelIsSerial(rule, TABLE, optimizer);
      parallelIsSerial(rule, Toy.IMAGE, optimizer);
    }
  }

  /** Products at work beside the steps: the result is that of one thread. */
  @ParameterizedTest
  @MethodSource("rules")
  void timingChangesNothingOfAsync(String rule) {
    Shape rows = TABLE;
    Training alone = training(rule, rows, new Adam(), new Timing.Async(2), 1);
    steps(alone, rows, 0, 9);
    Training again = training(rule, rows, new Adam(), new Timing.Async(2), 3);
    try (Stepper _ = again.stepper()) {
      steps(again, rows, 0, 9);
    }
    assertThat(everything(again)).as(rule).isEqualTo(everything(alone));
    Training serial = training(rule, rows, new Adam(), new Timing.Serial(), 1);
    steps(serial, rows, 0, 9);
    if (!rule.equals("shallow")) { // whose hidden blocks are told nothing, late or not
      assertThat(bits(serial.network().state())).isNotEqualTo(bits(alone.network().state()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dfa", "bp"})
  void timingChangesNothingOfAsyncThroughConvolutions(String rule) {
    for (Optimizer optimizer : OPTIMIZERS) {
      Training alone = training(rule, Toy.IMAGE, optimizer, new Timing.Async(3), 1);
      steps(alone, Toy.IMAGE, 0, 9);
      Training again = training(rule, Toy.IMAGE, optimizer, new Timing.Async(3), 2);
      try (Stepper _ = again.stepper()) {
        steps(again, Toy.IMAGE, 0, 9);
      }
      assertThat(everything(again)).as("" + optimizer).isEqualTo(everything(alone));
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void stateSavedAndRestoredGivesTheSameNextSteps(String rule) {
    for (int k : new int[] {1, 3}) {
      Training one = training(rule, TABLE, new Adam(), new Timing.Async(k), 2);
      LearningRule parsed = Rules.ALL.parse(rule);
      Training two =
          training(network(parsed, TABLE, 5), parsed, new Adam(), new Timing.Async(k), 2);
      try (Stepper _ = one.stepper();
          Stepper _ = two.stepper()) {
        steps(one, TABLE, 0, 4);
        steps(two, TABLE, 2, 7); // a past of its own, which must not show
        copy(one.network().state(), two.network().state());
        copy(one.feedback().state(), two.feedback().state());
        copy(one.stepper().state(), two.stepper().state());
        steps(one, TABLE, 4, 9);
        steps(two, TABLE, 4, 9);
        assertThat(everything(two)).as(rule).isEqualTo(everything(one));
      }
    }
  }

  private static void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
    assertThat(to.keySet()).isEqualTo(from.keySet());
    from.forEach((name, tensor) -> named(to, name).copyFrom(tensor));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void theFirstStepsLeaveHiddenBlocksAlone(int k) {
    Training training = training("dfa", TABLE, new Sgd(0.1), new Timing.Async(k), 2);
    try (Stepper _ = training.stepper()) {
      Map<String, List<Long>> before = bits(training.network().state());
      for (int i = 0; i <= k; i++) {
        steps(training, TABLE, i, i + 1);
        Map<String, List<Long>> now = bits(training.network().state());
        for (String weight : List.of("1.weight", "2.weight", "3.weight")) {
          assertThat(named(now, weight).equals(before.get(weight))).as(weight).isEqualTo(i < k);
        }
        assertThat(now.get("4.weight")).isNotEqualTo(before.get("4.weight"));
      }
    }
  }

  /** Gradients 1, 2, 3 … into w₁ behind, w₂ in front, with η = 1/2; nothing is rounded. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void twoNumbersByHand(int k) {
    Network network = linear();
    Parameter w1 = network.parameters().get(0);
    Parameter w2 = network.parameters().get(1);
    w1.value().fill(0);
    w2.value().fill(0);
    try (Stepper stepper = new Timing.Async(k).attach(new Sgd(0.5), network, List.of(), 2)) {
      double[] expected1 =
          k == 1 ? new double[] {0, -0.5, -1.5, -3} : new double[] {0, 0, -0.5, -1.5};
      double[] expected2 = {-0.5, -1.5, -3, -5};
      for (int t = 0; t < 4; t++) {
        try (var _ = Scope.open()) {
          Tensor g = Tensor.of(new double[] {t + 1}, 1, 1);
          Tensor one = Tensor.of(new double[] {1}, 1, 1);
          stepper.step(
              new Gradients(
                  List.of(
                      new Gradients.Entry(w1, new Gradient.Factored(g, one)),
                      new Gradients.Entry(w2, new Gradient.Whole(g)))),
              1);
          g.fill(1e9); // what was begun has copies
        }
        assertThat(w1.value().item()).as("w1 after step %d", t).isEqualTo(expected1[t]);
        assertThat(w2.value().item()).as("w2 after step %d", t).isEqualTo(expected2[t]);
      }
    }
  }

  private static Network linear() {
    return Network.of(
        List.of(new Dense(1, Dense.Bias.WITHOUT), new Dense(1, Dense.Bias.WITHOUT)),
        Shape.of(1),
        Toy.birth(new Toy.Normal(), Precision.FP64, 7));
  }

  /** y = w₂ w₁ x, e = y − t: back-propagation by hand, w₁ late. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aNetworkOfTwoLayersByHand(int k) {
    Network network = linear();
    Tensor w1 = network.parameters().get(0).value().fill(0.5);
    Tensor w2 = network.parameters().get(1).value().fill(-0.25);
    double a = 0.5;
    double b = -0.25;
    double rate = 0.1;
    List<Double> late = new ArrayList<>();
    Stepper stepper = new Timing.Async(k).attach(new Sgd(rate), network, List.of(), 2);
    try (stepper) {
      for (int t = 0; t < 6; t++) {
        double x = 1 + t;
        double target = 2 - t;
        double e = b * a * x - target;
        late.add(e * b * x);
        b -= rate * e * a * x;
        if (t >= k) {
          a -= rate * late.get(t - k);
        }
        try (var _ = Scope.open()) {
          Trace trace = network.trace(Tensor.of(new double[] {x}, 1, 1), Mode.EVAL);
          Tensor error = trace.output().minus(Tensor.of(new double[] {target}, 1, 1));
          Gradients last = trace.steps().get(1).gradients(error);
          Tensor back = trace.steps().get(1).carry(error, Parameter::value);
          stepper.step(trace.steps().get(0).gradients(back).and(last), 1);
        }
        assertThat(w1.item()).isCloseTo(a, Offset.offset(1e-12));
        assertThat(w2.item()).isCloseTo(b, Offset.offset(1e-12));
      }
    }
  }

  @Test
  void aBlockThatIsToldNothingIsLeftAloneLaterToo() {
    Network network = linear();
    Parameter w1 = network.parameters().get(0);
    double start = w1.value().item();
    try (Stepper stepper =
        new Timing.Async(2)
            .attach(new Sgd(0.5, 0.9, Sgd.Acceleration.CLASSICAL, 0.1), network, List.of(), 1)) {
      stepper.step(Gradients.NONE, 1);
      stepper.step(OptimizerContract.by(w1, new Gradient.Whole(w1.value().zerosLike().fill(1))), 1);
      stepper.step(Gradients.NONE, 1);
      assertThat(w1.value().item()).isEqualTo(start);
      stepper.step(Gradients.NONE, 1);
      double after = w1.value().item();
      assertThat(after).isNotEqualTo(start);
      stepper.step(Gradients.NONE, 1);
      stepper.step(Gradients.NONE, 1);
      assertThat(w1.value().item()).isEqualTo(after);
    }
  }

  /** Feedback that takes the weight's own steps takes them when the weight does. */
  @ParameterizedTest
  @ValueSource(strings = {"serial", "parallel", "async:delay=1", "async:delay=3"})
  void weightsAndFeedbackOfKolenPollackComeTogetherAllTheSame(String timing) {
    for (String name : List.of("kp:decay=0.1", "dkp:decay=0.1")) {
      LearningRule rule = Rules.ALL.parse(name);
      Network network = Toy.tanhNet(Precision.FP64);
      Training training =
          training(
              network,
              rule,
              new Sgd(0.1, 0.9, Sgd.Acceleration.CLASSICAL, 0),
              Timing.ALL.parse(timing),
              2);
      if (name.startsWith("dkp")) {
        training = training(network, rule, new Sgd(0.1), Timing.ALL.parse(timing), 2);
      }
      Tensor w = named(network.state(), "4.weight");
      Tensor v = training.feedback().paths().matrices().getLast();
      try (Stepper _ = training.stepper()) {
        double apart = w.minus(v).norm().item();
        for (int i = 0; i < 6; i++) {
          training.step(Toy.batch(network, Precision.FP64), i);
          double now = w.minus(v).norm().item();
          assertThat(now / apart).as(name).isCloseTo(0.9, Offset.offset(1e-12));
          apart = now;
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"parallel", "async:delay=1", "async:delay=4"})
  void stepsLeaveNoTensorAlive(String timing) {
    Training training = training("dfa", TABLE, new Adam(), Timing.ALL.parse(timing), 3);
    try (Stepper _ = training.stepper()) {
      steps(training, TABLE, 0, 8); // room is made for the largest batch
      training.stepper().state();
      long before = Scope.live();
      steps(training, TABLE, 8, 40);
      training.stepper().state(); // nothing is at work
      assertThat(Scope.live()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"parallel", "async"})
  void theThreadsEndWithTheStepper(String timing) {
    Training training = training("dfa", TABLE, new Sgd(0.1), Timing.ALL.parse(timing), 3);
    try (Stepper _ = training.stepper()) {
      steps(training, TABLE, 0, 3);
      assertThat(workers()).isNotEmpty();
    }
    assertThat(workers()).isEmpty();
    training.stepper().close(); // again
  }

  private static List<Thread> workers() {
    Set<Thread> all = Thread.getAllStackTraces().keySet();
    return all.stream().filter(t -> t.getName().equals(Workers.THREAD)).toList();
  }

  @Test
  void whatAWorkerThrowsIsThrownAndTheOthersHaveEnded() {
    List<String> done = new ArrayList<>();
    try (Workers workers = new Workers(2)) {
      List<Runnable> works =
          List.of(
              () -> {
                throw new IllegalStateException("first");
              },
              () -> {
                synchronized (done) {
                  done.add("second");
                }
              });
      assertThatThrownBy(() -> workers.all(works)).hasMessage("first");
      assertThat(done).containsExactly("second");
      assertThatThrownBy(() -> workers.all(works.reversed())).hasMessage("first");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"parallel", "async"})
  void aStrangersParameterIsRefused(String timing) {
    Network network = linear();
    Parameter stranger = OptimizerContract.parameter("stranger", Precision.FP64, 2);
    Gradient gradient = new Gradient.Whole(stranger.value().zerosLike());
    try (Stepper stepper = Timing.ALL.parse(timing).attach(new Sgd(0.1), network, List.of(), 2)) {
      assertThatThrownBy(() -> stepper.step(OptimizerContract.by(stranger, gradient), 1))
          .hasMessageContaining("stranger");
    }
  }

  @Test
  void printsAsItParsesAndRefusesNoDelay() {
    for (String text : List.of("serial", "parallel", "async:delay=3")) {
      assertThat(Timing.ALL.print(Timing.ALL.parse(text))).isEqualTo(text);
    }
    assertThat(Timing.ALL.parse("async")).isEqualTo(new Timing.Async(1));
    assertThatThrownBy(() -> Timing.ALL.parse("async:delay=0"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("delay of update 'async' must be at least 1, but is 0");
    assertThatThrownBy(() -> Timing.ALL.parse("paralel"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("parallel");
  }
}
