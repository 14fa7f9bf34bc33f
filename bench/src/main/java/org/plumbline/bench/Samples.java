package org.plumbline.bench;

import java.util.Arrays;

/** The times of one contender, in nanoseconds, in the order in which they were taken. */
final class Samples {
  private static final double NANOS_PER_MILLI = 1e6;

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
    return Arrays.stream(nanos, 0, size).min().orElse(0) / NANOS_PER_MILLI;
  }

  /** In milliseconds. */
  double median() {
    long[] sorted = Arrays.copyOf(nanos, size);
    Arrays.sort(sorted);
    return size == 0 ? 0 : (sorted[(size - 1) / 2] + sorted[size / 2]) / 2.0 / NANOS_PER_MILLI;
  }
}
