package org.plumbline.report;

import java.nio.file.Path;
import java.util.List;

/**
 * One self-contained page about one run.
 *
 * <p>The page opens offline and loads nothing; everything the folder says is escaped. A part that
 * the run does not have is replaced by a sentence, so an unfinished run has a report too. The same
 * folder gives the same page.
 */
public final class Report {
  private Report() {}

  /**
   * Writes the report of a run.
   *
   * @param runFolder the folder of the run, as described in {@code docs/run-folder.md}
   * @return a complete HTML document, to be stored as UTF-8
   * @throws IllegalArgumentException if the folder is missing, unreadable or holds no run; the
   *     message is one line
   */
  public static String render(Path runFolder) {
    var run = RunData.read(runFolder);
    return Page.of(
        Headline.title(run),
        Headline.of(run),
        List.of(
            Curves.of(run),
            Alignment.of(run),
            Confusion.of(run),
            Mistakes.of(run),
            Blocks.of(run),
            Warnings.of(run),
            Origins.configuration(run),
            Origins.provenance(run)));
  }
}
