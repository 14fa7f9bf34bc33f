package org.plumbline.cli;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What a stream can show. */
enum Look {
  /** A file or a pipe: lines. */
  PLAIN,
  /** A terminal: a line can be drawn again. */
  TERMINAL,
  /** A terminal with colours. */
  COLOURED;

  /** Of one of this process's streams, 1 or 2. */
  static Look of(int descriptor) {
    return of(isTerminal(descriptor), System.getenv());
  }

  static Look of(boolean terminal, Map<String, String> environment) {
    if (!terminal || environment.getOrDefault("TERM", "dumb").equals("dumb")) {
      return PLAIN;
    }
    return environment.getOrDefault("NO_COLOR", "").isEmpty() ? COLOURED : TERMINAL;
  }

  /** Java only knows whether stdin and stdout together are a terminal; Linux knows each. */
  private static boolean isTerminal(int descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    if (!Files.isSymbolicLink(link)) {
      return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
    try {
      return Files.readSymbolicLink(link).toString().matches("/dev/(pts/|tty|console).*");
    } catch (IOException e) {
      return false;
    }
  }

  String red(String text) {
    return coloured("31", text);
  }

  String yellow(String text) {
    return coloured("33", text);
  }

  String green(String text) {
    return coloured("32", text);
  }

  private String coloured(String code, String text) {
    return this == COLOURED ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
