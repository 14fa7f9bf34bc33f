package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class CounterCurrentTest extends LocalContract {
  private static final CounterCurrent NORMALISED =
      new CounterCurrent(CounterCurrent.Form.NORMALISED, 1.5, 0.7, "gelu");

  @Override
  protected LearningRule rule() {
    return new CounterCurrent();
  }

  @Override
  protected LearningRule other() {
    return NORMALISED;
  }

  @Override
  protected List<LearningRule> differentiated() {
    return List.of(rule(), NORMALISED);
  }

  /** q_l from the labels down, written out once more. */
  @Override
  protected double loss(
      LearningRule rule, Training training, Training.Told told, int block, Tensor h) {
    CounterCurrent ccl = (CounterCurrent) rule;
    var state = training.feedback().state();
    Tensor q = Tensor.of(new double[25], 5, 5);
    q.add(identity(5), 1);
    for (int l = 4; l >= block + 2; l--) {
      Tensor a = q.linear(named(state, "feedback." + l));
      q = ccl.activation().equals("tanh") ? a.tanh() : a.gelu();
    }
    return loss(ccl, h, q, told.outcome().target());
  }

  private static double loss(CounterCurrent rule, Tensor h, Tensor q, Tensor t) {
    if (rule.form() == CounterCurrent.Form.DENSE) {
      return 128 * rule.c1() / h.size(1) * msq(h.matmul(q.transposed()), t);
    }
    Tensor a = h.over(h.squared().sum(1).sqrt().reshaped(-1, 1));
    Tensor b = q.over(q.squared().sum(1).sqrt().reshaped(-1, 1));
    return rule.c1() * msq(a.matmul(b.transposed()), t)
        + rule.c2() * msq(a.matmul(a.transposed()), identity(a.size(0)))
        + rule.c2() * msq(b.matmul(b.transposed()), identity(b.size(0)));
  }

  private static Tensor identity(long n) {
    double[] ones = new double[(int) (n * n)];
    for (int i = 0; i < n; i++) {
      ones[i * ((int) n + 1)] = 1;
    }
    return Tensor.of(ones, n, n);
  }

  private static double msq(Tensor found, Tensor wanted) {
    return found.minus(wanted).squared().mean().item();
  }

  @Test
  void slopesAreTheDifferencesOfBothForms() {
    Tensor h = Seed.of(1).normal(1, 6, 7).to(Precision.FP64);
    Tensor q = Seed.of(2).normal(1, 5, 7).to(Precision.FP64);
    Tensor t = Toy.targets(Precision.FP64, Seed.of(3), 6, 5);
    for (CounterCurrent rule : List.of(new CounterCurrent(), NORMALISED)) {
      CounterCurrent.Slopes slopes = rule.slopes(h, q, t);
      requireClose("by h", slopes.byH(), differences(h, () -> loss(rule, h, q, t)), 1e-7);
      requireClose("by q", slopes.byQ(), differences(q, () -> loss(rule, h, q, t)), 1e-7);
    }
  }

  @Test
  void anUnknownActivationIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("ccl:activation=elu"))
        .hasMessageContaining("unknown activation 'elu'");
  }

  @Test
  void mapsTooLargeForAMatrixBetweenThemAreRefused() {
    Network network =
        Network.of(
            List.of(new Conv2d(64, 1, 1, 0), new Conv2d(64, 1, 1, 0), new Flatten(), new Dense(2)),
            Shape.of(1, 32, 32),
            Toy.birth(new Toy.Normal(), Precision.FP32, 3));
    assertThatThrownBy(() -> rule().attach(network, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule ccl needs a matrix of 65536 x 65536 numbers beside block 1 (conv 1x1 1→64), but one may have at most 2147483647; use smaller maps or another rule");
  }
}
