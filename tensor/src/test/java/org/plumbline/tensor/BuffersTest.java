package org.plumbline.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class BuffersTest {
  @Test
  void whatARoundTookTheNextTakesAgain() {
    try (var _ = Scope.open()) {
      Buffers buffers = new Buffers();
      Tensor x = Seed.of(1).uniform(1, 20, 30).to(Precision.FP32);
      Tensor w = Seed.of(2).uniform(1, 40, 30).to(Precision.FP32);
      Tensor v = Seed.of(3).uniform(1, 5, 40).to(Precision.FP32);
      long[] live = new long[4];
      long[] bytes = new long[4];
      float[] first = {};
      for (int k = 0; k < 4; k++) {
        try (var _ = Scope.open(buffers)) {
          Tensor h = x.linear(w).tanh();
          float[] y = h.linear(v).scaled(2).toFloats();
          first = k == 0 ? y : first;
          assertThat(y).isEqualTo(first);
        }
        live[k] = Scope.live();
        bytes[k] = buffers.bytes();
      }
      assertThat(bytes).containsOnly(4L * (20 * 40 + 20 * 40 + 20 * 5 + 20 * 5));
      assertThat(live).containsOnly(live[0]);
    }
  }

  @Test
  void halfIsRememberedUntilSomethingChanges() {
    try (var _ = Scope.open()) {
      Buffers buffers = new Buffers();
      Tensor outside = Tensor.of(new float[] {1, 2, 3}, 3);
      for (int k = 0; k < 2; k++) {
        try (var _ = Scope.open(buffers)) {
          Tensor x = outside.scaled(k + 1); // in the same buffer each time
          Tensor half = x.half();
          assertThat(x.half()).isSameAs(half).isSameAs(x.to(Precision.BF16));
          assertThat(half.toFloats()).containsExactly(k + 1, 2 * k + 2, 3 * k + 3);
          x.multiply(2);
          assertThat(x.half()).isNotSameAs(half);
          assertThat(x.half().toFloats()).containsExactly(2 * k + 2, 4 * k + 4, 6 * k + 6);
          try (var _ = Scope.open()) {
            outside.half();
          }
          x.scaled(9).half(); // may take what the inner scope handed back
          assertThat(outside.half().toFloats()).containsExactly(1, 2, 3);
        }
      }
      try (var _ = Scope.open()) {
        outside.half();
      }
      assertThat(outside.half().toFloats()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void twoTensorsOfAScopeNeverShareABuffer() {
    try (var _ = Scope.open()) {
      Buffers buffers = new Buffers();
      Tensor x = Tensor.of(new float[] {1, 2, 3}, 3);
      for (int k = 0; k < 2; k++) {
        try (Scope around = Scope.open(buffers)) {
          Tensor a = x.scaled(2);
          Tensor kept;
          try (var _ = Scope.open()) {
            Tensor b = x.scaled(3);
            assertThat(a.toFloats()).containsExactly(2, 4, 6);
            kept = around.keep(b);
          }
          Tensor c = x.scaled(5);
          assertThat(kept.toFloats()).containsExactly(3, 6, 9);
          around.handBack(kept);
          Tensor d = x.scaled(7); // in the place of what was handed back
          assertThat(a.toFloats()).containsExactly(2, 4, 6);
          assertThat(c.toFloats()).containsExactly(5, 10, 15);
          assertThat(d.toFloats()).containsExactly(7, 14, 21);
        }
      }
      assertThat(buffers.bytes()).isEqualTo(3 * 3 * 4);
    }
  }

  /**
   * Activations lie in columns, one or several of them among others: products are what they are.
   */
  @Test
  void productsOfActivationsInColumns() {
    try (var _ = Scope.open()) {
      for (long rows : new long[] {1, 3, 16, 33}) {
        Tensor x = Seed.of(1).uniform(1, rows, 18).to(Precision.FP32);
        Tensor w = Seed.of(2).uniform(1, 50, 18).to(Precision.FP32);
        Tensor b = Seed.of(3).uniform(1, 1, 50).to(Precision.FP32).reshaped(50);
        Tensor v = Seed.of(4).uniform(1, 50, 21).to(Precision.FP32);
        Tensor a = x.linear(w, b);
        double[] wanted = product(x, w.transposed().contiguous());
        float[] bias = b.toFloats();
        for (int i = 0; i < wanted.length; i++) {
          wanted[i] += bias[i % 50];
        }
        close(a, wanted);
        close(x.linear(w, b.reshaped(50, 1)), wanted);
        close(a.matmul(v), product(a, v));
        close(a.transposed().matmul(x), product(a.transposed(), x));
        Tensor some = a.columns(20, 17);
        close(some.matmul(v.rows(0, 17)), product(some, v.rows(0, 17)));
        close(some.tanh().throughTanh(some.tanh()), mapped(some));
        assertThat(a.columnSums().toFloats()).containsExactly(a.sum(0).toFloats(), within(1e-5f));
      }
    }
  }

  @Test
  void productsOfRowsInEveryLayout() {
    try (var _ = Scope.open()) {
      for (long rows : new long[] {1, 7, 16, 37}) {
        Tensor w = Seed.of(2).uniform(1, 45, 18).to(Precision.FP32);
        Tensor a = Seed.of(1).uniform(1, rows, 18).to(Precision.FP32).linear(w);
        Tensor b = Seed.of(3).uniform(1, rows, 45).to(Precision.FP32);
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        double[] wanted = new double[(int) rows];
        for (int i = 0; i < x.length; i++) {
          wanted[i / 45] += x[i] * y[i];
        }
        assertThat(a.rowProducts(b)).containsExactly(wanted, within(1e-9));
        assertThat(b.rowProducts(a)).containsExactly(wanted, within(1e-9));
        assertThat(a.contiguous().rowProducts(b)).containsExactly(wanted, within(1e-9));
        assertThat(b.to(Precision.FP64).rowProducts(a.to(Precision.FP64)))
            .containsExactly(wanted, within(1e-9));
        Tensor some = a.columns(3, 20);
        assertThat(some.rowProducts(b.columns(3, 20)))
            .containsExactly(
                some.contiguous().rowProducts(b.columns(3, 20).contiguous()), within(1e-9));
      }
    }
  }

  private static double[] mapped(Tensor x) {
    double[] y = x.toDoubles();
    for (int i = 0; i < y.length; i++) {
      double h = Math.tanh(y[i]);
      y[i] = h * (1 - h * h);
    }
    return y;
  }

  private static double[] product(Tensor a, Tensor b) {
    int n = (int) a.size(0);
    int k = (int) a.size(1);
    int m = (int) b.size(1);
    double[] x = a.toDoubles();
    double[] y = b.toDoubles();
    double[] z = new double[n * m];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < m; j++) {
        for (int l = 0; l < k; l++) {
          z[i * m + j] += x[i * k + l] * y[l * m + j];
        }
      }
    }
    return z;
  }

  private static void close(Tensor found, double[] wanted) {
    assertThat(found.toDoubles()).containsExactly(wanted, within(1e-5));
  }

  /** Every exponent, both signs, and what is beyond: within six units in the last place. */
  @Test
  void tanhIsTanh() {
    try (var _ = Scope.open()) {
      float[] x = new float[100_003];
      for (int i = 0; i < x.length; i++) {
        x[i] = (i % 2 == 0 ? 1 : -1) * (float) Math.pow(2, -40 + 46.0 * i / x.length);
      }
      x[0] = 0;
      x[1] = Float.POSITIVE_INFINITY;
      x[2] = Float.NEGATIVE_INFINITY;
      x[3] = Float.NaN;
      Tensor t = Tensor.of(x, x.length);
      float[] y = t.tanh().toFloats();
      assertThat(y[3]).isNaN();
      for (int i = 0; i < x.length; i++) {
        double wanted = Math.tanh(x[i]);
        if (Math.abs(y[i] - wanted) > 6.0 * Math.ulp((float) wanted)) {
          throw new AssertionError("tanh(%s) must be %s, but is %s".formatted(x[i], wanted, y[i]));
        }
      }
      for (int k = 0; k < 200; k++) { // by then the loop is compiled
        assertThat(t.tanh().toFloats()).isEqualTo(y);
      }
    }
  }
}
