package org.plumbline.papers;

import org.plumbline.value.Check;

/**
 * A published value, and when ours counts as the same.
 *
 * @param value as it was printed: percent, degrees, or a cosine
 * @param spread as it was printed beside it; 0 if none was
 * @param tolerance the greatest distance of our mean from it
 * @param confidence how sure we are of the value
 * @param reason where the value is from, and why the tolerance is what it is
 */
public record Published(
    double value, double spread, double tolerance, Confidence confidence, String reason) {
  /**
   * Checks the numbers.
   *
   * @param value finite
   * @param spread not negative
   * @param tolerance above 0
   * @param confidence how sure we are
   * @param reason not empty
   */
  public Published {
    Check.notNegative("spread", spread);
    Check.positive("tolerance", tolerance);
    if (!Double.isFinite(value) || reason.isBlank()) {
      throw new IllegalArgumentException(
          "a published value must be a number with a reason, but is %s '%s'"
              .formatted(value, reason));
    }
  }

  /**
   * Whether ours counts as the same.
   *
   * @param ours the mean over seeds
   * @return true if it is inside the tolerance
   */
  public boolean isMetBy(double ours) {
    return Math.abs(ours - value) <= tolerance + 1e-9; // decimal fractions are not exact
  }
}
