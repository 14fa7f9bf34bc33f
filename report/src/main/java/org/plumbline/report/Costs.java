package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.plumbline.report.ComparisonData.Rule;

/** What the rules cost: time and memory as they were, arithmetic as the probe counted it. */
final class Costs {
  private static final String ID = "cost";
  private static final String HEADING = "Time, memory, cost";
  private static final int WIDTH = 90;

  private Costs() {}

  static Section of(ComparisonData all) {
    var done = all.ranked().stream().filter(rule -> !rule.spread("seconds").isEmpty()).toList();
    if (done.isEmpty()) {
      return Section.absent(ID, HEADING, "Not known: no run has finished.");
    }
    var content = new ArrayList<Node>();
    content.add(tag("h3", "Time and memory"));
    content.add(time(all, done));
    content.add(tag("h3", "Arithmetic and traffic of a row"));
    var counted = done.stream().filter(rule -> Double.isFinite(cost(rule, "total"))).toList();
    content.add(
        counted.isEmpty()
            ? tag("p", "Not counted: the runs recorded no probe cost.").with("class", "absent")
            : arithmetic(counted));
    return new Section(ID, HEADING, note(!counted.isEmpty()), content);
  }

  private static List<Node> note(boolean counted) {
    var note = new ArrayList<Node>();
    note.add(
        tag(
            "p",
            "Seconds are those of training, with its probes and without the final evaluation, mean ± "
                + "sample standard deviation, one run at a time on the machine below. They compare "
                + "this program’s rules, not what hardware could do with them."));
    note.add(tag("p", "Feedback is what the fixed or learned feedback weights occupy."));
    if (counted) {
      note.add(
          tag(
              "p",
              "Arithmetic is counted in multiply-accumulates a row: the forward pass, the errors of "
                  + "the hidden blocks, the weight gradients, and what a rule needs beside them. "
                  + "Words are numbers moved to form those errors."));
    }
    return note;
  }

  private static Node time(ComparisonData all, List<Rule> done) {
    double bp =
        all.rule(ComparisonData.YARDSTICK)
            .map(rule -> rule.spread("seconds").mean())
            .orElse(Double.NaN);
    double most = done.stream().mapToDouble(rule -> rule.spread("seconds").mean()).max().orElse(1);
    var rows = new ArrayList<List<Node>>();
    for (var rule : done) {
      var seconds = rule.spread("seconds");
      rows.add(
          List.of(
              ComparisonData.label(rule),
              text(
                  Numbers.of(seconds.mean())
                      + (seconds.values().size() > 1 ? " ± " + Numbers.of(seconds.std()) : "")),
              bar(seconds.mean() / most, bp / most),
              times(seconds.mean() / bp),
              text(Numbers.of(rule.spread("samples_per_second").mean())),
              text(bytes(rule.spread("feedback_bytes").mean()))));
    }
    return Node.table(
        "Time and memory by rule",
        List.of("Rule", "Seconds ± std", "", "Of bp", "Samples/s", "Feedback"),
        rows,
        0,
        2);
  }

  private static Node arithmetic(List<Rule> counted) {
    double most =
        counted.stream()
            .mapToDouble(rule -> Math.max(cost(rule, "total"), orZero(cost(rule, "bp_total"))))
            .max()
            .orElse(1);
    var parts =
        Stream.of("forward", "error", "weights", "extra")
            .filter(part -> counted.stream().anyMatch(rule -> cost(rule, part) > 0))
            .toList();
    var rows = new ArrayList<List<Node>>();
    for (var rule : counted) {
      var row = new ArrayList<Node>();
      row.add(ComparisonData.label(rule));
      parts.forEach(part -> row.add(text(Numbers.of(cost(rule, part)))));
      row.add(text(Numbers.of(cost(rule, "total"))));
      row.add(bar(cost(rule, "total") / most, cost(rule, "bp_total") / most));
      row.add(times(cost(rule, "total") / cost(rule, "bp_total")));
      row.add(text(Numbers.of(cost(rule, "words"))));
      row.add(times(cost(rule, "words") / cost(rule, "bp_words")));
      rows.add(row);
    }
    var head = new ArrayList<>(List.of("Rule"));
    parts.forEach(
        part -> head.add(part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1)));
    head.addAll(List.of("Total", "", "Of bp", "Words", "Of bp"));
    return Node.table("Arithmetic by rule", head, rows, 0, parts.size() + 2);
  }

  private static double cost(Rule rule, String part) {
    return rule.spread("cost_" + part).mean();
  }

  private static double orZero(double value) {
    return Double.isFinite(value) ? value : 0;
  }

  /** A bar as long as the share, with a mark where back-propagation is. */
  private static Node bar(double share, double bp) {
    var shapes = new ArrayList<Node>();
    shapes.add(
        tag("rect")
            .with("width", Numbers.tenth(Math.max(1, place(share))))
            .with("y", "3")
            .with("height", "8"));
    if (Double.isFinite(bp)) {
      shapes.add(
          tag("path")
              .with("class", "ref")
              .with("d", "M%s 0V14".formatted(Numbers.tenth(place(bp) + 1))));
    }
    return tag("svg", shapes)
        .with("class", "ratio")
        .with("width", Integer.toString(WIDTH))
        .with("height", "14")
        .with("aria-hidden", "true");
  }

  private static double place(double share) {
    return Math.clamp(orZero(share), 0.0, 1.0) * (WIDTH - 2);
  }

  private static Node times(double ratio) {
    return text(Double.isFinite(ratio) ? Numbers.of(ratio) + " ×" : Numbers.NONE);
  }

  /** 40 960 bytes are 40 KiB. */
  static String bytes(double bytes) {
    if (!Double.isFinite(bytes)) {
      return Numbers.NONE;
    }
    if (bytes == 0) {
      return "none";
    }
    var units = List.of("bytes", "KiB", "MiB", "GiB", "TiB");
    int unit = 0;
    double size = bytes;
    while (size >= 1024 && unit < units.size() - 1) {
      size /= 1024;
      unit++;
    }
    return (unit == 0 ? Numbers.count(Math.round(size)) : Numbers.of(size)) + " " + units.get(unit);
  }
}
