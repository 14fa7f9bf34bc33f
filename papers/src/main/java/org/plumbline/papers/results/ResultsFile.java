package org.plumbline.papers.results;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.plumbline.papers.Column;
import org.plumbline.papers.Paper;
import org.plumbline.run.Durable;
import org.plumbline.run.Storage;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/**
 * The results of a paper, {@code docs/results/<paper>.csv}: one line a run, ordered by cell and
 * seed. It is replaced as a whole, under a lock, so that processes may add to it side by side and
 * one that is killed leaves it whole.
 *
 * @param folder of all papers' results
 * @param paper whose
 */
public record ResultsFile(Path folder, Paper paper) {
  private static final String LOCK = ".plumbline.lock";
  private static final long PATIENCE_MILLIS = 60_000;
  private static final int DIGITS = 6;
  private static final List<String> FIXED =
      List.of(
          "cell",
          "seed",
          "epochs",
          "test_error",
          "train_error",
          "seconds",
          "commit",
          "machine",
          "threads",
          "model",
          "planned",
          "ended",
          "recipe",
          "reason");

  /** The mean over the hidden blocks of the last cosine of signal and gradient. */
  public static final String COSINE = "cosine";

  /** The same for fresh feedback of the same law. */
  public static final String NULL = "cosine_null";

  /** The spread of that over draws. */
  public static final String NULL_SPREAD = "cosine_null_std";

  private static final Set<String> OF_EVERY_ROW =
      Set.of("test_error", "test_accuracy", "train_error", "train_accuracy", "seconds");

  /**
   * Where it is.
   *
   * @return {@code <folder>/<paper>.csv}
   */
  public Path file() {
    return folder.resolve(paper.id() + ".csv");
  }

