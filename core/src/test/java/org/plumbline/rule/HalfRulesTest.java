package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.optim.Adam;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

/** Every rule of the catalogue learns where products are in BF16. */
@ExtendWith(InScope.class)
class HalfRulesTest {
  static Stream<String> rules() {
    return Rules.ALL.names().stream();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void learns(String name) {
    Clusters problem = new Clusters(Seed.of(11));
    LearningRule rule = Rules.ALL.parse(name);
    Shape shown = rule.input(Shape.of(Clusters.FEATURES), Clusters.CLASSES);
    Network network =
        Network.of(
            Network.mlp(List.of(256L, 256L), Clusters.CLASSES, new Activation.Tanh(), 0, 0),
            shown,
            new Layer.Birth(new Initialiser.Uniform(), Seed.of(1), Precision.BF16, Device.CPU));
    Training training = Training.of(network, rule, new Adam(1e-3), Seed.of(2));
    double before = training.accuracy(problem);
    training.steps(problem, 0, 60);
    network.state().forEach((n, t) -> assertThat(t.precision()).isEqualTo(Precision.FP32));
    assertThat(training.accuracy(problem)).isGreaterThan(Math.max(before, 0.5));
    requireFreshCopies(network, 1);
  }

  /** Those that refuse the pool of the convolutions, in FP32 too. */
  private static final Set<String> NO_POOL = Set.of("ifa", "pepita");

  static Stream<String> rulesOfImages() {
    return rules().filter(name -> !NO_POOL.contains(name));
  }

  @ParameterizedTest
  @MethodSource("rulesOfImages")
  void goesThroughConvolutions(String name) {
    LearningRule rule = Rules.ALL.parse(name);
    Network network =
        Network.of(
            Toy.convolutions(new Activation.Tanh(), 4),
            rule.input(Toy.IMAGE, 4),
            Toy.birth(new Initialiser.Uniform(), Precision.BF16, 1));
    Training training = Training.of(network, rule, new Adam(1e-3), Seed.of(2));
    Map<String, List<Long>> before = bits(network.state());
    Toy.Batch batch =
        new Toy.Batch(
            Toy.inputs(Precision.FP32, Seed.of(3), 8, Toy.IMAGE),
            Toy.targets(Precision.FP32, Seed.of(4), 8, 4));
    for (int i = 0; i < 3; i++) {
      assertThat(training.step(batch, i)).isFinite();
    }
    assertThat(bits(network.state())).isNotEqualTo(before);
    network.state().forEach((n, t) -> assertThat(t.toDoubles()).as(n).doesNotContain(Double.NaN));
    requireFreshCopies(network, 2);
  }

  private static void requireFreshCopies(Network network, int count) {
    List<Parameter> with = network.parameters().stream().filter(p -> p.copy().isPresent()).toList();
    assertThat(with).hasSize(count);
    for (Parameter p : with) {
      assertThat(p.copy().orElseThrow().current().toFloats())
          .isEqualTo(p.value().to(Precision.BF16).toFloats());
    }
  }
}
