package org.plumbline.papers.page;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Column;
import org.plumbline.papers.Figure;
import org.plumbline.papers.Metric;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Published;
import org.plumbline.papers.Recipe;
import org.plumbline.papers.page.LinePlot.Line;
import org.plumbline.papers.page.LinePlot.Style;
import org.plumbline.papers.results.ResultsFile;
import org.plumbline.papers.results.Row;
import org.plumbline.papers.results.Standing;
import org.plumbline.papers.results.State;
import org.plumbline.train.Configuration;
import org.plumbline.train.Options;

/** The page of a paper and its drawings. */
final class PaperPage {
  private static final String ALIGNMENT = "alignment/\\d+";
  private static final int CURVES = 8;
  private static final String ANGLE = "weights/[0-9.]+";
  private static final Map<String, String> FOLDERS =
      Map.of("mnist", "mnist", "cifar10", "cifar-10-batches-bin");

  private final Paper paper;
  private final Path folder;
  private final List<Standing> standings;
  private final List<String> page = new ArrayList<>();
  private final Map<String, String> files = new LinkedHashMap<>();

  private PaperPage(Paper paper, Path folder, List<Standing> standings) {
    this.paper = paper;
    this.folder = folder;
    this.standings = standings;
  }

  /** All files of a paper, by their path in the folder of results. */
  static Map<String, String> of(Paper paper, Path folder, List<Standing> standings) {
    PaperPage made = new PaperPage(paper, folder, standings);
    made.write();
    made.files.put(paper.id() + ".md", String.join("\n", made.page) + "\n");
    return made.files;
  }

  private void write() {
    page.add("# " + paper.title() + "\n");
    page.add(paper.citation() + ". [All results](README.md).\n");
    page.add(counts(standings) + ".\n");
    List<Row> rows = standings.stream().flatMap(s -> s.rows().stream()).toList();
    if (rows.isEmpty()) {
      page.add("Nothing was run yet.\n");
    } else {
      page.add(origin(rows) + "\n");
    }
    for (Recipe recipe : paper.recipes()) {
      recipe(recipe, standings.stream().filter(s -> s.place().recipe().equals(recipe)).toList());
    }
    for (Figure figure : paper.figures()) {
      drawing(figure.name(), figure.title(), figure(figure));
    }
    page.add("## Where we differ\n");
    paper.differs().forEach(paragraph -> page.add(paragraph.strip() + "\n"));
    howTo();
  }

  /** {@code 3 reproduced, 1 missed, 4 open}. */
  static String counts(List<Standing> standings) {
    List<String> parts = new ArrayList<>();
    for (State state : State.values()) {
      long count = standings.stream().filter(s -> s.state() == state).count();
      if (count > 0) {
        parts.add(count + " " + state.word());
      }
    }
    return "%d cells: %s".formatted(standings.size(), String.join(", ", parts));
  }

  private String origin(List<Row> rows) {
    Set<String> machines = new TreeSet<>();
    Set<String> commits = new LinkedHashSet<>();
    rows.forEach(row -> {
      machines.add(row.machine());
      commits.add(row.commit());
    });
    long changed = rows.stream().filter(row -> !row.isOfCommit()).count();
    return "%d %s on %s, one thread each, %d %s%s; a line each in [%s.csv](%s.csv), which this page is made from by `./plumbline reproduce --page`. Values are of the last epoch and the whole test set, in percent; ± is the standard deviation over seeds, whose number is in brackets. The columns bp and shallow have the same metric by back-propagation and with frozen hidden layers. The cosine is that of the rule's signal and the exact gradient at the last probe, over the hidden blocks and the rows of a training batch; in brackets its null, with feedback drawn afresh. Minutes are by the clock, on a machine that had other work too, or estimated where nothing was run."
        .formatted(
            rows.size(),
            rows.size() == 1 ? "run" : "runs",
            String.join(", ", machines),
            commits.size(),
            commits.size() == 1 ? "commit" : "commits",
            changed == 0
                ? ""
                : " (%d by a working copy with changes after its commit, for which the same bytes are not promised)"
                    .formatted(changed),
            paper.id(),
            paper.id());
  }

  private void recipe(Recipe recipe, List<Standing> cells) {
    page.add("## " + recipe.id() + ": " + recipe.about() + "\n");
    drawing(
        recipe.id() + "-cells",
        "Published and ours, " + recipe.id(),
        CellPlot.ofRecipe(recipe, cells));
    String bp = baseline(cells, "bp");
    String shallow = baseline(cells, "shallow");
    Metric metric = cells.getFirst().place().cell().metric();
    page.add(
        "| cell | published %s | ours | difference | tolerance | state | bp | shallow | cosine (null) | minutes |"
            .formatted(metric.words()));
    page.add("|---|--:|--:|--:|--:|---|--:|--:|--:|--:|");
    cells.forEach(standing -> page.add(row(standing, bp, shallow)));
    page.add("");
    notes(cells);
    columns(cells);
    curves(recipe, cells);
  }

