package org.plumbline.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.OptimizerOracle;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/** What holds for every optimizer. An optimizer's test inherits it, with libtorch's as oracle. */
@ExtendWith(InScope.class)
public abstract class OptimizerContract {
  private static final int STEPS = 10;
  private static final int ROWS = 3;

  /** The optimizer. */
  protected abstract Optimizer optimizer();

  /** libtorch's optimizer with the same numbers. */
  protected abstract OptimizerOracle oracle(Tensor start);

  static Parameter parameter(String name, Precision precision, long... axes) {
    return new Parameter(name, Seed.of(41).child(name).normal(1, axes).to(precision));
  }

  static Gradient.Factored factored(int step, Precision precision) {
    return new Gradient.Factored(
        Seed.of(42).child(step).normal(1, ROWS, 4).to(precision),
        Seed.of(43).child(step).normal(1, ROWS, 5).to(precision));
  }

  static Gradient whole(int step, Precision precision, long... axes) {
    return new Gradient.Whole(Seed.of(44).child(step).normal(1, axes).to(precision));
  }

  static Gradients by(Parameter parameter, Gradient gradient) {
    return new Gradients(List.of(new Gradients.Entry(parameter, gradient)));
  }

  @Test
  void tenStepsAreThoseOfLibtorch() {
    Parameter w = parameter("weight", Precision.FP64, 4, 5);
    OptimizerOracle oracle = oracle(w.value());
    Stepper stepper = optimizer().attach(List.of(w));
    for (int i = 0; i < STEPS; i++) {
      Gradient.Factored g = factored(i, Precision.FP64);
      stepper.step(by(w, g), 1);
      oracle.step(g.value());
      requireClose("weight after step " + i, w.value(), oracle.value(), 1e-13);
    }
  }

  @Test
  void wholeAndFactoredGradientsGiveTheSameStep() {
    Parameter a = parameter("weight", Precision.FP64, 4, 5);
    Parameter b = parameter("weight", Precision.FP64, 4, 5);
    Stepper ofA = optimizer().attach(List.of(a));
    Stepper ofB = optimizer().attach(List.of(b));
    for (int i = 0; i < STEPS; i++) {
      Gradient.Factored g = factored(i, Precision.FP64);
      ofA.step(by(a, g), 1);
      ofB.step(by(b, new Gradient.Whole(g.value())), 1);
    }
    requireClose("weight", a.value(), b.value(), 1e-13);
  }

  @Test
  void aSilentParameterIsLeftAlone() {
    Parameter told = parameter("told", Precision.FP32, 4, 5);
    Parameter silent = parameter("silent", Precision.FP32, 4, 5);
    Stepper stepper = optimizer().attach(List.of(told, silent));
    Gradients both =
        by(told, factored(0, Precision.FP32)).and(by(silent, factored(1, Precision.FP32)));
    stepper.step(both, 1); // momentum is now there
    List<Long> before = bits(silent.value());
    List<Long> toldBefore = bits(told.value());
    for (int i = 0; i < STEPS; i++) {
      stepper.step(by(told, factored(2 + i, Precision.FP32)), 1);
    }
    assertThat(bits(silent.value())).isEqualTo(before);
    assertThat(bits(told.value())).isNotEqualTo(toldBefore);
  }

  /** A parameter that was silent for a while steps as if that time had not been. */
  @Test
  void silenceCountsNoSteps() {
    Parameter often = parameter("weight", Precision.FP32, 4, 5);
    Parameter seldom = parameter("weight", Precision.FP32, 4, 5);
    Parameter other = parameter("other", Precision.FP32, 4, 5);
    Stepper ofOften = optimizer().attach(List.of(often));
    Stepper ofSeldom = optimizer().attach(List.of(seldom, other));
    for (int i = 0; i < 3; i++) {
      ofOften.step(by(often, factored(i, Precision.FP32)), 1);
      ofSeldom.step(by(seldom, factored(i, Precision.FP32)), 1);
      ofSeldom.step(by(other, factored(9, Precision.FP32)), 1);
    }
    assertThat(bits(seldom.value())).isEqualTo(bits(often.value()));
  }

  @Test
  void stateSavedAndRestoredGivesTheSameNextStep() {
    Parameter first = parameter("weight", Precision.FP32, 4, 5);
    Parameter second = parameter("other", Precision.FP32, 4, 5);
    Stepper one = optimizer().attach(List.of(first));
    for (int i = 0; i < 4; i++) {
      one.step(by(first, factored(i, Precision.FP32)), 1);
    }
    Stepper two = optimizer().attach(List.of(second));
    two.step(by(second, factored(7, Precision.FP32)), 1); // its own past must not show
    second.value().copyFrom(first.value());
    assertThat(two.state().keySet()).isEqualTo(one.state().keySet());
    one.state().forEach((name, tensor) -> named(two.state(), name).copyFrom(tensor));
    for (int i = 4; i < 6; i++) {
      one.step(by(first, factored(i, Precision.FP32)), 1);
      two.step(by(second, factored(i, Precision.FP32)), 1);
    }
    assertThat(bits(second.value())).isEqualTo(bits(first.value()));
    assertThat(bits(two.state())).isEqualTo(bits(one.state()));
  }

  @Test
  void aFactorOfTheScheduleMultipliesTheRate() {
    Parameter w = parameter("bias", Precision.FP64, 5);
    Parameter unmoved = parameter("bias", Precision.FP64, 5);
    Stepper stepper = optimizer().attach(List.of(w));
    Updates updates = stepper.step(by(w, whole(0, Precision.FP64, 5)), 0);
    assertThat(bits(w.value())).isEqualTo(bits(unmoved.value()));
    assertThat(updates.rate()).isZero();
    assertThat(stepper.step(by(w, whole(1, Precision.FP64, 5)), 0.5).rate())
        .isEqualTo(optimizer().rate() / 2);
  }

  @Test
  void theGradientStaysAsItIs() {
    Parameter w = parameter("bias", Precision.FP64, 5);
    Gradient g = whole(0, Precision.FP64, 5);
    List<Long> before = bits(g.value());
    optimizer().attach(List.of(w)).step(by(w, g), 1);
    assertThat(bits(g.value())).isEqualTo(before);
  }

  @Test
  void aStrangersParameterIsRefused() {
    Stepper stepper = optimizer().attach(List.of(parameter("weight", Precision.FP32, 4, 5)));
    Parameter stranger = parameter("stranger", Precision.FP32, 4, 5);
    assertThatThrownBy(() -> stepper.step(by(stranger, factored(0, Precision.FP32)), 1))
        .hasMessageContaining("stranger");
  }

  @Test
  void printsAsItParses() {
    assertThat(Optimizers.ALL.parse(Optimizers.ALL.print(optimizer()))).isEqualTo(optimizer());
  }
}
