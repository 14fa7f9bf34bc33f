package org.plumbline.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Fused;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.tensor.WorkingCopy;

/** Steps in one pass over memory, beside libtorch's form in double precision. */
@ExtendWith(InScope.class)
class FusedStepsTest {
  static final List<String> OPTIMIZERS =
      List.of(
          "sgd:lr=0.1",
          "sgd:lr=0.1,decay=0.01",
          "sgd:lr=0.1,momentum=0.9",
          "sgd:lr=0.1,momentum=0.9,decay=0.01",
          "sgd:lr=0.1,momentum=0.9,acceleration=nesterov",
          "sgd:lr=0.1,momentum=0.9,acceleration=nesterov,decay=0.01",
          "rmsprop:lr=0.01",
          "rmsprop:lr=0.01,decay=0.01",
          "adam:lr=0.01",
          "adam:lr=0.01,decay=0.01",
          "adamw:lr=0.01",
          "adamw:lr=0.01,decay=0");

  private static final int STEPS = 20;

  /** One element, tails of every kind, less than a vector, and several pieces with a last one. */
  private static final List<long[]> SHAPES =
      List.of(
          new long[] {1},
          new long[] {15},
          new long[] {16},
          new long[] {4099},
          new long[] {37, 53},
          new long[] {5, 2, 3, 3},
          new long[] {700, 1601});

  @Test
  void theVectorApiIsThere() {
    assertThat(Fused.present()).isTrue(); // else the tests below compare libtorch with itself
  }

  @ParameterizedTest
  @FieldSource("OPTIMIZERS")
  void areThoseOfLibtorchInDoublePrecision(String text) {
    Optimizer optimizer = Optimizers.ALL.parse(text);
    for (long[] axes : SHAPES) {
      Tensor start = Seed.of(1).normal(1, axes);
      Parameter single = new Parameter("weight", start.copied());
      Parameter exact = new Parameter("weight", start.to(Precision.FP64));
      run(optimizer, single, axes);
      run(optimizer, exact, axes);
      // of the way, not of the place: the start is alike anyway
      requireClose(
          text + " " + single.value(),
          single.value().to(Precision.FP64).minus(start.to(Precision.FP64)),
          exact.value().minus(start.to(Precision.FP64)),
          2e-5);
    }
  }

  private static void run(Optimizer optimizer, Parameter parameter, long[] axes) {
    Stepper stepper = optimizer.attach(List.of(parameter));
    for (int i = 0; i < STEPS; i++) {
      try (var _ = Scope.open()) {
        stepper.step(new Gradients(List.of(gradient(parameter, axes, i))), 1);
      }
    }
  }

  private static Gradients.Entry gradient(Parameter parameter, long[] axes, int step) {
    Seed seed = Seed.of(2).child(step);
    Precision precision = parameter.value().precision();
    if (axes.length == 2) {
      Tensor left = seed.child("left").normal(1, 3, axes[0]).to(precision);
      Tensor right = seed.child("right").normal(1, 3, axes[1]).to(precision);
      return new Gradients.Entry(parameter, new Gradient.Factored(left, right));
    }
    return new Gradients.Entry(parameter, new Gradient.Whole(seed.normal(1, axes).to(precision)));
  }

  /** The gradient of a weight with a working copy is made in BF16, in pieces. */
  @ParameterizedTest
  @FieldSource("OPTIMIZERS")
  void aWorkingCopyIsWrittenAlong(String text) {
    Optimizer optimizer = Optimizers.ALL.parse(text);
    for (long[] axes : SHAPES) {
      Tensor value = Seed.of(1).normal(1, axes);
      Parameter half = new Parameter("weight", value, Optional.of(WorkingCopy.of(value)));
      Parameter exact = new Parameter("weight", value.to(Precision.FP64));
      Tensor start = value.copied().to(Precision.FP64);
      Stepper ofHalf = optimizer.attach(List.of(half));
      Stepper ofExact = optimizer.attach(List.of(exact));
      for (int i = 0; i < 3; i++) {
        ofHalf.step(new Gradients(List.of(gradient(half, axes, i))), 1);
        ofExact.step(new Gradients(List.of(rounded(gradient(exact, axes, i)))), 1);
        assertThat(half.copy().orElseThrow().current().toFloats())
            .as("%s, %s", text, value)
            .isEqualTo(value.to(Precision.BF16).toFloats());
      }
      requireClose(
          text + " " + value,
          value.to(Precision.FP64).minus(start),
          exact.value().minus(start),
          2e-3); // a sum next to the middle of two numbers rounds either way
    }
  }

  private static Gradients.Entry rounded(Gradients.Entry entry) {
    if (!(entry.gradient() instanceof Gradient.Factored(Tensor left, Tensor right))) {
      return entry;
    }
    Tensor l = left.to(Precision.BF16).to(Precision.FP64);
    Tensor r = right.to(Precision.BF16).to(Precision.FP64);
    Tensor product = l.transposed().matmul(r).to(Precision.BF16).to(Precision.FP64);
    return new Gradients.Entry(entry.parameter(), new Gradient.Whole(product));
  }

  @Test
  void gradientsThatAreNotContiguousAreTaken() {
    Tensor g = Seed.of(5).normal(1, 6, 4);
    Tensor view = stepped(g.transposed());
    Tensor copy = stepped(g.transposed().contiguous());
    assertThat(view.toFloats()).isEqualTo(copy.toFloats());
  }

  private static Tensor stepped(Tensor g) {
    Parameter p = new Parameter("weight", Tensor.zeros(Precision.FP32, 4, 6));
    Gradients gradients = new Gradients(List.of(new Gradients.Entry(p, new Gradient.Whole(g))));
    new Adam(0.1).attach(List.of(p)).step(gradients, 1);
    return p.value();
  }

  @Test
  void elsewhereLibtorchTakesTheStep() {
    Tensor columns = Seed.of(1).normal(1, 8, 8).columns(0, 4);
    for (Tensor w : List.of(columns, Tensor.zeros(Precision.FP64, 3, 3))) {
      assertThat(Fused.of(w, Optional.empty(), List.of())).isEmpty();
    }
    Parameter odd = new Parameter("weight", columns);
    float[] before = columns.toFloats();
    new Adam(0.1)
        .attach(List.of(odd))
        .step(new Gradients(List.of(gradient(odd, new long[] {8, 4}, 0))), 1);
    assertThat(odd.value().toFloats()).isNotEqualTo(before);
  }
}
