package org.plumbline.report;

import java.nio.file.Path;
import java.util.ArrayList;

/**
 * One self-contained page about the runs of a comparison: which rule did how well, how sure that
 * is, how it learned, and what it cost.
 *
 * <p>As a {@link Report}: it opens offline, escapes everything, and shows what is there, so a
 * comparison that is still running has a page too.
 */
public final class ComparisonReport {
  private ComparisonReport() {}

  /**
   * Draws the page.
   *
   * @param folder of a comparison, as described in {@code docs/compare-folder.md}
   * @return a complete HTML document, to be stored as UTF-8
   * @throws IllegalArgumentException if the folder is missing, unreadable or holds no comparison;
   *     the message is one line
   */
  public static String render(Path folder) {
    var all = ComparisonData.read(folder);
    var sections = new ArrayList<Section>();
    sections.add(Ranking.of(all));
    sections.add(RuleCurves.of(all));
    Attacks.of(all).ifPresent(sections::add);
    sections.add(HeatMaps.of(all));
    Capacities.of(all).ifPresent(sections::add);
    sections.add(Costs.of(all));
    sections.add(Cells.of(all));
    sections.add(Cells.configuration(all));
    sections.add(Cells.provenance(all));
    return Page.of(Verdict.title(all), Verdict.of(all), sections);
  }
}
