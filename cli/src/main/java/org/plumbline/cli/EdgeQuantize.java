package org.plumbline.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Dataset;
import org.plumbline.edge.Extractor;
import org.plumbline.edge.Model;
import org.plumbline.edge.Network;
import org.plumbline.edge.Progress;
import org.plumbline.run.NonFinite;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.tensor.Scope;
import org.plumbline.train.Experiment;
import org.plumbline.train.TrainedModel;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline edge quantize RUN}: the first blocks of a run become an extractor. */
final class EdgeQuantize implements Command {
  private static final String BLOCKS = "--blocks";
  private static final String ROWS = "--rows";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(
            this,
            "quantize",
            "Turns the first blocks of a run into 8-bit integers, in front of a head to be trained:",
            "plumbline edge train --features DIR. Ranges are the least and largest on training rows.",
            "");
    spec.addPositional(Syntax.path("RUN", "the run folder"));
    spec.addOption(
        Syntax.option(BLOCKS, "N", "how many blocks (default: all but the last)").build());
    spec.addOption(
        Syntax.option(ROWS, "N", "training rows whose ranges are taken (default: 256)").build());
    spec.addOption(EdgeFlag.DATA_DIR.option());
    spec.addOption(Syntax.plugins());
    return spec.addOption(
        Syntax.option(Train.OUT, "DIR", "folder, new or empty (default: RUN-edge)")
            .type(Path.class)
            .build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path run = Syntax.run(given);
    Experiment experiment = Experiment.ofRun(run, Syntax.plugins(given));
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put(EdgeFlag.DATA.key(), experiment.data().data());
    String dir =
        given.hasMatchedOption(EdgeFlag.DATA_DIR.flag())
            ? EdgeFlag.DATA_DIR.text(given)
            : experiment.data().dataDir().map(Path::toString).orElse("");
    notes.put(EdgeFlag.DATA_DIR.key(), dir);
    Dataset rows = EdgeRun.data(notes).train();
    int calibration = EdgeFlag.BATCH.number(given.matchedOptionValue(ROWS, "256"), 1);
    Quantisation quantisation;
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run, Syntax.plugins(given)); // says if there is none
      try (SafetensorsFile file = Safetensors.open(run.resolve("model.safetensors"))) {
        quantisation =
            Quantisation.of(
                experiment,
                model,
                file.entries(NonFinite.REFUSE),
                rows,
                Math.min(calibration, rows.size()),
                given.hasMatchedOption(BLOCKS)
                    ? Optional.of(EdgeFlag.NET.number(given.matchedOptionValue(BLOCKS, ""), 1))
                    : Optional.empty());
      }
    }
    Extractor extractor = quantisation.extractor();
    Path folder =
        given.hasMatchedOption(Train.OUT)
            ? given.matchedOptionValue(Train.OUT, Path.of("")).toAbsolutePath().normalize()
            : run.resolveSibling(run.getFileName() + "-edge");
    EdgeRun target = new EdgeRun(folder, notes);
    if (Files.exists(target.file())) {
      throw new BadInput(
          folder + " must be new or empty, but holds a model; name another with --out");
    }
    notes.put(EdgeFlag.NET.key(), "none");
    Network head = new Network(EdgeRun.plan(notes, extractor.outputs(), rows.classes().size()));
    target.save(new Model(head, Progress.NONE, notes, Optional.of(extractor)));
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("run", folder);
    object.put("blocks", quantisation.blocks());
    object.put("inputs", extractor.inputs());
    object.put("features", extractor.outputs());
    object.put("extractor_bytes", extractor.bytes());
    object.put("working_bytes", extractor.workingBytes());
    object.put("relative_error", quantisation.relativeError());
    console.answer(
        object,
        List.of(
            "%d blocks, %,d inputs to %,d features, %,d bytes; they differ from the run's own by %s (root mean square, %,d rows)"
                .formatted(
                    quantisation.blocks(),
                    extractor.inputs(),
                    extractor.outputs(),
                    extractor.bytes(),
                    Words.percent(quantisation.relativeError()),
                    Math.min(calibration, rows.size())),
            "next: ./plumbline edge train --features "
                + Words.path(folder)
                + " --net 50 --arithmetic tifed --inverse-rate 2048"));
  }
}
