package org.plumbline.rule;

/** The distribution of the entries of a feedback matrix. */
public enum Law {
  /** U(±v), v the scale. */
  UNIFORM,
  /** N(0, v²). */
  NORMAL,
  /**
   * Orthonormal rows or columns, times v √max(rows, columns), so that the entries have the mean
   * square v².
   */
  ORTHOGONAL
}
