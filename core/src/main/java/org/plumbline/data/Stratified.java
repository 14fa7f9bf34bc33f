package org.plumbline.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.plumbline.tensor.Seed;
import org.plumbline.value.Check;

/** Divides rows in two, class by class. */
final class Stratified {
  private Stratified() {}

  /** The number of rows of each class. */
  static int[] counts(Dataset rows) {
    int[] counts = new int[rows.classes().size()];
    for (int i = 0; i < rows.size(); i++) {
      counts[rows.label(i)]++;
    }
    return counts;
  }

  /**
   * The rows that are held back, in order: of n rows of a class round(fraction · n), at least 1 and
   * at most n − 1, none of a class with one row, none at all for fraction 0.
   */
  static int[] heldBack(Dataset rows, double fraction, Seed seed) {
    Check.fraction("the part to hold back", fraction);
    int[] counts = counts(rows);
    int[][] members = new int[counts.length][];
    for (int c = 0; c < counts.length; c++) {
      members[c] = new int[counts[c]];
    }
    int[] filled = new int[counts.length];
    for (int i = 0; i < rows.size(); i++) {
      int c = rows.label(i);
      members[c][filled[c]++] = i;
    }
    int[] held = new int[rows.size()];
    int size = 0;
    for (int c = 0; c < counts.length; c++) {
      int[] order = seed.child("held back").child(c).permutation(counts[c]);
      for (int k = 0; k < share(counts[c], fraction); k++) {
        held[size++] = members[c][order[k]];
      }
    }
    int[] chosen = Arrays.copyOf(held, size);
    Arrays.sort(chosen);
    return chosen;
  }

  private static int share(int rows, double fraction) {
    if (fraction == 0 || rows < 2) {
      return 0;
    }
    return Math.clamp(Math.round(rows * fraction), 1, rows - 1);
  }

  /**
   * The last rows: those of a text that are drawn from everywhere have neighbours on both sides.
   */
  static int[] end(int size, double fraction) {
    Check.fraction("the part to hold back", fraction);
    return IntStream.range(size - share(size, fraction), size).toArray();
  }

  /** All rows but some, which are given in order. */
  static int[] others(int size, int[] some) {
    int[] others = new int[size - some.length];
    int k = 0;
    int n = 0;
    for (int i = 0; i < size; i++) {
      if (k < some.length && some[k] == i) {
        k++;
      } else {
        others[n++] = i;
      }
    }
    return others;
  }
}
