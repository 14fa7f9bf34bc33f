package org.plumbline.report;

import static org.plumbline.report.Node.tag;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.plumbline.report.Chart.Band;
import org.plumbline.report.Chart.Line;
import org.plumbline.report.Chart.Stroke;
import org.plumbline.report.Chart.Unit;
import org.plumbline.report.ComparisonData.Rule;

/** What attacks leave of each rule's accuracy, against their strength. */
final class Attacks {
  private static final String ID = "attacks";
  private static final String HEADING = "Under attack";
  private static final Pattern FIGURE = Pattern.compile("attack_([a-z0-9-]+)_([0-9.eE+-]+)");
  private static final Map<String, String> TITLES =
      Map.of(
          "noise", "Normal noise: accuracy against its standard deviation",
          "fgsm", "FGSM, one step along the true gradient: accuracy against ε",
          "pgd", "PGD, many steps along the true gradient: accuracy against ε",
          "square", "Square attack, which sees answers alone: accuracy against ε");

  private Attacks() {}

  /** A point of a curve: a strength and the figure that holds its accuracy. */
  private record At(double strength, String figure) {}

  /** Nothing where no run was attacked. */
  static Optional<Section> of(ComparisonData all) {
    var attacks = attacks(all);
    if (attacks.isEmpty()) {
      return Optional.empty();
    }
    var content = new ArrayList<Node>();
    attacks.forEach((name, points) -> {
      var there = all.rules().stream().filter(rule -> hasCurve(rule, points)).toList();
      content.add(figure(all, name, points, there));
      content.add(table(all, name, points, there));
      var without =
          all.rules().stream()
              .filter(rule -> !rule.finished().isEmpty() && !there.contains(rule))
              .map(Rule::label)
              .collect(Collectors.joining(", "));
      if (!without.isEmpty()) {
        content.add(
            tag(
                "p",
                "%s has no curve for %s; the reason is in the robustness.json of its runs."
                    .formatted(name, without)));
      }
    });
    return Optional.of(new Section(ID, HEADING, note(), content));
  }

  private static Map<String, List<At>> attacks(ComparisonData all) {
    var names = new LinkedHashMap<String, TreeSet<String>>();
    all.runs()
        .flatMap(run -> run.figures().stream())
        .flatMap(node -> node.propertyNames().stream())
        .forEach(name -> {
          var parts = FIGURE.matcher(name);
          if (parts.matches() && Double.isFinite(strength(parts.group(2)))) {
            names.computeIfAbsent(parts.group(1), _ -> new TreeSet<>()).add(name);
          }
        });
    var attacks = new LinkedHashMap<String, List<At>>();
    names.forEach((name, figures) ->
        attacks.put(
            name,
            figures.stream()
                .map(figure ->
                    new At(strength(figure.substring(figure.lastIndexOf('_') + 1)), figure))
                .sorted(Comparator.comparingDouble(At::strength))
                .toList()));
    return attacks;
  }

  private static double strength(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }

  private static boolean hasCurve(Rule rule, List<At> points) {
    return points.stream().anyMatch(at -> !rule.spread(at.figure()).isEmpty());
  }

  private static Node figure(ComparisonData all, String name, List<At> points, List<Rule> rules) {
    var lines = new ArrayList<Line>();
    var bands = new ArrayList<Band>();
    for (var rule : rules) {
      int colour = all.rules().indexOf(rule) + 1;
      lines.add(new Line(rule.label(), series(rule, points, Spread::mean), Stroke.MAIN, colour));
      bands.add(
          new Band(
              "",
              series(rule, points, spread -> edge(spread, spread.least())),
              series(rule, points, spread -> edge(spread, spread.most())),
              colour));
    }
    var title = TITLES.getOrDefault(name, name + ": accuracy against its strength");
    return new Chart(title, "strength", Unit.PERCENT, lines, bands).figure(Scale.Kind.LINEAR);
  }

  /** One seed has no band. */
  private static double edge(Spread spread, double value) {
    return spread.isSingle() ? Double.NaN : value;
  }

  private static Series series(Rule rule, List<At> points, ToDoubleFunction<Spread> of) {
    return new Series(
        points.stream()
            .map(at -> new Series.Point(at.strength(), of.applyAsDouble(rule.spread(at.figure()))))
            .toList());
  }

  private static Node table(ComparisonData all, String name, List<At> points, List<Rule> rules) {
    var head = new ArrayList<String>();
    head.add(all.noun());
    points.forEach(at -> head.add(Numbers.tick(at.strength())));
    var rows = new ArrayList<List<Node>>();
    for (var rule : rules) {
      var row = new ArrayList<Node>();
      row.add(ComparisonData.label(rule));
      for (var at : points) {
        row.add(Node.text(all.withSpread(rule.spread(at.figure()))));
      }
      rows.add(row);
    }
    return tag(
        "details",
        tag("summary", "Numbers, " + name),
        Node.table("accuracy under " + name, head, rows, 0));
  }

  private static List<Node> note() {
    return List.of(
        tag(
            "p",
            "Accuracy on test rows that were disturbed; each curve is the mean over seeds, the shade the "
                + "least to the greatest. Strengths are in units of the inputs before they are prepared: "
                + "pixels of 0 to 1, features in standard deviations."),
        tag(
            "p",
            "The gradient that FGSM and PGD follow is always the true one, by back-propagation through the "
                + "whole network, whatever rule trained it. A curve that stays high under them and falls "
                + "under the square attack, which needs no gradient, tells of a masked gradient, not of "
                + "robustness. A curve that begins lower has less to lose."));
  }
}
