package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.plumbline.report.ComparisonData.Rule;

/** Alignment with back-propagation, layer by epoch, a map for each rule on one scale of colour. */
final class HeatMaps {
  private static final String ID = "alignment";
  private static final String HEADING = "Alignment";
  private static final String KEY = "alignment/";

  /** More columns than this are merged, each the mean of its readings. */
  private static final int COLUMNS = 60;

  /** Shades from 0 to 1, and as many from 0 to −1. */
  private static final int SHADES = 10;

  /** So many maps have a line each. */
  private static final int WIDE = 5;

  /** Of a cell, before the drawing is stretched. */
  private static final int WIDTH = 10;

  private static final int HEIGHT = 20;

  private HeatMaps() {}

  /**
   * Readings of one moment, over seeds.
   *
   * @param epoch when, in epochs
   * @param cosine the mean; NaN if there is none
   * @param std the sample standard deviation over seeds
   * @param mean of the null
   * @param deviation of the null
   */
  private record Cell(double epoch, double cosine, double std, double mean, double deviation) {
    boolean isInsideNull() {
      return Math.abs(cosine - mean) <= 2 * deviation;
    }
  }

  static Section of(ComparisonData all) {
    var maps = new ArrayList<Node>();
    var without = new ArrayList<Rule>();
    for (var rule : all.ranked()) {
      var blocks = blocks(rule);
      if (blocks.isEmpty()) {
        without.add(rule);
      } else {
        maps.add(map(rule, blocks));
      }
    }
    if (maps.isEmpty()) {
      return Section.absent(
          ID,
          HEADING,
          "Not measured: no run recorded the probe alignment, which compares every block’s signal "
              + "with the gradient that back-propagation would have given it.");
    }
    var content = new ArrayList<Node>();
    content.add(legend());
    content.add(tag("div", maps).with("class", maps.size() > WIDE ? "maps many" : "maps"));
    for (var rule : without) {
      content.add(
          tag("p", ComparisonData.label(rule), text(": not measured, or not yet."))
              .with("class", "caption"));
    }
    return new Section(ID, HEADING, note(), content);
  }

  private static List<Node> note() {
    return List.of(
        tag(
            "p",
            "The cosine between what a hidden block was told and the exact gradient of the same pass, "
                + "mean over seeds: 1 is the same direction, 0 none, below 0 uphill. Block 1 is "
                + "nearest the input. Time runs to the right."),
        tag(
            "p",
            "The null is what freshly drawn feedback of the same law scores, here with 2 of its "
                + "standard deviations. A dot marks a reading inside it: no alignment is shown there. "
                + "Rules that draw nothing have no null."));
  }

  /** The numbers of the blocks of which anything was read. */
  private static List<Integer> blocks(Rule rule) {
    var found = new TreeSet<Integer>();
    for (var run : rule.learning()) {
      for (var probe : run.events().probes()) {
        probe
            .path("readings")
            .forEachEntry((key, _) -> {
              if (key.matches(KEY + "\\d{1,6}(/.*)?")) {
                found.add(Integer.parseInt(key.substring(KEY.length()).replaceFirst("/.*", "")));
              }
            });
      }
    }
    return List.copyOf(found);
  }

  private static Node map(Rule rule, List<Integer> blocks) {
    var rows = new ArrayList<Node>();
    double first = Double.NaN;
    double last = Double.NaN;
    for (int block : blocks) {
      var cells = cells(rule, block);
      rows.add(row(rule, block, cells));
      if (!cells.isEmpty()) {
        first = cells.getFirst().epoch();
        last = cells.getLast().epoch();
      }
    }
    if (Double.isFinite(last)) {
      rows.add(
          tag(
              "tr",
              tag("td"),
              tag(
                  "td",
                  tag(
                          "div",
                          text("epoch " + Numbers.tick(Math.floor(first))),
                          tag("span", Numbers.tick(last)))
                      .with("class", "ends-of")),
              tag("td"),
              tag("td")));
    }
    var head =
        tag(
            "tr",
            tag("th", "Block").with("scope", "col"),
            tag("th", "Cosine over time").with("scope", "col"),
            tag("th", "Last ± std").with("scope", "col").with("class", "number"),
            tag("th", "Null ± 2 std").with("scope", "col").with("class", "number"));
    return tag(
            "figure",
            tag("figcaption", ComparisonData.label(rule)),
            tag("table", tag("thead", head), tag("tbody", rows)))
        .with("class", "heat");
  }

  private static Node row(Rule rule, int block, List<Cell> cells) {
    var title = tag("th", Integer.toString(block)).with("scope", "row");
    if (isIncomparable(rule, block)) {
      return tag("tr", title, said("not comparable: this signal is no estimate of the gradient"));
    }
    if (cells.stream().noneMatch(cell -> Double.isFinite(cell.cosine()))) {
      return tag(
          "tr",
          title,
          said(isSilent(rule, block) ? "silent: the block is told nothing" : "undefined"));
    }
    var end = cells.getLast();
    return tag(
        "tr",
        title,
        tag("td", strip(block, cells)).with("class", "strip"),
        tag(
                "td",
                Numbers.places(end.cosine())
                    + (Double.isFinite(end.std()) ? " ± " + Numbers.places(end.std()) : ""))
            .with("class", "number"),
        tag(
                "td",
                Double.isFinite(end.deviation())
                    ? Numbers.places(end.mean()) + " ± " + Numbers.places(2 * end.deviation())
                    : Numbers.NONE)
            .with("class", "number"));
  }

