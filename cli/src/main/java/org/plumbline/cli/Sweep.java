package org.plumbline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.data.Datasets;
import org.plumbline.papers.page.KernelPage;
import org.plumbline.report.BottleneckReport;
import org.plumbline.run.Durable;
import org.plumbline.run.Storage;
import org.plumbline.run.StudyFolder;
import org.plumbline.train.Bottleneck;
import org.plumbline.train.CellResult;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;
import org.plumbline.train.KernelSweep;
import org.plumbline.train.Options;
import org.plumbline.train.Study;
import org.plumbline.train.Tally;
import org.plumbline.train.Watcher;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline sweep bottleneck|kernel}: an experiment over one quantity, on one page. */
final class Sweep implements Command {
  private static final String BOTTLENECK = "bottleneck";
  private static final String VARIANT = "--variant";
  private static final String UNITS = "--bottleneck";
  private static final String SEEDS = "--seeds";
  private static final String PAGE = "bottleneck.html";
  private static final String KERNEL = "kernel";
  private static final String WIDTHS = "--widths";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(
            this,
            "sweep",
            "Trains a network over and over while one quantity changes, and draws one page.",
            "sweep bottleneck: the middle hidden layer is limited to b units; accuracy and alignment",
            "against b, beside frozen hidden blocks (Launay et al. 2019; their gain: udfa:gain=128).",
            "sweep kernel: drift of the tangent kernel against width, for linear output, tanh output and a",
            "layer of two units, by bp and dfa, on points of its own (Liu et al. 2020).",
            "The same command again goes on where it stopped.",
            "");
    spec.addPositional(Syntax.argument("WHAT", "the experiment: bottleneck or kernel").build());
    spec.addOption(
        Syntax.option(WIDTHS, "LIST", "kernel: units of a hidden layer (default: 32,128,512,1024)")
            .build());
    spec.addOption(
        Syntax.option(
                VARIANT,
                "NAME",
                "narrow: b units; masked: all units, but b of them learn (default: masked)")
            .build());
    spec.addOption(
        Syntax.option(
                UNITS,
                "LIST",
                "b, separated by commas (default: 1,3,5,8,11,18,28,46,73,118,191,308,496,800)")
            .build());
    spec.addOption(
        Syntax.option(
                SEEDS,
                "N",
                "runs a b, with seeds counted up from --seed (default: 3); kernel: seeds from 1 (default: 5)")
            .build());
    for (Options option : Options.values()) {
      spec.addOption(Train.option(option, Bottleneck.fallback(option)));
    }
    return spec.addOption(
        Syntax.option(
                Train.OUT,
                "DIR",
                "folder of the sweep, new, empty or to go on with (default: runs/bottleneck-DATA-<n>)")
            .type(Path.class)
            .build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    String what = given.matchedPositionalValue(0, "");
    if (what.equals(KERNEL)) {
      kernel(given, console);
      return;
    }
    if (!what.equals(BOTTLENECK)) {
      throw new BadInput(
          "unknown sweep '%s'; %s"
              .formatted(what, Nearest.hint(what, List.of(BOTTLENECK, KERNEL))));
    }
    if (given.hasMatchedOption(WIDTHS)) {
      throw new BadInput(WIDTHS + " is for sweep kernel; the widths here are those of --net");
    }
    Bottleneck sweep = Bottleneck.of(wish(given));
    if (given.hasMatchedOption(Train.OUT)) {
      Comparing.watch(console, subject(sweep), given.matchedOptionValue(Train.OUT, Path.of("")));
      return;
    }
    String name =
        "bottleneck-"
            + Datasets.nameOf(Experiment.of(sweep.base()).data()).replaceFirst("[:.].*", "");
    Optional<Path> begun = Compare.begun(Train.RUNS, name, sweep::isUnfinishedIn);
    if (begun.isPresent()) {
      console.say("going on with the same sweep in " + Words.path(begun.get()));
      Comparing.watch(console, subject(sweep), begun.get());
      return;
    }
    Path out = Train.taken(Train.RUNS, name);
    try {
      Comparing.watch(console, subject(sweep), out);
    } finally {
      Train.removeIfEmpty(out); // nothing was begun
    }
  }