  private static String baseline(List<Standing> cells, String rule) {
    return cells.stream()
        .filter(standing ->
            standing
                .place()
                .recipe()
                .configurationOf(standing.place().cell())
                .get(Options.RULE)
                .equals(rule))
        .findFirst()
        .map(standing -> Numbers.percent(standing.mean().orElse(Double.NaN)))
        .orElse("–");
  }

  private static String row(Standing standing, String bp, String shallow) {
    Cell cell = standing.place().cell();
    Optional<Published> published = cell.published();
    double mean = standing.mean().orElse(Double.NaN);
    return "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |"
        .formatted(
            cell.name(),
            published
                .map(p ->
                    Numbers.percent(p.value())
                        + (p.spread() > 0 ? " ± " + Numbers.percent(p.spread()) : ""))
                .orElse("–"),
            Numbers.ours(standing),
            published.map(p -> Numbers.signed(mean - p.value())).orElse("–"),
            published.map(p -> Numbers.percent(p.tolerance())).orElse("–"),
            emphasised(standing),
            bp,
            shallow,
            cosine(standing),
            String.format(Locale.ROOT, "%.1f", standing.minutes()));
  }

  private static String emphasised(Standing standing) {
    return switch (standing.state()) {
      case REPRODUCED -> "**reproduced**";
      case REDUCED ->
          "reduced: %d of %d epochs"
              .formatted(
                  standing.reduced().stream().mapToLong(Row::planned).max().orElse(0),
                  standing.epochs());
      case OPEN ->
          standing.rows().isEmpty()
              ? "open"
              : "open: %d of %d seeds".formatted(standing.full().size(), standing.required());
      case MISSED -> "*missed*";
      case OWN -> "own";
    };
  }

  private static String cosine(Standing standing) {
    OptionalDouble cosine = standing.mean(ResultsFile.COSINE);
    OptionalDouble drawn = standing.mean(ResultsFile.NULL);
    OptionalDouble spread = standing.mean(ResultsFile.NULL_SPREAD);
    if (cosine.isEmpty()) {
      return "–";
    }
    return Numbers.cosine(cosine.getAsDouble())
        + (drawn.isPresent() && spread.isPresent()
            ? " (%s ± %s)"
                .formatted(
                    Numbers.cosine(drawn.getAsDouble()), Numbers.cosine(spread.getAsDouble()))
            : "");
  }

  /** Why tolerances are what they are, what a reader should know, and what diverged. */
  private void notes(List<Standing> cells) {
    Map<String, List<String>> reasons = new LinkedHashMap<>();
    for (Standing standing : cells) {
      standing
          .place()
          .cell()
          .published()
          .ifPresent(published ->
              reasons
                  .computeIfAbsent(
                      "confidence %s: %s"
                          .formatted(published.confidence().word(), published.reason()),
                      _ -> new ArrayList<>())
                  .add(standing.place().cell().name()));
    }
    List<String> notes = new ArrayList<>();
    reasons.forEach(
        (reason, names) -> notes.add("- %s: %s.".formatted(String.join(", ", names), reason)));
    Map<String, List<String>> remarks = new LinkedHashMap<>();
    for (Standing standing : cells) {
      String remark = standing.place().cell().remark();
      if (!remark.isBlank()) {
        remarks.computeIfAbsent(remark, _ -> new ArrayList<>()).add(standing.place().cell().name());
      }
    }
    remarks.forEach(
        (remark, names) -> notes.add("- %s: %s".formatted(String.join(", ", names), remark)));
    for (Standing standing : cells) {
      for (Row row : standing.rows()) {
        if (!row.isFinished()) {
          notes.add(
              "- %s, seed %d: %s."
                  .formatted(standing.place().cell().name(), row.seed(), row.reason()));
        }
      }
      if (!standing.stale().isEmpty()) {
        notes.add(
            "- %s: %d older %s of a recipe that has changed since; not counted."
                .formatted(
                    standing.place().cell().name(),
                    standing.stale().size(),
                    standing.stale().size() == 1 ? "run is" : "runs are"));
      }
    }
    if (!notes.isEmpty()) {
      page.add(String.join("\n", notes) + "\n");
    }
  }

