package org.plumbline.cli;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.plumbline.bench.Bench;
import org.plumbline.bench.Format;
import org.plumbline.bench.Line;
import org.plumbline.bench.Machine;
import org.plumbline.bench.Method;
import org.plumbline.bench.Pages;
import org.plumbline.bench.Plan;
import org.plumbline.bench.Result;
import org.plumbline.bench.Row;
import org.plumbline.bench.Workload;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Layers;
import org.plumbline.rule.Rules;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline bench}: how fast a step is. */
final class Benchmark implements Command {
  private static final String SECTIONS = "--sections";
  private static final String SHAPES = "--shapes";
  private static final String RULES = "--rules";
  private static final String OPTIMIZERS = "--optimizers";
  private static final String PRECISIONS = "--precisions";
  private static final String ACTIVATION = "--activation";
  private static final String SECONDS = "--seconds";
  private static final String REPETITIONS = "--repetitions";
  private static final String THREADS = "--threads";
  private static final String SMOKE = "--smoke";
  private static final String ALL_SECTIONS =
      Arrays.stream(Plan.Section.values()).map(Plan.Section::word).collect(Collectors.joining(","));

  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "bench",
            "Times a training step of each rule beside its matrix products alone and beside libtorch's",
            "own back-propagation, in turns, in one process. How to read it: docs/bench.md",
            "")
        .addOption(
            Syntax.option(
                    SECTIONS,
                    "LIST",
                    "step, probe, epoch, start, memory (default: " + ALL_SECTIONS + ")")
                .build())
        .addOption(
            Syntax.option(
                    SHAPES,
                    "LIST",
                    "networks: 784-800-800-10, 7x240, launay-cnn, each with @BATCH if wanted (default: "
                        + Plan.SHAPES
                        + ")")
                .build())
        .addOption(
            Syntax.option(RULES, "LIST", "learning rules (default: " + Plan.RULES + ")").build())
        .addOption(Syntax.option(OPTIMIZERS, "LIST", "sgd, adam (default: sgd,adam)").build())
        .addOption(
            Syntax.option(PRECISIONS, "LIST", "fp32, bf16 (default: all that are there)").build())
        .addOption(Syntax.option(ACTIVATION, "NAME", "of hidden layers (default: tanh)").build())
        .addOption(Syntax.option(SECONDS, "S", "for each cell of the table (default: 10)").build())
        .addOption(Syntax.option(REPETITIONS, "N", "of the whole table (default: 1)").build())
        .addOption(Syntax.option(THREADS, "N", "of one operation (default: 1)").build())
        .addOption(
            OptionSpec.builder(SMOKE)
                .type(boolean.class)
                .description("a small table in less than half a minute; other flags change it")
                .build())
        .addOption(
            Syntax.option(Train.OUT, "DIR", "folder for bench.csv, two plots and bench.md")
                .type(Path.class)
                .build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Plan plan = plan(given);
    boolean writes = given.hasMatchedOption(Train.OUT);
    Path out = given.matchedOptionValue(Train.OUT, Path.of(""));
    if (writes) {
      Pages.check(out);
    }
    console.beforeLibtorch();
    console.say(
        "about %s; %d %s in the table"
            .formatted(
                Words.duration(plan.estimate()), plan.size(), plan.size() == 1 ? "cell" : "cells"));
    ProgressView progress = ProgressView.on(console);
    Result result =
        Bench.run(
            plan,
            new Bench.Listener() {
              @Override
              public void begins(double share, String words) {
                progress.milestone(share, () -> words);
              }

              @Override
              public void repeated(Result soFar) {
                if (writes) {
                  Pages.write(out, soFar);
                }
              }
            });
    progress.clear();
    if (writes) {
      Pages.write(out, result);
      console.say("written to " + Words.path(out));
    }
    result.notes().forEach(console::say);
    console.answer(object(result), lines(result));
  }

  private static Plan plan(ParseResult given) {
    boolean smoke = given.hasMatchedOption(SMOKE);
    Activation activation = Layers.ACTIVATIONS.parse(given.matchedOptionValue(ACTIVATION, "tanh"));
    return new Plan(
        Plan.Section.parseAll(given.matchedOptionValue(SECTIONS, smoke ? "step" : ALL_SECTIONS)),
        Workload.parseAll(
            given.matchedOptionValue(SHAPES, smoke ? "784-800-800-10" : Plan.SHAPES), activation),
        list(given.matchedOptionValue(OPTIMIZERS, "sgd,adam")).map(Method::parse).toList(),
        given.hasMatchedOption(PRECISIONS)
            ? list(given.matchedOptionValue(PRECISIONS, "")).map(Format::parse).toList()
            : smoke ? List.of(Format.FP32) : Format.available(),
        Rules.ALL.split(given.matchedOptionValue(RULES, smoke ? "dfa,bp" : Plan.RULES)),
        activation,
        seconds(given.matchedOptionValue(SECONDS, smoke ? "8" : "10")),
        whole(REPETITIONS, given.matchedOptionValue(REPETITIONS, "1")),
        whole(THREADS, given.matchedOptionValue(THREADS, "1")),
        launcher());
  }

  private static Stream<String> list(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip);
  }

  private static double seconds(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new BadInput(SECONDS + " must be a number above 0, but is '" + text + "'", e);
    }
  }

  private static int whole(String flag, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new BadInput(
          "%s must be a whole number of at least 1, but is '%s'".formatted(flag, text), e);
    }
  }

  /** What starts this program: the launcher beside lib/, or this Java where there is none. */
  private static List<String> launcher() {
    try {
      Path code =
          Path.of(Benchmark.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path script = code.resolveSibling("../plumbline").normalize();
      if (Files.isRegularFile(code) && Files.isExecutable(script)) {
        return List.of(script.toString());
      }
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        Plumbline.class.getName());
  }

  private static Map<String, Object> object(Result result) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rows", Line.of(result.rows()).stream().map(Benchmark::object).toList());
    result
        .probe()
        .ifPresent(probe -> {
          Map<String, Object> fields = Json.fields(probe);
          fields.put("share", probe.share());
          object.put("probe", fields);
        });
    result
        .epoch()
        .ifPresent(epoch -> {
          Map<String, Object> fields = Json.fields(epoch);
          fields.put("share_of_epoch", epoch.shareOfEpoch());
          fields.put("share_of_process", epoch.shareOfProcess());
          object.put("epoch", fields);
        });
    if (!result.starts().isEmpty()) {
      object.put("start", result.starts().stream().map(Json::fields).toList());
    }
    if (!result.memory().isEmpty()) {
      object.put("memory", result.memory().stream().map(Benchmark::object).toList());
    }
    result.floorSpread().ifPresent(spread -> object.put("floor_spread", spread));
    object.put("notes", result.notes());
    Machine machine = result.machine();
    object.put("date", machine.date());
    object.put("machine", machine.cpu());
    object.put("os", machine.os());
    object.put("cores", machine.cores());
    object.put("threads", machine.threads());
    object.put("commit", machine.commit());
    Map<String, Object> versions = new LinkedHashMap<>();
    versions.put("plumbline", machine.plumbline());
    versions.put("java", machine.java());
    versions.put("libtorch", machine.libtorch());
    object.put("versions", versions);
    return object;
  }

  private static Map<String, Object> object(Result.Memory memory) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("rule", memory.rule());
    object.put("layers", memory.layers());
    object.put("peak_bytes", memory.peakBytes());
    return object;
  }

  private static Map<String, Object> object(Line line) {
    Row row = line.best();
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("shape", row.shape());
    object.put("batch", row.batch());
    object.put("optimizer", row.optimizer());
    object.put("precision", row.precision());
    object.put("rule", row.rule());
    object.put("ms_min", row.msMin());
    object.put("ms_median", row.msMedian());
    object.put("floor_ms", row.floorMs());
    object.put("peer_ms", row.peerMs());
    object.put("ratio_to_peer", row.ratioToPeer());
    object.put("share_of_floor", row.shareOfFloor());
    object.put("ratio_low", line.ratioLow());
    object.put("ratio_high", line.ratioHigh());
    object.put("repetitions", row.repetition());
    return object;
  }

  private static List<String> lines(Result result) {
    List<String> lines = new ArrayList<>();
    List<Line> rows = Line.of(result.rows());
    if (!rows.isEmpty()) {
      Table table =
          new Table()
              .row(
                  "shape",
                  "batch",
                  "",
                  "",
                  "rule",
                  "ms",
                  "median",
                  "floor",
                  "libtorch",
                  "faster",
                  "least",
                  "most",
                  "of floor");
      rows.forEach(line -> row(table, line));
      lines.addAll(table.lines());
      lines.add("");
      lines.add(
          "faster: libtorch's back-propagation / ours, and its spread; of floor: the products alone / ours");
      result.quietness().forEach(lines::add);
    }
    result
        .probe()
        .ifPresent(probe ->
            lines.add(
                "alignment probe every %d steps: %s of the steps between (%s ms, %s ms with it; %s, %s)"
                    .formatted(
                        probe.every(),
                        Words.percent(probe.share()),
                        Words.number(probe.stepMs()),
                        Words.number(probe.probedMs()),
                        probe.shape(),
                        probe.rule())));
    result
        .epoch()
        .ifPresent(epoch ->
            lines.add(
                "%s: %s of the epoch's %s inside steps, %s of the process's %s"
                    .formatted(
                        epoch.command(),
                        Words.percent(epoch.shareOfEpoch()),
                        Words.duration(epoch.seconds()),
                        Words.percent(epoch.shareOfProcess()),
                        Words.duration(epoch.processSeconds()))));
    result
        .starts()
        .forEach(start ->
            lines.add(
                "%s, until %s: %.2f s (median %.2f)"
                    .formatted(
                        start.command(),
                        start.until(),
                        start.secondsMin(),
                        start.secondsMedian())));
    result
        .memory()
        .forEach(memory ->
            lines.add(
                "activations of %d layers, %s: %,d bytes"
                    .formatted(memory.layers(), memory.rule(), memory.peakBytes())));
    return lines;
  }

  private static void row(Table table, Line line) {
    Row row = line.best();
    table.row(
        row.shape(),
        "" + row.batch(),
        row.optimizer(),
        row.precision(),
        row.rule(),
        milliseconds(row.msMin()),
        milliseconds(row.msMedian()),
        milliseconds(row.floorMs()),
        milliseconds(row.peerMs()),
        ratio(row.ratioToPeer()),
        ratio(line.ratioLow()),
        ratio(line.ratioHigh()),
        ratio(row.shareOfFloor()));
  }

  private static String milliseconds(double value) {
    return Double.isFinite(value) ? Words.number(value) : "–";
  }

  private static String ratio(double value) {
    return Double.isFinite(value) ? "%.2f".formatted(value) : "–";
  }
}
