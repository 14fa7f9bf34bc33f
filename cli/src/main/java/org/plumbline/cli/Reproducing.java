package org.plumbline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.plumbline.data.Preparation;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Papers;
import org.plumbline.papers.page.Pages;
import org.plumbline.papers.results.Job;
import org.plumbline.papers.results.Quick;
import org.plumbline.papers.results.Reproduction;
import org.plumbline.papers.results.ResultsFile;
import org.plumbline.papers.results.Row;
import org.plumbline.papers.results.Standing;
import org.plumbline.papers.results.Verification;
import org.plumbline.train.Experiment;
import org.plumbline.train.Stopped;
import org.plumbline.value.Failure;

/** The runs of papers as the person at the command line sees them. */
final class Reproducing implements Reproduction.Follower {
  private static final double MINUTE = 60;

  private final Console console;
  private final List<Job> jobs;
  private final StopSignals signals;
  private final Optional<Path> results; // whose pages are kept up to date
  private final ProgressView view;
  private final List<Row> rows = new ArrayList<>();
  private final List<Job> made = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private Optional<Progress> first = Optional.empty();
  private int index;
  private double measured; // seconds of what was run here, and what had been expected of it
  private double expected;

  private Reproducing(
      Console console, List<Job> jobs, StopSignals signals, Optional<Path> results) {
    this.results = results;
    this.console = console;
    this.jobs = jobs;
    this.signals = signals;
    this.view = ProgressView.on(console);
  }

  /**
   * Makes the runs and answers what came out.
   *
   * @param console where it is shown
   * @param reproduction makes them
   * @param jobs which
   * @throws Failure if one could not be made; the answer was given all the same
   */
  static void watch(Console console, Reproduction reproduction, List<Job> jobs) {
    console.beforeLibtorch();
    try (StopSignals signals = StopSignals.listen()) {
      Reproducing watching =
          new Reproducing(console, jobs, signals, Optional.of(reproduction.folders().results()));
      watching.carriedOut(reproduction);
      watching.answer(reproduction);
    }
  }

  /**
   * Makes a run again and answers how it compares with its row.
   *
   * @param console where it is shown
   * @param reproduction where the results are
   * @param job which
   * @throws Failure if it does not come out as it should
   */
  static void verify(Console console, Reproduction reproduction, Job job) {
    console.beforeLibtorch();
    try (StopSignals signals = StopSignals.listen()) {
      Reproducing watching = new Reproducing(console, List.of(job), signals, Optional.empty());
      AtomicReference<Optional<Verification>> found = new AtomicReference<>(Optional.empty());
      watching.attempted(() -> found.set(Verification.of(reproduction, job, watching)));
      Verification verification =
          found.get().orElseThrow(() -> new Failure(name(job) + " could not be run again"));
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("verdict", verification.verdict().name().toLowerCase(Locale.ROOT));
      object.put("before", object(job, verification.before()));
      object.put("again", object(job, verification.again()));
      object.put("difference", verification.difference());
      console.answer(object, List.of(name(job) + ": " + verification.words()));
      if (verification.verdict() == Verification.Verdict.DIFFERENT) {
        throw new Failure(name(job) + " did not come out again: " + verification.words());
      }
    }
  }

  /**
   * Runs small versions of papers in a folder of their own and answers what came out.
   *
   * @param console where it is shown
   * @param papers which
   * @param data of the data sets, if named
   * @throws Failure if one is not as it should be; the answer was given all the same
   */
  static void quick(Console console, List<Quick> papers, Optional<Path> data) {
    console.beforeLibtorch();
    List<Quick.Outcome> outcomes = new ArrayList<>();
    Path scratch = scratch();
    ProgressView view = ProgressView.on(console);
    StopSignals signals = StopSignals.listen();
    try (signals) {
      for (Quick quick : papers) {
        double share = (double) outcomes.size() / papers.size();
        view.milestone(share, () -> "quick " + quick.paper().id() + "/" + quick.cell());
        outcomes.add(
            quick.run(
                data,
                scratch.resolve(quick.paper().id()),
                new Reproduction.Follower() {
                  @Override
                  public boolean stopRequested() {
                    return signals.requested();
                  }
                }));
      }
    } catch (Stopped stopped) {
      throw new StoppedBySignal(signals.exitCode(), "stopped; a quick version keeps nothing");
    } finally {
      view.clear();
      deleted(scratch);
    }
    console.answer(
        Map.of("rows", outcomes.stream().map(Reproducing::object).toList()), lines(outcomes));
    List<String> bad =
        outcomes.stream()
            .flatMap(o -> o.complaints().stream().map(c -> o.quick().paper().id() + ": " + c))
            .toList();
    if (!bad.isEmpty()) {
      throw new Failure(String.join("; ", bad));
    }
  }

