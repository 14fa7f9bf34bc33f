package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.plumbline.report.ComparisonData.Rule;

/** The rules by accuracy: every seed a dot, the mean a bar, its deviation a whisker. */
final class Ranking {
  private static final String ID = "results";
  private static final String HEADING = "Results";
  private static final String ACCURACY = "test_accuracy";
  private static final int WIDTH = 300;
  private static final int MARGIN = 12;
  private static final int HEIGHT = 34;

  private Ranking() {}

  static Section of(ComparisonData all) {
    if (all.rules().isEmpty()) {
      return Section.absent(ID, HEADING, "None: the comparison has no run yet.");
    }
    var values =
        all.rules().stream()
            .flatMap(rule -> rule.spread(ACCURACY).values().stream())
            .mapToDouble(x -> x)
            .toArray();
    var axis = Axis.of(values, all.testExamples().orElse(10_000));
    var head =
        List.of(
            tag("th", all.comparesRules() ? "Rule" : "Setting")
                .with("scope", "col")
                .with("class", "words"),
            tag("th", "Test accuracy ± std").with("scope", "col").with("class", "number"),
            tag("th", axis.head()).with("scope", "col").with("class", "dots"),
            number("Against bp"),
            number("Over shallow"),
            number("Train accuracy"),
            number("Seeds"));
    var rows = new ArrayList<Node>();
    for (var rule : all.ranked()) {
      rows.add(row(all, axis, rule));
    }
    var table =
        Node.scroll(
            "Results by rule",
            tag("table", tag("thead", tag("tr", head)), tag("tbody", rows))
                .with("class", "ranking"));
    return new Section(ID, HEADING, note(all), List.of(table));
  }

  private static Node number(String title) {
    return tag("th", title).with("scope", "col").with("class", "number");
  }

  private static Node row(ComparisonData all, Axis axis, Rule rule) {
    var spread = rule.spread(ACCURACY);
    var title = new ArrayList<Node>(List.of(ComparisonData.label(rule)));
    if (rule.label().equals(ComparisonData.YARDSTICK)) {
      title.add(tag("span", "yardstick").with("class", "role"));
    } else if (rule.label().equals(ComparisonData.CONTROL)) {
      title.add(tag("span", "control").with("class", "role"));
    }
    var cells = new ArrayList<Node>();
    cells.add(tag("th", title).with("scope", "row").with("class", "rule-name"));
    cells.add(cell(spread.isEmpty() ? missing(rule) : all.withSpread(spread)));
    cells.add(tag("td", axis.row(all, spread)).with("class", "dots"));
    for (var other : List.of(ComparisonData.YARDSTICK, ComparisonData.CONTROL)) {
      cells.add(
          tag(
                  "td",
                  rule.label().equals(other) || spread.isEmpty()
                      ? text(Numbers.NONE)
                      : all.reference(other)
                          .map(reference -> difference(all, rule.over(reference, ACCURACY)))
                          .orElse(text(Numbers.NONE)))
              .with("class", "number"));
    }
    cells.add(cell(all.percent(rule.spread("train_accuracy").mean())));
    cells.add(
        cell(
            spread.values().size() == rule.runs().size()
                ? Integer.toString(rule.runs().size())
                : spread.values().size() + " of " + rule.runs().size()));
    return tag("tr", cells).with("class", Verdict.isReference(rule) ? "reference" : "compared");
  }

  private static String missing(Rule rule) {
    return rule.runs().stream().anyMatch(ComparisonData.Run::isFailed) ? "failed" : "not yet";
  }

  private static Node cell(String words) {
    return tag("td", words).with("class", "number");
  }

  private static Node difference(ComparisonData all, Spread difference) {
    var points = text(all.points(difference.mean()) + all.deviation(difference));
    return difference.holdsZero()
        ? Node.all(List.of(points, tag("span", "within spread").with("class", "role")))
        : points;
  }

  private static List<Node> note(ComparisonData all) {
    var note = new ArrayList<Node>();
    note.add(
        tag(
            "p",
            "Sorted by mean test accuracy. Every dot is a seed, the bar is their mean, the whisker "
                + "the mean ± one sample standard deviation (with n − 1). The axis is that of "
                + "log-odds, so that halving the error is a step of about the same length anywhere."));
    var lines = new ArrayList<String>();
    all.reference(ComparisonData.YARDSTICK).ifPresent(_ -> lines.add("solid line is bp"));
    all.reference(ComparisonData.CONTROL).ifPresent(_ -> lines.add("dashed line is shallow"));
    if (!lines.isEmpty()) {
      note.add(tag("p", "The " + String.join(", the ", lines) + "."));
    }
    note.add(
        tag(
            "p",
            "Differences are points of per cent, seed by seed, since the runs of a seed share their "
                + "data, their order and their initial weights: mean ± sample standard deviation. "
                + "“Within spread”: the mean is no greater than that deviation, so these seeds do not tell "
                + "the two apart. Beyond it is a hint, not a test of significance."));
    return note;
  }

