package org.plumbline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.train.Anatomy;
import org.plumbline.train.Experiment;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline inspect RUN|CONFIG}. */
final class Inspect implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this,
            "inspect",
            "Shows a network: its blocks, their feedback, and what a row costs in multiply-accumulates.",
            "")
        .addPositional(Syntax.path("RUN|CONFIG", "a run folder or a configuration"))
        .addOption(Syntax.plugins());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path of = Syntax.path(given, 0);
    Anatomy anatomy;
    if (Files.isDirectory(of)) {
      console.beforeLibtorch();
      anatomy = Anatomy.of(of, Syntax.plugins(given));
    } else {
      Experiment experiment = Experiment.of(Syntax.configuration(given, 0));
      console.beforeLibtorch();
      anatomy = Anatomy.of(experiment);
    }
    console.answer(object(anatomy), lines(anatomy));
  }

  private static Map<String, Object> object(Anatomy anatomy) {
    List<Map<String, Object>> blocks = new ArrayList<>();
    for (Anatomy.Block block : anatomy.blocks()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("block", block.number());
      object.put("name", block.name());
      object.put("output", block.output().axes());
      object.put("parameters", block.parameters());
      object.put("feedback", block.feedback().map(Inspect::object));
      object.put("forward", block.forward());
      object.put("gradient", block.gradient());
      object.put("error", block.error());
      object.put("backprop", block.backprop());
      blocks.add(object);
    }
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("parameters", anatomy.parameters());
    object.put("blocks", blocks);
    return object;
  }

  private static Map<String, Object> object(Anatomy.Matrix feedback) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("shape", feedback.shape().axes());
    object.put("std", feedback.std());
    object.put("rms_gain", feedback.rmsGain());
    return object;
  }

  private static List<String> lines(Anatomy anatomy) {
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
                "forward",
                "gradient",
                "error",
                "(by bp)");
    for (Anatomy.Block block : anatomy.blocks()) {
      table.row(
          Integer.toString(block.number()),
          block.name(),
          block.output().toString(),
          "%,d".formatted(block.parameters()),
          block.feedback().map(b -> b.shape().toString()).orElse("–"),
          block.feedback().map(b -> Words.number(b.std())).orElse("–"),
          block.feedback().map(b -> Words.number(b.rmsGain())).orElse("–"),
          "%,d".formatted(block.forward()),
          "%,d".formatted(block.gradient()),
          "%,d".formatted(block.error()),
          "%,d".formatted(block.backprop()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.add(
        "%,d parameters; forward, gradient and error in multiply-accumulates a row"
            .formatted(anatomy.parameters()));
    return lines;
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
