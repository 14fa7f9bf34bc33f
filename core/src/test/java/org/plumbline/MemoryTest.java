package org.plumbline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.optim.Adam;
import org.plumbline.optim.Clipped;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Optimizers;
import org.plumbline.optim.Sgd;
import org.plumbline.probe.Alignment;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

/** No step of any rule with any optimizer leaves native memory behind. */
@ExtendWith(InScope.class)
class MemoryTest {
  private static final Clusters PROBLEM = new Clusters(Seed.of(81));

  static Stream<Arguments> everyRuleAndOptimizer() {
    List<Optimizer> optimizers = new ArrayList<>();
    Optimizers.ALL.names().forEach(name -> optimizers.add(Optimizers.ALL.fallback(name)));
    optimizers.add(new Sgd(0.1, 0.9, Sgd.Acceleration.NESTEROV, 1e-4));
    optimizers.add(new Clipped(new Adam(), 0.1));
    return Rules.ALL.names().stream()
        .flatMap(rule -> optimizers.stream().map(optimizer -> Arguments.of(rule, optimizer)));
  }

  private static Training training(String name, Optimizer optimizer) {
    LearningRule rule = Rules.ALL.parse(name);
    Network network =
        Network.of(
            Network.mlp(List.of(24L, 16L), Clusters.CLASSES, new Activation.Tanh(), 0.1, 0),
            rule.input(Shape.of(Clusters.FEATURES), Clusters.CLASSES),
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    return Training.of(network, rule, optimizer, Seed.of(1));
  }

  private static void requireNothingLeft(String rule, Optimizer optimizer, int steps) {
    Training training = training(rule, optimizer);
    training.steps(PROBLEM, 0, 3);
    long before = Scope.live();
    training.steps(PROBLEM, 3, 3 + steps);
    assertThat(Scope.live() - before).as("left by %d steps", steps).isZero();
  }

  @ParameterizedTest
  @MethodSource("everyRuleAndOptimizer")
  void twentyStepsLeaveNothing(String rule, Optimizer optimizer) {
    requireNothingLeft(rule, optimizer, 20);
  }

  static Stream<String> everyRule() {
    return Rules.ALL.names().stream();
  }

  /** Of images: convolutions, norms and pools. */
  @ParameterizedTest
  @MethodSource("everyRule")
  void stepsThroughConvolutionsLeaveNothing(String name) {
    LearningRule rule = Rules.ALL.parse(name);
    Network network =
        Network.of(
            Toy.convolutions(new Activation.Tanh(), 5),
            rule.input(Toy.IMAGE, 5),
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    Training training;
    try {
      training = Training.of(network, rule, new Adam(), Seed.of(1));
    } catch (BadInput refused) {
      Assumptions.assumeThat(refused).as("served").isNull();
      return;
    }
    Toy.Batch batch = Toy.batch(Toy.IMAGE, 5, Precision.FP32);
    for (int i = 0; i < 3; i++) {
      training.step(batch, i);
    }
    long before = Scope.live();
    for (int i = 3; i < 13; i++) {
      training.step(batch, i);
    }
    assertThat(Scope.live() - before).as("left by ten steps").isZero();
  }

  /** Every rule, and every optimizer; the pairs have twenty steps. */
  static Stream<Arguments> everyRuleOrOptimizer() {
    return everyRuleAndOptimizer()
        .filter(pair -> pair.get()[0].equals("dfa") || pair.get()[1] instanceof Adam);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("everyRuleOrOptimizer")
  void aThousandStepsLeaveNothing(String rule, Optimizer optimizer) {
    requireNothingLeft(rule, optimizer, 1000);
  }

  @Test
  void aStepThatThrowsLeavesNothing() {
    Training training = training("dfa", new Adam());
    Toy.Batch wrong = new Toy.Batch(PROBLEM.batch(0, 8).inputs(), PROBLEM.batch(0, 7).targets());
    long before = Scope.live();
    for (int i = 0; i < 20; i++) {
      try {
        training.step(wrong, i);
        throw new AssertionError("eight outputs were judged by seven targets");
      } catch (RuntimeException expected) {
        assertThat(Scope.live()).isEqualTo(before);
      }
    }
  }

  @Test
  void builtTrainedAndClosedLeavesNothing() {
    long before = Scope.live();
    for (int i = 0; i < 20; i++) {
      try (var _ = Scope.open()) {
        training("fa", new Adam()).steps(PROBLEM, 0, 2);
      }
    }
    assertThat(Scope.live()).isEqualTo(before);
  }

  /**
   * The resident size of the process over 10,000 steps of direct feedback with Adam and a probe. A
   * Java heap grows for reasons of its own, so one of three attempts must be flat; a leak slopes in
   * all of them.
   */
  @Tag("slow")
  @Test
  void theProcessDoesNotGrow(TestReporter reporter) throws IOException {
    Path status = Path.of("/proc/self/status");
    Assumptions.assumeThat(status).as("the resident size is read from Linux").exists();
    LearningRule rule = Rules.ALL.parse("dfa");
    Training training = training("dfa", new Adam());
    var reading =
        new Alignment(2).attach(training.network(), rule, training.feedback(), Seed.of(1));
    int step = 0;
    List<Double> slopes = new ArrayList<>();
    for (int attempt = 0; attempt < 3; attempt++) {
      double[] kilobytes = new double[11];
      for (int i = 0; i < kilobytes.length; i++) {
        for (int k = 0; k < 1000; k++) {
          training.steps(PROBLEM, step, step + 1);
          if (step++ % 10 == 0) {
            try (var _ = Scope.open()) {
              var told = training.tell(PROBLEM.batch(step, 32), step);
              reading.read(told.trace(), told.outcome(), told.signals());
            }
          }
        }
        kilobytes[i] = resident(status);
      }
      slopes.add(slope(kilobytes, 1)); // the first reading ends the warm-up
      reporter.publishEntry("kB a 1,000 steps", Double.toString(slopes.getLast()));
      if (slopes.getLast() < 1024 || slopes.getLast() > 16 * 1024) {
        break; // flat, or beyond what a heap does
      }
    }
    assertThat(slopes).as("kB a 1,000 steps").anyMatch(slope -> slope < 1024);
  }

  @Test
  void theSlopeIsThatOfTheLeastSquares() {
    assertThat(slope(new double[] {99, 1, 3, 5, 7}, 1)).isEqualTo(2);
    assertThat(slope(new double[] {0, 1, 0}, 0)).isZero();
  }

  private static double resident(Path status) throws IOException {
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static double slope(double[] values, int from) {
    int n = values.length - from;
    double centre = (n - 1) / 2.0;
    double above = 0;
    double below = 0;
    for (int i = 0; i < n; i++) {
      above += (i - centre) * values[from + i];
      below += (i - centre) * (i - centre);
    }
    return above / below;
  }
}
