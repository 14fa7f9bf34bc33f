package org.plumbline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Split;
import org.plumbline.edge.Extractor;
import org.plumbline.edge.Model;
import org.plumbline.edge.Network;
import org.plumbline.edge.Plan;
import org.plumbline.edge.Progress;
import org.plumbline.edge.Ranges;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline edge train}. */
final class EdgeTrain implements Command {
  private static final String FEATURES = "--features";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(
            this,
            "train",
            "Trains dense layers by direct feedback alignment with integers alone.",
            "With --workers, as TIFeD: workers with copies of their own, and a server that averages.",
            "");
    for (EdgeFlag flag : EdgeFlag.values()) {
      spec.addOption(flag.option());
    }
    spec.addOption(
        Syntax.option(
                FEATURES, "DIR", "train on the features of an extractor that 'edge quantize' wrote")
            .type(Path.class)
            .build());
    return spec.addOption(
        Syntax.option(Train.OUT, "DIR", "folder, new or empty (default: runs/DATA-edge-<n>)")
            .type(Path.class)
            .build());
  }

  /** What the flags say, as notes. */
  static Map<String, String> notes(ParseResult given, Map<String, String> defaults) {
    Map<String, String> notes = new LinkedHashMap<>(defaults);
    for (EdgeFlag flag : EdgeFlag.values()) {
      if (given.hasMatchedOption(flag.flag()) || !notes.containsKey(flag.key())) {
        notes.put(flag.key(), flag.text(given));
      }
    }
    return notes;
  }

  @Override
  public void run(ParseResult given, Console console) {
    Optional<Model> front =
        given.hasMatchedOption(FEATURES)
            ? Optional.of(EdgeRun.open(given.matchedOptionValue(FEATURES, Path.of(""))))
            : Optional.empty();
    Map<String, String> data = new LinkedHashMap<>();
    front.ifPresent(model -> {
      for (EdgeFlag flag : new EdgeFlag[] {EdgeFlag.DATA, EdgeFlag.DATA_DIR}) {
        data.put(flag.key(), flag.text(model.notes()));
      }
    });
    Map<String, String> notes = notes(given, data);
    Optional<Extractor> extractor = front.flatMap(Model::extractor);
    if (front.isPresent() && extractor.isEmpty()) {
      throw new BadInput(
          "%s needs a folder of 'edge quantize', but the model of %s has no extractor"
              .formatted(FEATURES, given.matchedOptionValue(FEATURES, Path.of(""))));
    }
    new EdgeRun(Path.of(""), notes).check();
    Split split = EdgeRun.data(notes);
    int inputs =
        extractor.map(Extractor::outputs).orElse(Math.toIntExact(split.train().shape().size()));
    Plan plan = EdgeRun.plan(notes, inputs, split.train().classes().size());
    Ranges.of(plan, EdgeFlag.BATCH.number(EdgeFlag.BATCH.text(notes), 1));
    String name = EdgeFlag.DATA.text(notes).replaceFirst("^.*/", "").replaceFirst("[:.].*", "");
    boolean named = given.hasMatchedOption(Train.OUT);
    Path folder =
        named
            ? given.matchedOptionValue(Train.OUT, Path.of(""))
            : Train.taken(Train.RUNS, name + "-edge");
    EdgeRun run = new EdgeRun(folder.toAbsolutePath().normalize(), notes);
    if (Files.exists(run.file())) {
      throw new BadInput(
          "%s must be new or empty, but holds a model; go on with: ./plumbline edge resume %s"
              .formatted(folder, folder));
    }
    List<String> greeting = new ArrayList<>();
    greeting.add(
        "run %s: %s on %s, %s, %,d parameters"
            .formatted(
                Words.path(folder),
                plan.arithmetic().name().toLowerCase(Locale.ROOT),
                EdgeFlag.DATA.text(notes),
                String.join("-", plan.sizes().stream().map(String::valueOf).toList()),
                plan.parameters()));
    EdgeRun.lines(run.budget(plan)).forEach(line -> greeting.add("  " + line));
    try {
      run.train(
          new Model(new Network(plan), Progress.NONE, notes, extractor), split, console, greeting);
    } finally {
      if (!named && !Files.exists(run.file())) {
        Train.removeIfEmpty(folder); // nothing was begun
      }
    }
    EdgeRun.answer(run.folder(), EdgeRun.open(run.folder()), split, console);
  }
}
