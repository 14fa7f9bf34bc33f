package org.plumbline.data;

import java.util.List;

/**
 * Moves every feature to mean 0 and deviation 1, as measured on the training rows.
 *
 * <pre>  input = (original − mean) / deviation,  0 where the deviation is 0  </pre>
 *
 * <p>Inputs stay within ±10⁶, which only rows far outside of the training data reach.
 *
 * @param means one per feature; empty: inputs are originals
 * @param deviations one per feature, none negative; 0 for a feature that never changes
 */
public record Standardisation(List<Double> means, List<Double> deviations) {
  private static final double BOUND = 1e6;
  private static final Standardisation NONE = new Standardisation(List.of(), List.of());

  /**
   * Checks and copies.
   *
   * @param means one per feature
   * @param deviations one per feature
   */
  public Standardisation {
    means = List.copyOf(means);
    deviations = List.copyOf(deviations);
    if (means.size() != deviations.size()) {
      throw new IllegalArgumentException(
          means.size() + " means, but " + deviations.size() + " deviations");
    }
    for (int i = 0; i < means.size(); i++) {
      if (!Double.isFinite(means.get(i))
          || !Double.isFinite(deviations.get(i))
          || deviations.get(i) < 0) {
        throw new IllegalArgumentException(
            "feature %d: mean %s and deviation %s must be finite, the deviation not negative"
                .formatted(i, means.get(i), deviations.get(i)));
      }
    }
  }

  /**
   * Inputs are originals.
   *
   * @return no means, no deviations
   */
  public static Standardisation none() {
    return NONE;
  }

  /**
   * Turns originals into inputs, in place.
   *
   * @param row holds one original row, {@code [features]}
   * @param at where its first number is
   */
  public void apply(float[] row, int at) {
    for (int i = 0; i < means.size(); i++) {
      row[at + i] = standardise(row[at + i], means.get(i), deviations.get(i));
    }
  }

  static float standardise(float original, double mean, double deviation) {
    if (deviation == 0) {
      return 0;
    }
    return (float) Math.clamp((original - mean) / deviation, -BOUND, BOUND);
  }
}
