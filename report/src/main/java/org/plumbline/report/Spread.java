package org.plumbline.report;

import java.util.List;

/**
 * One figure over seeds.
 *
 * @param values those that are there, in the order of the seeds
 */
record Spread(List<Double> values) {
  /** What is greater has diverged, and its square would not be a number. */
  private static final double MOST = 1e100;

  Spread {
    values = values.stream().filter(value -> Math.abs(value) <= MOST).toList();
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  double mean() {
    return values.stream().mapToDouble(x -> x).average().orElse(Double.NaN);
  }

  /** The sample standard deviation, with n − 1; NaN for fewer than two values. */
  double std() {
    double mean = mean();
    double squares = values.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
    return values.size() < 2 ? Double.NaN : Math.sqrt(squares / (values.size() - 1));
  }

  double least() {
    return values.stream().mapToDouble(x -> x).min().orElse(Double.NaN);
  }

  double most() {
    return values.stream().mapToDouble(x -> x).max().orElse(Double.NaN);
  }

  /**
   * Whether zero is no further from the mean than one standard deviation; one value never tells.
   */
  boolean holdsZero() {
    return Math.abs(mean()) <= std();
  }

  boolean isSingle() {
    return values.size() < 2;
  }
}