  private static Path scratch() {
    try {
      return Files.createTempDirectory("plumbline-quick");
    } catch (IOException e) {
      throw new Failure("cannot make a folder for temporary files: " + e.getMessage(), e);
    }
  }

  private static void deleted(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new Failure("cannot delete " + folder + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> object(Quick.Outcome outcome) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("paper", outcome.quick().paper().id());
    object.put("cell", outcome.quick().cell());
    object.put("test_accuracy", outcome.accuracy() / 100);
    object.put("frozen_test_accuracy", outcome.frozen() / 100);
    object.put("floor", outcome.quick().floor() / 100);
    object.put("seconds", outcome.seconds());
    object.put("complaints", outcome.complaints());
    return object;
  }

  private static List<String> lines(List<Quick.Outcome> outcomes) {
    Table table =
        new Table().row("paper", "cell", "test accuracy", "frozen", "floor", "seconds", "");
    double seconds = 0;
    for (Quick.Outcome outcome : outcomes) {
      seconds += outcome.seconds();
      table.row(
          outcome.quick().paper().id(),
          outcome.quick().cell(),
          Words.percent(outcome.accuracy() / 100),
          Words.percent(outcome.frozen() / 100),
          Words.percent(outcome.quick().floor() / 100),
          "%.1f".formatted(outcome.seconds()),
          outcome.complaints().isEmpty() ? "ok" : String.join("; ", outcome.complaints()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add(
        "small versions: neither rows nor epochs are the papers'; " + Words.duration(seconds));
    return lines;
  }

  private void carriedOut(Reproduction reproduction) {
    if (!jobs.isEmpty()) {
      console.say(
          "%d %s, about %s"
              .formatted(
                  jobs.size(),
                  jobs.size() == 1 ? "run" : "runs",
                  Words.clock(MINUTE * jobs.stream().mapToDouble(Job::minutes).sum())));
    }
    attempted(() -> reproduction.carryOut(jobs, this));
  }

  private void attempted(Runnable runs) {
    try {
      runs.run();
    } catch (Stopped stopped) {
      throw new StoppedBySignal(
          signals.exitCode(),
          "stopped at run %d of %d, %s, step %d; saved; the same command goes on"
              .formatted(index + 1, jobs.size(), name(jobs.get(index)), stopped.step()));
    } finally {
      view.clear();
    }
  }

  private static String name(Job job) {
    return "%s seed %d".formatted(job.place().path(), job.seed());
  }

  private String head() {
    return "run %d/%d  %s".formatted(index + 1, jobs.size(), name(jobs.get(index)));
  }

  @Override
  public void begins(int at) {
    index = at;
    first = Optional.empty();
    view.clear();
    console.say(
        "%s: %,d epochs, about %s"
            .formatted(
                head(), jobs.get(at).epochs(), Words.clock(MINUTE * jobs.get(at).minutes())));
  }

  @Override
  public void measuring(Experiment experiment, int count) {
    console.say(
        "preparing inputs: %s, %,d training rows"
            .formatted(Preparation.ALL.print(experiment.presentation().preparation()), count));
  }

  @Override
  public void stepped(Progress progress) {
    Progress from = first.orElse(progress);
    first = Optional.of(from);
    double share =
        Math.min(0.999, (index + (double) progress.step() / progress.steps()) / jobs.size());
    if (progress.step() * progress.epochs() % progress.steps() == 0) {
      view.milestone(share, () -> words(progress, from));
    } else {
      view.show(share, () -> words(progress, from));
    }
  }

  private String words(Progress now, Progress from) {
    List<String> parts = new ArrayList<>();
    parts.add(head());
    parts.add("epoch %d/%d".formatted(now.epoch(), now.epochs()));
    parts.add("loss " + Words.number(now.loss()));
    parts.add("accuracy " + Words.percent(now.accuracy()));
    long done = now.step() - from.step(); // the first step of all takes long
    if (done > 0) {
      double step = (now.seconds() - from.seconds()) / done;
      double rest = step * (now.steps() - now.step());
      parts.add("ETA " + Words.clock(rest));
      if (jobs.size() > index + 1) {
        parts.add("of all " + Words.clock(rest + later(step * now.steps())));
      }
    }
    return String.join("  ", parts);
  }

  /** What the runs behind this one take, by how far estimates were off so far. */
  private double later(double whole) {
    double factor =
        (measured + whole) / (expected + MINUTE * Math.max(1e-6, jobs.get(index).minutes()));
    return factor * MINUTE * jobs.stream().skip(index + 1L).mapToDouble(Job::minutes).sum();
  }

  @Override
  public void ended(int at, Row row) {
    view.clear();
    results.ifPresent(this::draw);
    made.add(jobs.get(at));
    rows.add(row);
    measured += row.seconds();
    expected += MINUTE * jobs.get(at).minutes();
    if (row.isFinished()) {
      String figure = jobs.get(at).place().cell().metric().figure();
      console.say(
          "%s: %s %s %%%s, %s"
              .formatted(
                  head(),
                  jobs.get(at).place().cell().metric().words(),
                  Reproduce.number(row.figure(figure)),
                  jobs.get(at)
                      .place()
                      .cell()
                      .published()
                      .map(p -> " (published %s)".formatted(Reproduce.number(p.value())))
                      .orElse(""),
                  Words.duration(row.seconds())));
    } else {
      console.warn(head() + ": " + row.reason());
    }
  }

  /** A page that cannot be made must not end the runs. */
  private void draw(Path folder) {
    try {
      Pages.write(folder, Papers.all());
    } catch (RuntimeException e) {
      console.warn("the pages could not be made: " + e.getMessage());
    }
  }

  @Override
  public void passed(int at, String reason) {
    index = at;
    view.clear();
    console.say(head() + ": left out, " + reason);
  }

  @Override
  public void failed(int at, String reason) {
    index = at;
    view.clear();
    console.warn(head() + " failed: " + reason);
    failures.add(name(jobs.get(at)));
  }

  @Override
  public void warned(String message) {
    view.clear();
    console.warn(head() + ": " + message);
  }

  @Override
  public boolean stopRequested() {
    return signals.requested();
  }

  private void answer(Reproduction reproduction) {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      objects.add(object(made.get(i), rows.get(i)));
    }
    List<Standing> standings = new ArrayList<>();
    for (Paper paper : made.stream().map(job -> job.place().paper()).distinct().toList()) {
      List<String> ids =
          made.stream()
              .filter(job -> job.place().paper().equals(paper))
              .map(job -> job.place().id())
              .toList();
      Standing.of(paper, new ResultsFile(reproduction.folders().results(), paper).rows()).stream()
          .filter(standing -> ids.contains(standing.place().id()))
          .forEach(standings::add);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rows", objects);
    object.put("cells", standings.stream().map(Reproduce::object).toList());
    console.answer(
        object,
        standings.isEmpty()
            ? List.of("nothing was run: all of it is in the results, or another process is at it")
            : Reproduce.lines(standings));
    if (!failures.isEmpty()) {
      throw new Failure(
          "%d of %d runs failed: %s"
              .formatted(failures.size(), jobs.size(), String.join(", ", failures)));
    }
  }

  private static Map<String, Object> object(Job job, Row row) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("paper", job.place().paper().id());
    Json.fields(row)
        .forEach((name, value) -> {
          if (!(value instanceof String text && text.isEmpty())) {
            object.put(name, value);
          }
        });
    return object;
  }
}
