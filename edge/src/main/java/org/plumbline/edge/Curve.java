package org.plumbline.edge;

/**
 * A piecewise linear activation between whole numbers, and the inverse of its slope, which a signal
 * is divided by. {@code z} is a weighted sum, {@code v} the same on the scale of the pieces.
 *
 * <pre>
 *   TANH     v = z / (2⁸·inputs)   SIGMOID  v = z / 2⁸   RELU8  v = z
 *   v &lt; −127         −127            1                      0 below 0, silent
 *   −127 … −75       v/4 − 88  (8)   v/8 + 20   (8)         v from 0 to 127   (1)
 *   −74 … −32        v − 32    (2)   v/2 + 48   (2)         127 above, silent
 *   −31 … 31         2v        (1)   v + 64     (1)
 *   32 … 74          v + 32    (2)   v/2 + 80   (2)
 *   75 … 127         v/4 + 88  (8)   v/8 + 108  (8)
 *   v &gt; 127          127             127
 * </pre>
 *
 * <p>In brackets the inverse slopes; of the flat pieces it is 127 (TIFeD: 128, and its upper piece
 * is 128). They are twice the true ones of the tanh, so that they are whole, as in Song and Lin
 * 2022, <a href="https://arxiv.org/abs/2201.02863">arXiv:2201.02863</a>. Divisions are the {@link
 * Arithmetic}'s.
 */
public enum Curve {
  /** What both papers train with. */
  TANH,
  /** From 1 to 127. */
  SIGMOID,
  /** From 0 to 127, not rescaled. */
  RELU8;

  /** Every larger v does what this one does, and every smaller one what its opposite does. */
  static final int FAR = 129;

  /** Stands for the inverse of a slope of 0. */
  static final int SILENT = 0;

  /**
   * What a weighted sum is divided by before the pieces apply.
   *
   * @param inputs of the layer
   * @return at least 1
   */
  long scale(int inputs) {
    return switch (this) {
      case TANH -> 256L * inputs;
      case SIGMOID -> 256;
      case RELU8 -> 1;
    };
  }

  /** The least value, so that a byte can hold the distance from it: 0…255. */
  int least() {
    return this == TANH ? -127 : 0;
  }

  /** The largest magnitude of a value. */
  int most(Arithmetic arithmetic) {
    return this == RELU8 ? 127 : arithmetic.top();
  }

  /** The value at v, as a weighted sum was rescaled. */
  int value(Arithmetic arithmetic, int v) {
    return switch (this) {
      case TANH ->
          switch (piece(v)) {
            case 0 -> -127;
            case 1 -> (int) arithmetic.divide(v, 4) - 88;
            case 2 -> v - 32;
            case 3 -> 2 * v;
            case 4 -> v + 32;
            case 5 -> (int) arithmetic.divide(v, 4) + 88;
            default -> arithmetic.top();
          };
      case SIGMOID ->
          switch (piece(v)) {
            case 0 -> 1;
            case 1 -> (int) arithmetic.divide(v, 8) + 20;
            case 2 -> (int) arithmetic.divide(v, 2) + 48;
            case 3 -> v + 64;
            case 4 -> (int) arithmetic.divide(v, 2) + 80;
            case 5 -> (int) arithmetic.divide(v, 8) + 108;
            default -> arithmetic.top();
          };
      case RELU8 -> Math.max(0, Math.min(127, v));
    };
  }

  /** The inverse slope at v, or {@link #SILENT}. */
  int inverseSlope(Arithmetic arithmetic, int v) {
    if (this == RELU8) {
      return v < 0 || v > 127 ? SILENT : 1;
    }
    return switch (piece(v)) {
      case 1, 5 -> 8;
      case 2, 4 -> 2;
      case 3 -> 1;
      default -> arithmetic.top();
    };
  }

  private static int piece(int v) {
    if (v < -127) {
      return 0;
    }
    if (v < -74) {
      return 1;
    }
    if (v < -31) {
      return 2;
    }
    if (v < 32) {
      return 3;
    }
    if (v < 75) {
      return 4;
    }
    return v < 128 ? 5 : 6;
  }
}
