package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Network;
import org.plumbline.optim.Adam;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
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
    assertThat(network.parameters().stream().filter(p -> p.copy().isPresent())).hasSize(1);
    Training training = Training.of(network, rule, new Adam(1e-3), Seed.of(2));
    double before = training.accuracy(problem);
    training.steps(problem, 0, 60);
    network.state().forEach((n, t) -> assertThat(t.precision()).isEqualTo(Precision.FP32));
    assertThat(training.accuracy(problem)).isGreaterThan(Math.max(before, 0.5));
    try (var _ = Scope.open()) {
      network
          .parameters()
          .forEach(p ->
              p.copy()
                  .ifPresent(copy -> {
                    Tensor rounded = p.value().to(Precision.BF16);
                    assertThat(copy.current().toFloats()).isEqualTo(rounded.toFloats());
                  }));
    }
  }
}
