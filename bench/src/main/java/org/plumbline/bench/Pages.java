package org.plumbline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/**
 * Leaves what was measured in a folder: {@code bench.csv}, {@code bench.svg}, {@code memory.svg},
 * {@code bench.md}.
 */
public final class Pages {
  private static final String CSV = "bench.csv";
  private static final String SVG = "bench.svg";
  private static final String MEMORY = "memory.svg";
  private static final String PAGE = "bench.md";

  private Pages() {}

  /**
   * Refuses a folder that holds a benchmark, before one is measured.
   *
   * @param folder new or another's
   * @throws BadInput if it holds one, or cannot be made
   */
  public static void check(Path folder) {
    try {
      if (Files.exists(folder.resolve(CSV))) {
        throw new BadInput("%s holds a benchmark; name another with --out DIR".formatted(folder));
      }
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new BadInput("--out must be a folder that can be made, but is " + folder, e);
    }
  }

  /**
   * Writes the files anew.
   *
   * @param folder is there
   * @param result what was measured
   */
  public static void write(Path folder, Result result) {
    try {
      Files.writeString(folder.resolve(CSV), Csv.print(result));
      List<Line> lines = Line.of(result.rows());
      if (lines.stream().anyMatch(line -> Double.isFinite(line.best().ratioToPeer()))) {
        Files.writeString(folder.resolve(SVG), Plot.svg(lines));
      }
      if (!result.memory().isEmpty()) {
        Files.writeString(folder.resolve(MEMORY), MemoryPlot.svg(result.memory()));
      }
      Files.writeString(folder.resolve(PAGE), page(result));
    } catch (IOException e) {
      throw new Failure("cannot write to %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private static String page(Result result) {
    List<String> page = new ArrayList<>();
    Machine m = result.machine();
    page.add("# A training step beside libtorch's own back-propagation\n");
    page.add(
        "%s, %d cores, %d %s; %s; Java %s, libtorch %s; Plumbline %s, commit %s; %s. Made by `./plumbline bench`."
            .formatted(
                m.cpu(),
                m.cores(),
                m.threads(),
                m.threads() == 1 ? "thread" : "threads",
                m.os(),
                m.java(),
                m.libtorch(),
                m.plumbline(),
                m.commit(),
                m.date()));
    result.quietness().forEach(words -> page.add("\n" + sentence(words)));
    List<Line> lines = Line.of(result.rows());
    if (!lines.isEmpty()) {
      page.add(
          "\n`floor`: the products alone; `libtorch`: its modules, autograd and optimizer; ms: the shortest step, over %d %s; spread: the least and the greatest ratio."
              .formatted(
                  lines.getFirst().best().repetition(),
                  lines.getFirst().best().repetition() == 1 ? "repetition" : "repetitions"));
      page.add("\n![](" + SVG + ")\n");
      page.add(
          "| shape | batch | optimizer | precision | rule | ms | median | floor | libtorch | times faster | spread | share of floor |");
      page.add("|---|--:|---|---|---|--:|--:|--:|--:|--:|--:|--:|");
      lines.forEach(line -> page.add(row(line)));
    }
    result
        .probe()
        .ifPresent(p ->
            page.add(
                "\nThe alignment probe every %d steps (%s, %s): a step takes %.2f ms without it and %.2f ms with it, %.1f %% of the steps between two readings."
                    .formatted(
                        p.every(),
                        p.shape(),
                        p.rule(),
                        p.stepMs(),
                        p.probedMs(),
                        100 * p.share())));
    result
        .epoch()
        .ifPresent(e ->
            page.add(
                "\n`%s`: %.1f %% of the epoch's %.2f s is inside steps, %.1f %% of the whole process's %.2f s."
                    .formatted(
                        e.command(),
                        100 * e.shareOfEpoch(),
                        e.seconds(),
                        100 * e.shareOfProcess(),
                        e.processSeconds())));
    for (Result.StartTime s : result.starts()) {
      page.add(
          "\n`%s`, until %s: %.3f s (median %.3f)."
              .formatted(s.command(), s.until(), s.secondsMin(), s.secondsMedian()));
    }
    if (!result.memory().isEmpty()) {
      page.add("\n![](%s)\n".formatted(MEMORY));
      for (Result.Memory one : result.memory()) {
        page.add("- %s, %d layers: %,d bytes".formatted(one.rule(), one.layers(), one.peakBytes()));
      }
    }
    result.notes().forEach(note -> page.add("\n" + sentence(note)));
    return String.join("\n", page) + "\n";
  }

  private static String row(Line line) {
    Row r = line.best();
    return "| %s | %d | %s | %s | %s | %s | %s | %s | %s | %s | %s–%s | %s |"
        .formatted(
            r.shape(),
            r.batch(),
            r.optimizer(),
            r.precision(),
            r.rule(),
            number(r.msMin()),
            number(r.msMedian()),
            number(r.floorMs()),
            number(r.peerMs()),
            number(r.ratioToPeer()),
            number(line.ratioLow()),
            number(line.ratioHigh()),
            number(r.shareOfFloor()));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "";
  }

  private static String sentence(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ".";
  }
}
