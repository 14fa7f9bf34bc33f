package org.plumbline.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline edge}: training with whole numbers alone. */
final class Edge implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(
            this,
            "edge",
            "Trains and predicts with integers alone, as on a device: docs/edge.md.",
            "");
    for (Command command :
        List.of(
            new EdgeTrain(),
            new EdgeResume(),
            new EdgeEvaluate(),
            new EdgePredict(),
            new EdgeInspect(),
            new EdgeQuantize(),
            new EdgeBench())) {
      CommandSpec below = command.spec();
      spec.addSubcommand(below.name(), below);
    }
    spec.usageMessage().synopsisSubcommandLabel("COMMAND").commandListHeading("%nCommands:%n");
    return spec;
  }

  @Override
  public void run(ParseResult given, Console console) {
    String help = given.commandSpec().commandLine().getUsageMessage(Syntax.colours(console));
    List<String> commands = List.copyOf(given.commandSpec().subcommands().keySet());
    console.answer(Map.of("commands", commands), help.lines().toList());
  }
}
