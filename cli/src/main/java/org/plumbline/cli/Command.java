package org.plumbline.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Something plumbline can be told to do. */
interface Command {
  /**
   * What may be written after its name.
   *
   * @return a new description, see {@link Syntax#command}
   */
  CommandSpec spec();

  /**
   * Does it.
   *
   * @param given what the user wrote
   * @param console where the answer goes
   */
  void run(ParseResult given, Console console);
}
