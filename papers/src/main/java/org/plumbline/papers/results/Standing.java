package org.plumbline.papers.results;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Published;
import org.plumbline.train.Configuration;
import org.plumbline.train.Options;

/**
 * Where a cell stands.
 *
 * @param place the cell
 * @param epochs of its recipe
 * @param full runs of the whole recipe
 * @param reduced runs of fewer epochs
 * @param stale runs of a recipe that has changed since; they count for nothing
 */
public record Standing(
    Paper.Place place, long epochs, List<Row> full, List<Row> reduced, List<Row> stale) {
  private static final double SHORT_MINUTES = 10;
  private static final double MIDDLE_MINUTES = 30;

  /**
   * Copies the lists.
   *
   * @param place the cell
   * @param epochs of its recipe
   * @param full runs of the whole recipe
   * @param reduced runs of fewer epochs
   * @param stale runs of a recipe that has changed since
   */
  public Standing {
    full = List.copyOf(full);
    reduced = List.copyOf(reduced);
    stale = List.copyOf(stale);
  }

  /**
   * Sorts the rows of a paper by cell.
   *
   * @param paper whose
   * @param rows of its file
   * @return one a cell, in the paper's order
   */
  public static List<Standing> of(Paper paper, List<Row> rows) {
    return paper.places().stream()
        .map(
            place -> of(place, rows.stream().filter(row -> row.cell().equals(place.id())).toList()))
        .toList();
  }

  static Standing of(Paper.Place place, List<Row> rows) {
    Configuration configuration = place.recipe().configurationOf(place.cell());
    long epochs = Long.parseLong(configuration.get(Options.EPOCHS));
    if (rows.isEmpty()) {
      return new Standing(place, epochs, List.of(), List.of(), List.of());
    }
    String recipe = RecipeHash.of(configuration);
    List<Row> current = rows.stream().filter(row -> row.recipe().equals(recipe)).toList();
    return new Standing(
        place,
        epochs,
        current.stream().filter(row -> row.planned() >= epochs).toList(),
        current.stream().filter(row -> row.planned() < epochs).toList(),
        rows.stream().filter(row -> !row.recipe().equals(recipe)).toList());
  }

  /**
   * What is shown: the runs of the whole recipe, else the reduced ones.
   *
   * @return none if nothing was run
   */
  public List<Row> rows() {
    return full.isEmpty() ? reduced : full;
  }

  /**
   * How it stands.
   *
   * @return computed
   */
  public State state() {
    if (full.size() < required()) {
      return full.isEmpty() && !reduced.isEmpty() ? State.REDUCED : State.OPEN;
    }
    if (place.cell().published().isEmpty()) {
      return State.OWN;
    }
    Published published = place.cell().published().get();
    boolean all = full.stream().allMatch(Row::isFinished);
    OptionalDouble mean = mean();
    return all && mean.isPresent() && published.isMetBy(mean.getAsDouble())
        ? State.REPRODUCED
        : State.MISSED;
  }

  /**
   * The number of the cell's metric.
   *
   * @return its mean over the runs that finished
   */
  public OptionalDouble mean() {
    return mean(place.cell().metric().figure());
  }

  /**
   * The spread of the cell's metric.
   *
   * @return its sample standard deviation, with n − 1, over the runs that finished
   */
  public OptionalDouble std() {
    return std(place.cell().metric().figure());
  }

  /**
   * The mean of any number.
   *
   * @param figure its name
   * @return over the runs that have it
   */
  public OptionalDouble mean(String figure) {
    return Arrays.stream(values(figure)).average();
  }

  /**
   * The spread of any number.
   *
   * @param figure its name
   * @return with n − 1; nothing for fewer than two runs
   */
  public OptionalDouble std(String figure) {
    double[] values = values(figure);
    if (values.length < 2) {
      return OptionalDouble.empty();
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return OptionalDouble.of(Math.sqrt(squares / (values.length - 1)));
  }

  /** Of the runs that have it. */
  double[] values(String figure) {
    return rows().stream()
        .filter(Row::isFinished)
        .mapToDouble(row -> row.figure(figure))
        .filter(Double::isFinite)
        .toArray();
  }

  /**
   * How long a run takes on one core.
   *
   * @return as measured, else as estimated
   */
  public double minutes() {
    return full.stream()
        .mapToDouble(row -> row.seconds() / 60)
        .filter(minutes -> minutes > 0)
        .average()
        .orElse(place.cell().minutes());
  }

  /**
   * How many seeds it takes to be judged.
   *
   * @return 3 where a run takes under ten minutes, as estimated or as the fastest was, else 1: a
   *     machine with much else to do does not make it easier
   */
  public int required() {
    double fastest =
        full.stream()
            .filter(Row::isFinished)
            .mapToDouble(row -> row.seconds() / 60)
            .min()
            .orElse(Double.POSITIVE_INFINITY);
    return Math.min(fastest, place.cell().minutes()) < SHORT_MINUTES ? 3 : 1;
  }

  /**
   * How many seeds we wish for.
   *
   * @return 5 where a run takes under thirty minutes, else 3
   */
  public int wished() {
    return minutes() < MIDDLE_MINUTES ? 5 : 3;
  }
}
