package org.plumbline.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.tensor.Meter.Part;

@ExtendWith(InScope.class)
class MeterTest {
  private static Tensor zeros(long... axes) {
    return Tensor.zeros(Precision.FP32, axes);
  }

  /** A product of [3, 5] and [5, 7]: 105 multiply-accumulates. */
  private static void multiply() {
    zeros(3, 5).matmul(zeros(5, 7));
  }

  @Test
  void everyKernelThatMultipliesMatricesCounts() {
    try (Meter meter = Meter.open(Part.ERROR)) {
      multiply();
      zeros(3, 5).linear(zeros(7, 5));
      zeros(3, 5).linear(zeros(7, 5), zeros(7));
      zeros(3, 7).addProduct(1, zeros(3, 5), zeros(5, 7), 1);
      zeros(3, 7).setProduct(zeros(3, 5), zeros(5, 7));
      assertThat(meter.products(Part.ERROR)).isEqualTo(5 * 3 * 5 * 7);
      assertThat(meter.words(Part.ERROR)).as("matrix and source").isEqualTo(5 * 3 * (5 * 7 + 5));
    }
  }

  /**
   * Of [5, 4, 9, 7] with a kernel [6, 2, 3, 3] in two groups, stride 2, padding 1: 5 by 4 places.
   */
  @Test
  void aConvolutionAndItsTwoDerivativesCountAlike() {
    Convolution convolution = new Convolution(2, 1, 2);
    Tensor input = zeros(5, 4, 9, 7);
    Tensor kernel = zeros(6, 2, 3, 3);
    Tensor signal = zeros(5, 6, 5, 4);
    long row = 6L * 5 * 4 * 2 * 3 * 3;
    try (Meter meter = Meter.open(Part.ERROR)) {
      assertThat(convolution.of(input, kernel).shape()).isEqualTo(signal.shape());
      assertThat(meter.products(Part.ERROR)).isEqualTo(5 * row);
      assertThat(meter.words(Part.ERROR)).isEqualTo(5 * (6 * 2 * 9 + 4 * 9 * 7));
    }
    try (Meter meter = Meter.open(Part.ERROR)) {
      convolution.of(input, kernel, zeros(6));
      assertThat(meter.products(Part.ERROR)).isEqualTo(5 * row);
    }
    try (Meter meter = Meter.open(Part.ERROR)) {
      convolution.byInput(signal, input, kernel);
      assertThat(meter.products(Part.ERROR)).isEqualTo(5 * row);
      assertThat(meter.words(Part.ERROR)).isEqualTo(5 * (6 * 2 * 9 + 6 * 5 * 4));
    }
    try (Meter meter = Meter.open(Part.ERROR)) {
      convolution.byKernel(signal, input, kernel);
      assertThat(meter.products(Part.ERROR)).isEqualTo(5 * row);
      assertThat(meter.words(Part.ERROR)).isEqualTo(5 * (6 * 2 * 9 + 6 * 5 * 4));
    }
  }

  @Test
  void gatheringCountsTheEntriesThatAreThere() {
    Tensor places = Tensor.of(new long[] {0, 4, 2, 1}, 2, 2);
    try (Meter meter = Meter.open(Part.ERROR)) {
      zeros(3, 5).gathered(places, zeros(2, 2));
      assertThat(meter.products(Part.ERROR)).as("rows · s · to").isEqualTo(3 * 4);
      assertThat(meter.words(Part.ERROR)).isEqualTo(3 * (2 * 4 + 2));
    }
  }

  @Test
  void workGoesToThePartThatItIsFor() {
    try (Meter meter = Meter.open(Part.ERROR)) {
      try (var _ = Meter.as(Part.FORWARD)) {
        multiply();
        try (var _ = Meter.as(Part.EXTRA)) {
          multiply();
          multiply();
        }
        multiply();
      }
      multiply();
      assertThat(meter.products(Part.FORWARD)).isEqualTo(2 * 105);
      assertThat(meter.products(Part.EXTRA)).isEqualTo(2 * 105);
      assertThat(meter.products(Part.ERROR)).isEqualTo(105);
      assertThat(meter.products(Part.WEIGHTS)).isZero();
    }
  }

  @Test
  void aMeterInsideAnotherKeepsItsCounts() {
    try (Meter outer = Meter.open(Part.FORWARD)) {
      try (Meter inner = Meter.open(Part.FORWARD)) {
        multiply();
        assertThat(inner.products(Part.FORWARD)).isEqualTo(105);
      }
      assertThat(outer.products(Part.FORWARD)).isZero();
      multiply();
      assertThat(outer.products(Part.FORWARD)).isEqualTo(105);
    }
  }

  @Test
  void nothingIsCountedOnceItIsClosed() {
    Meter meter = Meter.open(Part.FORWARD);
    meter.close();
    try (var _ = Meter.as(Part.FORWARD)) {
      multiply();
    }
    assertThat(meter.products(Part.FORWARD)).isZero();
  }

  @Test
  void otherThreadsAreNotCounted() throws InterruptedException {
    try (Meter meter = Meter.open(Part.FORWARD)) {
      Thread other =
          Thread.ofPlatform()
              .start(() -> {
                try (var _ = Scope.open()) {
                  Tensor.zeros(Precision.FP32, 2, 2).matmul(Tensor.zeros(Precision.FP32, 2, 2));
                }
              });
      other.join();
      assertThat(meter.products(Part.FORWARD)).isZero();
    }
  }
}
