package org.plumbline.probe;

import java.util.Arrays;
import java.util.Map;
import org.plumbline.tensor.Tensor;

/**
 * The cosines of the rows of one block.
 *
 * @param mean over the rows that have both a signal and a gradient; NaN if none has
 * @param std over the same rows, ddof 0
 * @param silent rows without a signal
 * @param vanished rows without a gradient
 */
record Cosines(double mean, double std, int silent, int vanished) {
  private static final double TINY = 1e-12;

  /** Of two matrices {@code [batch, n]}. */
  static Cosines of(Tensor told, Tensor exact) {
    return Rows.of(exact).cosines(told);
  }

  /** A matrix {@code [batch, n]} to which others are compared. */
  static final class Rows {
    private final Tensor rows;
    private final double[] norms;

    private Rows(Tensor rows) {
      this.rows = rows;
      this.norms = rows.rowProducts(rows);
      Arrays.setAll(norms, i -> Math.sqrt(norms[i]));
    }

    static Rows of(Tensor rows) {
      return new Rows(rows);
    }

    /** The cosines of each row with that of another matrix of the same shape and precision. */
    Cosines cosines(Tensor told) {
      return cosines(of(told));
    }

    /** The cosines of each row with that of another matrix of the same shape and precision. */
    Cosines cosines(Rows told) {
      return cosines(told.rows.rowProducts(rows), told.norms);
    }

    /** The same of inner products with these rows, and of the lengths of the others. */
    Cosines cosines(double[] dots, double[] lengths) {
      double leastSignal = TINY * max(lengths);
      double leastGradient = TINY * max(norms);
      int valid = 0;
      int silent = 0;
      int vanished = 0;
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < dots.length; i++) {
        boolean hasSignal = lengths[i] > leastSignal;
        boolean hasGradient = norms[i] > leastGradient;
        silent += hasSignal ? 0 : 1;
        vanished += hasGradient ? 0 : 1;
        if (hasSignal && hasGradient) {
          double cos = dots[i] / lengths[i] / norms[i];
          sum += cos;
          squares += cos * cos;
          valid++;
        }
      }
      double mean = sum / valid;
      double std = Math.sqrt(Math.max(0, squares / valid - mean * mean));
      return new Cosines(mean, std, silent, vanished);
    }

    /**
     * The inner products of each row with each of many others.
     *
     * @param others {@code [count, n]}
     * @return {@code [rows, count]}
     */
    double[] times(Tensor others) {
      return rows.linear(others).toDoubles();
    }

    /** The rows without a length. */
    int vanished() {
      double least = TINY * max(norms);
      int vanished = 0;
      for (double norm : norms) {
        vanished += norm > least ? 0 : 1;
      }
      return vanished;
    }

    /** How many there are. */
    int count() {
      return norms.length;
    }

    /** The mean length of a row. */
    double mean() {
      double sum = 0;
      for (double norm : norms) {
        sum += norm;
      }
      return sum / norms.length;
    }

    /** The share that all rows have in common: ‖mean row‖² / mean ‖row‖². */
    double common() {
      double squares = 0;
      for (double norm : norms) {
        squares += norm * norm;
      }
      double together = rows.columnSums().norm().item();
      return together * together / norms.length / squares;
    }
  }

  /** A tensor {@code [batch, …]} as {@code [batch, n]}; a vector as one column. */
  static Tensor flat(Tensor tensor) {
    return tensor.shape().rank() == 2 ? tensor : tensor.reshaped(tensor.size(0), -1);
  }

  /** Puts what is defined. */
  static void put(String name, double value, Map<String, Double> readings) {
    if (Double.isFinite(value)) {
      readings.put(name, value);
    }
  }

  private static double max(double[] values) {
    double max = 0;
    for (double value : values) {
      max = Math.max(max, value);
    }
    return max;
  }
}
