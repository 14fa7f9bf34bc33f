package org.plumbline.report;

import java.nio.file.Path;

/** One self-contained page about the runs of a comparison. */
public final class ComparisonReport {
  private ComparisonReport() {}

  /**
   * Draws the page.
   *
   * @param folder of the comparison
   * @return a complete HTML document, to be stored as UTF-8
   */
  public static String render(Path folder) {
    return folder.toString();
  }
}
