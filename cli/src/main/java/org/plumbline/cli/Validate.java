package org.plumbline.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.train.Experiment;
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
    if (experiment.blocks().isPresent()
        || experiment.arch().isPresent()) { // whether they fit depends on the shape of a row
      Dataset rows = Datasets.open(experiment.data()).train();
      experiment.layers(rows.shape(), rows.classes().size());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("config", config);
    answer.put("ok", true);
    console.answer(answer, List.of(config + ": ok"));
  }
}