  private void columns(List<Standing> cells) {
    List<String> lines = new ArrayList<>();
    for (Standing standing : cells) {
      for (Column column : standing.place().cell().columns()) {
        OptionalDouble mean = standing.mean(column.figure());
        if (standing.rows().isEmpty() || (mean.isEmpty() && column.published().isEmpty())) {
          continue;
        }
        boolean cosine = column.figure().contains("alignment/");
        double ours = mean.orElse(Double.NaN);
        lines.add(
            "| %s | %s | %s | %s | %s | %s |"
                .formatted(
                    standing.place().cell().name(),
                    column.about(),
                    column.published().map(p -> shown(p.value(), cosine)).orElse("–"),
                    shown(ours, cosine)
                        + standing.std(column.figure()).stream()
                            .mapToObj(std -> " ± " + shown(std, cosine))
                            .findFirst()
                            .orElse(""),
                    column.published().map(p -> shown(p.tolerance(), cosine)).orElse("–"),
                    column
                        .published()
                        .map(p -> mean.isEmpty() ? "–" : p.isMetBy(ours) ? "yes" : "no")
                        .orElse("–")));
      }
    }
    if (!lines.isEmpty()) {
      page.add("Further numbers of the same runs:\n");
      page.add("| cell | number | published | ours | tolerance | inside |");
      page.add("|---|---|--:|--:|--:|---|");
      page.addAll(lines);
      page.add("");
    }
  }

  /** Percent and degrees have two decimals. */
  private static String shown(double value, boolean cosine) {
    return cosine ? Numbers.cosine(value) : Numbers.percent(value);
  }

  /** Training error, alignment and angles of one run a cell over its epochs. */
  private void curves(Recipe recipe, List<Standing> cells) {
    List<Line> error = new ArrayList<>();
    List<Line> cosine = new ArrayList<>();
    List<Line> angle = new ArrayList<>();
    int number = 0;
    List<Standing> some = some(cells);
    for (Standing standing : some) {
      int colour = number++;
      String name = standing.place().cell().name();
      Optional<CurveFile> found =
          standing.rows().stream()
              .min(Comparator.comparingLong(Row::seed))
              .flatMap(row ->
                  CurveFile.read(
                      folder
                          .resolve(paper.id())
                          .resolve(standing.place().id() + "-seed" + row.seed() + ".csv")));
      if (found.isEmpty()) {
        continue;
      }
      CurveFile curves = found.get();
      add(error, name, colour, Style.CURVE, curves.series("train_error"));
      List<String> blocks = curves.columns(ALIGNMENT);
      if (!blocks.isEmpty() && !name.equals("bp")) {
        add(cosine, name, colour, Style.CURVE, curves.mean(blocks));
        List<String> nulls =
            blocks.stream().map(b -> b + "/null").filter(curves.names()::contains).toList();
        if (!nulls.isEmpty()) {
          add(cosine, "", colour, Style.BESIDE, curves.mean(nulls));
        }
      }
      for (String block : curves.columns(ANGLE)) {
        add(
            angle,
            name + " " + block.substring("weights/".length()),
            colour,
            Style.CURVE,
            curves.series(block));
      }
    }
    String of =
        ", %s%s, first seed"
            .formatted(
                recipe.id(),
                cells.stream().filter(s -> !s.rows().isEmpty()).count() > some.size()
                    ? ", some of the cells"
                    : "");
    plot(
        recipe.id() + "-curves",
        "Running training error" + of,
        "training error of the epoch while it learned, %",
        Axis.Kind.POWERS,
        error);
    plot(
        recipe.id() + "-alignment",
        "Alignment (dashed: null)" + of,
        "cosine of signal and gradient, mean over the hidden blocks",
        Axis.Kind.EVEN,
        cosine);
    plot(
        recipe.id() + "-angles",
        "Angle of W and its feedback, by block" + of,
        "degrees",
        Axis.Kind.EVEN,
        angle);
  }

  /** As many as can be told apart: the first two, which are baselines, and others evenly. */
  private static List<Standing> some(List<Standing> cells) {
    List<Standing> run = cells.stream().filter(s -> !s.rows().isEmpty()).toList();
    if (run.size() <= CURVES) {
      return run;
    }
    List<Standing> some = new ArrayList<>(run.subList(0, 2));
    for (int i = 0; i < CURVES - 2; i++) {
      some.add(run.get(2 + (int) Math.round(i * (run.size() - 3.0) / (CURVES - 3))));
    }
    return some;
  }

  private static void add(
      List<Line> lines, String name, int colour, Style style, List<LinePlot.Point> points) {
    Line line = new Line(name, colour, style, points);
    if (!line.isEmpty()) {
      lines.add(line);
    }
  }

  private void plot(String name, String title, String up, Axis.Kind vertical, List<Line> lines) {
    LinePlot plot = new LinePlot(title, "epoch", up, Axis.Kind.EVEN, vertical, lines);
    drawing(name, title, plot.isEmpty() ? "" : plot.svg());
  }

