package org.plumbline.edge;

/**
 * Divides ints by one number with a multiplication and a shift, exactly as {@link
 * Arithmetic#divide} does.
 *
 * <pre>  M = ⌊2^s/d⌋ + 1, s = 31 + ⌈log₂ d⌉:  0 ≤ n &lt; 2³¹  →  ⌊n·M / 2^s⌋ = ⌊n/d⌋   </pre>
 *
 * <p>because M·d − 2^s ≤ d ≤ 2^(s−31), so that n times it stays below 2^s; n·M is below 2⁶³. For a
 * negative n the shifted product is one below the truncated quotient; and the floor is the
 * complement of the quotient of the complement.
 *
 * @param by 1…2³⁰
 * @param factor M
 * @param shift s
 */
record Divisor(int by, long factor, int shift) {
  /** A larger divisor is refused. */
  static final int MOST = 1 << 30;

  static Divisor of(int by) {
    Refused.within("the inverse rate", by, 1, MOST);
    int shift = 31 + (32 - Integer.numberOfLeadingZeros(by - 1));
    return new Divisor(by, (1L << shift) / by + 1, shift); // truncating; nothing is negative
  }

  /** Toward zero. The dividend is not −2³¹. */
  int truncated(int n) {
    return (int) ((n * factor) >> shift) - (n >> 31);
  }

  /** To the next smaller whole number. */
  int floored(int n) {
    int sign = n >> 31;
    return (int) (((n ^ sign) * factor) >> shift) ^ sign;
  }
}
