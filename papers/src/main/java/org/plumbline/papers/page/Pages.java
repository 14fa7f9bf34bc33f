package org.plumbline.papers.page;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.plumbline.papers.Paper;
import org.plumbline.papers.results.ResultsFile;
import org.plumbline.papers.results.Standing;
import org.plumbline.papers.results.State;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/** All pages of results: {@code README.md}, one a paper, and their drawings. */
public final class Pages {
  private static final String OVERVIEW = "README.md";
  private static final String PICTURE = "reproduced.svg";

  private Pages() {}

  /**
   * Makes the pages.
   *
   * @param folder of the results
   * @param papers which, in order
   * @return texts by their path in the folder
   * @throws BadInput if a results file is damaged
   */
  public static Map<String, String> of(Path folder, List<Paper> papers) {
    Map<String, String> files = new TreeMap<>();
    Map<String, List<Standing>> all = new LinkedHashMap<>();
    for (Paper paper : papers) {
      List<Standing> standings = Standing.of(paper, new ResultsFile(folder, paper).rows());
      all.put(paper.id(), standings);
      files.putAll(PaperPage.of(paper, folder, standings));
    }
    files.put(PICTURE, CellPlot.ofAll(all));
    files.put(OVERVIEW, overview(papers, all));
    return files;
  }

  /**
   * Writes the pages that are not as they should be; other processes may write at the same time.
   *
   * @param folder of the results
   * @param papers which, in order
   * @throws Failure if that is not possible
   */
  public static void write(Path folder, List<Paper> papers) {
    ResultsFile.write(folder, () -> of(folder, papers));
  }

  private static String overview(List<Paper> papers, Map<String, List<Standing>> all) {
    List<Standing> every = all.values().stream().flatMap(List::stream).toList();
    List<String> page = new ArrayList<>();
    page.add("# Results\n");
    page.add("## Published numbers beside ours\n");
    page.add(
        "%s, from %d papers; %d cells have a published value. A cell is one rule in one recipe, judged at the last epoch on the whole test set. *Reproduced*: the mean of our seeds lies inside the tolerance around the published value, with at least three seeds where a run takes under ten minutes and at least one above; we aim at five below half an hour and three above. *Missed* ones are listed like others, with the reason where we know it. *Reduced*: fewer epochs than the recipe has. *Own*: no published value is confirmed. *Open*: not run, or not often enough. The state is computed from the results files each time and stored nowhere.\n"
            .formatted(PaperPage.counts(every), papers.size(), published(every)));
    page.add(
        "![Published against ours, all cells that were run, in tolerances](%s)\n"
            .formatted(PICTURE));
    page.add("| paper | reproduced | missed | reduced | own | open | results |");
    page.add("|---|--:|--:|--:|--:|--:|---|");
    for (Paper paper : papers) {
      List<Standing> standings = all.getOrDefault(paper.id(), List.of());
      page.add(
          "| [%s](%s.md) | %d | %d | %d | %d | %d | %s |"
              .formatted(
                  paper.citation().replaceFirst(",? arXiv:.*", ""),
                  paper.id(),
                  count(standings, State.REPRODUCED),
                  count(standings, State.MISSED),
                  count(standings, State.REDUCED),
                  count(standings, State.OWN),
                  count(standings, State.OPEN),
                  standings.stream().anyMatch(s -> !s.rows().isEmpty() || !s.stale().isEmpty())
                      ? "[CSV](%s.csv)".formatted(paper.id())
                      : "–"));
    }
    page.add("");
    page.add(
        "`./plumbline reproduce` prints all cells; `./plumbline reproduce PAPER/CELL` runs one, `--verify` compares it with its row; `./plumbline reproduce --quick` runs a small version of each paper in two minutes. Every page tells how, step by step.\n");
    page.add("## Other measurements\n");
    page.add("- [How fast a step is](bench.md), beside libtorch's own back-propagation");
    page.add("- [Which rule?](which-rule.md): all rules with their defaults and one budget");
    page.add(
        "- [Caches of layers, and attacks](lenses.md): what layers know, and how little makes a network err");
    page.add("- [Integers alone](edge.md): PocketNN's and TIFeD's arithmetic, accuracy and speed");
    page.add("- [Drift of the tangent kernel](kernel/kernel.md) against width, by `bp` and `dfa`");
    page.add("- [A small Transformer](transformer.md): macro and micro feedback on characters");
    page.add(
        "- Numbers of the [README](../../README.md): [first-runs.csv](first-runs.csv), [mnist-rules.csv](mnist-rules.csv), [launay-cnn.csv](launay-cnn.csv)");
    return String.join("\n", page) + "\n";
  }

  private static long published(List<Standing> standings) {
    return standings.stream().filter(s -> s.place().cell().published().isPresent()).count();
  }

  private static long count(List<Standing> standings, State state) {
    return standings.stream().filter(s -> s.state() == state).count();
  }
}
