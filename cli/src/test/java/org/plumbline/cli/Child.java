package org.plumbline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a Java of its own. */
final class Child {
  private static final long PATIENCE_SECONDS = 120;

  private final Process process;
  private final Path out;
  private final Path err;

  private Child(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts the program. */
  static Child start(Path folder, List<String> options, String... arguments) throws IOException {
    return start(folder, options, Plumbline.class, arguments);
  }

  /**
   * Starts any class that can be.
   *
   * @param folder for what it says
   * @param options of Java
   * @param main what to start
   * @param arguments of the program
   */
  static Child start(Path folder, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(listening());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--add-modules=jdk.incubator.vector");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    return new Child(
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start(),
        out,
        err);
  }

  /**
   * What a child begins with if this process ignores SIGINT, as all do that a script starts in the
   * background, and children with them.
   */
  private static List<String> listening() throws IOException {
    Path status = Path.of("/proc/self/status");
    Path env = Path.of("/usr/bin/env");
    if (!Files.exists(status) || !Files.isExecutable(env)) {
      return List.of();
    }
    boolean ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & 2) != 0);
    return ignored ? List.of(env.toString(), "--default-signal=INT") : List.of();
  }

  /** Waits until it has said something on stderr. */
  Child untilErrContains(String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.readString(err).contains(text)) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new AssertionError("no '" + text + "' in: " + Files.readString(err));
      }
      Thread.sleep(20);
    }
    return this;
  }

  /** Sends it a signal by name: INT, TERM. */
  Child signalled(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    return this;
  }

  /** Waits for its end. */
  Said end() throws IOException, InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("did not end; said: " + Files.readString(err));
    }
    return new Said(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
