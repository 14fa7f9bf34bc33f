package org.plumbline.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.data.Datasets;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Papers;
import org.plumbline.papers.Published;
import org.plumbline.papers.page.Pages;
import org.plumbline.papers.results.Job;
import org.plumbline.papers.results.Quick;
import org.plumbline.papers.results.Reproduction;
import org.plumbline.papers.results.ResultsFile;
import org.plumbline.papers.results.Standing;
import org.plumbline.papers.results.Verification;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline reproduce}: published numbers beside ours, and the runs that make them. */
final class Reproduce implements Command {
  private static final String CELLS = "--cells";
  private static final String SEEDS = "--seeds";
  private static final String SEED = "--seed";
  private static final String VERIFY = "--verify";
  private static final String FRACTION = "--epochs-fraction";
  private static final String DRY = "--dry-run";
  private static final String KEEP = "--keep";
  private static final String QUICK = "--quick";
  private static final String PAGE = "--page";
  private static final String RUNS = "--runs";
  private static final String RESULTS = "--results";
  private static final String ALL = "all";
  private static final int MOST_SEEDS = 1000;
  private static final int MINUTE = 60;

  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "reproduce",
            "Without a name: lists the published numbers beside ours. With one: makes the runs of a",
            "paper, or of one cell, that are not in the results yet, one after the other on one thread.",
            "The same command again goes on where it stopped; several may run side by side.",
            "")
        .addPositional(
            Syntax.optional("PAPER[/CELL]", "a paper, one of its cells, or all; see the list")
                .build())
        .addOption(Syntax.option(CELLS, "LIST", "these cells of the paper, in this order").build())
        .addOption(
            Syntax.option(
                    SEEDS,
                    "N",
                    "seeds 1…N of each cell (default: 3 where a run takes under ten minutes, else 1)")
                .build())
        .addOption(
            Syntax.option(
                    FRACTION, "F", "this share of the recipe's epochs; the result is 'reduced'")
                .build())
        .addOption(flag(VERIFY, "run one cell and seed again and compare it with its row"))
        .addOption(Syntax.option(SEED, "S", "the seed to verify (default: 1)").build())
        .addOption(flag(DRY, "say what would be run and how long it takes"))
        .addOption(
            flag(QUICK, "a small version of every paper, or of one, with checks; keeps nothing"))
        .addOption(flag(PAGE, "make the pages of the results anew, as every run does"))
        .addOption(flag(KEEP, "keep the folders of runs; else they go when their row is safe"))
        .addOption(
            Syntax.option(RUNS, "DIR", "folder of the runs (default: runs/reproduce)")
                .type(Path.class)
                .build())
        .addOption(
            Syntax.option(RESULTS, "DIR", "folder of the results (default: docs/results)")
                .type(Path.class)
                .build())
        .addOption(Train.option(Options.DATA_DIR, Options.DATA_DIR.fallback()));
  }

  private static OptionSpec flag(String name, String about) {
    return OptionSpec.builder(name).type(boolean.class).description(about).build();
  }

  @Override
  public void run(ParseResult given, Console console) {
    Reproduction.Folders folders =
        new Reproduction.Folders(
            given.hasMatchedOption(RESULTS)
                ? given.matchedOptionValue(RESULTS, Path.of(""))
                : results(),
            given.matchedOptionValue(RUNS, Train.RUNS.resolve("reproduce")),
            given.hasMatchedOption(Train.flag(Options.DATA_DIR))
                ? Optional.of(Path.of(given.matchedOptionValue(Train.flag(Options.DATA_DIR), "")))
                : Optional.empty());
    if (given.hasMatchedOption(QUICK)) {
      for (String option :
          List.of(CELLS, SEEDS, FRACTION, DRY, KEEP, VERIFY, SEED, RUNS, RESULTS, PAGE)) {
        if (given.hasMatchedOption(option)) {
          throw new BadInput("%s and %s exclude each other".formatted(QUICK, option));
        }
      }
      Reproducing.quick(console, quick(given), folders.data());
      return;
    }
    if (!given.hasMatchedPositional(0)) {
      for (String option : List.of(CELLS, SEEDS, FRACTION, DRY, KEEP, VERIFY, SEED)) {
        if (given.hasMatchedOption(option)) {
          throw new BadInput(
              "%s needs a paper: plumbline reproduce PAPER %s".formatted(option, option));
        }
      }
      if (given.hasMatchedOption(PAGE)) {
        Pages.write(folders.results(), Papers.all());
        console.say("written to " + Words.path(folders.results()));
      }
      list(console, folders.results());
      return;
    }
    Reproduction reproduction =
        new Reproduction(
            folders,
            given.hasMatchedOption(KEEP) ? Reproduction.Keep.RUNS : Reproduction.Keep.NOTHING);
    if (given.hasMatchedOption(PAGE)) {
      throw new BadInput("%s makes all pages; leave out the name".formatted(PAGE));
    }
    if (given.hasMatchedOption(VERIFY)) {
      Job job = verified(given, reproduction);
      if (given.hasMatchedOption(DRY)) {
        plan(console, List.of(job));
      } else {
        Datasets.check(Experiment.of(reproduction.configuration(job)).data());
        Reproducing.verify(console, reproduction, job);
      }
      return;
    }
    if (given.hasMatchedOption(SEED)) {
      throw new BadInput("%s is of %s; seeds of runs are %s N, 1…N".formatted(SEED, VERIFY, SEEDS));
    }
    List<Job> jobs = jobs(given, reproduction);
    if (given.hasMatchedOption(DRY)) {
      plan(console, jobs);
      return;
    }
    for (Job job : jobs) {
      Datasets.check(Experiment.of(reproduction.configuration(job)).data());
    }
    Reproducing.watch(console, reproduction, jobs);
  }

  private static List<Job> jobs(ParseResult given, Reproduction reproduction) {
    String name = given.matchedPositionalValue(0, "");
    int slash = name.indexOf('/');
    List<String> cells = new ArrayList<>();
    if (slash >= 0) {
      cells.add(name.substring(slash + 1));
    }
    if (given.hasMatchedOption(CELLS)) {
      if (slash >= 0 || name.equals(ALL)) {
        throw new BadInput("%s and '%s' exclude each other; name one paper".formatted(CELLS, name));
      }
      Arrays.stream(given.matchedOptionValue(CELLS, "").split(",", -1))
          .map(String::strip)
          .forEach(cells::add);
    }
    int seeds = given.hasMatchedOption(SEEDS) ? seeds(given.matchedOptionValue(SEEDS, "")) : 0;
    double share = share(given.matchedOptionValue(FRACTION, "1"));
    if (name.equals(ALL)) {
      return Papers.all().stream()
          .flatMap(paper -> reproduction.jobs(paper, cells, seeds, share).stream())
          .sorted(Comparator.comparingDouble(Job::minutes))
          .toList();
    }
    Paper paper = Papers.paper(slash < 0 ? name : name.substring(0, slash));
    return reproduction.jobs(paper, cells, seeds, share);
  }

  private static List<Quick> quick(ParseResult given) {
    if (!given.hasMatchedPositional(0)) {
      return Quick.all();
    }
    Paper paper = Papers.paper(given.matchedPositionalValue(0, ""));
    return Quick.all().stream().filter(quick -> quick.paper().equals(paper)).toList();
  }

  private static Job verified(ParseResult given, Reproduction reproduction) {
    String name = given.matchedPositionalValue(0, "");
    int slash = name.indexOf('/');
    for (String option : List.of(CELLS, SEEDS, FRACTION)) {
      if (given.hasMatchedOption(option)) {
        throw new BadInput("%s and %s exclude each other".formatted(VERIFY, option));
      }
    }
    if (slash < 0) {
      throw new BadInput(
          "%s needs one cell: plumbline reproduce %s/CELL %s".formatted(VERIFY, name, VERIFY));
    }
    String seed = given.matchedOptionValue(SEED, "1");
    if (!seed.matches("[0-9]{1,9}")) {
      throw new BadInput("seed must be a whole number, but is '" + seed + "'");
    }
    Paper paper = Papers.paper(name.substring(0, slash));
    return Verification.job(
        reproduction, Papers.cell(paper, name.substring(slash + 1)), Long.parseLong(seed));
  }

  private static int seeds(String text) {
    if (!text.matches("[0-9]{1,4}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > MOST_SEEDS) {
      throw new BadInput(
          "seeds must be a whole number from 1 to %d, but is '%s'".formatted(MOST_SEEDS, text));
    }
    return Integer.parseInt(text);
  }

  private static double share(String text) {
    try {
      double share = Double.parseDouble(text);
      if (share > 0 && share <= 1) {
        return share;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new BadInput(
        "epochs-fraction must be above 0 and at most 1, but is '%s'".formatted(text));
  }

  /** The folder of the clone that this program was built in, or that of where we are. */
  private static Path results() {
    Path here = Path.of("docs", "results");
    try {
      Path code =
          Path.of(Reproduce.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path clone = code.resolveSibling("../docs/results").normalize();
      return Files.isRegularFile(code) && Files.isDirectory(clone) ? clone : here;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void plan(Console console, List<Job> jobs) {
    Table table = new Table().row("run", "seed", "epochs", "minutes");
    double minutes = 0;
    for (Job job : jobs) {
      minutes += job.minutes();
      table.row(
          job.place().path(),
          Long.toString(job.seed()),
          Long.toString(job.epochs()),
          "%.1f".formatted(job.minutes()));
    }
    List<String> lines = new ArrayList<>(jobs.isEmpty() ? List.of() : table.lines());
    lines.add(
        jobs.isEmpty()
            ? "nothing to run: all of it is in the results"
            : "%d %s, about %s"
                .formatted(
                    jobs.size(), jobs.size() == 1 ? "run" : "runs", Words.clock(minutes * MINUTE)));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rows", jobs.stream().map(Reproduce::object).toList());
    object.put("minutes", minutes);
    console.answer(object, lines);
  }

  private static Map<String, Object> object(Job job) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("paper", job.place().paper().id());
    object.put("cell", job.place().id());
    object.put("seed", job.seed());
    object.put("epochs", job.epochs());
    object.put("minutes", job.minutes());
    return object;
  }

  private static void list(Console console, Path results) {
    List<Standing> all = new ArrayList<>();
    for (Paper paper : Papers.all()) {
      all.addAll(Standing.of(paper, new ResultsFile(results, paper).rows()));
    }
    console.answer(Map.of("cells", all.stream().map(Reproduce::object).toList()), lines(all));
  }

  /** A cell for programs. */
  static Map<String, Object> object(Standing standing) {
    Optional<Published> published = standing.place().cell().published();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("paper", standing.place().paper().id());
    object.put("cell", standing.place().id());
    object.put("published", published.<Object>map(Published::value).orElse(Json.Absent.VALUE));
    object.put("ours_mean", perhaps(standing.mean()));
    object.put("ours_std", perhaps(standing.std()));
    object.put("seeds", standing.rows().size());
    object.put("state", standing.state().word());
    object.put("metric", standing.place().cell().metric().figure());
    object.put("tolerance", published.<Object>map(Published::tolerance).orElse(Json.Absent.VALUE));
    object.put("seeds_required", standing.required());
    object.put("minutes", standing.minutes());
    return object;
  }

  private static Object perhaps(OptionalDouble value) {
    return value.isPresent()
        ? (Object) (Math.rint(value.getAsDouble() * 1e4) / 1e4)
        : Json.Absent.VALUE;
  }

  static List<String> lines(List<Standing> all) {
    Table table =
        new Table()
            .row(
                "cell",
                "metric",
                "published",
                "ours",
                "± std",
                "seeds",
                "needs",
                "wish",
                "state",
                "min/run");
    for (Standing standing : all) {
      table.row(
          standing.place().path(),
          standing.place().cell().metric().words(),
          standing.place().cell().published().map(p -> number(p.value())).orElse("–"),
          number(standing.mean().orElse(Double.NaN)),
          number(standing.std().orElse(Double.NaN)),
          Integer.toString(standing.rows().size()),
          Integer.toString(standing.required()),
          Integer.toString(standing.wished()),
          standing.state().word(),
          "%.1f".formatted(standing.minutes()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    Map<String, Integer> states = new LinkedHashMap<>();
    all.forEach(standing -> states.merge(standing.state().word(), 1, Integer::sum));
    lines.add("");
    lines.add(
        "percent; ours is over 'seeds' runs, a state 'needs' so many: "
            + String.join(
                ", ",
                states.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).toList()));
    long stale = all.stream().mapToLong(standing -> standing.stale().size()).sum();
    if (stale > 0) {
      lines.add(
          "%d %s of a recipe that has changed since; they count for nothing"
              .formatted(stale, stale == 1 ? "run is" : "runs are"));
    }
    return lines;
  }

  /** In percent, as tables have it. */
  static String number(double value) {
    return Double.isFinite(value) ? "%.2f".formatted(value) : "–";
  }
}
