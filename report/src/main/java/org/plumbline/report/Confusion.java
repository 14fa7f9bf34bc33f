package org.plumbline.report;

import static org.plumbline.report.Node.name;
import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;

/** Which classes are taken for which. */
final class Confusion {
  private static final String ID = "confusion";
  private static final String HEADING = "Confusion";

  /** More classes than this do not fit a matrix a person can read. */
  private static final int LEGIBLE = 32;

  /** More classes than this are not counted pair by pair. */
  private static final int COUNTED = 2000;

  /** The shades of the style sheet, from 1. */
  private static final int SHADES = 8;

  private Confusion() {}

  static Section of(RunData run) {
    if (run.evaluation().isEmpty()) {
      return Section.absent(ID, HEADING, "Not known: the run has no evaluation.json yet.");
    }
    var counts = Counts.of(run.evaluation().get());
    if (counts.size() == 0 || counts.total() == 0) {
      return Section.absent(
          ID,
          HEADING,
          "Not known: evaluation.json holds no confusion matrix of at most %d classes."
              .formatted(COUNTED));
    }
    var content = new ArrayList<Node>();
    var note = new ArrayList<Node>();
    if (counts.size() <= LEGIBLE) {
      content.add(matrix(counts));
      note.add(
          tag(
              "p",
              "Rows are the truth, columns the prediction. The diagonal is right; the shade grows "
                  + "with the share of the row, and an empty cell means never."));
      note.add(
          tag(
              "p",
              "Recall: the share of a class that was found. Precision: the share of a prediction "
                  + "that was right."));
    } else {
      note.add(
          tag(
              "p",
              "A matrix of %s is too large to read; here are the most confused pairs."
                  .formatted(Numbers.plural(counts.size(), "class").replace("classs", "classes"))));
    }
    content.add(pairs(counts, counts.size() <= LEGIBLE ? 6 : 30));
    return new Section(ID, HEADING, note, content);
  }

  /**
   * The matrix, square even if the file's is not.
   *
   * @param classes one name a class
   * @param cells row: truth, column: prediction
   */
  private record Counts(List<String> classes, List<List<Long>> cells) {
    static Counts of(JsonNode evaluation) {
      var rows = Json.list(evaluation, "confusion");
      var names = Json.list(evaluation, "classes");
      int size = rows.stream().mapToInt(JsonNode::size).reduce(rows.size(), Math::max);
      if (size > COUNTED) {
        return new Counts(List.of(), List.of());
      }
      var cells = new ArrayList<List<Long>>();
      var classes = new ArrayList<String>();
      for (int i = 0; i < size; i++) {
        int row = i;
        cells.add(IntStream.range(0, size).mapToObj(column -> count(rows, row, column)).toList());
        classes.add(
            i < names.size()
                ? Json.words(names.get(i)).orElse("class " + (i + 1))
                : "class " + (i + 1));
      }
      return new Counts(classes, cells);
    }

    private static long count(List<JsonNode> rows, int row, int column) {
      var cell = row < rows.size() ? rows.get(row).path(column) : rows.getFirst().path(-1);
      return cell.isIntegralNumber() && cell.canConvertToLong() ? Math.max(0, cell.longValue()) : 0;
    }

    int size() {
      return classes.size();
    }

    long at(int truth, int predicted) {
      return cells.get(truth).get(predicted);
    }

    long row(int truth) {
      return sum(IntStream.range(0, size()).mapToLong(i -> at(truth, i)));
    }

    long column(int predicted) {
      return sum(IntStream.range(0, size()).mapToLong(i -> at(i, predicted)));
    }

    long total() {
      return sum(IntStream.range(0, size()).mapToLong(this::row));
    }

    private static long sum(LongStream values) {
      return values.sum();
    }
  }

  private static Node matrix(Counts counts) {
    var head = new ArrayList<Node>();
    head.add(
        tag("th", tag("span", "prediction →"), tag("span", "truth ↓"))
            .with("class", "corner")
            .with("scope", "row"));
    for (var name : counts.classes()) {
      head.add(
          tag("th", tag("span", name(name))).with("class", turned(counts)).with("scope", "col"));
    }
    head.add(
        tag("th", tag("span", "recall, %")).with("class", turned(counts)).with("scope", "col"));
    var rows = new ArrayList<Node>();
    for (int i = 0; i < counts.size(); i++) {
      var row = new ArrayList<Node>();
      row.add(tag("th", name(counts.classes().get(i))).with("scope", "row"));
      for (int j = 0; j < counts.size(); j++) {
        row.add(cell(counts, i, j));
      }
      row.add(share(counts.at(i, i), counts.row(i)));
      rows.add(tag("tr", row));
    }
    var foot = new ArrayList<Node>();
    foot.add(tag("th", "precision, %").with("scope", "row"));
    for (int j = 0; j < counts.size(); j++) {
      foot.add(share(counts.at(j, j), counts.column(j)));
    }
    foot.add(tag("td"));
    return Node.scroll(
        "Confusion matrix",
        tag(
                "table",
                tag("thead", tag("tr", head)),
                tag("tbody", rows),
                tag("tfoot", tag("tr", foot)))
            .with("class", counts.size() > 14 ? "matrix dense" : "matrix"));
  }

  /** Long names stand upright over their column. */
  private static String turned(Counts counts) {
    int longest = counts.classes().stream().mapToInt(String::length).max().orElse(0);
    return longest > (counts.size() <= 4 ? 14 : 2) ? "turned" : "flat";
  }

  private static Node cell(Counts counts, int truth, int predicted) {
    long count = counts.at(truth, predicted);
    if (count == 0) {
      return tag("td");
    }
    // The square root: an error of a few per cent must still be seen.
    int shade =
        Math.clamp(
            (int) Math.ceil(SHADES * Math.sqrt((double) count / counts.row(truth))), 1, SHADES);
    return tag("td", Numbers.count(count))
        .with("class", (truth == predicted ? "hit s" : "miss s") + shade);
  }

  /** In per cent; 100 only if nothing is missing. */
  private static Node share(long part, long whole) {
    long most = part == whole ? 100 : 99;
    return tag(
            "td",
            whole == 0
                ? Numbers.NONE
                : Long.toString(Math.min(most, Math.round(100.0 * part / whole))))
        .with("class", "share");
  }

  private record Pair(int truth, int predicted, long count) {}

  private static Node pairs(Counts counts, int most) {
    var pairs = new ArrayList<Pair>();
    for (int i = 0; i < counts.size(); i++) {
      for (int j = 0; j < counts.size(); j++) {
        if (i != j && counts.at(i, j) > 0) {
          pairs.add(new Pair(i, j, counts.at(i, j)));
        }
      }
    }
    if (pairs.isEmpty()) {
      return tag("p", "No test example was confused.");
    }
    pairs.sort(Comparator.comparingLong(Pair::count).reversed());
    var rows =
        pairs.stream()
            .limit(most)
            .map(pair ->
                List.of(
                    name(counts.classes().get(pair.truth())),
                    name(counts.classes().get(pair.predicted())),
                    text(Numbers.count(pair.count())),
                    text(Numbers.percent((double) pair.count() / counts.row(pair.truth())))))
            .toList();
    return Node.all(
        List.of(
            tag("h3", "Most confused"),
            Node.table(
                "Most confused pairs",
                List.of("Truth", "Taken for", "Times", "Of the class"),
                rows,
                0,
                1)));
  }
}