  private static Node said(String words) {
    return tag("td", words).with("colspan", "3").with("class", "said");
  }

  private static boolean isIncomparable(Rule rule, int block) {
    return rule.learning().stream()
        .flatMap(run -> run.events().probes().stream())
        .map(probe -> Json.number(probe.path("readings"), KEY + block + "/comparable"))
        .anyMatch(reading -> reading.isPresent() && reading.getAsDouble() == 0);
  }

  private static boolean isSilent(Rule rule, int block) {
    return rule.learning().stream()
        .flatMap(run -> run.events().probes().stream())
        .map(probe -> Json.number(probe.path("readings"), KEY + block + "/silent"))
        .anyMatch(reading -> reading.isPresent() && reading.getAsDouble() > 0);
  }

  private static List<Cell> cells(Rule rule, int block) {
    var byStep = new TreeMap<Long, Map<String, List<Double>>>();
    double steps = 1;
    for (var run : rule.learning()) {
      steps = run.axis().steps();
      for (var probe : run.events().probes()) {
        var step = Json.whole(probe, "step");
        if (step.isEmpty() || step.getAsLong() < 0) {
          continue;
        }
        for (var part : List.of("", "/null", "/null_std")) {
          var value = Json.number(probe.path("readings"), KEY + block + part);
          value.ifPresent(v ->
              byStep
                  .computeIfAbsent(step.getAsLong(), _ -> new TreeMap<>())
                  .computeIfAbsent(part, _ -> new ArrayList<>())
                  .add(v));
        }
      }
    }
    var cells = new ArrayList<Cell>();
    for (var moment : byStep.entrySet()) {
      var cosine = new Spread(moment.getValue().getOrDefault("", List.of()));
      if (!cosine.isEmpty()) {
        cells.add(
            new Cell(
                moment.getKey() / steps,
                cosine.mean(),
                cosine.std(),
                new Spread(moment.getValue().getOrDefault("/null", List.of())).mean(),
                new Spread(moment.getValue().getOrDefault("/null_std", List.of())).mean()));
      }
    }
    return cells;
  }

  /** At most so many columns, the last one always the last reading. */
  private static List<Cell> merged(List<Cell> cells) {
    int n = cells.size();
    if (n <= COLUMNS) {
      return cells;
    }
    var merged = new ArrayList<Cell>();
    for (int c = 0; c < COLUMNS; c++) {
      var part = cells.subList(n * c / COLUMNS, n * (c + 1) / COLUMNS);
      merged.add(
          new Cell(
              part.getLast().epoch(),
              new Spread(part.stream().map(Cell::cosine).toList()).mean(),
              Double.NaN,
              new Spread(part.stream().map(Cell::mean).toList()).mean(),
              new Spread(part.stream().map(Cell::deviation).toList()).mean()));
    }
    return merged;
  }

  private static Node strip(int block, List<Cell> all) {
    var cells = merged(all);
    var shapes = new ArrayList<Node>();
    var dots = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      shapes.add(
          tag("rect")
              .with("class", shade(cells.get(i).cosine()))
              .with("x", Integer.toString(i * WIDTH))
              .with("width", Integer.toString(WIDTH))
              .with("height", Integer.toString(HEIGHT)));
      if (cells.get(i).isInsideNull()) {
        dots.append("M%d %dh.01".formatted(i * WIDTH + WIDTH / 2, HEIGHT / 2));
      }
    }
    if (!dots.isEmpty()) {
      shapes.add(tag("path").with("class", "inside").with("d", dots.toString()));
    }
    return tag("svg", shapes)
        .with("viewBox", "0 0 %d %d".formatted(WIDTH * cells.size(), HEIGHT))
        .with("preserveAspectRatio", "none")
        .with("role", "img")
        .with(
            "aria-label",
            "block %d: cosine %s at epoch %s, %s at epoch %s"
                .formatted(
                    block,
                    Numbers.places(all.getFirst().cosine()),
                    Numbers.tick(all.getFirst().epoch()),
                    Numbers.places(all.getLast().cosine()),
                    Numbers.tick(all.getLast().epoch())));
  }

  /** The class of a colour: {@code up7} is a cosine of 0.65 to 0.75. */
  static String shade(double cosine) {
    int shade = (int) Math.round(Math.clamp(Math.abs(cosine), 0.0, 1.0) * SHADES);
    return shade == 0 ? "level" : (cosine > 0 ? "up" : "down") + shade;
  }

  private static Node legend() {
    var shapes = new ArrayList<Node>();
    int swatch = 12;
    for (int i = -SHADES; i <= SHADES; i++) {
      shapes.add(
          tag("rect")
              .with("class", shade((double) i / SHADES))
              .with("x", Integer.toString((i + SHADES) * swatch))
              .with("width", Integer.toString(swatch))
              .with("height", "12"));
    }
    var drawing =
        tag("svg", shapes)
            .with("width", Integer.toString((2 * SHADES + 1) * swatch))
            .with("height", "12")
            .with("aria-hidden", "true");
    return tag(
            "p",
            text("cosine  −1 "),
            drawing,
            text(" 1; pale is 0; "),
            tag("svg", tag("path").with("class", "inside").with("d", "M5 6h.01"))
                .with("width", "10")
                .with("height", "12")
                .with("aria-hidden", "true"),
            text(" inside the null"))
        .with("class", "legend heat");
  }
}
