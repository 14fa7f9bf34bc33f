package org.plumbline.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.plumbline.value.Failure;

/**
 * Times the program from outside, as its users see it: each measurement is a process of its own.
 *
 * @param launcher the words that start it
 */
record Children(List<String> launcher) {
  private static final int TIMES = 5;
  private static final long PATIENCE_SECONDS = 600;
  private static final long POLL_MILLIS = 2;
  private static final List<String> FIRST_STEP =
      List.of(
          "train", "--data", "digits", "--epochs", "3", "--probe", "none", "--probe-every", "1");

  /** One run of the program. */
  private record Run(double seconds, int code, String said) {}

  private interface Work<T> {
    T in(Path folder) throws IOException;
  }

  /** Help, the list of rules, and training up to its first step; the caches are warm. */
  List<Result.StartTime> starts() {
    return List.of(
        start(List.of("--help"), "the end"),
        start(List.of("rules"), "the end"),
        start(FIRST_STEP, "the first step"));
  }

  private Result.StartTime start(List<String> arguments, String until) {
    boolean first = arguments.equals(FIRST_STEP);
    double[] seconds = new double[TIMES];
    for (int i = -1; i < TIMES; i++) { // once to warm the caches
      double time = inFolder(folder -> first ? firstStep(folder) : ended(folder, arguments));
      seconds[Math.max(0, i)] = time;
    }
    Arrays.sort(seconds);
    return new Result.StartTime(String.join(" ", arguments), until, seconds[0], seconds[TIMES / 2]);
  }

  private double ended(Path folder, List<String> arguments) throws IOException {
    Run run = run(folder, arguments, Children::never);
    if (run.code() != 0) {
      throw new Failure("'%s' failed: %s".formatted(String.join(" ", arguments), run.said()));
    }
    return run.seconds();
  }

  private double firstStep(Path folder) throws IOException {
    Path events = folder.resolve("run").resolve("events.jsonl");
    List<String> arguments = new ArrayList<>(FIRST_STEP);
    arguments.addAll(List.of("--out", folder.resolve("run").toString()));
    Run run = run(folder, arguments, () -> contains(events, "\"event\":\"step\""));
    if (!contains(events, "\"event\":\"step\"")) {
      throw new Failure("training took no step: " + run.said());
    }
    return run.seconds();
  }

  /** One epoch; a failure in one line, if the data is not here. */
  Result.Epoch epoch(String data, List<String> net) {
    return inFolder(folder -> {
      List<String> arguments =
          new ArrayList<>(List.of("train", "--data", data, "--net", String.join(",", net)));
      arguments.addAll(
          List.of("--batch", "64", "--rule", "dfa", "--optimizer", "sgd", "--epochs", "1"));
      String command = String.join(" ", arguments);
      arguments.addAll(List.of("--out", folder.resolve("run").toString()));
      Run run = run(folder, arguments, Children::never);
      if (run.code() != 0) {
        throw new Failure(run.said());
      }
      String events = Files.readString(folder.resolve("run").resolve("events.jsonl"));
      String line =
          events.lines().filter(l -> l.contains("\"event\":\"epoch\"")).findFirst().orElse("");
      return new Result.Epoch(
          command, number(line, "step_seconds"), number(line, "seconds"), run.seconds());
    });
  }

  private static double number(String line, String key) {
    Matcher found = Pattern.compile("\"" + key + "\":([-+0-9.eE]+)").matcher(line);
    if (!found.find()) {
      throw new Failure("the epoch's event has no " + key + ": " + line);
    }
    return Double.parseDouble(found.group(1));
  }

  /** Runs the program until it ends, or until something has happened; then it is stopped. */
  private Run run(Path folder, List<String> arguments, BooleanSupplier enough) throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(arguments);
    Path err = folder.resolve("err");
    long from = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(err.toFile())
            .start();
    try {
      process.getOutputStream().close();
      while (!enough.getAsBoolean()
          && !process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)
          && System.nanoTime() - from < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
        // waits
      }
      double seconds = (System.nanoTime() - from) * 1e-9;
      boolean alive = process.isAlive();
      if (alive) {
        end(process);
      }
      String said = Files.readString(err).lines().reduce("", (_, last) -> last);
      return new Run(seconds, alive ? -1 : process.exitValue(), said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("interrupted while the program ran", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean never() {
    return false;
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file).contains(text);
    } catch (IOException e) {
      return false; // not yet
    }
  }

  private static <T> T inFolder(Work<T> work) {
    try {
      Path folder = Files.createTempDirectory("plumbline-bench");
      try {
        return work.in(folder);
      } finally {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot time the program", e);
    }
  }
}
