package org.plumbline.papers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.plumbline.value.Check;

/**
 * One rule in one recipe, and the number that it is held to. Baselines, {@code bp} and {@code
 * shallow}, are cells like others.
 *
 * <p>{@code Cell.error("dfa", 23, "rule: dfa").published(1.74, 0.08, 0.2, MEDIUM, "table 1")}.
 *
 * @param name unique in its recipe; with the recipe's id before it, unique in the paper
 * @param minutes how long one run takes on one core, estimated
 * @param changes keys of a configuration, a line each, over those of the recipe
 * @param metric what it is judged by
 * @param published what ours is held to; nothing if no value is confirmed, then the result is our
 *     own
 * @param columns further numbers
 * @param remark what a reader of the result should know; may be empty
 */
public record Cell(
    String name,
    double minutes,
    String changes,
    Metric metric,
    Optional<Published> published,
    List<Column> columns,
    String remark) {
  static final Pattern NAME = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");

  /**
   * Checks the name and copies the columns.
   *
   * @param name of lower-case letters, digits, dots and hyphens
   * @param minutes above 0
   * @param changes keys of a configuration
   * @param metric what it is judged by
   * @param published if any
   * @param columns further numbers
   * @param remark may be empty
   */
  public Cell {
    Check.positive("minutes", minutes);
    columns = List.copyOf(columns);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "a cell is named like kp or sparse-dfa.1, but is '" + name + "'");
    }
  }

  /**
   * A cell judged by test error, so far without a published value.
   *
   * @param name unique in its recipe
   * @param minutes how long one run takes on one core
   * @param changes keys of a configuration, {@code "rule: dfa"}
   * @return the cell
   */
  public static Cell error(String name, double minutes, String... changes) {
    return of(name, minutes, Metric.TEST_ERROR, changes);
  }

  /**
   * A cell judged by test accuracy, so far without a published value.
   *
   * @param name unique in its recipe
   * @param minutes how long one run takes on one core
   * @param changes keys of a configuration, {@code "rule: dfa"}
   * @return the cell
   */
  public static Cell accuracy(String name, double minutes, String... changes) {
    return of(name, minutes, Metric.TEST_ACCURACY, changes);
  }

  private static Cell of(String name, double minutes, Metric metric, String... changes) {
    return new Cell(
        name, minutes, String.join("\n", changes), metric, Optional.empty(), List.of(), "");
  }

  /**
   * The same, held to a value that was published without a spread.
   *
   * @param value in percent
   * @param tolerance in points
   * @param confidence how sure we are of the value
   * @param reason where it is from, and why the tolerance is what it is
   * @return another cell
   */
  public Cell published(double value, double tolerance, Confidence confidence, String reason) {
    return published(value, 0, tolerance, confidence, reason);
  }

  /**
   * The same, held to a published value.
   *
   * @param value in percent
   * @param spread that was published beside it
   * @param tolerance in points
   * @param confidence how sure we are of the value
   * @param reason where it is from, and why the tolerance is what it is
   * @return another cell
   */
  public Cell published(
      double value, double spread, double tolerance, Confidence confidence, String reason) {
    Published to = new Published(value, spread, tolerance, confidence, reason);
    return new Cell(name, minutes, changes, metric, Optional.of(to), columns, remark);
  }

  /**
   * The same with a further number.
   *
   * @param figure its name, see {@link Column}
   * @param about as people read it
   * @return another cell
   */
  public Cell column(String figure, String about) {
    return with(new Column(figure, about, Optional.empty()));
  }

  /**
   * The same with a further number that is held to a published one.
   *
   * @param figure its name, see {@link Column}
   * @param about as people read it
   * @param value that was published
   * @param tolerance in the same unit
   * @param confidence how sure we are of the value
   * @param reason where it is from, and why the tolerance is what it is
   * @return another cell
   */
  public Cell column(
      String figure,
      String about,
      double value,
      double tolerance,
      Confidence confidence,
      String reason) {
    return with(
        new Column(
            figure, about, Optional.of(new Published(value, 0, tolerance, confidence, reason))));
  }

  private Cell with(Column column) {
    List<Column> more = new ArrayList<>(columns);
    more.add(column);
    return new Cell(name, minutes, changes, metric, published, more, remark);
  }

  /**
   * The same with a remark.
   *
   * @param text what a reader of the result should know
   * @return another cell
   */
  public Cell remark(String text) {
    return new Cell(name, minutes, changes, metric, published, columns, text);
  }
}
