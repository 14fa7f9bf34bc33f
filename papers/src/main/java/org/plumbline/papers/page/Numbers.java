package org.plumbline.papers.page;

import java.util.Locale;
import org.plumbline.papers.results.Standing;

/** Numbers as tables have them. */
final class Numbers {
  private Numbers() {}

  /** Two decimals. */
  static String percent(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "–";
  }

  /** With its sign. */
  static String signed(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%+.2f", value).replace('-', '−')
        : "–";
  }

  /** A cosine: three decimals. */
  static String cosine(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%.3f", Math.rint(1000 * value) / 1000 + 0.0)
        : "–";
  }

  /** {@code 1.71 ± 0.03 (3)}. */
  static String ours(Standing standing) {
    return standing.mean().isEmpty()
        ? "–"
        : percent(standing.mean().getAsDouble())
            + (standing.std().isPresent() ? " ± " + percent(standing.std().getAsDouble()) : "")
            + " (%d)".formatted(standing.rows().size());
  }
}
