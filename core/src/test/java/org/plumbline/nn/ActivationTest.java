package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Numbers;

/** Every activation of the catalogue, under the contract of blocks. */
@ParameterizedClass(name = "{0}")
@MethodSource("names")
class ActivationTest extends BlockContract {
  private final String name;

  ActivationTest(String name) {
    this.name = name;
  }

  static Set<String> names() {
    return Layers.ACTIVATIONS.names();
  }

  private Activation activation() {
    return Layers.ACTIVATIONS.fallback(name);
  }

  @Override
  protected Layer layer() {
    return activation();
  }

  @Test
  void isALayerOfTheCatalogueToo() {
    assertThat(Layers.ALL.parse(name)).isEqualTo(activation());
  }

  @Test
  void hasTheSlopeAtZeroThatItStates() {
    Tensor zero = Tensor.of(new double[] {0}, 1, 1);
    Tensor one = Tensor.of(new double[] {1}, 1, 1);
    Step step = activation().step(zero, Mode.EVAL);
    assertThat(step.carry(one, Parameter::value).item())
        .isCloseTo(activation().slopeAtZero(), Offset.offset(1e-15));
  }

  /** Far out, where shortcuts and overflows hide: no jump, no infinity. */
  @Test
  void isExactFarFromZero() {
    for (double at : new double[] {-800, -40, -20 - 1e-9, -20, -5, 5, 20, 20 + 1e-9, 40, 800}) {
      Tensor x = Tensor.of(new double[] {at}, 1, 1);
      Tensor one = Tensor.of(new double[] {1}, 1, 1);
      double slope = activation().step(x, Mode.EVAL).carry(one, Parameter::value).item();
      double expected =
          Numbers.differences(x, () -> activation().step(x, Mode.EVAL).output().item()).item();
      // Differences of numbers near 800 are good to 1e-13 / 1e-6.
      assertThat(slope).as(name + "′(" + at + ")").isCloseTo(expected, Offset.offset(1e-6));
    }
  }

  @Test
  void hasTheValuesOfItsFormula() {
    double x = 0.7;
    Map<String, double[]> byHand =
        Map.of(
            "tanh", new double[] {Math.tanh(x), Math.tanh(-x)},
            "relu", new double[] {x, 0},
            "leaky-relu", new double[] {x, -0.01 * x},
            "sigmoid", new double[] {1 / (1 + Math.exp(-x)), 1 / (1 + Math.exp(x))},
            "gelu", new double[] {0.7 * 0.758036347776927, -0.7 * (1 - 0.758036347776927)},
            "softplus", new double[] {Math.log1p(Math.exp(x)), Math.log1p(Math.exp(-x))},
            "identity", new double[] {x, -x});
    double[] expected = byHand.get(name);
    if (expected != null) { // a new activation brings its own test
      double[] y = activation().apply(Tensor.of(new double[] {x, -x}, 1, 2)).toDoubles();
      assertThat(y).containsExactly(expected, Offset.offset(1e-14));
    }
  }
}
