package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.tensor.Seed;

/** What every data set keeps; its test inherits this. */
abstract class DatasetContract {
  /** Opens the data set, divided by a seed. */
  abstract Split open(long seed);

  /** Whether the seed divides it, or it comes with a test set. */
  Division division() {
    return Division.BY_SEED;
  }

  enum Division {
    BY_SEED,
    PUBLISHED
  }

  @Test
  void shapeSizeAndLabelsAreInRange() {
    Split split = open(1);
    assertThat(split.test().shape()).isEqualTo(split.train().shape());
    assertThat(split.test().classes()).isEqualTo(split.train().classes());
    for (Dataset part : List.of(split.train(), split.test())) {
      assertThat(part.size()).isPositive();
      assertThat(part.shape().size()).isPositive();
      assertThat(part.shape().rank()).isIn(1, 3);
      assertThat(part.classes()).hasSizeGreaterThanOrEqualTo(2).doesNotHaveDuplicates();
      for (int i = 0; i < part.size(); i++) {
        assertThat(part.label(i)).isBetween(0, part.classes().size() - 1);
      }
      assertThat(part.featureNames())
          .hasSize(part.shape().rank() == 1 ? Math.toIntExact(part.shape().size()) : 0);
    }
  }

  @Test
  void copiesAreFiniteRepeatableAndStayInTheirPlace() {
    Dataset part = open(1).test();
    int width = width(part);
    for (int i = 0; i < Math.min(part.size(), 500); i++) {
      float[] padded = new float[width + 5];
      part.copyInput(i, padded, 3);
      assertThat(padded[0] + padded[1] + padded[2] + padded[width + 3] + padded[width + 4])
          .isZero();
      float[] row = input(part, i);
      assertThat(Arrays.copyOfRange(padded, 3, width + 3)).isEqualTo(row);
      for (float x : row) {
        assertThat(Float.isFinite(x)).isTrue();
        if (part.shape().rank() == 3) {
          assertThat(x).isBetween(0f, 1f);
        }
      }
    }
  }

  @Test
  void inputsAreStandardisedOriginals() {
    Dataset part = open(1).test();
    for (int i = 0; i < Math.min(part.size(), 100); i++) {
      float[] original = new float[width(part)];
      part.copyOriginal(i, original, 0);
      part.standardisation().apply(original, 0);
      assertThat(original).isEqualTo(input(part, i));
    }
  }

  @Test
  void seedsDivideAlikeOrDifferently() {
    Split one = open(1);
    Split same = open(1);
    Split other = open(2);
    assertThat(same.train().sha256()).isEqualTo(one.train().sha256()).matches("[0-9a-f]{64}");
    assertThat(same.test().sha256()).isEqualTo(one.test().sha256());
    if (division() == Division.BY_SEED) {
      assertThat(other.test().sha256()).isNotEqualTo(one.test().sha256());
      assertThat(other.train().sha256()).isNotEqualTo(one.train().sha256());
    } else {
      assertThat(other.test().sha256()).isEqualTo(one.test().sha256());
    }
    assertThat(one.test().sha256()).isNotEqualTo(one.train().sha256());
  }

  @Test
  void divisionIsStratifiedWithinOneAndLosesNoRow() {
    Split split = open(3);
    int[] train = Stratified.counts(split.train());
    int[] test = Stratified.counts(split.test());
    if (division() == Division.BY_SEED) {
      for (int c = 0; c < train.length; c++) {
        double exact = (train[c] + test[c]) * DataRequest.TEST_FRACTION;
        assertThat((double) test[c]).isBetween(exact - 1, exact + 1);
      }
    }
    Split again = Datasets.stratified(split.train(), 0.3, Seed.of(4));
    List<String> rows = rows(again.train());
    rows.addAll(rows(again.test()));
    assertThat(rows).containsExactlyInAnyOrderElementsOf(rows(split.train()));
    int[] held = Stratified.counts(again.test());
    for (int c = 0; c < train.length; c++) {
      assertThat((double) held[c]).isBetween(train[c] * 0.3 - 1, train[c] * 0.3 + 1);
    }
    assertThat(Datasets.stratified(split.train(), 0, Seed.of(4)).test().size()).isZero();
  }

  @Test
  void subsetsKeepRowsAndOrder() {
    Dataset part = open(1).train();
    Rows picked = Datasets.subset(part, new int[] {2, 0, 2});
    assertThat(picked.size()).isEqualTo(3);
    assertThat(input(picked, 0)).isEqualTo(input(part, 2)).isEqualTo(input(picked, 2));
    assertThat(input(picked, 1)).isEqualTo(input(part, 0));
    assertThat(picked.label(1)).isEqualTo(part.label(0));
    Rows inner = Datasets.subset(picked, new int[] {1});
    assertThat(input(inner, 0)).isEqualTo(input(part, 0));
  }

  static float[] input(Dataset rows, int row) {
    float[] input = new float[width(rows)];
    rows.copyInput(row, input, 0);
    return input;
  }

  private static int width(Dataset rows) {
    return Math.toIntExact(rows.shape().size());
  }

  private static List<String> rows(Dataset part) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < part.size(); i++) {
      rows.add(part.label(i) + " " + Arrays.hashCode(input(part, i)));
    }
    return rows;
  }
}