  private String figure(Figure figure) {
    List<Line> lines = new ArrayList<>();
    int colour = 0;
    for (Figure.Line line : figure.lines()) {
      List<LinePlot.Point> ours = new ArrayList<>();
      List<LinePlot.Point> published = new ArrayList<>();
      for (Figure.Point point : line.points()) {
        Standing standing = standing(point.cell());
        ours.add(
            new LinePlot.Point(
                point.x(),
                standing.mean(line.figure()).orElse(Double.NaN),
                standing.std(line.figure()).orElse(Double.NaN)));
        published.add(
            new LinePlot.Point(
                point.x(), published(standing.place().cell(), line.figure()), Double.NaN));
      }
      int before = lines.size();
      ours.removeIf(point -> !Double.isFinite(point.y())); // not run yet
      add(lines, line.name(), colour, Style.MARKED, ours);
      if (lines.size() > before) {
        add(lines, line.name() + ", published", colour, Style.PUBLISHED, published);
      }
      colour++;
    }
    LinePlot plot =
        new LinePlot(
            figure.title(),
            figure.across(),
            figure.up(),
            figure.scale() == Figure.Scale.LOGARITHMIC ? Axis.Kind.POWERS : Axis.Kind.EVEN,
            Axis.Kind.EVEN,
            lines);
    return plot.isEmpty() ? "" : plot.svg();
  }

  private static double published(Cell cell, String figure) {
    Optional<Published> main =
        cell.metric().figure().equals(figure) ? cell.published() : Optional.empty();
    return main.or(() ->
            cell.columns().stream()
                .filter(column -> column.figure().equals(figure))
                .flatMap(column -> column.published().stream())
                .findFirst())
        .map(Published::value)
        .orElse(Double.NaN);
  }

  private Standing standing(String id) {
    return standings.stream().filter(s -> s.place().id().equals(id)).findFirst().orElseThrow();
  }

  private void drawing(String name, String words, String svg) {
    if (!svg.isEmpty()) {
      if (files.put(paper.id() + "/" + name + ".svg", svg) != null) {
        throw new IllegalStateException(paper.id() + " has two drawings " + name);
      }
      page.add("![%s](%s/%s.svg)\n".formatted(words, paper.id(), name));
    }
  }

  private static String minutes(Standing standing) {
    long minutes = Math.max(1, Math.round(standing.minutes()));
    return minutes == 1 ? "one minute" : minutes + " minutes";
  }

  /** One cell, step by step: the shortest that has a published value and is no baseline. */
  private void howTo() {
    Standing standing =
        standings.stream()
            .filter(s -> s.place().cell().published().isPresent())
            .min(
                Comparator.comparing((Standing s) -> s.place().cell().name().startsWith("bp"))
                    .thenComparingDouble(Standing::minutes))
            .orElse(standings.getFirst());
    Paper.Place place = standing.place();
    Configuration configuration = place.recipe().configurationOf(place.cell());
    String data = configuration.get(Options.DATA);
    page.add("## Reproduce a cell\n");
    page.add(
        "In a clone, with a JDK 25 and Maven 3.8.7 or newer; the first command also builds. Data come from their publisher only when asked for; `--data-dir DIR` names a folder that has them already%s.\n"
            .formatted(
                FOLDERS.containsKey(data) ? " (it holds `%s/`)".formatted(FOLDERS.get(data)) : ""));
    page.add("```");
    page.add("./plumbline datasets fetch " + data);
    page.add("./plumbline reproduce %s --seeds %d".formatted(place.path(), standing.required()));
    page.add("./plumbline reproduce                     # the list: this cell with its state");
    page.add("```\n");
    page.add(
        "It takes about %s of %s on one core; stopped or killed, the same command goes on. A line a run is added to `docs/results/%s.csv` and this page is made anew. Where the seed is in the results already, `--results DIR` puts them elsewhere, and `./plumbline reproduce %s --seed 1 --verify` runs it again and compares: the same commit on the same kind of processor gives the same bytes of the model. `./plumbline reproduce %s` makes what is open of the whole paper.\n"
            .formatted(
                standing.required() == 1 ? "one run" : standing.required() + " runs",
                minutes(standing),
                paper.id(),
                place.path(),
                paper.id()));
    page.add("What is run, over the defaults; `./plumbline train FILE` takes it, too:\n");
    page.add("```");
    Set<String> defaults = Set.copyOf(Configuration.defaults().yaml().lines().toList());
    configuration.yaml().lines().filter(line -> !defaults.contains(line)).forEach(page::add);
    page.add("```");
  }
}
