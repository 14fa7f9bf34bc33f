package org.plumbline.cli;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.value.Nearest;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what is wrong with a command line. */
final class Usage {
  private Usage() {}

  static String line(ParameterException wrong) {
    CommandSpec command = wrong.getCommandLine().getCommandSpec();
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      return unknown(unmatched.getUnmatched().getFirst(), command);
    }
    if (wrong instanceof MissingParameterException missing
        && missing.getMissing().stream().noneMatch(ArgSpec::isOption)) {
      String needed =
          command.positionalParameters().stream()
              .filter(ArgSpec::required)
              .map(ArgSpec::paramLabel)
              .collect(Collectors.joining(" and "));
      return "%s needs %s; %s".formatted(name(command), needed, help(command));
    }
    String message = String.valueOf(wrong.getMessage());
    return message.substring(0, 1).toLowerCase(Locale.ROOT)
        + message.substring(1)
        + "; "
        + help(command);
  }

  private static String unknown(String argument, CommandSpec command) {
    if (argument.startsWith("-")) {
      String flag = argument.replaceFirst("=.*", "");
      List<String> known = command.options().stream().map(OptionSpec::longestName).toList();
      String meant = Nearest.hint(flag, known).replaceFirst("known: .*", ""); // help lists them
      return "unknown flag '%s' of %s; %s%s".formatted(flag, name(command), meant, help(command));
    }
    Set<String> commands = command.subcommands().keySet();
    if (!commands.isEmpty()) {
      return "unknown command '%s' of %s; %s"
          .formatted(argument, name(command), Nearest.hint(argument, commands));
    }
    return "%s takes no argument '%s'; %s".formatted(name(command), argument, help(command));
  }

  private static String name(CommandSpec command) {
    return command.qualifiedName().replaceFirst("^plumbline ", "");
  }

  private static String help(CommandSpec command) {
    return "see: " + command.qualifiedName() + " --help";
  }
}
