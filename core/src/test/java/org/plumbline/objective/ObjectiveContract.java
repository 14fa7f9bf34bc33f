package org.plumbline.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

/** What holds for every objective. An objective's test inherits it and names the objective. */
@ExtendWith(InScope.class)
public abstract class ObjectiveContract {
  private static final int ROWS = 6;
  private static final int OUTPUTS = 5;

  /** The objective. */
  protected abstract Objective objective();

  private static Tensor outputs() {
    return Seed.of(31).normal(2, ROWS, OUTPUTS).to(Precision.FP64);
  }

  private static Tensor targets() {
    return Toy.targets(Precision.FP64, Seed.of(32), ROWS, OUTPUTS);
  }

  @Test
  void theErrorIsTheDerivativeOfTheLoss() {
    Tensor y = outputs();
    Outcome outcome = objective().judge(y.copied(), targets());
    Tensor expected = differences(y, () -> objective().judge(y, targets()).loss().item());
    requireClose("error", outcome.error(), expected, 1e-7);
    assertThat(outcome.loss().size()).isEqualTo(1);
  }

  @Test
  void theLossIsTheMeanOverRows() {
    Outcome all = objective().judge(outputs(), targets());
    double sum = 0;
    for (int i = 0; i < ROWS; i++) {
      Outcome one = objective().judge(outputs().rows(i, 1), targets().rows(i, 1));
      sum += one.loss().item();
      requireClose("N e, row " + i, all.error().rows(i, 1).scaled(ROWS), one.error(), 1e-14);
    }
    assertThat(all.loss().item()).isCloseTo(sum / ROWS, Offset.offset(1e-13));
  }

  @Test
  void outputsAndTargetsStayAsTheyAre() {
    Tensor y = outputs();
    Tensor t = targets();
    Outcome outcome = objective().judge(y, t);
    assertThat(bits(y)).isEqualTo(bits(outputs()));
    assertThat(bits(t)).isEqualTo(bits(targets()));
    assertThat(outcome.target()).isSameAs(t);
  }

  /** Rows with the greatest output at the right place and at a wrong one, in float32. */
  @Test
  void isStableForGreatOutputs() {
    for (double size : new double[] {100, 1e4}) {
      Tensor right = targets().to(Precision.FP32).plus(-0.5).scaled(2 * size);
      for (Tensor y : List.of(right, right.scaled(-1))) {
        Outcome outcome = objective().judge(y, targets().to(Precision.FP32));
        Outcome exact = objective().judge(y.to(Precision.FP64), targets());
        assertThat(Arrays.stream(outcome.error().toDoubles()).boxed()).allMatch(Double::isFinite);
        assertThat(outcome.loss().item())
            .isGreaterThanOrEqualTo(0)
            .isCloseTo(exact.loss().item(), Offset.offset(1e-6 * exact.loss().item() + 1e-30));
        double scale = exact.error().abs().sum().item() + 1; // p − t is a difference of parts of 1
        assertThat(outcome.error().to(Precision.FP64).minus(exact.error()).norm().item())
            .isLessThan(1e-7 * scale);
      }
    }
  }

  @Test
  void printsAsItParses() {
    assertThat(Objectives.ALL.parse(Objectives.ALL.print(objective()))).isEqualTo(objective());
  }
}
