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
    String name = command.qualifiedName();
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      return unknown(unmatched.getUnmatched().getFirst(), command);
    }
    if (wrong instanceof MissingParameterException missing
        && missing.getMissing().stream().noneMatch(ArgSpec::isOption)) {
      return "%s needs %s; see: %s --help"
          .formatted(
              name,
              missing.getMissing().stream()
                  .map(ArgSpec::paramLabel)
                  .collect(Collectors.joining(" and ")),
              name);
    }
    String message = String.valueOf(wrong.getMessage());
    return "%s%s; see: %s --help"
        .formatted(message.substring(0, 1).toLowerCase(Locale.ROOT), message.substring(1), name);
  }

  private static String unknown(String argument, CommandSpec command) {
    String name = command.qualifiedName();
    if (argument.startsWith("-")) {
      String option = argument.replaceFirst("=.*", "");
      List<String> known = command.options().stream().map(OptionSpec::longestName).toList();
      return "unknown flag '%s' of %s; %s".formatted(option, name, Nearest.hint(option, known));
    }
    Set<String> commands = command.subcommands().keySet();
    if (!commands.isEmpty()) {
      return "unknown command '%s' of %s; %s"
          .formatted(argument, name, Nearest.hint(argument, commands));
    }
    return "%s takes no argument '%s'; see: %s --help".formatted(name, argument, name);
  }
}
