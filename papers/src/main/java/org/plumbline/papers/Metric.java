package org.plumbline.papers;

import java.util.Locale;

/** What a cell is judged by, of the last epoch and the whole test set, in percent. */
public enum Metric {
  /** Rows that are classified wrongly. */
  TEST_ERROR,
  /** Rows that are classified rightly. */
  TEST_ACCURACY;

  /**
   * The name of its {@link Column}.
   *
   * @return {@code test_error}
   */
  public String figure() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * As people read it.
   *
   * @return {@code test error}
   */
  public String words() {
    return figure().replace('_', ' ');
  }
}
