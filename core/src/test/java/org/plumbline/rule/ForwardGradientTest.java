package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

class ForwardGradientTest extends LearningRuleContract {
  private static final Updates NOTHING = new Updates(Gradients.NONE, 0, 0);

  @Override
  protected LearningRule rule() {
    return new ForwardGradient();
  }

  @Override
  protected LearningRule other() {
    return new ForwardGradient(3, Directions.NORMAL);
  }

  private static Outcome judged(Network network, Trace trace) {
    return new SoftmaxCrossEntropy()
        .judge(trace.output(), Toy.batch(network, Precision.FP64).targets());
  }

  private static Tensor gradient(List<Signal> signals, int block) {
    return ((Signal.Told) signals.get(block)).gradient();
  }

  /** The sum of c ⊙ u over unit directions, one for each hidden unit, is back-propagation. */
  @Test
  void overABasisItIsBackprop() {
    Network network = Toy.tanhNet(Precision.FP64);
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    Outcome outcome = judged(network, trace);
    List<Tensor> sums = trace.hidden().stream().map(s -> s.output().zerosLike()).toList();
    for (int block = 0; block < 3; block++) {
      int width = (int) trace.steps().get(block).output().size(1);
      for (int j = 0; j < width; j++) {
        double[] unit = new double[16 * width];
        for (int i = 0; i < 16; i++) {
          unit[i * width + j] = 1;
        }
        ForwardGradient.add(
            Tangents.of(trace, TangentsTest.only(trace, block, Tensor.of(unit, 16, width))),
            outcome,
            1,
            sums);
      }
    }
    List<Signal> exact = new Backprop().attach(network, Seed.of(1)).signals(trace, outcome);
    for (int i = 0; i < 3; i++) {
      requireClose("signal " + i, sums.get(i), gradient(exact, i), 1e-12);
    }
  }

  /** 10,000 draws: the mean is the gradient, and the variance is that of the formula. */
  @ParameterizedTest
  @EnumSource
  void theMeanOfManyDrawsIsTheGradient(Directions law) {
    int steps = 2500;
    int draws = 4;
    Network network = Toy.tanhNet(Precision.FP64);
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    Outcome outcome = judged(network, trace);
    Feedback feedback = new ForwardGradient(draws, law).attach(network, Seed.of(1));
    List<Tensor> sums = trace.hidden().stream().map(s -> s.output().zerosLike()).toList();
    List<Tensor> squares = trace.hidden().stream().map(s -> s.output().zerosLike()).toList();
    List<Signal> exact = new Backprop().attach(network, Seed.of(1)).signals(trace, outcome);
    for (int step = 0; step < steps; step++) {
      try (var _ = Scope.open()) {
        List<Signal> told = feedback.signals(trace, outcome);
        for (int i = 0; i < 3; i++) {
          Tensor off = gradient(told, i).minus(gradient(exact, i));
          sums.get(i).add(off, 1);
          squares.get(i).addTimes(off, off, 1);
        }
        feedback.afterStep(trace, outcome, NOTHING);
      }
    }
    for (int i = 0; i < 3; i++) {
      Tensor mean = sums.get(i).scaled(1.0 / steps);
      Tensor error = squares.get(i).scaled(1.0 / steps / steps).sqrt();
      // Four standard errors: of the 384 elements one would pass them in forty seeds.
      assertThat(Arrays.stream(mean.over(error).abs().toDoubles())).allMatch(z -> z < 4);
    }
    // One draw of a row: E‖s_l‖² = ‖g‖² n_l + 2 ‖g_l‖² (normal); its variance falls as 1/K.
    double all = 0;
    for (int i = 0; i < 3; i++) {
      all += squared(gradient(exact, i));
    }
    for (int i = 0; i < 3; i++) {
      double own = squared(gradient(exact, i));
      double width = network.width(i);
      // Of signs, u_j⁴ is 1 instead of 3, so that 2 ‖g_l‖² is not there.
      double square = all * width + (law == Directions.NORMAL ? 2 * own : 0);
      assertThat(squares.get(i).sum().item() / steps)
          .isCloseTo((square - own) / draws, Percentage.withPercentage(3));
    }
  }

  private static double squared(Tensor tensor) {
    return tensor.squared().sum().item();
  }

  @Test
  void noDrawsAreRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("fg:draws=0"))
        .hasMessage("draws must be at least 1, but is 0");
  }
}