  /**
   * What it holds.
   *
   * @return by cell and seed; none if there is no file
   * @throws BadInput naming the line, if it is damaged
   */
  public List<Row> rows() {
    if (!Files.exists(file())) {
      return List.of();
    }
    try {
      return parse(Files.readString(file(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new BadInput("cannot read " + file() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Adds a row, or replaces the one of the same cell and seed.
   *
   * @param row what came out
   * @throws Failure if that is not possible; the file is as before
   */
  public void put(Row row) {
    write(
        folder,
        () -> {
          List<Row> rows = new ArrayList<>(rows());
          rows.removeIf(other -> other.cell().equals(row.cell()) && other.seed() == row.seed());
          rows.add(row);
          return Map.of(String.valueOf(file().getFileName()), print(rows));
        });
  }

  /**
   * Writes files of the folder while no other process does. Those that are as they should be are
   * left alone.
   *
   * @param folder of all papers' results
   * @param files are made under the lock: texts by their path in the folder
   * @throws Failure if that is not possible
   */
  public static void write(Path folder, Supplier<Map<String, String>> files) {
    Storage disk = Storage.disk();
    Path whole = folder.toAbsolutePath().normalize();
    disk.makeDirectories(whole);
    try (Storage.Lock _ = locked(disk, whole)) {
      Durable durable = new Durable(disk);
      durable.removeLeftOvers(whole);
      files
          .get()
          .forEach((name, text) -> {
            Path file = whole.resolve(name);
            disk.makeDirectories(Objects.requireNonNull(file.getParent(), "in the folder"));
            if (!holds(file, text)) {
              durable.write(file, text);
            }
          });
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return Files.exists(file) && Files.readString(file, StandardCharsets.UTF_8).equals(text);
    } catch (IOException e) {
      return false; // writing it anew will mend it, or say why not
    }
  }

  /**
   * Keeps other processes out of the folder.
   *
   * @return to be closed
   * @throws Failure if another has it for a minute
   */
  private static Storage.Lock locked(Storage disk, Path folder) {
    Path file = folder.resolve(LOCK);
    long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
    while (true) {
      Optional<Storage.Lock> lock = disk.lock(file);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (System.nanoTime() > until) {
        throw new Failure(
            "%s has been held by another process for a minute; stop it, then run this again"
                .formatted(file));
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure("interrupted while waiting for " + file, e);
      }
    }
  }

  /** The text of the file. */
  String print(List<Row> rows) {
    List<String> ids = paper.places().stream().map(Paper.Place::id).toList();
    Set<String> names = new LinkedHashSet<>();
    for (Paper.Place place : paper.places()) {
      place.cell().columns().stream()
          .map(Column::figure)
          .filter(name -> !OF_EVERY_ROW.contains(name))
          .forEach(names::add);
    }
    names.addAll(List.of(COSINE, NULL, NULL_SPREAD));
    rows.forEach(row -> names.addAll(row.figures().keySet()));
    List<String> header = new ArrayList<>(FIXED);
    header.addAll(names);
    StringBuilder csv = new StringBuilder(String.join(",", header)).append('\n');
    rows.stream()
        .sorted(
            Comparator.comparingInt((Row row) -> order(ids, row.cell()))
                .thenComparing(Row::cell)
                .thenComparingLong(Row::seed))
        .forEach(row -> csv.append(line(row, names)).append('\n'));
    return csv.toString();
  }

  /** Cells that the paper does not have any more come last. */
  private static int order(List<String> ids, String cell) {
    int at = ids.indexOf(cell);
    return at < 0 ? ids.size() : at;
  }

  private static String line(Row row, Set<String> names) {
    List<String> fields = new ArrayList<>();
    fields.add(row.cell());
    fields.add(Long.toString(row.seed()));
    fields.add(Long.toString(row.epochs()));
    fields.add(percent(row.testError()));
    fields.add(percent(row.trainError()));
    fields.add(number(row.seconds()));
    fields.add(row.commit());
    fields.add(row.machine());
    fields.add(Integer.toString(row.threads()));
    fields.add(row.model());
    fields.add(Long.toString(row.planned()));
    fields.add(row.ended());
    fields.add(row.recipe());
    fields.add(row.reason());
    names.forEach(name -> fields.add(number(row.figures().getOrDefault(name, Double.NaN))));
    return fields.stream().map(ResultsFile::quoted).collect(Collectors.joining(","));
  }

  private static String quoted(String field) {
    return field.matches("[^,\"\\r\\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
  }

  /** One row of ten thousand is a hundredth of a percent. */
  static String percent(double value) {
    return Double.isFinite(value)
        ? plain(BigDecimal.valueOf(value).setScale(4, RoundingMode.HALF_EVEN))
        : "";
  }

  /** Six digits; nothing if it was not measured. */
  static String number(double value) {
    return Double.isFinite(value)
        ? plain(BigDecimal.valueOf(value).round(new MathContext(DIGITS)))
        : "";
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  private List<Row> parse(String text) {
    List<List<String>> lines = lines(text);
    if (lines.isEmpty()) {
      return List.of();
    }
    List<String> header = lines.getFirst();
    if (!header.containsAll(FIXED) || new HashSet<>(header).size() < header.size()) {
      throw new BadInput(
          "%s, line 1: must name %s, each once; restore it from a copy"
              .formatted(file(), String.join(", ", FIXED)));
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      rows.add(row(header, lines.get(i), i + 1));
    }
    return List.copyOf(rows);
  }

  private Row row(List<String> header, List<String> line, int number) {
    if (line.size() != header.size()) {
      throw new BadInput(
          "%s, row %d: must have %d fields, but has %d; restore it from a copy"
              .formatted(file(), number, header.size(), line.size()));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < line.size(); i++) {
      fields.put(header.get(i), line.get(i));
    }
    try {
      Map<String, Double> figures = new LinkedHashMap<>();
      fields.forEach((name, value) -> {
        if (!FIXED.contains(name) && !value.isEmpty()) {
          figures.put(name, Double.parseDouble(value));
        }
      });
      return new Row(
          fields.getOrDefault("cell", ""),
          Long.parseLong(fields.getOrDefault("seed", "")),
          Long.parseLong(fields.getOrDefault("epochs", "")),
          number(fields, "test_error"),
          number(fields, "train_error"),
          number(fields, "seconds"),
          fields.getOrDefault("commit", ""),
          fields.getOrDefault("machine", ""),
          Integer.parseInt(fields.getOrDefault("threads", "")),
          fields.getOrDefault("model", ""),
          Long.parseLong(fields.getOrDefault("planned", "")),
          fields.getOrDefault("ended", ""),
          fields.getOrDefault("recipe", ""),
          fields.getOrDefault("reason", ""),
          figures);
    } catch (NumberFormatException e) {
      throw new BadInput(
          "%s, row %d: a number is malformed: %s; restore it from a copy"
              .formatted(file(), number, e.getMessage()),
          e);
    }
  }

  private static double number(Map<String, String> fields, String name) {
    String text = fields.getOrDefault(name, "");
    return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
  }

  /** Fields, quoted or not, as RFC 4180 has them. */
  static List<List<String>> lines(String text) {
    List<List<String>> lines = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c != '"') {
          field.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          field.append(c);
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == ',' || c == '\n') {
        fields.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          lines.add(List.copyOf(fields));
          fields.clear();
        }
      } else if (c != '\r') {
        field.append(c);
      }
    }
    if (!field.isEmpty() || !fields.isEmpty()) {
      fields.add(field.toString());
      lines.add(List.copyOf(fields));
    }
    return lines;
  }
}