  private static void kernel(ParseResult given, Console console) {
    for (String other : others()) {
      if (given.hasMatchedOption(other)) {
        throw new BadInput(
            "sweep kernel has data, networks and rules of its own, but %s was given; leave it out"
                .formatted(other));
      }
    }
    KernelSweep sweep =
        KernelSweep.of(
            given.matchedOptionValue(WIDTHS, "32,128,512,1024"),
            given.matchedOptionValue(SEEDS, "5"));
    Path out = given.matchedOptionValue(Train.OUT, Train.RUNS.resolve(KERNEL));
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new BadInput("cannot use the folder " + out + "; name another with --out", e);
    }
    console.beforeLibtorch();
    List<KernelSweep.Row> rows = sweep.run(out, row -> console.say(said(row)));
    Durable durable = new Durable(Storage.disk());
    durable.write(out.resolve(KernelPage.FIGURE), KernelPage.svg(rows));
    durable.write(out.resolve(KernelPage.PAGE), KernelPage.markdown(rows, command(sweep)));
    console.answer(
        Map.of(
            "out",
            out.toAbsolutePath().normalize(),
            "rows",
            rows.stream().map(Sweep::object).toList()),
        lines(sweep, rows, out));
  }

  private static Map<String, Object> object(KernelSweep.Row row) {
    Map<String, Object> object = Json.fields(row);
    object.put("net", row.net().word());
    object.put("rule", row.rule().word());
    return object;
  }

  private static String command(KernelSweep sweep) {
    return "./plumbline sweep kernel --widths %s --seeds %d"
        .formatted(
            sweep.widths().stream().map(String::valueOf).collect(Collectors.joining(",")),
            sweep.seeds());
  }

  /** What belongs to the other experiment. */
  private static List<String> others() {
    List<String> others = new ArrayList<>(List.of(VARIANT, UNITS));
    for (Options option : Options.values()) {
      others.add(Train.flag(option));
    }
    return others;
  }

  private static String said(KernelSweep.Row row) {
    return "%s %s m=%d seed %d: drift %s after %d steps%s"
        .formatted(
            row.net().word(),
            row.rule().word(),
            row.width(),
            row.seed(),
            Words.number(row.drift()),
            row.steps(),
            row.isLearned() ? "" : ", not learned");
  }

  private static List<String> lines(KernelSweep sweep, List<KernelSweep.Row> rows, Path out) {
    Table table = new Table();
    List<String> head = new ArrayList<>(List.of("drift", "rule"));
    sweep.widths().forEach(width -> head.add("m = " + width));
    table.row(head.toArray(String[]::new));
    for (KernelSweep.Net net : KernelSweep.Net.values()) {
      for (KernelSweep.By rule : KernelSweep.By.values()) {
        List<String> row = new ArrayList<>(List.of(net.word(), rule.word()));
        sweep
            .widths()
            .forEach(width -> row.add(Words.number(KernelSweep.drift(rows, net, rule, width))));
        table.row(row.toArray(String[]::new));
      }
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.add("page and figure: " + Words.path(out.resolve(KernelPage.PAGE)));
    return lines;
  }

  private static Bottleneck.Wish wish(ParseResult given) {
    Set<Options> chosen = EnumSet.noneOf(Options.class);
    for (Options option : Options.values()) {
      if (given.hasMatchedOption(Train.flag(option))) {
        chosen.add(option);
      }
    }
    return new Bottleneck.Wish(
        Train.changed(Configuration.defaults(), given),
        chosen,
        given.matchedOptionValue(VARIANT, ""),
        given.matchedOptionValue(UNITS, ""),
        given.matchedOptionValue(SEEDS, ""));
  }

  /** A sweep as it is followed. */
  static Comparing.Subject subject(Bottleneck sweep) {
    return new Followed(sweep, sweep.study());
  }

  private record Followed(Bottleneck sweep, Study study) implements Comparing.Subject {
    @Override
    public Comparing.Subject settled(Path out, Watcher watcher) {
      return subject(sweep.settled(out, watcher));
    }

    @Override
    public String what() {
      return "sweep";
    }

    @Override
    public StudyFolder open(Path out) {
      return sweep.open(out);
    }

    @Override
    public String page() {
      return PAGE;
    }

    @Override
    public void draw(StudyFolder folder) {
      List<CellResult> results = new ArrayList<>();
      List<String> names = study.names();
      for (int i = 0; i < names.size(); i++) {
        results.add(CellResult.found(study.cells().get(i), folder.run(names.get(i))));
      }
      folder.write(Bottleneck.CSV, sweep.csv(Tally.of(results, folder.directory())));
      folder.write(PAGE, BottleneckReport.render(folder.directory()));
    }

    @Override
    public Table table(Tally tally) {
      Table table =
          new Table().row("", "seeds", "test accuracy", "± std", "train accuracy", "alignment");
      tally
          .rows()
          .forEach(row ->
              table.row(
                  String.valueOf(row.get("label")),
                  String.valueOf(row.get("seeds")),
                  Words.percent(Comparing.figure(row, "test_accuracy_mean", Double.NaN)),
                  Words.percent(Comparing.figure(row, "test_accuracy_std", Double.NaN)),
                  Words.percent(Comparing.figure(row, "train_accuracy_mean", Double.NaN)),
                  alignment(row)));
      return table;
    }

    /** Of every hidden block, with the null of each. */
    private static String alignment(Map<String, Object> row) {
      List<String> blocks = new ArrayList<>();
      for (int l = 1; row.containsKey("alignment_" + l + "_mean"); l++) {
        String key = "alignment_" + l;
        blocks.add(
            "%.2f (null %.2f ± %.2f)"
                .formatted(
                    Comparing.figure(row, key + "_mean", Double.NaN),
                    Comparing.figure(row, key + "_null_mean", Double.NaN),
                    Comparing.figure(row, key + "_null_std_mean", Double.NaN)));
      }
      return blocks.isEmpty() ? "–" : String.join("  ", blocks);
    }

    @Override
    public List<String> tables() {
      return List.of(Bottleneck.CSV, Study.CSV, Study.JSON);
    }
  }
}
