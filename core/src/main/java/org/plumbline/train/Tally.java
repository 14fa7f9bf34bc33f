package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.rule.LearningRule;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The results of a study: one row a label, over its seeds, and one a run.
 *
 * <p>{@code _mean} is over the seeds that finished; {@code _std} is the sample standard deviation
 * over them, with n − 1, and is absent for one seed. Figures that do not vary have neither: {@code
 * parameters}, {@code feedback_bytes}, {@code cost_…}.
 *
 * @param complete whether every run has ended
 * @param rows one a label, in order
 * @param runs one a cell, in order
 */
public record Tally(
    boolean complete, List<Map<String, Object>> rows, List<Map<String, Object>> runs) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Copies the lists.
   *
   * @param complete whether every run has ended
   * @param rows one a label, in order
   * @param runs one a cell, in order
   */
  public Tally {
    rows = List.copyOf(rows);
    runs = List.copyOf(runs);
  }

  /**
   * Counts.
   *
   * @param results one a cell
   * @param folder of the study, from which run folders are named
   * @return the rows of its files
   */
  public static Tally of(List<CellResult> results, Path folder) {
    Map<String, List<CellResult>> labels =
        results.stream()
            .collect(
                Collectors.groupingBy(
                    result -> result.cell().label(), LinkedHashMap::new, Collectors.toList()));
    List<Map<String, Object>> rows = new ArrayList<>();
    labels.forEach((label, cells) -> rows.add(row(label, cells)));
    List<Map<String, Object>> runs = new ArrayList<>();
    results.forEach(result -> runs.add(run(result, folder)));
    return new Tally(results.stream().allMatch(r -> r.state().isEnd()), rows, runs);
  }

  private static Map<String, Object> row(String label, List<CellResult> cells) {
    List<CellResult> finished =
        cells.stream().filter(c -> c.state() == CellResult.State.FINISHED).toList();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("label", label);
    row.put("rule", rule(cells.getFirst()));
    row.put("seeds", finished.size());
    row.put("failed", cells.stream().filter(c -> c.state() == CellResult.State.FAILED).count());
    Set<String> names = new LinkedHashSet<>();
    finished.forEach(cell -> names.addAll(cell.figures().keySet()));
    for (String name : names) {
      double[] values =
          finished.stream()
              .filter(cell -> cell.figures().containsKey(name))
              .mapToDouble(cell -> cell.figures().get(name))
              .toArray();
      double mean = mean(values);
      if (name.equals("parameters") || name.equals("feedback_bytes") || name.startsWith("cost_")) {
        row.put(name, number(mean));
      } else {
        row.put(name + "_mean", number(mean));
        if (values.length > 1) {
          row.put(name + "_std", number(std(values)));
        }
      }
    }
    return row;
  }

  private static Map<String, Object> run(CellResult result, Path folder) {
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("label", result.cell().label());
    run.put("rule", rule(result));
    run.put("seed", Long.parseLong(result.cell().seed()));
    run.put("run", folder.relativize(result.run()).toString().replace('\\', '/'));
    run.put("state", result.state().word());
    if (!result.reason().isEmpty()) {
      run.put("reason", result.reason());
    }
    result.figures().forEach((name, value) -> run.put(name, number(value)));
    return run;
  }

  private static String rule(CellResult result) {
    String text = result.cell().configuration().get(Options.RULE);
    try {
      Catalogue<LearningRule> known = result.cell().configuration().rules();
      return known.print(known.parse(text));
    } catch (BadInput e) {
      return text; // then it failed by that
    }
  }

  static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** The sample standard deviation, with n − 1. */
  static double std(double[] values) {
    double mean = mean(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1));
  }

  /** A whole number prints as one. */
  private static Number number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return (long) value;
    }
    return value;
  }

  /**
   * The file for programs.
   *
   * @return one JSON object
   */
  public String json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("v", 1);
    json.put("complete", complete);
    json.put("rows", rows);
    json.put("runs", runs);
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }

  /** Whether a file of results says that every run has ended. */
  static boolean isComplete(Path file) {
    try {
      return Files.exists(file) && JSON.readTree(file).path("complete").asBoolean(false);
    } catch (JacksonException e) {
      return false;
    }
  }

  /**
   * The file for spreadsheets.
   *
   * @return a line of names and one a label; a figure that is absent is an empty field
   */
  public String csv() {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(row -> names.addAll(row.keySet()));
    StringBuilder csv = new StringBuilder(String.join(",", names)).append('\n');
    for (Map<String, Object> row : rows) {
      csv.append(
              names.stream()
                  .map(name -> field(row.getOrDefault(name, "")))
                  .collect(Collectors.joining(",")))
          .append('\n');
    }
    return csv.toString();
  }

  private static String field(Object value) {
    String text = value.toString();
    return text.matches("[^,\"\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
