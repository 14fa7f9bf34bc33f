package org.plumbline.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.plumbline.edge.Budget;
import org.plumbline.edge.Extractor;
import org.plumbline.edge.Model;
import org.plumbline.edge.Plan;
import org.plumbline.edge.Ranges;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline edge inspect [DIR]}. */
final class EdgeInspect implements Command {
  private static final String INPUTS = "--inputs";
  private static final String CLASSES = "--classes";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(
            this,
            "inspect",
            "Shows the bytes that a network takes, and the proved range of every intermediate.",
            "Of a model, or of a network that does not exist yet, by the flags of 'edge train'.",
            "");
    spec.addPositional(
        Syntax.optional("DIR", "the folder of 'edge train'").type(Path.class).build());
    for (EdgeFlag flag : EdgeFlag.values()) {
      spec.addOption(flag.option());
    }
    spec.addOption(Syntax.option(INPUTS, "N", "bytes of a row (default: 784)").build());
    return spec.addOption(
        Syntax.option(CLASSES, "N", "classes to tell apart (default: 10)").build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Map<String, String> notes;
    Plan plan;
    Optional<Extractor> extractor = Optional.empty();
    if (given.hasMatchedPositional(0)) {
      Model model = EdgeRun.open(Syntax.run(given));
      notes = EdgeTrain.notes(given, model.notes());
      plan = model.network().plan();
      extractor = model.extractor();
    } else {
      notes = EdgeTrain.notes(given, Map.of());
      plan =
          EdgeRun.plan(
              notes,
              EdgeFlag.NET.number(given.matchedOptionValue(INPUTS, "784"), 1),
              EdgeFlag.NET.number(given.matchedOptionValue(CLASSES, "10"), 2));
    }
    EdgeRun run = new EdgeRun(Path.of(""), notes);
    run.check();
    Budget training = run.budget(plan);
    Budget predicting = Budget.predicting(plan);
    Ranges ranges = Ranges.of(plan, EdgeFlag.BATCH.number(EdgeFlag.BATCH.text(notes), 1));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("arithmetic", plan.arithmetic().name().toLowerCase(Locale.ROOT));
    object.put("sizes", plan.sizes());
    object.put("parameters", plan.parameters());
    object.put("training", object(training));
    object.put("predicting", object(predicting));
    object.put("extractor_bytes", extractor.map(e -> e.bytes() + e.workingBytes()));
    List<Map<String, Object>> layers = new ArrayList<>();
    Table table =
        new Table()
            .row(
                "layer",
                "sum",
                "inputs at once",
                "told",
                "batch sum",
                "samples at once",
                "held in");
    for (int l = 0; l < plan.layers(); l++) {
      Ranges.OfLayer range = ranges.layers().get(l);
      Map<String, Object> layer = Json.fields(range);
      layers.add(layer);
      table.row(
          Integer.toString(l + 1),
          "%,d".formatted(range.sum()),
          Integer.toString(range.inputsAtOnce()),
          "%,d".formatted(range.told()),
          "%,d".formatted(range.batchSum()),
          Integer.toString(range.samplesAtOnce()),
          range.width() == Ranges.Width.INT ? "32 bits" : "64 bits");
    }
    object.put("ranges", layers);
    List<String> lines = new ArrayList<>(List.of("training:"));
    lines.addAll(EdgeRun.lines(training));
    lines.add("");
    lines.add("predicting:");
    lines.addAll(EdgeRun.lines(predicting));
    extractor.ifPresent(e -> {
      lines.add("");
      lines.add(
          "%,d bytes of the extractor, %,d while it works".formatted(e.bytes(), e.workingBytes()));
    });
    lines.add("");
    lines.add("largest magnitudes, whatever weights and inputs are:");
    lines.addAll(table.lines());
    console.answer(object, lines);
  }

  private static Map<String, Object> object(Budget budget) {
    Map<String, Object> object = new LinkedHashMap<>();
    budget.items().forEach(item -> object.put(item.name(), item.bytes()));
    object.put("total", budget.total());
    return object;
  }
}
