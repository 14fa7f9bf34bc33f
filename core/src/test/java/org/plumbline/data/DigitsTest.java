package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.plumbline.tensor.Shape;

class DigitsTest extends DatasetContract {
  @Override
  Split open(long seed) {
    return Datasets.open(
        new DataRequest(
            "digits", Optional.empty(), Optional.empty(), DataRequest.TEST_FRACTION, seed));
  }

  @Test
  void holdsTheKnownRows() {
    Rows all = Digits.read();
    assertThat(all.size()).isEqualTo(1797);
    assertThat(all.shape()).isEqualTo(Shape.of(1, 8, 8));
    assertThat(Stratified.counts(all))
        .containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    float[] first = input(all, 0);
    assertThat(all.label(0)).isZero();
    assertThat(first[2]).isEqualTo(5 / 16f);
    assertThat(first[3]).isEqualTo(13 / 16f);
    assertThat(all.sha256())
        .isEqualTo("0fec0fa53d6851593b73728df0306ad49c9cb3cc436b5d28c4d3413143b4fbcd");
    Split split = open(0);
    assertThat(split.train().size() + split.test().size()).isEqualTo(1797);
    assertThat(split.test().size()).isBetween(355, 364);
  }
}
