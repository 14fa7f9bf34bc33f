package org.plumbline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.plumbline.report.ComparisonReport;
import org.plumbline.run.StudyFolder;
import org.plumbline.train.CellResult;
import org.plumbline.train.Comparison;
import org.plumbline.train.Options;
import org.plumbline.train.Stopped;
import org.plumbline.train.Study;
import org.plumbline.train.Tally;
import org.plumbline.train.Threads;
import org.plumbline.train.Watcher;
import org.plumbline.value.Failure;

/** A comparison or a sweep as the person at the command line sees it. */
final class Comparing implements Study.Follower {
  static final String PAGE = "comparison.html";

  /** What is followed. */
  interface Subject {
    /** The field's word: {@code comparison}. */
    String what();

    /** The same with a number of threads, for its folder. */
    Subject settled(Path out, Watcher watcher);

    /** Its runs. */
    Study study();

    /** What is measured of each of them once it has finished. */
    default Study.Measurement measurement() {
      return Study.Measurement.NONE;
    }

    /** Its folder. */
    StudyFolder open(Path out);

    /** What the user may like to know before it begins. */
    default void remark(Console console) {}

    /** The name of its page. */
    String page();

    /** Makes the page anew, and what belongs to it. */
    void draw(StudyFolder folder);

    /** What came out, for people. */
    Table table(Tally tally);

    /** Its files of numbers. */
    List<String> tables();
  }

  private final Subject subject;
  private final Console console;
  private final Study study;
  private final StudyFolder folder;
  private final StopSignals signals;
  private final ProgressView view;
  private final Forecast forecast;
  private Optional<Progress> first = Optional.empty();
  private long begun;
  private int index;

  private Comparing(
      Subject subject, Console console, Study study, StudyFolder folder, StopSignals signals) {
    this.subject = subject;
    this.console = console;
    this.study = study;
    this.folder = folder;
    this.signals = signals;
    this.view = ProgressView.on(console);
    this.forecast = new Forecast(study.cells().stream().map(Study.Cell::label).toList());
  }

  /** Carries out what is left of a comparison of rules. */
  static void watch(Console console, Comparison comparison, Path out) {
    watch(console, new Rules(comparison), out);
  }

  /**
   * Carries out what is left, draws its page and answers what came out.
   *
   * @param console where it is shown
   * @param asked what
   * @param out its folder
   * @throws Failure if a label has no run that finished; the answer was given all the same
   */
  static void watch(Console console, Subject asked, Path out) {
    console.beforeLibtorch();
    Subject subject = asked.settled(out, new Choosing(console));
    Study study = subject.study();
    try (StopSignals signals = StopSignals.listen();
        StudyFolder folder = subject.open(out)) {
      subject.remark(console);
      Comparing comparing = new Comparing(subject, console, study, folder, signals);
      List<CellResult> results = comparing.carriedOut();
      Tally tally = Tally.of(results, folder.directory());
      console.answer(
          comparing.object(folder.directory(), tally),
          comparing.lines(folder.directory(), tally, results));
      comparing.requireAll(folder.directory(), tally);
    }
  }

  private record Choosing(Console console) implements Watcher {
    @Override
    public void chose(Threads.Choice choice) {
      console.say("threads: " + choice.words());
    }
  }

  private record Rules(Comparison comparison) implements Subject {
    @Override
    public Subject settled(Path out, Watcher watcher) {
      return new Rules(comparison.settled(out, watcher));
    }

    @Override
    public String what() {
      return "comparison";
    }

    @Override
    public Study study() {
      return comparison.study();
    }

    @Override
    public Study.Measurement measurement() {
      return comparison.measurement();
    }

    @Override
    public StudyFolder open(Path out) {
      return comparison.open(out);
    }

    @Override
    public void remark(Console console) {
      sayWhatLacks(console, study().labels());
    }

    @Override
    public String page() {
      return PAGE;
    }

