package org.plumbline.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.data.Augmentation;
import org.plumbline.data.Datasets;
import org.plumbline.train.Experiment;
import org.plumbline.train.Presentation;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline validate CONFIG}: whatever can be known without training. */
final class Validate implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this, "validate", "Checks a configuration, and that its data are here.", "")
        .addPositional(Syntax.path("CONFIG", "a YAML file"))
        .addOption(Syntax.plugins());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path config = Syntax.path(given, 0);
    Experiment experiment = Experiment.of(Syntax.configuration(given, 0));
    Datasets.check(experiment.data());
    if (dependsOnRows(experiment)) {
      experiment.check(Datasets.open(experiment.data()).train());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("config", config);
    answer.put("ok", true);
    console.answer(answer, List.of(config + ": ok"));
  }

  /** Whether it fits depends on the shape or the number of the rows. */
  private static boolean dependsOnRows(Experiment experiment) {
    return experiment.blocks().isPresent()
        || experiment.arch().isPresent()
        || !(experiment.presentation().augmentation() instanceof Augmentation.None)
        || experiment.presentation().lastBatch() == Presentation.LastBatch.DROPPED;
  }
}
