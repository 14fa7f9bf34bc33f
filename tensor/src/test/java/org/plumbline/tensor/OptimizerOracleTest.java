package org.plumbline.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The oracle itself against a step computed by hand, so that its options are known to arrive. */
@ExtendWith(InScope.class)
class OptimizerOracleTest {
  private static final Offset<Double> TINY = Offset.offset(1e-14);

  private static double twoSteps(OptimizerOracle oracle) {
    oracle.step(Tensor.of(new double[] {0.5}, 1));
    oracle.step(Tensor.of(new double[] {0.25}, 1));
    return oracle.value().item();
  }

  private static Tensor two() {
    return Tensor.of(new double[] {2}, 1);
  }

  @Test
  void momentumAndDecayArrive() {
    double first = 0.5 + 0.1 * 2;
    double w = 2 - 0.1 * first;
    double second = 0.9 * first + 0.25 + 0.1 * w;
    assertThat(twoSteps(OptimizerOracle.sgd(two(), 0.1, 0.9, 0.1)))
        .isCloseTo(w - 0.1 * second, TINY);
  }

  @Test
  void nesterovArrives() {
    double w = 2 - 0.1 * (0.5 + 0.9 * 0.5);
    double m = 0.9 * 0.5 + 0.25;
    assertThat(twoSteps(OptimizerOracle.nesterov(two(), 0.1, 0.9, 0)))
        .isCloseTo(w - 0.1 * (0.25 + 0.9 * m), TINY);
  }

  @Test
  void alphaAndEpsilonArrive() {
    double v = 0.3 * 0.25;
    double w = 2 - 0.1 * 0.5 / (Math.sqrt(v) + 0.01);
    v = 0.7 * v + 0.3 * 0.0625;
    assertThat(twoSteps(OptimizerOracle.rmsProp(two(), 0.1, 0.7, 0.01, 0)))
        .isCloseTo(w - 0.1 * 0.25 / (Math.sqrt(v) + 0.01), TINY);
  }

  @Test
  void betasAndDecayArrive() {
    double m = 0.2 * 0.5;
    double v = 0.3 * 0.25;
    double w = 2 * (1 - 0.1 * 0.1);
    w -= 0.1 * (m / 0.2) / (Math.sqrt(v / 0.3) + 0.01);
    m = 0.8 * m + 0.2 * 0.25;
    v = 0.7 * v + 0.3 * 0.0625;
    w *= 1 - 0.1 * 0.1;
    w -= 0.1 * (m / (1 - 0.64)) / (Math.sqrt(v / (1 - 0.49)) + 0.01);
    assertThat(twoSteps(OptimizerOracle.adamW(two(), 0.1, 0.8, 0.7, 0.01, 0.1))).isCloseTo(w, TINY);
  }

  @Test
  void decayInTheGradientArrives() {
    double g = 0.5 + 0.1 * 2;
    double w = 2 - 0.1 * g / (g + 0.01);
    OptimizerOracle oracle = OptimizerOracle.adam(two(), 0.1, 0.8, 0.7, 0.01, 0.1);
    oracle.step(Tensor.of(new double[] {0.5}, 1));
    assertThat(oracle.value().item()).isCloseTo(w, TINY);
  }
}
