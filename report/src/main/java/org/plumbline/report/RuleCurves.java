package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.plumbline.report.Chart.Band;
import org.plumbline.report.Chart.Line;
import org.plumbline.report.Chart.Stroke;
import org.plumbline.report.Chart.Unit;
import org.plumbline.report.ComparisonData.Rule;

/**
 * How the rules learned: a few on top of each other, many side by side with yardstick and control
 * behind each.
 */
final class RuleCurves {
  private static final String ID = "curves";
  private static final String HEADING = "Learning curves";

  /** More curves than this hide each other. */
  private static final int TOGETHER = 6;

  /** From this ratio of greatest to least loss on, a logarithmic axis shows more. */
  private static final double WIDE = 20;

  /** A logarithmic axis begins no lower than here. */
  private static final double LEAST = 1e-30;

  private static final int POINTS = 40;
  private static final int WIDTH = 1000;
  private static final int HEIGHT = 120;
  private static final int MARGIN = 6;

  private RuleCurves() {}

  /**
   * One quantity of one rule.
   *
   * @param rule whose
   * @param colour from 1, the same in every chart
   * @param mean over the seeds that came so far
   * @param low the least of several seeds
   * @param high the greatest of several seeds
   */
  private record Curve(Rule rule, int colour, Series mean, Series low, Series high) {}

  private record Quantity(String title, String key, Unit unit) {}

  private static final List<Quantity> QUANTITIES =
      List.of(
          new Quantity("Validation accuracy", "validation_accuracy", Unit.PERCENT),
          new Quantity("Training accuracy", "train_accuracy", Unit.PERCENT),
          new Quantity("Validation loss", "validation_loss", Unit.NUMBER),
          new Quantity("Training loss", "train_loss", Unit.NUMBER));

  static Section of(ComparisonData all) {
    var content = new ArrayList<Node>();
    boolean together = all.rules().size() <= TOGETHER;
    for (var quantity : QUANTITIES) {
      var curves = curves(all, quantity.key());
      if (!curves.isEmpty()) {
        var drawn = together ? overlaid(quantity, curves) : beside(all, quantity, curves);
        content.add(
            together || quantity.unit() == Unit.PERCENT
                ? drawn
                : tag("details", tag("summary", quantity.title()), drawn));
      }
    }
    if (content.isEmpty()) {
      return Section.absent(ID, HEADING, "No curves: no run has finished an epoch.");
    }
    return new Section(ID, HEADING, note(all, together), content);
  }

  private static List<Curve> curves(ComparisonData all, String key) {
    var order = together(all);
    var curves = new ArrayList<Curve>();
    for (var rule : order) {
      var epochs = new TreeMap<Long, List<Double>>();
      for (var run : rule.learning()) {
        for (var event : run.events().epochs()) {
          var epoch = Json.whole(event, "epoch");
          var value = Json.number(event, key);
          if (epoch.isPresent() && value.isPresent() && Math.abs(value.getAsDouble()) < 1e100) {
            epochs
                .computeIfAbsent(epoch.getAsLong(), _ -> new ArrayList<>())
                .add(value.getAsDouble());
          }
        }
      }
      var mean = new ArrayList<Series.Point>();
      var low = new ArrayList<Series.Point>();
      var high = new ArrayList<Series.Point>();
      epochs.forEach((epoch, values) -> {
        var spread = new Spread(values);
        mean.add(new Series.Point(epoch, spread.mean()));
        low.add(new Series.Point(epoch, values.size() < 2 ? Double.NaN : spread.least()));
        high.add(new Series.Point(epoch, values.size() < 2 ? Double.NaN : spread.most()));
      });
      if (!mean.isEmpty()) {
        curves.add(
            new Curve(
                rule,
                all.rules().indexOf(rule) + 1,
                new Series(mean),
                new Series(low),
                new Series(high)));
      }
    }
    return curves;
  }

  /** As they were asked for while all are in one chart, else the best first. */
  private static List<Rule> together(ComparisonData all) {
    return all.rules().size() <= TOGETHER ? all.rules() : all.ranked();
  }

