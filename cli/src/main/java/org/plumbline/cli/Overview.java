package org.plumbline.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline} alone: what there is. */
final class Overview implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(this, "plumbline", "Trains neural networks without back-propagation.", "");
    spec.usageMessage()
        .synopsisSubcommandLabel("COMMAND")
        .commandListHeading("%nCommands:%n")
        .footer(
            "",
            "For example:",
            "  plumbline train                                   digits, direct feedback, some seconds",
            "  plumbline train --data mnist --net 800,800 --rule fa",
            "  plumbline train --help                            all flags of a command");
    return spec;
  }

  @Override
  public void run(ParseResult given, Console console) {
    String help = given.commandSpec().commandLine().getUsageMessage(Syntax.colours(console));
    List<String> commands = List.copyOf(given.commandSpec().subcommands().keySet());
    console.answer(Map.of("commands", commands), help.lines().toList());
  }
}
