package org.plumbline.cli;

import java.nio.file.Path;
import java.util.List;
import org.plumbline.data.Split;
import org.plumbline.edge.Model;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline edge resume DIR}. */
final class EdgeResume implements Command {
  @Override
  public CommandSpec spec() {
    return Syntax.command(
            this, "resume", "Goes on with a training that was stopped, to the same weights.", "")
        .addPositional(Syntax.path("DIR", "the folder of 'edge train'"));
  }

  @Override
  public void run(ParseResult given, Console console) {
    Path folder = Syntax.run(given);
    Model model = EdgeRun.open(folder);
    Split split = EdgeRun.data(model.notes());
    new EdgeRun(folder, model.notes()).train(model, split, console, List.of());
    EdgeRun.answer(folder, EdgeRun.open(folder), split, console);
  }
}