  private static Node overlaid(Quantity quantity, List<Curve> curves) {
    var lines =
        curves.stream()
            .map(c -> new Line(c.rule().label(), c.mean(), Stroke.MAIN, c.colour()))
            .toList();
    var chart = new Chart(quantity.title(), "epoch", quantity.unit(), lines, List.of());
    var kind =
        quantity.unit() == Unit.NUMBER && chart.ratio() >= WIDE
            ? Scale.Kind.LOG
            : Scale.Kind.LINEAR;
    var bands =
        curves.stream()
            .map(c ->
                new Band(
                    "", shown(c.low(), c.low(), kind), shown(c.high(), c.low(), kind), c.colour()))
            .toList();
    return new Chart(quantity.title(), "epoch", quantity.unit(), lines, bands).figure(kind);
  }

  /** An edge of a band, with gaps where a logarithmic axis cannot show the lower one. */
  private static Series shown(Series edge, Series low, Scale.Kind kind) {
    var points = new ArrayList<Series.Point>();
    for (int i = 0; i < edge.points().size(); i++) {
      var point = edge.points().get(i);
      boolean fits = kind == Scale.Kind.LINEAR || low.points().get(i).y() > LEAST;
      points.add(fits ? point : new Series.Point(point.x(), Double.NaN));
    }
    return new Series(points);
  }

  /** One small chart a rule, all on the same axes. */
  private static Node beside(ComparisonData all, Quantity quantity, List<Curve> curves) {
    var values =
        curves.stream()
            .flatMap(c -> Stream.of(c.mean(), c.low(), c.high()))
            .flatMap(series -> series.there().stream())
            .mapToDouble(Series.Point::y)
            .summaryStatistics();
    var above =
        curves.stream()
            .flatMap(c -> c.mean().there().stream())
            .mapToDouble(Series.Point::y)
            .filter(y -> y > LEAST)
            .summaryStatistics();
    boolean log =
        quantity.unit() == Unit.NUMBER
            && values.getMin() > LEAST
            && above.getCount() > 0
            && above.getMax() / above.getMin() >= WIDE;
    var y =
        log
            ? Scale.log(values.getMin(), values.getMax())
            : Scale.around(values.getMin(), values.getMax(), 3);
    double last =
        curves.stream()
            .flatMap(c -> c.mean().last().stream())
            .mapToDouble(Series.Point::x)
            .max()
            .orElse(1);
    var x = Scale.across(Math.min(1, last), last, 3);
    var panels = new ArrayList<Node>();
    for (var curve : curves) {
      panels.add(panel(all, quantity, curves, curve, x, y));
    }
    return tag(
            "figure",
            tag("figcaption", quantity.title() + (log ? ", logarithmic axis" : "")),
            tag("div", panels).with("class", "panels"))
        .with("class", "curves");
  }

  private static Node panel(
      ComparisonData all, Quantity quantity, List<Curve> curves, Curve own, Scale x, Scale y) {
    var end = own.mean().last().orElseThrow();
    var shapes = new ArrayList<Node>();
    for (double tick : y.ticks()) {
      shapes.add(
          tag("path")
              .with("class", tick == 0 ? "grid zero" : "grid")
              .with("d", "M0 " + down(y, tick) + "H" + WIDTH));
    }
    shapes.add(tag("path").with("class", "band c1").with("d", area(x, y, own)));
    for (var other : curves) {
      if (Verdict.isReference(other.rule()) && other.colour() != own.colour()) {
        boolean control = other.rule().label().equals(ComparisonData.CONTROL);
        shapes.add(
            tag("path")
                .with("class", control ? "ref control" : "ref")
                .with("d", path(x, y, other.mean())));
      }
    }
    shapes.add(tag("path").with("class", "line main c1").with("d", path(x, y, own.mean())));
    var told =
        "%s, %s: %s at epoch %s"
            .formatted(
                quantity.title(),
                own.rule().label(),
                quantity.unit().value(end.y()),
                Numbers.tick(end.x()));
    var marks =
        y.ticks().stream()
            .map(tick ->
                (Node)
                    tag("text", quantity.unit().tick(tick))
                        .with("x", "44")
                        .with("y", Numbers.tenth(Double.parseDouble(down(y, tick)) + 4))
                        .with("text-anchor", "end"))
            .toList();
    return tag(
            "div",
            tag("p", ComparisonData.label(own.rule()), tag("span", value(all, quantity, end.y()))),
            tag("svg", marks).with("class", "marks").with("aria-hidden", "true"),
            tag("svg", shapes)
                .with("class", "small")
                .with("viewBox", "0 0 %d %d".formatted(WIDTH, HEIGHT))
                .with("preserveAspectRatio", "none")
                .with("role", "img")
                .with("aria-label", told),
            tag("div", text("epoch " + Numbers.tick(x.low())), tag("span", Numbers.tick(x.high())))
                .with("class", "ends-of"))
        .with("class", "panel");
  }

