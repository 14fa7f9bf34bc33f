package org.plumbline.papers.results;

import java.util.Locale;

/** How a cell stands. Always computed from its rows. */
public enum State {
  /** Our mean is inside the tolerance of the published value. */
  REPRODUCED,
  /** It is not, or a run diverged. */
  MISSED,
  /** There are only runs of fewer epochs than the recipe has. */
  REDUCED,
  /** There are runs enough, and no published value that is confirmed. */
  OWN,
  /** There are fewer runs than it takes. */
  OPEN;

  /**
   * As it is written.
   *
   * @return {@code reproduced}
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
