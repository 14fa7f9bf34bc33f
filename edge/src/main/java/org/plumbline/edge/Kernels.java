package org.plumbline.edge;

/** The sums that nearly all time goes into; twice, so that one can be checked by the other. */
interface Kernels {
  /** Where and how the value of a weighted sum is looked up: index v + {@link Curve#FAR}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Table(byte[] stored, byte[] inverseSlopes) {
    static Table of(Plan plan) {
      byte[] stored = new byte[2 * Curve.FAR + 1];
      byte[] slopes = new byte[2 * Curve.FAR + 1];
      for (int v = -Curve.FAR; v <= Curve.FAR; v++) {
        stored[v + Curve.FAR] =
            (byte) (plan.curve().value(plan.arithmetic(), v) - plan.curve().least());
        slopes[v + Curve.FAR] = (byte) plan.curve().inverseSlope(plan.arithmetic(), v);
      }
      return new Table(stored, slopes);
    }
  }

  /** {@code h = f(x W + b)} of the samples from…to−1, with the inverse slopes if there is room. */
  void forward(Pass pass, int layer, int from, int to, Scratch scratch);

  /** {@code (e B) / g} of the samples from…to−1; in the last layer {@code e / g}. */
  void signals(Pass pass, int layer, int from, int to, Scratch scratch);

  /**
   * {@code W − (xᵀ δ) / rate}, clamped, for the rows from…to−1 of {@code W}; row {@code inputs} is
   * the bias, whose input is 1.
   */
  void update(Pass pass, int layer, int samples, Divisor rate, int from, int to, Scratch scratch);
}
