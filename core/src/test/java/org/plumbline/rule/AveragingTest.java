package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

@ExtendWith(InScope.class)
class AveragingTest {

  private static Averaging of(long most, long... map) {
    return Averaging.of(Shape.of(map), most, Tensor.zeros(Precision.FP64, 1));
  }

  @Test
  void halvesAnImageIntoTheMeansOfItsQuarters() {
    Averaging pool = of(4, 1, 4, 4);
    double[] image = new double[16];
    for (int i = 0; i < 16; i++) {
      image[i] = i;
    }
    assertThat(pool.of(Tensor.of(image, 1, 16)).toDoubles())
        .containsExactly(new double[] {2.5, 4.5, 10.5, 12.5}, within(1e-12));
  }

  /** Five places in three windows: 0-1, 1-3, 3-4. */
  @Test
  void windowsThatDoNotDivideAMapOverlapByAPlace() {
    Averaging pool = of(3, 1, 1, 5);
    Tensor rows = Tensor.of(new double[] {1, 2, 4, 8, 16}, 1, 5);
    assertThat(pool.of(rows).toDoubles())
        .containsExactly(new double[] {1.5, 14.0 / 3, 12}, within(1e-12));
  }

  @Test
  void channelsArePooledApart() {
    Averaging pool = of(2, 2, 2, 1);
    Tensor rows = Tensor.of(new double[] {1, 3, 10, 30, 5, 7, 50, 70}, 2, 4);
    assertThat(pool.of(rows).toDoubles()).containsExactly(2, 20, 6, 60);
  }

  @ParameterizedTest
  @CsvSource({
    "64, 32, 32, 4096, 4096", // 8x8
    "64, 32, 32, 4095, 2048", // 4x8
    "96, 16, 16, 4096, 3072", // 4x8, since 8x8 makes 6144
    "6, 7, 5, 100, 72", // 4x3: 7 by 5, 4 by 5, 4 by 3
    "64, 8, 8, 10, 64", // one a channel at least
    "64, 8, 8, 0, 4096", // all
    "64, 8, 8, 4096, 4096",
  })
  void halvesUntilThereAreFewEnough(long channels, long h, long w, long most, long width) {
    assertThat(of(most, channels, h, w).width()).isEqualTo(width);
  }

  @Test
  void rowsOfNumbersAreLeftAlone() {
    Averaging none = of(10, 50);
    Tensor rows = Seed.of(1).normal(1, 3, 50);
    assertThat(none.width()).isEqualTo(50);
    assertThat(none.of(rows)).isSameAs(rows);
    assertThat(none.back(rows)).isSameAs(rows);
  }

  /** ⟨g, pool(h)⟩ = ⟨back(g), h⟩, and what is constant stays so. */
  @Test
  void theWayBackIsTheTranspose() {
    Averaging pool = of(60, 6, 7, 5);
    Tensor h = Seed.of(1).normal(1, 4, 6 * 7 * 5).to(Precision.FP64);
    Tensor g = Seed.of(2).normal(1, 4, pool.width()).to(Precision.FP64);
    assertThat(pool.back(g).dot(h).item()).isCloseTo(g.dot(pool.of(h)).item(), within(1e-12));
    for (double x : pool.of(h.zerosLike().fill(3)).toDoubles()) {
      assertThat(x).isCloseTo(3, within(1e-12));
    }
  }
}
