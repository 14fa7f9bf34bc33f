package org.plumbline.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class TensorTest {
  @Test
  void computesAndFrees() {
    Libtorch.load();
    long before = Scope.live();
    try (var _ = Scope.open()) {
      Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Tensor b = Tensor.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2);
      assertThat(a.matmul(b).toFloats()).containsExactly(4, 5, 10, 11);
      assertThat(a.transposed().shape()).isEqualTo(Shape.of(3, 2));
      assertThat(a.transposed().toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
      assertThat(a.sum(0).toFloats()).containsExactly(5, 7, 9);
      assertThat(a.rows(1, 1).toFloats()).containsExactly(4, 5, 6);
      assertThat(a.columns(1, 2).toDoubles()).containsExactly(2, 3, 5, 6);
      assertThat(a.copied().addProduct(2, a, Tensor.of(new float[9], 3, 3), 1).toFloats())
          .containsExactly(2, 4, 6, 8, 10, 12);
      assertThat(a.argmax().toLongs()).containsExactly(2, 2);
      assertThat(a.norm().item()).isCloseTo(Math.sqrt(91), Offset.offset(1e-5));
      assertThat(a.dot(a).item()).isEqualTo(91);
      assertThat(Tensor.below(List.of(a, a.rows(1, 1))).toDoubles())
          .containsExactly(1, 2, 3, 4, 5, 6, 4, 5, 6);
      assertThat(
              a.linear(Tensor.of(new float[] {1, 1, 1}, 1, 3), Tensor.of(new float[] {1}, 1))
                  .toFloats())
          .containsExactly(7, 16);
      assertThat(a.to(Precision.FP64).precision()).isEqualTo(Precision.FP64);
      assertThat(a).hasToString("Tensor[2, 3] FP32");
    }
    assertThat(Scope.live()).isEqualTo(before);
  }

  @Test
  void needsAScopeAndFittingShapes() {
    assertThatThrownBy(() -> Tensor.zeros(Precision.FP32, 2)).hasMessageContaining("Scope.open()");
    try (var _ = Scope.open()) {
      assertThatThrownBy(() -> Tensor.of(new float[3], 2, 2))
          .hasMessage("3 numbers do not fill [2, 2]");
      Tensor a = Tensor.zeros(Precision.FP32, 2);
      assertThatThrownBy(() -> a.copyFrom(Tensor.zeros(Precision.FP32, 3)))
          .hasMessage("cannot copy [3] into [2]");
      assertThatThrownBy(() -> Tensor.zeros(Precision.FP32, 2, 3).transposed().memory())
          .hasMessageContaining("contiguous");
    }
  }

  @Test
  void counts() {
    try (var _ = Scope.open()) {
      Tensor count = Tensor.of(new long[1]);
      assertThat(count.add(1).add(2).toLongs()).containsExactly(3);
      assertThat(count.precision()).isEqualTo(Precision.INT64);
      assertThat(count.shape().rank()).isZero();
      assertThat(Tensor.of(new float[] {0.5f}, 1).add(1).add(0.25).item()).isEqualTo(1.75);
    }
  }

  @Test
  void cutsAndRounds() {
    try (var _ = Scope.open()) {
      Tensor x = Tensor.of(new double[] {-2.5, -0.5, -0.1, 0, 0.1, 0.5, 1.5}, 7);
      assertThat(x.sign().toDoubles()).containsExactly(-1, -1, -1, 0, 1, 1, 1);
      assertThat(x.clamped(-1, 0.2).toDoubles()).containsExactly(-1, -0.5, -0.1, 0, 0.1, 0.2, 0.2);
      assertThat(x.rounded().plus(0).toDoubles()).containsExactly(-2, 0, 0, 0, 0, 0, 2);
      assertThat(x.hardShrunk(0.1).toDoubles()).containsExactly(-2.5, -0.5, 0, 0, 0, 0.5, 1.5);
      Tensor m = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Tensor picked = m.columnsAt(Tensor.of(new long[] {2, 0, 2, 1}, 4));
      assertThat(picked.shape()).isEqualTo(Shape.of(2, 4));
      assertThat(picked.toDoubles()).containsExactly(3, 1, 3, 2, 6, 4, 6, 5);
    }
  }

  @Test
  void recordsDerivatives() {
    try (var _ = Scope.open()) {
      Tensor x = Tensor.of(new double[] {0.5, -2}, 2);
      Recorded y = Recorded.of(List.of(x, x.copied()), in -> in.get(0).squared());
      List<Tensor> g = y.gradients(Tensor.of(new double[] {1, 10}, 2));
      assertThat(g.get(0).toDoubles()).containsExactly(1, -40);
      assertThat(g.get(1).toDoubles()).containsExactly(0, 0);
    }
  }

  @Test
  void drawsTensors() {
    try (var _ = Scope.open()) {
      Seed seed = Seed.of(1);
      assertThat(seed.uniform(2, 1000).toFloats()).hasSize(1000);
      assertThat(seed.uniform(2, 1000).abs().mean().item()).isCloseTo(1, Offset.offset(0.05));
      assertThat(seed.normal(2, 1000).squared().mean().item()).isCloseTo(4, Offset.offset(0.4));
      Tensor signs = seed.signs(100, 100);
      assertThat(signs.toFloats()).containsOnly(-1f, 1f);
      assertThat(signs.mean().item()).isCloseTo(0, Offset.offset(0.04));
      assertThat(signs.rows(0, 50).dot(signs.rows(50, 50)).item() / 5000)
          .isCloseTo(0, Offset.offset(0.06));
      Tensor mask = seed.mask(0.25, 100, 100);
      assertThat(mask.mean().item()).isCloseTo(1, Offset.offset(0.03));
      assertThat(mask.toFloats()).containsOnly(0f, (float) (1 / 0.75));
      for (long[] shape : new long[][] {{5, 3}, {3, 5}, {4, 4}}) {
        Tensor q = seed.orthonormal(shape[0], shape[1]).to(Precision.FP64);
        Tensor gram = shape[0] >= shape[1] ? q.transposed().matmul(q) : q.matmul(q.transposed());
        double[] g = gram.toDoubles();
        int n = (int) Math.min(shape[0], shape[1]);
        for (int i = 0; i < g.length; i++) {
          assertThat(g[i]).isCloseTo(i % (n + 1) == 0 ? 1 : 0, Offset.offset(1e-5));
        }
      }
    }
  }

  /** The gate of memory: a loop in a scope leaves nothing, a thousand times. */
  @Test
  void aLoopLeavesNothing() {
    try (var _ = Scope.open()) {
      Tensor w = Tensor.zeros(Precision.FP32, 30, 20);
      Tensor x = Seed.of(3).normal(1, 8, 20);
      long before = Scope.live();
      for (int i = 0; i < 1000; i++) {
        try (var _ = Scope.open()) {
          Tensor y = x.linear(w).tanh().plus(1).scaled(0.5).softmax();
          w.addProduct(0.9, y.transposed(), x, 0.1).multiply(0.99).approach(w.copied(), 0.1);
          Recorded.of(List.of(w), in -> x.linear(in.getFirst()).gelu()).gradients(y);
          assertThat(y.shape().size()).isEqualTo(240);
        }
      }
      assertThat(Scope.live()).isEqualTo(before);
    }
  }
}
