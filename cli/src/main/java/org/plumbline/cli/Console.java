package org.plumbline.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.plumbline.tensor.Libtorch;
import picocli.CommandLine.ParseResult;

/**
 * Where a command speaks: the answer on stdout, everything else on stderr. UTF-8, whatever the
 * locale.
 *
 * @param out takes the answer and nothing else
 * @param err takes progress, messages, warnings, the error
 * @param answers what an answer looks like
 * @param volume how much is said beside it
 * @param outLook what stdout can show
 * @param errLook what stderr can show
 */
record Console(
    PrintStream out, PrintStream err, Answers answers, Volume volume, Look outLook, Look errLook) {

  /** What an answer looks like. */
  enum Answers {
    /** For people. */
    TEXT,
    /** One object for programs. */
    JSON
  }

  /** How much is said beside the answer. */
  enum Volume {
    /** Progress and messages too. */
    NORMAL,
    /** Warnings and errors. */
    QUIET
  }

  /** This process's own streams. */
  static Console system() {
    return new Console(
        new PrintStream(new Stdout(), false, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8),
        Answers.TEXT,
        Volume.NORMAL,
        Look.of(1),
        Look.of(2));
  }

  /** The same, with the flags that every command takes. */
  Console asTold(ParseResult all) {
    return new Console(
        out,
        err,
        Syntax.has(all, Syntax.JSON) ? Answers.JSON : Answers.TEXT,
        Syntax.has(all, Syntax.QUIET) ? Volume.QUIET : Volume.NORMAL,
        outLook,
        errLook);
  }

  /**
   * Gives the answer: one of the two forms.
   *
   * @param object for programs
   * @param lines for people
   */
  void answer(Map<String, ?> object, List<String> lines) {
    switch (answers) {
      case JSON -> out.println(Json.print(object));
      case TEXT -> lines.forEach(out::println);
    }
    out.flush();
  }

  /** Says something that a user may like to know. */
  void say(String line) {
    if (volume == Volume.NORMAL) {
      err.println(line);
      err.flush();
    }
  }

  /** Says something that a user should know. */
  void warn(String line) {
    err.println(errLook.yellow("plumbline: warning: " + Ending.oneLine(line)));
    err.flush();
  }

  /** Says why the command ends without an answer. */
  void error(String line) {
    err.println(errLook.red("plumbline:") + " " + Ending.oneLine(line));
  }

  /** Says why the next seconds will pass in silence, if they will. */
  void beforeLibtorch() {
    if (Libtorch.mustUnpack()) {
      say("unpacking libtorch, once; this takes some seconds…");
    }
  }

  void flush() {
    out.flush();
    err.flush();
  }
}
