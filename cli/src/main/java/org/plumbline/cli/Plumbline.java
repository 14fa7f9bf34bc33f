package org.plumbline.cli;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The program. */
public final class Plumbline {
  private Plumbline() {}

  /**
   * Runs one command and ends the process with its exit code: 0 done, 1 failed while running, 2 bad
   * input or usage, 130 or 143 stopped by a signal with the state saved.
   *
   * @param arguments as the user wrote them
   */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), Console.system()));
  }

  /**
   * Runs one command.
   *
   * @param arguments as the user wrote them
   * @param console where it speaks
   * @return the exit code
   */
  static int run(List<String> arguments, Console console) {
    Locale.setDefault(Locale.ROOT); // numbers and messages are the same everywhere
    try {
      carryOut(Syntax.line().parseArgs(arguments.toArray(String[]::new)), console);
      console.flush();
      return Ending.DONE;
    } catch (Throwable thrown) { // whatever it was, the user gets one line
      Ending ending = Ending.of(thrown);
      console.error(ending.line());
      if (arguments.contains(Syntax.DEBUG)) {
        thrown.printStackTrace(console.err());
      }
      return ending.code();
    } finally {
      console.flush();
    }
  }

  private static void carryOut(ParseResult all, Console console) {
    ParseResult given = Syntax.innermost(all);
    CommandLine line = given.commandSpec().commandLine();
    if (given.isUsageHelpRequested()) {
      console.out().print(line.getUsageMessage(Syntax.colours(console)));
    } else if (given.isVersionHelpRequested()) {
      console.out().println("plumbline " + Version.number());
    } else {
      ((Command) given.commandSpec().userObject()).run(given, console.asTold(all));
    }
  }
}