  /** Log-odds of accuracy, from the mark below the least value to the mark above the greatest. */
  private record Axis(double low, double high, double edge, List<Double> ticks) {
    private static final double[] MARKS = {
      0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998,
      0.999, 0.9995, 0.9999, 0.99999
    };

    static Axis of(double[] values, double examples) {
      double edge = 0.5 / Math.max(2, examples); // of all or nothing, half an example
      double least = DoubleStream.of(values).min().orElse(0.1);
      double most = DoubleStream.of(values).max().orElse(0.9);
      double low = edge;
      double high = 1 - edge;
      for (double mark : MARKS) {
        if (mark <= least && mark > low) {
          low = mark;
        }
      }
      for (int i = MARKS.length - 1; i >= 0; i--) {
        if (MARKS[i] >= most && MARKS[i] < high && MARKS[i] > low) {
          high = MARKS[i];
        }
      }
      var axis = new Axis(low, high, edge, List.of());
      var ticks = new ArrayList<Double>();
      double last = Double.NEGATIVE_INFINITY;
      for (double mark : MARKS) {
        if (mark >= low - 1e-12 && mark <= high + 1e-12 && axis.at(mark) - last >= 38) {
          ticks.add(mark);
          last = axis.at(mark);
        }
      }
      return new Axis(low, high, edge, ticks);
    }

    double at(double value) {
      double place =
          (logit(Math.clamp(value, edge, 1 - edge)) - logit(low)) / (logit(high) - logit(low));
      return MARGIN + Math.clamp(place, 0.0, 1.0) * (WIDTH - 2 * MARGIN);
    }

    private static double logit(double p) {
      return Math.log(p / (1 - p));
    }

    Node head() {
      var words =
          ticks.stream()
              .map(tick ->
                  tag("text", Numbers.tick(100 * tick) + " %")
                      .with("x", Numbers.tenth(at(tick)))
                      .with("y", "14")
                      .with("text-anchor", "middle"))
              .toList();
      return tag("svg", words)
          .with("class", "dots")
          .with("width", Integer.toString(WIDTH))
          .with("height", "18")
          .with("role", "img")
          .with("aria-label", "axis of test accuracy");
    }

    Node row(ComparisonData all, Spread spread) {
      var shapes = new ArrayList<Node>();
      for (double tick : ticks) {
        shapes.add(vertical("grid", at(tick), 0, HEIGHT));
      }
      all.reference(ComparisonData.CONTROL)
          .map(rule -> rule.spread(ACCURACY))
          .ifPresent(s -> shapes.add(vertical("ref control", at(s.mean()), 0, HEIGHT)));
      all.reference(ComparisonData.YARDSTICK)
          .map(rule -> rule.spread(ACCURACY))
          .ifPresent(s -> shapes.add(vertical("ref", at(s.mean()), 0, HEIGHT)));
      if (!spread.isEmpty()) {
        double middle = HEIGHT / 2.0;
        if (spread.values().size() > 1) {
          double from = at(spread.mean() - spread.std());
          double to = at(spread.mean() + spread.std());
          shapes.add(
              tag("path")
                  .with("class", "whisker")
                  .with(
                      "d",
                      "M%1$s %3$sH%2$sM%1$s %4$sV%5$sM%2$s %4$sV%5$s"
                          .formatted(
                              Numbers.tenth(from),
                              Numbers.tenth(to),
                              Numbers.tenth(middle),
                              Numbers.tenth(middle - 4),
                              Numbers.tenth(middle + 4))));
        }
        for (double value : spread.values()) {
          shapes.add(
              tag("circle")
                  .with("class", "seed")
                  .with("cx", Numbers.tenth(at(value)))
                  .with("cy", Numbers.tenth(middle))
                  .with("r", "3"));
        }
        shapes.add(vertical("mean", at(spread.mean()), middle - 8, middle + 8));
      }
      return tag("svg", shapes)
          .with("class", "dots")
          .with("width", Integer.toString(WIDTH))
          .with("height", Integer.toString(HEIGHT))
          .with("role", "img")
          .with(
              "aria-label",
              spread.isEmpty()
                  ? "no result"
                  : "seeds: "
                      + spread.values().stream()
                          .map(all::percent)
                          .collect(Collectors.joining(", ")));
    }

    private static Node vertical(String style, double x, double from, double to) {
      return tag("path")
          .with("class", style)
          .with(
              "d", "M%s %sV%s".formatted(Numbers.tenth(x), Numbers.tenth(from), Numbers.tenth(to)));
    }
  }
}
