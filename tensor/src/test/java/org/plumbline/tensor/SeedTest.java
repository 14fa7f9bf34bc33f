package org.plumbline.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SeedTest {
  private final Seed seed = Seed.of(1);

  @Test
  void drawsAreAFunctionOfKeyAndIndex() {
    assertThat(seed.bits(7)).isEqualTo(Seed.of(1).bits(7));
    assertThat(seed.bits(7)).isNotEqualTo(seed.bits(8)).isNotEqualTo(Seed.of(2).bits(7));
    assertThat(seed.child("a")).isEqualTo(seed.child("a")).isNotEqualTo(seed.child("b"));
    assertThat(seed.child(1)).isNotEqualTo(seed.child(2)).isNotEqualTo(seed.child("1"));
    assertThat(seed.child("a").child("b")).isNotEqualTo(seed.child("b").child("a"));
  }

  /** The draws are a promise: a released run must resume with them. */
  @Test
  void drawsNeverChange() {
    assertThat(seed.key()).isEqualTo(GOLDEN_KEY);
    assertThat(seed.child("order").child(3).bits(5)).isEqualTo(GOLDEN_BITS);
  }

  private static final long GOLDEN_KEY = -5829708313442123383L;
  private static final long GOLDEN_BITS = 8059713752781886629L;

  @Test
  void uniformAndNormalHaveTheirMoments() {
    int n = 100_000;
    double[] u = IntStream.range(0, n).mapToDouble(seed::uniform).toArray();
    assertThat(Arrays.stream(u).average().orElseThrow()).isCloseTo(0.5, Offset.offset(0.004));
    assertThat(Arrays.stream(u).map(x -> (x - 0.5) * (x - 0.5)).average().orElseThrow())
        .isCloseTo(1.0 / 12, Offset.offset(0.001));
    double[] z = IntStream.range(0, n).mapToDouble(seed::normal).toArray();
    assertThat(Arrays.stream(z).average().orElseThrow()).isCloseTo(0, Offset.offset(0.013));
    assertThat(Arrays.stream(z).map(x -> x * x).average().orElseThrow())
        .isCloseTo(1, Offset.offset(0.02));
    assertThat(Arrays.stream(z).map(x -> x * x * x * x).average().orElseThrow())
        .isCloseTo(3, Offset.offset(0.15));
  }

  @Test
  void permutationsAreFair() {
    int[] first = new int[5];
    for (int k = 0; k < 50_000; k++) {
      int[] order = seed.child(k).permutation(5);
      assertThat(order).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
      first[order[0]]++;
    }
    for (int count : first) {
      assertThat(count).isBetween(9_600, 10_400);
    }
    assertThat(seed.permutation(0)).isEmpty();
    assertThat(seed.permutation(1)).containsExactly(0);
  }
}
