package org.plumbline.objective;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.plumbline.tensor.Tensor;

/** Every objective under the contract, and by hand. */
class ObjectivesTest {
  private static final Offset<Double> TINY = Offset.offset(1e-14);

  private static Tensor row(double... values) {
    return Tensor.of(values, 1, values.length);
  }

  @Nested
  class Softmax extends ObjectiveContract {
    @Override
    protected Objective objective() {
      return new SoftmaxCrossEntropy();
    }

    @Test
    void byHand() {
      Outcome outcome = objective().judge(row(0, Math.log(3)), row(1, 0));
      assertThat(outcome.loss().item()).isCloseTo(Math.log(4), TINY);
      assertThat(outcome.error().toDoubles()).containsExactly(new double[] {-0.75, 0.75}, TINY);
    }

    @Test
    void theErrorOfEachRowSumsToZero() {
      Outcome outcome = objective().judge(row(1, 2, -3), row(0, 0.25, 0.75));
      assertThat(outcome.error().sum().item()).isCloseTo(0, TINY);
    }
  }

  @Nested
  class Sigmoid extends ObjectiveContract {
    @Override
    protected Objective objective() {
      return new SigmoidCrossEntropy();
    }

    @Test
    void byHand() {
      Outcome outcome = objective().judge(row(0, Math.log(3)), row(1, 0));
      assertThat(outcome.loss().item()).isCloseTo(Math.log(2) + Math.log(4), TINY);
      assertThat(outcome.error().toDoubles()).containsExactly(new double[] {-0.5, 0.75}, TINY);
    }
  }

  @Nested
  class Squared extends ObjectiveContract {
    @Override
    protected Objective objective() {
      return new SquaredError();
    }

    @Test
    void byHand() {
      Outcome outcome = objective().judge(row(1, 5), row(3, 4));
      assertThat(outcome.loss().item()).isCloseTo(2.5, TINY);
      assertThat(outcome.error().toDoubles()).containsExactly(-2, 1);
    }
  }
}
