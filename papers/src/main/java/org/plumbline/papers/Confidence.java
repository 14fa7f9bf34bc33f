package org.plumbline.papers;

import java.util.Locale;

/** How sure we are of what was published. */
public enum Confidence {
  /** From released logs, the authors' tables in a repository, or the abstract. */
  HIGH,
  /** Read off a figure, or firmly recalled from the paper's table. */
  MEDIUM,
  /** Weakly recalled. */
  LOW;

  /**
   * As it is written.
   *
   * @return {@code high}
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