  private static String value(ComparisonData all, Quantity quantity, double value) {
    return quantity.unit() == Unit.PERCENT ? all.percent(value) : quantity.unit().value(value);
  }

  private static String down(Scale y, double value) {
    return Numbers.tenth(MARGIN + (1 - y.place(value)) * (HEIGHT - 2 * MARGIN));
  }

  private static String at(Scale x, Scale y, Series.Point point) {
    return Numbers.tenth(WIDTH * x.place(point.x())) + " " + down(y, point.y());
  }

  private static String path(Scale x, Scale y, Series series) {
    var path = new StringBuilder();
    for (var stretch : series.thinned(POINTS).stretches()) {
      for (int i = 0; i < stretch.size(); i++) {
        path.append(i == 0 ? 'M' : 'L').append(at(x, y, stretch.get(i)));
      }
      if (stretch.size() == 1) {
        path.append("h.01");
      }
    }
    return path.toString();
  }

  private static String area(Scale x, Scale y, Curve curve) {
    var path = new StringBuilder();
    var lows = curve.low().stretches();
    var highs = curve.high().stretches();
    for (int s = 0; s < lows.size(); s++) {
      int every = Math.max(1, lows.get(s).size() / (2 * POINTS));
      var back = new ArrayList<String>();
      for (int i = 0; i < lows.get(s).size(); i += every) {
        path.append(i == 0 ? 'M' : 'L').append(at(x, y, highs.get(s).get(i)));
        back.add(at(x, y, lows.get(s).get(i)));
      }
      back.reversed().forEach(corner -> path.append('L').append(corner));
      path.append('Z');
    }
    return path.toString();
  }

  private static List<Node> note(ComparisonData all, boolean together) {
    var note = new ArrayList<Node>();
    boolean several = all.rules().stream().anyMatch(rule -> rule.runs().size() > 1);
    note.add(
        tag(
            "p",
            (several
                    ? "Each curve is the mean over the seeds that came so far; the shade spans the least "
                        + "to the greatest of them. "
                    : "One seed, so there is no band. ")
                + "Training numbers are running means over an epoch, while the weights still move."));
    if (!together) {
      note.add(
          tag(
              "p",
              "All charts have the same axes, the best rule first. Behind each: bp as a solid line, "
                  + "shallow as a dashed one."));
    }
    if (curves(all, "validation_loss").isEmpty()) {
      note.add(tag("p", "The runs held out no validation set."));
    }
    if (all.rules().stream().anyMatch(rule -> onlyFailed(rule))) {
      note.add(tag("p", "Of a rule without any other run, those that failed are drawn."));
    }
    return note;
  }

  private static boolean onlyFailed(Rule rule) {
    return rule.runs().stream().anyMatch(ComparisonData.Run::isFailed)
        && rule.runs().stream().allMatch(run -> run.isFailed() || run.data().isEmpty())
        && !rule.learning().isEmpty();
  }
}