    @Override
    public void draw(StudyFolder folder) {
      folder.write(PAGE, ComparisonReport.render(folder.directory()));
    }

    @Override
    public Table table(Tally tally) {
      return rules(tally);
    }

    @Override
    public List<String> tables() {
      return List.of(Study.CSV, Study.JSON);
    }
  }

  private static void sayWhatLacks(Console console, List<String> rules) {
    boolean bp = rules.contains("bp");
    boolean shallow = rules.contains("shallow");
    if (!bp || !shallow) {
      console.say(
          "the comparison lacks its %s; --rules may name %s too"
              .formatted(
                  bp
                      ? "control, shallow"
                      : shallow ? "yardstick, bp" : "yardstick, bp, and its control, shallow",
                  bp || shallow ? "it" : "them"));
    }
  }

  private List<CellResult> carriedOut() {
    List<CellResult> results;
    try {
      results = study.carryOut(folder, this, subject.measurement());
    } catch (Stopped stopped) {
      attempt(this::draw);
      String message = String.valueOf(stopped.getMessage());
      throw new StoppedBySignal(
          signals.exitCode(), message.replace(stopped.run().toString(), Words.path(stopped.run())));
    } catch (RuntimeException failed) {
      attempt(this::draw);
      throw failed;
    } finally {
      view.clear();
    }
    draw();
    return results;
  }

  private void draw() {
    subject.draw(folder);
  }

  /** A page that cannot be made must not end the runs, nor hide what did. */
  private void attempt(Runnable page) {
    try {
      page.run();
    } catch (RuntimeException e) {
      view.clear();
      console.warn("a page could not be made: " + e.getMessage());
    }
  }

  @Override
  public void opened(List<CellResult> cells) {
    console.say(
        "%s %s: %d runs, %s on %s"
            .formatted(
                subject.what(),
                Words.path(folder.directory()),
                cells.size(),
                String.join(", ", study.labels()),
                study.cells().getFirst().configuration().get(Options.DATA)));
    int done = 0;
    for (int i = 0; i < cells.size(); i++) {
      CellResult cell = cells.get(i);
      Double seconds = cell.figures().get("seconds");
      if (seconds != null) {
        forecast.ended(i, seconds);
      }
      if (cell.state() == CellResult.State.FINISHED || cell.state() == CellResult.State.FAILED) {
        done++;
        forecast.passed(i);
        attempt(() -> report(cell));
      }
    }
    if (done > 0) {
      console.say("%d of %d runs were done before".formatted(done, cells.size()));
    }
  }

  /** The page of a run, unless it is there. */
  private static void report(CellResult cell) {
    if (Files.isDirectory(cell.run()) && !Files.exists(cell.run().resolve(ReportFile.NAME))) {
      ReportFile.write(cell.run());
    }
  }

  @Override
  public void begins(int index, Study.Cell cell) {
    this.index = index;
    this.begun = System.nanoTime();
    this.first = Optional.empty();
  }

  @Override
  public void stepped(Progress progress) {
    Progress from = first.orElse(progress);
    first = Optional.of(from);
    double inRun = (double) progress.step() / progress.steps();
    long done = progress.step() - from.step(); // the first step of all takes long
    if (done > 0) {
      double step = (progress.seconds() - from.seconds()) / done;
      double rest = step * (progress.steps() - progress.step());
      forecast.running(index, rest, (System.nanoTime() - begun) * 1e-9 + rest);
    }
    double share = forecast.share(index, inRun);
    if (progress.step() * progress.epochs() % progress.steps() == 0) {
      view.milestone(Math.min(share, 0.999), () -> words(progress));
    } else {
      view.show(share, () -> words(progress));
    }
  }

  private String words(Progress progress) {
    Study.Cell cell = study.cells().get(index);
    List<String> parts = new ArrayList<>();
    parts.add(head(index, cell));
    parts.add("epoch %d/%d".formatted(progress.epoch(), progress.epochs()));
    parts.add("accuracy " + Words.percent(progress.accuracy()));
    double left = forecast.left(index);
    if (Double.isFinite(left)) {
      parts.add("ETA of all " + Words.clock(left));
    }
    return String.join("  ", parts);
  }

