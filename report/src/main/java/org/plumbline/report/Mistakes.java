package org.plumbline.report;

import static org.plumbline.report.Node.name;
import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The test examples that were wrong with the most confidence, as pictures or as rows. */
final class Mistakes {
  private static final String ID = "mistakes";
  private static final String HEADING = "Most confident mistakes";

  /** A wider table of features is cut. */
  private static final int COLUMNS = 60;

  /** A longer feature is cut, in code points. */
  private static final int LONGEST = 48;

  private Mistakes() {}

  static Section of(RunData run) {
    if (run.evaluation().isEmpty()) {
      return Section.absent(ID, HEADING, "Not known: the run has no evaluation.json yet.");
    }
    var evaluation = run.evaluation().get();
    if (!evaluation.path("mistakes").isArray()) {
      return Section.absent(ID, HEADING, "Not known: evaluation.json holds no mistakes.");
    }
    var mistakes =
        Json.list(evaluation, "mistakes").stream()
            .map(found -> mistake(found, evaluation))
            .toList();
    if (mistakes.isEmpty()) {
      return Section.absent(ID, HEADING, "None: every test example was classified right.");
    }
    var input = evaluation.path("input");
    boolean image = Json.words(input, "kind").orElse("").equals("image");
    return new Section(
        ID,
        HEADING,
        List.of(
            tag(
                "p",
                "The test examples that the network got wrong while being surest, the surest first. "
                    + "Some may be mislabelled. Row counts in the test set from 1.")),
        List.of(image ? pictures(mistakes, Shape.of(input)) : rows(mistakes, input)));
  }

  /** One wrong answer; the input as the file has it. */
  private record Mistake(
      String row, String truth, String predicted, String confidence, List<JsonNode> input) {
    String told() {
      return "row " + row + ": " + truth + ", taken for " + predicted;
    }
  }

  private static Mistake mistake(JsonNode found, JsonNode evaluation) {
    return new Mistake(
        Json.words(found, "row").orElse(Numbers.NONE),
        label(found, "truth", evaluation),
        label(found, "predicted", evaluation),
        Numbers.percent(Json.number(found, "confidence")),
        Json.list(found, "input"));
  }

  private static String label(JsonNode found, String key, JsonNode evaluation) {
    var index = Json.whole(found, key);
    var classes = Json.list(evaluation, "classes");
    return index.isPresent() && index.getAsLong() >= 0 && index.getAsLong() < classes.size()
        ? Json.words(classes.get((int) index.getAsLong())).orElse(Numbers.NONE)
        : Json.words(found, key).orElse(Numbers.NONE);
  }

  /** What a picture measures. */
  private record Shape(int channels, int height, int width) {
    /** Pictures beyond this size are shrunk by a whole factor. */
    private static final int LARGEST = 64;

    /** About how wide a picture is drawn. */
    private static final int DRAWN = 112;

    static Optional<Shape> of(JsonNode input) {
      long channels = Json.whole(input, "channels").orElse(1);
      long height = Json.whole(input, "height").orElse(0);
      long width = Json.whole(input, "width").orElse(0);
      return channels > 0
              && height > 0
              && width > 0
              && Math.max(channels, Math.max(height, width)) <= 4096
          ? Optional.of(new Shape((int) channels, (int) height, (int) width))
          : Optional.empty();
    }

    /** The picture, if there are as many values as it has pixels. */
    Optional<Node.Element> picture(List<JsonNode> values) {
      if (values.size() != (long) channels * height * width) {
        return Optional.empty();
      }
      int by = (Math.max(height, width) + LARGEST - 1) / LARGEST;
      int rows = Math.max(1, height / by);
      int columns = Math.max(1, width / by);
      int shown = channels == 3 ? 3 : 1;
      var pixels = new byte[rows * columns * shown];
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < columns; x++) {
          for (int c = 0; c < shown; c++) {
            pixels[(y * columns + x) * shown + c] = pixel(values, c, y, x, by, shown);
          }
        }
      }
      int times = Math.max(1, Math.round((float) DRAWN / columns));
      return Optional.of(
          tag("img")
              .with("src", Png.dataUri(pixels, columns, rows, shown))
              .with("width", Integer.toString(columns * times))
              .with("height", Integer.toString(rows * times)));
    }

    /** The mean of a square of pixels, and of all channels if they are not red, green, blue. */
    private byte pixel(List<JsonNode> values, int c, int y, int x, int by, int shown) {
      double sum = 0;
      int n = 0;
      for (int channel = c; channel < (shown == 3 ? c + 1 : channels); channel++) {
        for (int i = y * by; i < Math.min(height, (y + 1) * by); i++) {
          for (int j = x * by; j < Math.min(width, (x + 1) * by); j++) {
            sum += Json.number(values.get((channel * height + i) * width + j)).orElse(0);
            n++;
          }
        }
      }
      return (byte) Math.round(255 * Math.clamp(sum / n, 0, 1));
    }
  }

  private static Node pictures(List<Mistake> mistakes, Optional<Shape> shape) {
    var cards = new ArrayList<Node>();
    for (var mistake : mistakes) {
      var picture =
          shape
              .flatMap(size -> size.picture(mistake.input()))
              .<Node>map(image -> image.with("alt", mistake.told()))
              .orElseGet(
                  () -> tag("span", "The file holds no such picture.").with("class", "absent"));
      cards.add(
          tag(
              "li",
              tag("div", picture).with("class", "frame"),
              tag(
                      "p",
                      name(mistake.truth()),
                      tag("span", " taken for ").with("class", "muted"),
                      tag("strong", name(mistake.predicted())))
                  .with("class", "verdict"),
              tag(
                      "p",
                      tag("span", mistake.confidence() + " sure,"),
                      text(" "),
                      tag("span", "row " + mistake.row()))
                  .with("class", "caption")));
    }
    return tag("ul", cards).with("class", "pictures");
  }

  private static Node rows(List<Mistake> mistakes, JsonNode input) {
    var names = Json.list(input, "names");
    int width =
        mistakes.stream().mapToInt(mistake -> mistake.input().size()).max().orElse(names.size());
    int shown = Math.min(width, COLUMNS);
    var head = new ArrayList<>(List.of("Row", "Truth", "Prediction", "Confidence"));
    for (int i = 0; i < shown; i++) {
      int column = i + 1;
      head.add(
          i < names.size()
              ? Json.words(names.get(i)).orElse("feature " + column)
              : "feature " + column);
    }
    var lines = new ArrayList<List<Node>>();
    for (var mistake : mistakes) {
      var line =
          new ArrayList<>(
              List.of(
                  text(mistake.row()),
                  name(mistake.truth()),
                  name(mistake.predicted()),
                  text(mistake.confidence())));
      for (int i = 0; i < shown; i++) {
        line.add(
            text(
                i < mistake.input().size()
                    ? cut(Json.words(mistake.input().get(i)).orElse(Numbers.NONE))
                    : Numbers.NONE));
      }
      lines.add(line);
    }
    var table = Node.table("Most confident mistakes", head, lines, 1, 2);
    return width <= shown
        ? table
        : Node.all(
            List.of(
                table,
                tag("p", "The first %d of %d features.".formatted(shown, width))
                    .with("class", "caption")));
  }

  /** The beginning of a value that would stretch the table. */
  private static String cut(String value) {
    return value.codePointCount(0, value.length()) <= LONGEST
        ? value
        : value.substring(0, value.offsetByCodePoints(0, LONGEST)) + "…";
  }
}
