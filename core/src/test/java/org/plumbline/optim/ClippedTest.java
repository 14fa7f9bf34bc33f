package org.plumbline.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.optim.OptimizerContract.by;
import static org.plumbline.optim.OptimizerContract.factored;
import static org.plumbline.optim.OptimizerContract.parameter;
import static org.plumbline.optim.OptimizerContract.whole;
import static org.plumbline.toy.Numbers.bits;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;

@ExtendWith(InScope.class)
class ClippedTest {
  private static double length(List<Tensor> tensors) {
    double squares = 0;
    for (Tensor tensor : tensors) {
      squares += tensor.dot(tensor).item();
    }
    return Math.sqrt(squares);
  }

  @Test
  void theNormOfFactorsIsThatOfTheirProduct() {
    Gradient.Factored g = factored(0, Precision.FP64);
    assertThat(Math.sqrt(g.squaredNorm())).isCloseTo(g.value().norm().item(), Offset.offset(1e-12));
    assertThat(new Gradient.Whole(g.value()).squaredNorm())
        .isCloseTo(g.squaredNorm(), Offset.offset(1e-11));
  }

  @Test
  void theNormOfManyRowsTakesNoMemoryForPairsOfThem() {
    int rows = 200_000; // pairs of them would be 320 GB
    Tensor ones = Tensor.zeros(Precision.FP32, rows, 2).add(1.0);
    double norm = Math.sqrt(new Gradient.Factored(ones, ones).squaredNorm());
    assertThat(norm).isCloseTo(2.0 * rows, Offset.offset(1e-6 * rows));
  }

  @Test
  void allParametersTogetherAreAsLongAsTheBound() {
    Parameter w = parameter("weight", Precision.FP64, 4, 5);
    Parameter b = parameter("bias", Precision.FP64, 5);
    List<Tensor> before = List.of(w.value().copied(), b.value().copied());
    Gradient gw = factored(0, Precision.FP64);
    Gradient gb = whole(0, Precision.FP64, 5);
    Gradients gradients = by(w, gw).and(by(b, gb));
    Updates updates = new Clipped(new Sgd(1), 0.5).attach(List.of(w, b)).step(gradients, 1);
    List<Tensor> moved = List.of(before.get(0).minus(w.value()), before.get(1).minus(b.value()));
    assertThat(length(moved)).isCloseTo(0.5, Offset.offset(1e-12));
    // one factor for all: the direction stays
    double all = length(List.of(gw.value(), gb.value()));
    assertThat(moved.get(1).norm().item())
        .isCloseTo(0.5 * gb.value().norm().item() / all, Offset.offset(1e-12));
    assertThat(updates.gradients().entries().getFirst().gradient())
        .as("still factored, as applied")
        .isInstanceOf(Gradient.Factored.class);
  }

  @Test
  void shortGradientsPassAsTheyAre() {
    Parameter a = parameter("weight", Precision.FP64, 4, 5);
    Parameter b = parameter("weight", Precision.FP64, 4, 5);
    new Clipped(new Sgd(1), 1e3).attach(List.of(a)).step(by(a, factored(0, Precision.FP64)), 1);
    new Sgd(1).attach(List.of(b)).step(by(b, factored(0, Precision.FP64)), 1);
    assertThat(bits(a.value())).isEqualTo(bits(b.value()));
  }

  @Test
  void theStateAndTheRateAreThoseOfTheInner() {
    Clipped clipped = new Clipped(new Adam(0.01), 1);
    Parameter w = parameter("weight", Precision.FP64, 4, 5);
    assertThat(clipped.rate()).isEqualTo(0.01);
    assertThat(clipped.attach(List.of(w)).state().keySet())
        .isEqualTo(new Adam(0.01).attach(List.of(w)).state().keySet());
    assertThatThrownBy(() -> new Clipped(new Adam(), 0))
        .hasMessage("clip must be above 0, but is 0");
  }
}
