package org.plumbline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.plumbline.probe.Capacity;
import org.plumbline.probe.Costs;
import org.plumbline.train.Anatomy;
import org.plumbline.train.Experiment;
import org.plumbline.train.Hindsight;
import org.plumbline.train.Inspection;
import org.plumbline.train.Rescaling;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline inspect RUN|CONFIG [--probe NAMES] [--kernel] [--capacity]}. */
final class Inspect implements Command {
  private static final String PROBE = "--probe";
  private static final String ROWS = "--rows";
  private static final String KERNEL = "--kernel";
  private static final String CAPACITY = "--capacity";
  private static final double VANISHED = 1e-6;

  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "inspect",
            "Shows a network: its blocks, their feedback, and what a row costs beside back-propagation.",
            "With --probe, reads probes of every checkpoint that a run folder holds, after the fact.",
            "With --kernel, the drift of the tangent kernel since the run began.",
            "With --capacity, norms, bound and margins of its model, and the same function rescaled.",
            "")
        .addPositional(Syntax.path("RUN|CONFIG", "a run folder or a configuration"))
        .addOption(
            Syntax.option(PROBE, "NAMES", "probes of the run's checkpoints: alignment,weights,cost")
                .build())
        .addOption(
            Syntax.option(
                    ROWS,
                    "N",
                    "training rows of the readings, drawn from the run's seed (default: 256; with --kernel: 30)")
                .build())
        .addOption(
            OptionSpec.builder(KERNEL)
                .type(boolean.class)
                .description("drift of the tangent kernel between the start of a run and its end")
                .build())
        .addOption(
            OptionSpec.builder(CAPACITY)
                .type(boolean.class)
                .description("norms and capacity bound of a run's model, and its rescaled twin")
                .build())
        .addOption(Syntax.plugins());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path of = Syntax.path(given, 0);
    if (given.hasMatchedOption(KERNEL)) {
      kernel(of, given, console);
      return;
    }
    if (given.hasMatchedOption(CAPACITY)) {
      capacity(of, given, console);
      return;
    }
    if (given.hasMatchedOption(PROBE)) {
      if (Files.exists(of) && !Files.isDirectory(of)) {
        throw new BadInput(PROBE + " needs a run folder, but " + of + " is a file");
      }
      int rows = rows(given.matchedOptionValue(ROWS, "256"));
      console.beforeLibtorch();
      Hindsight hindsight =
          Hindsight.of(of, Syntax.plugins(given), given.matchedOptionValue(PROBE, ""), rows);
      console.answer(object(of, hindsight), lines(hindsight));
      return;
    }
    if (given.hasMatchedOption(ROWS)) {
      throw new BadInput(ROWS + " is for readings; add --probe alignment,weights,cost");
    }
    Inspection inspection;
    if (Files.isDirectory(of)) {
      console.beforeLibtorch();
      inspection = Inspection.of(of, Syntax.plugins(given));
    } else {
      Experiment experiment = Experiment.of(Syntax.configuration(given, 0));
      console.beforeLibtorch();
      inspection = Inspection.of(experiment);
    }
    console.answer(object(inspection), lines(inspection));
  }

  private static void kernel(Path run, ParseResult given, Console console) {
    alone(KERNEL, run, given);
    int rows = rows(given.matchedOptionValue(ROWS, "30"));
    console.beforeLibtorch();
    Hindsight hindsight =
        Hindsight.of(run, Syntax.plugins(given), "kernel:rows=" + rows, rows, Hindsight.From.START);
    Map<String, Object> object = object(run, hindsight);
    object.put("mode", "eval");
    List<String> lines = new ArrayList<>(lines(hindsight));
    lines.set(
        lines.size() - 2,
        "%,d training rows drawn from the run's seed, the same for every column; evaluation mode; drift since the start, which follows from the seed"
            .formatted(hindsight.rows()));
    console.answer(object, lines);
  }

  private static void alone(String flag, Path run, ParseResult given) {
    for (String other : List.of(PROBE, KERNEL, CAPACITY)) {
      if (!other.equals(flag) && given.hasMatchedOption(other)) {
        throw new BadInput(flag + " reads a probe of its own; leave out " + other);
      }
    }
    if (Files.exists(run) && !Files.isDirectory(run)) {
      throw new BadInput(flag + " needs a run folder, but " + run + " is a file");
    }
  }

  private static void capacity(Path run, ParseResult given, Console console) {
    alone(CAPACITY, run, given);
    int rows = rows(given.matchedOptionValue(ROWS, "256"));
    console.beforeLibtorch();
    Rescaling rescaling = Rescaling.of(run, Syntax.plugins(given), rows);
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("run", run.toAbsolutePath().normalize());
    object.put("rows", rescaling.rows());
    object.put("mode", "eval");
    object.put("readings", new TreeMap<>(rescaling.readings()));
    List<Map<String, Object>> layers = new ArrayList<>();
    for (Rescaling.Layer layer : rescaling.layers()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("block", layers.size() + 1);
      one.put("name", layer.name());
      for (Capacity.Norm norm : Capacity.Norm.values()) {
        one.put("norm_" + norm.word(), layer.before().getOrDefault(norm, Double.NaN));
        one.put("rescaled_" + norm.word(), layer.after().getOrDefault(norm, Double.NaN));
      }
      layers.add(one);
    }
    object.put("layers", layers);
    object.put("difference", rescaling.difference());
    console.answer(object, lines(rescaling));
  }

  private static List<String> lines(Rescaling rescaling) {
    List<String> lines = new ArrayList<>();
    if (rescaling.layers().isEmpty()) {
      lines.add(
          "no bound: it needs dense layers with relu between them and nothing else; norms and margins alone");
    } else {
      Table layers =
          new Table()
              .row("block", "", "1,∞", "2,∞", "2,2", "1,1", "rescaled: 1,∞", "2,∞", "2,2", "1,1");
      for (int l = 0; l < rescaling.layers().size(); l++) {
        Rescaling.Layer layer = rescaling.layers().get(l);
        List<String> row = new ArrayList<>(List.of(Integer.toString(l + 1), layer.name()));
        for (Map<Capacity.Norm, Double> norms : List.of(layer.before(), layer.after())) {
          for (Capacity.Norm norm : Capacity.Norm.values()) {
            row.add(Words.number(norms.getOrDefault(norm, Double.NaN)));
          }
        }
        layers.row(row.toArray(String[]::new));
      }
      lines.addAll(layers.lines());
      lines.add(
          "the rescaled net is the same function: its outputs differ by at most %.1e of the greatest, in fp64"
              .formatted(rescaling.difference()));
    }
    lines.add("");
    Table readings = new Table().row("reading", "");
    new TreeMap<>(rescaling.readings())
        .forEach((name, value) -> readings.row(name, Words.number(value)));
    lines.addAll(readings.lines());
    lines.add("");
    lines.add(
        "%,d training rows drawn from the run's seed; R falls as 1/√rows; an indicator, to be compared between rules: docs/probes.md"
            .formatted(rescaling.rows()));
    return lines;
  }

  private static int rows(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new BadInput(ROWS + " must be a whole number of at least 1, but is '" + text + "'", e);
    }
  }

  private static Map<String, Object> object(Inspection inspection) {
    List<Map<String, Object>> blocks = new ArrayList<>();
    for (Anatomy.Block block : inspection.anatomy().blocks()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("block", block.number());
      object.put("name", block.name());
      object.put("output", block.output().axes());
      object.put("parameters", block.parameters());
      object.put("feedback", block.feedback().map(Inspect::object));
      object.put("forward", block.forward());
      object.put("gradient", block.gradient());
      blocks.add(object);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("parameters", inspection.anatomy().parameters());
    object.put("feedback_bytes", inspection.anatomy().feedbackBytes());
    object.put("blocks", blocks);
    object.put("rows", inspection.rows());
    object.put("rule", inspection.rule());
    object.put("cost", object(inspection.costs()));
    object.put("bp", object(inspection.backprop()));
    return object;
  }

  private static Map<String, Object> object(Anatomy.Matrix feedback) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("shape", feedback.shape().axes());
    object.put("std", feedback.std());
    object.put("rms_gain", feedback.rmsGain());
    object.put("held", feedback.held().word());
    object.put("bytes", feedback.bytes());
    return object;
  }

  private static Map<String, Object> object(Costs costs) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("forward", costs.forward());
    object.put("error", costs.error());
    object.put("weights", costs.weights());
    object.put("extra", costs.extra());
    object.put("total", costs.total());
    object.put("words", costs.words());
    object.put("feedback_bytes", costs.feedbackBytes());
    return object;
  }

  private static List<String> lines(Inspection inspection) {
    Anatomy anatomy = inspection.anatomy();
    Table table =
        new Table()
            .row(
                "block",
                "",
                "output",
                "parameters",
                "feedback",
                "std",
                "rms gain",
                "bytes",
                "forward",
                "gradient");
    for (Anatomy.Block block : anatomy.blocks()) {
      table.row(
          Integer.toString(block.number()),
          block.name(),
          block.output().toString(),
          "%,d".formatted(block.parameters()),
          block.feedback().map(b -> b.shape().toString()).orElse("–"),
          block.feedback().map(b -> Words.number(b.std())).orElse("–"),
          block.feedback().map(b -> Words.number(b.rmsGain())).orElse("–"),
          block.feedback().map(Inspect::memory).orElse("–"),
          "%,d".formatted(block.forward()),
          "%,d".formatted(block.gradient()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.add(
        "%,d parameters; the rule keeps %,d bytes of feedback"
            .formatted(anatomy.parameters(), anatomy.feedbackBytes()));
    lines.add("");
    Table costs =
        new Table()
            .row("a row by", "forward", "error", "weights", "extra", "total", "words", "feedback");
    costs(costs, inspection.rule(), inspection.costs());
    costs(costs, "back-propagation", inspection.backprop());
    lines.addAll(costs.lines());
    lines.add("");
    lines.add(
        "counted in the kernels over a batch of %,d: multiply-accumulates a row; words moved to form what blocks are told; bytes"
            .formatted(inspection.rows()));
    return lines;
  }

  private static void costs(Table table, String name, Costs costs) {
    table.row(
        name,
        Words.whole(costs.forward()),
        Words.whole(costs.error()),
        Words.whole(costs.weights()),
        Words.whole(costs.extra()),
        Words.whole(costs.total()),
        Words.whole(costs.words()),
        "%,d".formatted(costs.feedbackBytes()));
  }

  private static String memory(Anatomy.Matrix feedback) {
    return feedback.held() == Anatomy.Held.KEPT
        ? "%,d".formatted(feedback.bytes())
        : feedback.held().word();
  }

  private static Map<String, Object> object(Path run, Hindsight hindsight) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("run", run.toAbsolutePath().normalize());
    object.put("rows", hindsight.rows());
    object.put("mode", "train");
    object.put(
        "checkpoints",
        hindsight.readings().stream()
            .map(at -> {
              Map<String, Object> checkpoint = new LinkedHashMap<>();
              checkpoint.put("step", at.step());
              checkpoint.put("of", at.of());
              checkpoint.put("readings", at.readings());
              return checkpoint;
            })
            .toList());
    return object;
  }

  /** One line a reading, one column a checkpoint. */
  private static List<String> lines(Hindsight hindsight) {
    Set<String> names = new LinkedHashSet<>();
    hindsight.readings().forEach(at -> names.addAll(at.readings().keySet()));
    Table table = new Table();
    List<String> steps = new ArrayList<>(List.of("reading"));
    hindsight.readings().forEach(at -> steps.add(head(at)));
    table.row(steps.toArray(String[]::new));
    for (String name : names) {
      List<String> cells = new ArrayList<>(List.of(name));
      for (Hindsight.At at : hindsight.readings()) {
        cells.add(cell(name, at.readings()));
      }
      table.row(cells.toArray(String[]::new));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.add(
        "%,d training rows drawn from the run's seed, the same for every column; training mode, the same dropout masks"
            .formatted(hindsight.rows()));
    lines.add("what each reading is: docs/probes.md");
    return lines;
  }

  private static String head(Hindsight.At at) {
    return switch (at.of()) {
      case "start" -> "start";
      case "checkpoint" -> "step %,d".formatted(at.step());
      default -> "step %,d (model)".formatted(at.step());
    };
  }

  private static String cell(String name, Map<String, Double> readings) {
    Double value = readings.get(name);
    if (value == null) {
      return "–";
    }
    boolean vanished =
        readings.getOrDefault(name + "/gradient_ratio", Double.POSITIVE_INFINITY) < VANISHED;
    String number =
        value == Math.rint(value) && Math.abs(value) < 1e15
            ? Words.whole(value)
            : Words.number(value);
    return vanished ? number + " vanishing" : number;
  }

  /** The network of a training that begins: its blocks and how strong their feedback is. */
  static List<String> brief(Anatomy anatomy) {
    Table table = new Table();
    for (Anatomy.Block block : anatomy.blocks()) {
      table.row(
          "  " + block.number(),
          block.name(),
          "%,d".formatted(block.parameters()),
          "parameters",
          block
              .feedback()
              .map(b ->
                  "feedback %s, std %s, rms gain %s"
                      .formatted(b.shape(), Words.number(b.std()), Words.number(b.rmsGain())))
              .orElse(""));
    }
    return table.lines();
  }
}