  private String head(int index, Study.Cell cell) {
    return "run %d/%d  %s seed %s"
        .formatted(index + 1, study.cells().size(), cell.label(), cell.seed());
  }

  @Override
  public void ended(int index, CellResult result) {
    double seconds = (System.nanoTime() - begun) * 1e-9;
    view.clear();
    forecast.passed(index);
    if (result.state() == CellResult.State.FAILED) {
      console.warn(head(index, result.cell()) + " failed: " + result.reason());
    } else {
      forecast.ended(index, seconds);
      console.say(
          "%s: test accuracy %s, %s"
              .formatted(
                  head(index, result.cell()),
                  Words.percent(result.figures().getOrDefault("test_accuracy", Double.NaN)),
                  Words.duration(result.figures().getOrDefault("seconds", Double.NaN))));
    }
    if (Files.isDirectory(result.run())) {
      attempt(() -> ReportFile.write(result.run()));
    }
    attempt(this::draw);
  }

  @Override
  public void warned(String message) {
    view.clear();
    console.warn(head(index, study.cells().get(index)) + ": " + message);
  }

  @Override
  public boolean stopRequested() {
    return signals.requested();
  }

  private Map<String, Object> object(Path out, Tally tally) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("out", out);
    object.put("report", out.resolve(subject.page()));
    object.put("rows", tally.rows());
    object.put("runs", tally.runs());
    return object;
  }

  /** The rules, the best first. */
  private static Table rules(Tally tally) {
    Table table =
        new Table()
            .row(
                "rule", "seeds", "test accuracy", "± std", "train accuracy", "seconds", "feedback");
    tally.rows().stream()
        .sorted(
            Comparator.comparingDouble(
                (Map<String, Object> row) -> -figure(row, "test_accuracy_mean", -1)))
        .forEach(row ->
            table.row(
                String.valueOf(row.get("label")),
                String.valueOf(row.get("seeds")),
                Words.percent(figure(row, "test_accuracy_mean", Double.NaN)),
                Words.percent(figure(row, "test_accuracy_std", Double.NaN)),
                Words.percent(figure(row, "train_accuracy_mean", Double.NaN)),
                Words.number(figure(row, "seconds_mean", Double.NaN)),
                row.containsKey("feedback_bytes")
                    ? Words.whole(figure(row, "feedback_bytes", 0)) + " bytes"
                    : "–"));
    return table;
  }

  private List<String> lines(Path out, Tally tally, List<CellResult> results) {
    List<String> lines = new ArrayList<>(subject.table(tally).lines());
    for (CellResult result : results) {
      if (result.state() == CellResult.State.FAILED) {
        lines.add(
            "failed: %s seed %s: %s"
                .formatted(result.cell().label(), result.cell().seed(), result.reason()));
      }
    }
    lines.add("report: " + Words.path(out.resolve(subject.page())));
    lines.add(
        "tables: "
            + subject.tables().stream()
                .map(name -> Words.path(out.resolve(name)))
                .collect(Collectors.joining(", ")));
    return lines;
  }

  /** A number of a row. */
  static double figure(Map<String, Object> row, String name, double otherwise) {
    return row.get(name) instanceof Number number ? number.doubleValue() : otherwise;
  }

  private void requireAll(Path out, Tally tally) {
    List<String> without =
        tally.rows().stream()
            .filter(row -> row.get("seeds") instanceof Integer seeds && seeds == 0)
            .map(row -> String.valueOf(row.get("label")))
            .toList();
    if (!without.isEmpty()) {
      throw new Failure(
          "no run of %s finished; the reasons are in %s"
              .formatted(String.join(", ", without), Words.path(out.resolve(subject.page()))));
    }
  }
}
