package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Network;
import org.plumbline.optim.Optimizers;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

/** Generated over the catalogue: what must hold of every name with its defaults. */
@ExtendWith(InScope.class)
class EveryRuleTest {
  private static final int CLASSES = 4;
  private static final int ROWS = 8;

  /** An image set, a numeric table, and images before convolutions. */
  private static final Map<String, Shape> DATA =
      Map.of("images", Shape.of(1, 4, 5), "table", Shape.of(7), "convolutions", Toy.IMAGE);

  /** Those that refuse the pool of the convolutions, as their own tests show. */
  private static final Set<String> NO_POOL = Set.of("ifa", "pepita");

  private static Map<String, Shape> data(String rule) {
    Map<String, Shape> served = new HashMap<>(DATA);
    if (NO_POOL.contains(rule)) {
      served.remove("convolutions");
    }
    return served;
  }

  static Stream<String> rules() {
    return Rules.ALL.names().stream();
  }

  private static Training training(String name, Shape rows, String optimizer, long seed) {
    LearningRule rule = Rules.ALL.parse(name);
    Shape shown = rule.input(rows, CLASSES);
    List<Layer> layers = new ArrayList<>();
    if (rows.equals(Toy.IMAGE)) {
      layers.addAll(Toy.convolutions(new Activation.Tanh(), CLASSES));
    } else {
      if (shown.rank() > 1) {
        layers.add(new Flatten());
      }
      layers.addAll(Network.mlp(List.of(9L, 8L, 6L), CLASSES, new Activation.Tanh(), 0.1, 0));
    }
    Network network = Network.of(layers, shown, Layer.Birth.of(Seed.of(seed)));
    return Training.of(network, rule, Optimizers.ALL.parse(optimizer), Seed.of(seed + 1));
  }

  private static Toy.Batch batch(Shape rows, long number) {
    return new Toy.Batch(
        Toy.inputs(Precision.FP32, Seed.of(3).child(number), ROWS, rows),
        Toy.targets(Precision.FP32, Seed.of(4).child(number), ROWS, CLASSES));
  }

  private static void steps(Training training, Shape rows, int from, int to) {
    for (int i = from; i < to; i++) {
      try (var _ = Scope.open()) {
        assertThat(training.step(batch(rows, i), i)).isFinite();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rules")
  void learnsFromImagesAndFromTablesWithEveryOptimizer(String rule) {
    data(rule)
        .forEach((name, rows) -> {
          for (String optimizer : Optimizers.ALL.names()) {
            Training training = training(rule, rows, optimizer, 1);
            Map<String, List<Long>> before = bits(training.network().state());
            Map<String, List<Long>> own = bits(training.feedback().state());
            steps(training, rows, 0, 3);
            String what = rule + " on " + name + " with " + optimizer;
            training
                .network()
                .state()
                .forEach((n, t) -> assertThat(t.toDoubles()).as(what).doesNotContain(Double.NaN));
            Set<String> moved = new HashSet<>();
            training
                .network()
                .state()
                .forEach((n, t) -> {
                  if (!bits(t).equals(named(before, n))) {
                    moved.add(n);
                  }
                });
            int last = training.network().blocks().size();
            Set<String> hidden =
                IntStream.range(1, last).mapToObj(l -> l + ".weight").collect(Collectors.toSet());
            if (rule.equals("shallow")) {
              assertThat(moved).as(what).doesNotContainAnyElementsOf(hidden);
              assertThat(moved).as(what).contains(last + ".weight", last + ".bias");
            } else {
              assertThat(moved).as(what).containsAll(hidden);
            }
            boolean outputLearns = moved.contains(last + ".weight");
            boolean headLearns = !bits(training.feedback().state()).equals(own);
            assertThat(outputLearns || headLearns).as(what).isTrue();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("rules")
  void thereIsOneFeedbackPointAHiddenTrainableBlock(String rule) {
    data(rule)
        .forEach((name, rows) -> {
          Training training = training(rule, rows, "sgd", 1);
          steps(training, rows, 0, 2); // heads that start at zero tell nothing at first
          List<Signal> signals = training.tell(batch(rows, 2), 2).signals();
          long points =
              signals.subList(0, signals.size() - 1).stream()
                  .filter(s -> !(s instanceof Signal.Silent))
                  .count();
          assertThat(signals).hasSize(training.network().blocks().size());
          assertThat(points)
              .as(rule + " on " + name)
              .isEqualTo(rule.equals("shallow") ? 0 : training.network().hidden());
        });
  }

  @ParameterizedTest
  @MethodSource("rules")
  void savedAndResumedItTakesTheSameNextStepAndLeaksNothing(String rule) {
    data(rule)
        .forEach((name, rows) -> {
          Training one = training(rule, rows, "adam", 1);
          steps(one, rows, 0, 3);
          Training two = training(rule, rows, "adam", 5);
          steps(two, rows, 1, 3);
          copy(one.network().state(), two.network().state());
          copy(one.feedback().state(), two.feedback().state());
          copy(one.stepper().state(), two.stepper().state());
          long live = Scope.live();
          steps(one, rows, 3, 5);
          steps(two, rows, 3, 5);
          assertThat(Scope.live()).as(rule + " on " + name).isEqualTo(live);
          assertThat(bits(two.network().state())).as(rule).isEqualTo(bits(one.network().state()));
          assertThat(bits(two.feedback().state())).as(rule).isEqualTo(bits(one.feedback().state()));
        });
  }

  private static void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
    assertThat(to.keySet()).isEqualTo(from.keySet());
    from.forEach((name, tensor) -> named(to, name).copyFrom(tensor));
  }

  /** Each name has a test of its own, which inherits the contract. */
  @Test
  void everyRuleHasATestThatInheritsTheContract() throws Exception {
    Set<Class<?>> tested = new HashSet<>();
    Path classes =
        Path.of(EveryRuleTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(classes.resolve("org/plumbline/rule"))) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = String.valueOf(file.getFileName());
        if (!name.endsWith(".class")) {
          continue;
        }
        Class<?> type = Class.forName("org.plumbline.rule." + name.replace(".class", ""));
        if (LearningRuleContract.class.isAssignableFrom(type)
            && !Modifier.isAbstract(type.getModifiers())) {
          var constructor = type.getDeclaredConstructor();
          constructor.setAccessible(true);
          tested.add(((LearningRuleContract) constructor.newInstance()).rule().getClass());
        }
      }
    }
    for (String rule : Rules.ALL.names()) {
      assertThat(tested).as(rule).contains(Rules.ALL.fallback(rule).getClass());
    }
  }
}
