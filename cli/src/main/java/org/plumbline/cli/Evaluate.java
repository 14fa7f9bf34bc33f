package org.plumbline.cli;

import java.util.List;
import org.plumbline.tensor.Scope;
import org.plumbline.train.Summary;
import org.plumbline.train.TrainedModel;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline evaluate RUN}. */
final class Evaluate implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this, "evaluate", "Judges the network of a run on the run's data again.", "")
        .addPositional(Syntax.path("RUN", "the run folder"))
        .addOption(Syntax.plugins());
  }

  @Override
  public void run(ParseResult given, Console console) {
    console.beforeLibtorch();
    try (var _ = Scope.open()) {
      Summary summary = TrainedModel.open(Syntax.run(given), Syntax.plugins(given)).evaluate();
      console.answer(Json.fields(summary), List.of(Words.result(summary)));
    }
  }
}
