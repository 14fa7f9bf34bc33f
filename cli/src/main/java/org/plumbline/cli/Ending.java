package org.plumbline.cli;

import org.plumbline.edge.Refused;
import org.plumbline.tensor.Unavailable;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;
import org.plumbline.value.Plugins;
import picocli.CommandLine.ParameterException;

/**
 * How the process ends when something was thrown.
 *
 * @param code the exit code
 * @param line what the user is told
 */
record Ending(int code, String line) {
  /** All went well. */
  static final int DONE = 0;

  /** Something failed while running. */
  static final int FAILED = 1;

  /** The input or the usage cannot be. */
  static final int BAD_INPUT = 2;

  private static final String SMALLER =
      "; lower --batch or --net, or give Java more with PLUMBLINE_JAVA_OPTS=-Xmx8g";

  static Ending of(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    return switch (thrown) {
      case ParameterException usage -> new Ending(BAD_INPUT, Usage.line(usage));
      case BadInput _ -> new Ending(BAD_INPUT, message);
      case Refused _ -> new Ending(BAD_INPUT, message);
      case Unavailable _ -> new Ending(BAD_INPUT, message);
      case Failure _ -> new Ending(FAILED, message);
      case StoppedBySignal stopped -> new Ending(stopped.code(), message);
      case OutOfMemoryError _ -> new Ending(FAILED, "out of memory: " + message + SMALLER);
      case RuntimeException _ when message.contains("can't allocate memory") -> // by libtorch
          new Ending(FAILED, "out of memory" + SMALLER);
      case LinkageError _ -> // of code that was compiled against something else
          Plugins.blamed(thrown)
              .map(line -> new Ending(BAD_INPUT, line))
              .orElseGet(() -> new Ending(FAILED, internal(thrown)));
      default -> new Ending(FAILED, internal(thrown));
    };
  }

  private static String internal(Throwable thrown) {
    String said = String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
    return "%s (run with %s for the stack trace)"
        .formatted(
            Plugins.blamed(thrown)
                .orElseGet(() ->
                    "internal error: %s: %s".formatted(thrown.getClass().getSimpleName(), said)),
            Syntax.DEBUG);
  }

  /** The same without line breaks and without what a terminal would obey. */
  static String oneLine(String text) {
    return text.strip().replaceAll("\\R+", " ").replaceAll("[\\p{Cc}\\u2028\\u2029]", "?");
  }
}
