package org.plumbline.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

@ExtendWith(InScope.class)
class SimpleCacheTest {
  private static final int ROWS = 40;
  private static final int WIDTH = 7;
  private static final int CLASSES = 3;
  private final int[] labels =
      IntStream.range(0, ROWS).map(i -> i % 8 < 4 ? 0 : i % 8 < 7 ? 1 : 2).toArray();

  private static Tensor features() {
    return Seed.of(1).normal(2, ROWS, WIDTH);
  }

  private SimpleCache filled() {
    Tensor features = features();
    SimpleCache cache = SimpleCache.of(ROWS, WIDTH, CLASSES);
    cache.add(features.rows(0, 15), Arrays.copyOf(labels, 15));
    cache.add(features.rows(15, ROWS - 15), Arrays.copyOfRange(labels, 15, ROWS));
    assertThat(cache.size()).isEqualTo(ROWS);
    return cache;
  }

  @Test
  void is_the_formula() {
    Tensor query = Seed.of(2).normal(1, 1, WIDTH);
    double[] q = query.toDoubles();
    double[] x = features().toDoubles();
    double[] likeness = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      double dot = 0;
      double length = 0;
      double own = 0;
      for (int k = 0; k < WIDTH; k++) {
        dot += q[k] * x[i * WIDTH + k];
        length += x[i * WIDTH + k] * x[i * WIDTH + k];
        own += q[k] * q[k];
      }
      likeness[i] = dot / Math.sqrt(length * own);
    }
    double[] sums = new double[CLASSES];
    for (int i = 0; i < ROWS; i++) {
      sums[labels[i]] += Math.exp(9 * likeness[i]);
    }
    double all = Arrays.stream(sums).sum();
    double[] shares = filled().neighbours(query, 0).shares(9).toDoubles();
    for (int c = 0; c < CLASSES; c++) {
      assertThat(shares[c]).isCloseTo(sums[c] / all, within(1e-5));
    }
  }

  @Test
  void lambda_0_is_the_network_bit_for_bit_and_lambda_1_the_cache() {
    Tensor network = Seed.of(3).normal(3, ROWS, CLASSES).to(Precision.FP64).softmax();
    Tensor cache = filled().neighbours(features(), 0).shares(80);
    assertThat(SimpleCache.mixed(network, cache, 0).toDoubles()).isEqualTo(network.toDoubles());
    assertThat(SimpleCache.mixed(network, cache, 1).toDoubles()).isEqualTo(cache.toDoubles());
  }

  @Test
  void a_row_that_is_remembered_gets_its_label_where_likeness_is_all() {
    double[] shares = filled().neighbours(features(), 0).shares(5000).toDoubles();
    for (int i = 0; i < ROWS; i++) {
      assertThat(shares[i * CLASSES + labels[i]]).isGreaterThan(0.999);
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "3, 0", "90, 0", "400, 0", "0, 5", "90, 5"})
  void shares_sum_to_1(double theta, int nearest) {
    double[] shares = filled().neighbours(features(), nearest).shares(theta).toDoubles();
    for (int i = 0; i < ROWS; i++) {
      double sum = 0;
      for (int c = 0; c < CLASSES; c++) {
        sum += shares[i * CLASSES + c];
      }
      assertThat(sum).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void theta_0_gives_the_frequencies_of_the_classes() {
    double[] shares = filled().neighbours(features().rows(3, 1), 0).shares(0).toDoubles();
    for (int c = 0; c < CLASSES; c++) {
      int wanted = c;
      long count = Arrays.stream(labels).filter(label -> label == wanted).count();
      assertThat(shares[c]).isCloseTo((double) count / ROWS, within(1e-15));
    }
  }

  @Test
  void the_order_of_the_cache_does_not_matter() {
    int[] order = Seed.of(4).permutation(ROWS);
    SimpleCache other = SimpleCache.of(ROWS, WIDTH, CLASSES);
    Tensor places = Tensor.of(Arrays.stream(order).asLongStream().toArray(), ROWS);
    other.add(features().rowsAt(places), Arrays.stream(order).map(i -> labels[i]).toArray());
    Tensor queries = Seed.of(5).normal(1, 9, WIDTH);
    double[] one = filled().neighbours(queries, 0).shares(20).toDoubles();
    double[] two = other.neighbours(queries, 0).shares(20).toDoubles();
    for (int i = 0; i < one.length; i++) {
      assertThat(two[i]).isCloseTo(one[i], within(1e-6));
    }
  }

  @Test
  void the_nearest_alone_count_where_asked() {
    Tensor queries = Seed.of(6).normal(1, 9, WIDTH);
    double[] all = filled().neighbours(queries, 0).shares(11).toDoubles();
    double[] most = filled().neighbours(queries, ROWS - 1).shares(11).toDoubles();
    for (int i = 0; i < all.length; i++) {
      assertThat(most[i]).isCloseTo(all[i], within(1e-3)).isNotEqualTo(all[i]);
    }
    double[] first = filled().neighbours(features(), 1).shares(1).toDoubles();
    for (int i = 0; i < ROWS; i++) {
      assertThat(first[i * CLASSES + labels[i]]).isEqualTo(1);
    }
  }

  @Test
  void features_that_are_all_zero_are_like_nothing() {
    SimpleCache cache = filled();
    double[] shares =
        cache.neighbours(Tensor.zeros(Precision.FP32, 1, WIDTH), 0).shares(90).toDoubles();
    assertThat(shares[0]).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void counts_its_bytes() {
    assertThat(SimpleCache.bytes(50_000, 800, 10)).isEqualTo(162_000_000L);
  }

  @Test
  void a_recipe_has_its_grids() {
    CacheRecipe grid = CacheRecipe.parse("layers=each");
    assertThat(grid.searches()).isTrue();
    assertThat(grid.thetas()).hasSize(33).startsWith(1).endsWith(400);
    assertThat(grid.lambdas()).hasSize(33).startsWith(0).endsWith(1);
    CacheRecipe given = CacheRecipe.parse("layers=1+2,theta=80,lambda=0.5,flips=horizontal");
    assertThat(given.searches()).isFalse();
    assertThat(given.thetas()).containsExactly(80);
    assertThat(given.lambdas()).containsExactly(0.5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "theta=-1",
        "theta=x",
        "lambda=1.1",
        "lambda=NaN",
        "layers=",
        "nearest=-1",
        "memory=0",
        "pool=max"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> CacheRecipe.parse(text)).isInstanceOf(BadInput.class);
  }
}
