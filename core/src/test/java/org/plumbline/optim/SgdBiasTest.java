package org.plumbline.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/** Biases at a rate of their own. */
@ExtendWith(InScope.class)
class SgdBiasTest {
  private static final String SHARE = ",bias=0.125";

  /** A weight and a bias after three steps on the same gradients, the bias by its column sums. */
  private static List<Parameter> after(String optimizer, Precision precision) {
    Seed seed = Seed.of(3);
    Tensor w = seed.child("w").uniform(1, 64, 48).to(precision);
    Tensor b = seed.child("b").uniform(1, 64).to(precision);
    List<Parameter> both = List.of(new Parameter("weight", w), new Parameter("bias", b));
    Stepper stepper = Optimizers.ALL.parse(optimizer).attach(both);
    for (int k = 0; k < 3; k++) {
      Tensor signal = seed.child(k).uniform(1, 8, 64).to(precision);
      Tensor input = seed.child("x").child(k).uniform(1, 8, 48).to(precision);
      stepper.step(
          new Gradients(
              List.of(
                  new Gradients.Entry(both.get(0), new Gradient.Factored(signal, input)),
                  new Gradients.Entry(both.get(1), new Gradient.Summed(signal, signal.sum(0))))),
          0.5);
    }
    return both;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sgd:lr=0.1",
        "sgd:lr=0.1,momentum=0.9",
        "sgd:lr=0.1,momentum=0.9,acceleration=nesterov"
      })
  void biasesMoveByTheirShareAndWeightsAsEver(String optimizer) {
    for (Precision precision : List.of(Precision.FP32, Precision.FP64)) {
      Tensor start = Seed.of(3).child("b").uniform(1, 64).to(precision);
      List<Parameter> even = after(optimizer, precision);
      List<Parameter> slow = after(optimizer + SHARE, precision);
      assertThat(bits(slow.get(0).value())).isEqualTo(bits(even.get(0).value()));
      double[] full = even.get(1).value().minus(start).toDoubles();
      double[] share = slow.get(1).value().minus(start).toDoubles();
      for (int i = 0; i < full.length; i++) {
        assertThat(full[i]).isNotZero();
        assertThat(share[i]).isCloseTo(full[i] / 8, Offset.offset(1e-7));
      }
    }
  }

  @Test
  void noneIsAFrozenBiasAndLessIsRefused() {
    Tensor start = Seed.of(3).child("b").uniform(1, 64).to(Precision.FP64);
    assertThat(bits(after("sgd:lr=0.1,bias=0", Precision.FP64).get(1).value()))
        .isEqualTo(bits(start));
    assertThatThrownBy(() -> Optimizers.ALL.parse("sgd:bias=-1"))
        .hasMessage("bias must be at least 0, but is -1");
    assertThat(Optimizers.ALL.print(Optimizers.ALL.parse("sgd:lr=0.2,bias=0.0078125")))
        .isEqualTo("sgd:lr=0.2,bias=0.0078125");
  }
}
