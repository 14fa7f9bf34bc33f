package org.plumbline.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * One rule in one cell over all repetitions: the shortest times, the median of the medians, and how
 * far the ratio went.
 *
 * @param best the times; its repetition says how many there were
 * @param ratioLow the least ratio to the peer of a repetition; of a third of the rounds, if there
 *     was one repetition
 * @param ratioHigh the greatest
 */
public record Line(Row best, double ratioLow, double ratioHigh) {
  /**
   * Joins repetitions.
   *
   * @param rows of any repetitions
   * @return in the order of the first repetition
   */
  public static List<Line> of(List<Row> rows) {
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    rows.forEach(row ->
        groups.computeIfAbsent(row.cell() + " " + row.rule(), _ -> new ArrayList<>()).add(row));
    return groups.values().stream().map(Line::joined).toList();
  }

  private static Line joined(List<Row> rows) {
    Row first = rows.getFirst();
    Row best =
        new Row(
            rows.size(),
            first.shape(),
            first.batch(),
            first.optimizer(),
            first.precision(),
            first.rule(),
            least(rows, Row::msMin),
            median(rows, Row::msMedian),
            least(rows, Row::floorMs),
            median(rows, Row::floorMedian),
            least(rows, Row::peerMs),
            median(rows, Row::peerMedian),
            least(rows, Row::ratioLow),
            -least(rows, row -> -row.ratioHigh()),
            rows.stream().mapToInt(Row::steps).sum());
    return rows.size() == 1
        ? new Line(best, first.ratioLow(), first.ratioHigh())
        : new Line(best, least(rows, Row::ratioToPeer), -least(rows, row -> -row.ratioToPeer()));
  }

  private static double least(List<Row> rows, ToDoubleFunction<Row> of) {
    return rows.stream().mapToDouble(of).min().orElse(Double.NaN);
  }

  private static double median(List<Row> rows, ToDoubleFunction<Row> of) {
    double[] sorted = rows.stream().mapToDouble(of).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
