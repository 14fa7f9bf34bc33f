package org.plumbline.bench;

import java.util.Arrays;

/** The times of one contender, in nanoseconds, in the order in which they were taken. */
final class Samples {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int PARTS = 3;

  private long[] nanos = new long[256];
  private int size;

  void add(long time) {
    if (size == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * size);
    }
    nanos[size++] = time;
  }

  int size() {
    return size;
  }

  /** In milliseconds. */
  double least() {
    return least(0, size);
  }

  /** The least of each third, in milliseconds. */
  double[] thirds() {
    double[] thirds = new double[PARTS];
    for (int i = 0; i < PARTS; i++) {
      thirds[i] = least(i * size / PARTS, (i + 1) * size / PARTS);
    }
    return thirds;
  }

  private double least(int from, int to) {
    return Arrays.stream(nanos, from, to).min().stream()
        .mapToDouble(time -> time / NANOS_PER_MILLI)
        .findFirst()
        .orElse(Double.NaN);
  }

  /** In milliseconds. */
  double median() {
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    return size == 0
        ? Double.NaN
        : (sorted[(size - 1) / 2] + sorted[size / 2]) / 2.0 / NANOS_PER_MILLI;
  }
}
