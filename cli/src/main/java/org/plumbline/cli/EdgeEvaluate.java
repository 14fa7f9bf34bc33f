package org.plumbline.cli;

import java.nio.file.Path;
import org.plumbline.edge.Model;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline edge evaluate DIR}. */
final class EdgeEvaluate implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(this, "evaluate", "Judges a model on the data of its training again.", "")
        .addPositional(Syntax.path("DIR", "the folder of 'edge train'"));
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path folder = Syntax.run(given);
    Model model = EdgeRun.open(folder);
    EdgeRun.answer(folder, model, EdgeRun.data(model.notes()), console);
  }
}
