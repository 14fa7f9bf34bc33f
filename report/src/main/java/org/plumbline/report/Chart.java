package org.plumbline.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Curves over time. The plot stretches with the page while strokes and words keep their size: the
 * plot, its marks and its labels are separate drawings on one grid of the style sheet.
 *
 * @param title what is drawn
 * @param time the name of one unit of x
 * @param unit what y counts
 * @param lines the curves, drawn in order, the last on top
 * @param bands the shaded ranges behind them
 * @param across how distance follows x
 */
record Chart(
    String title, String time, Unit unit, List<Line> lines, List<Band> bands, Scale.Kind across) {
  private static final int HEIGHT = 240;
  private static final int MARGIN = 10;
  private static final int WIDTH = 1000;
  private static final int LABEL_GAP = 17;

  /** A logarithmic axis begins no lower than here. */
  private static final double LEAST = 1e-30;

  /** What y counts, and so how a value reads. */
  enum Unit {
    NUMBER,
    PERCENT,
    COSINE;

    String value(double value) {
      return switch (this) {
        case NUMBER -> Numbers.of(value);
        case PERCENT -> Numbers.percent(value);
        case COSINE -> Numbers.places(value);
      };
    }

    String tick(double value) {
      return this == PERCENT ? Numbers.tick(100 * value) + " %" : Numbers.tick(value);
    }
  }

  /** How a curve is drawn. */
  enum Stroke {
    MAIN,
    FAINT,
    POINT
  }

  /** One curve; its colour, from 1, also chooses its dashes. */
  record Line(String name, Series series, Stroke stroke, int colour) {
    private String style() {
      return "line %s c%d".formatted(stroke.name().toLowerCase(Locale.ROOT), tint(colour));
    }
  }

  /** A shaded range: both series have the same x. Without a name the words beside explain it. */
  record Band(String name, Series low, Series high, int colour) {}

  /** The colours repeat after eight. */
  static int tint(int colour) {
    return (colour - 1) % 8 + 1;
  }

  Chart {
    lines = lines.stream().filter(line -> !line.series().isEmpty()).toList();
    bands = bands.stream().filter(band -> !band.low().isEmpty() && !band.high().isEmpty()).toList();
  }

  /** Over time: x in equal steps. */
  Chart(String title, String time, Unit unit, List<Line> lines, List<Band> bands) {
    this(title, time, unit, lines, bands, Scale.Kind.LINEAR);
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** How many times the least value above zero goes into the greatest. */
  double ratio() {
    var values =
        lines.stream()
            .flatMap(line -> line.series().there().stream())
            .mapToDouble(Series.Point::y)
            .filter(y -> y > LEAST)
            .summaryStatistics();
    return values.getCount() == 0 ? 1 : values.getMax() / values.getMin();
  }

  /** The figure; values that a logarithmic axis cannot show become gaps. */
  Node figure(Scale.Kind kind) {
    var y = vertical(kind);
    var x = horizontal();
    int buckets = Math.max(40, 900 / Math.max(3, lines.size() + 2 * bands.size()));
    var drawn = new ArrayList<Line>();
    for (var line : lines) {
      var series = kind == Scale.Kind.LOG ? aboveZero(line.series()) : line.series();
      drawn.add(new Line(line.name(), series.thinned(buckets), line.stroke(), line.colour()));
    }
    return Node.tag(
            "figure",
            Node.tag("figcaption", title),
            key(),
            Node.tag("div", axis(y), plot(x, y, drawn, buckets), labels(y), marks(x))
                .with("class", "chart"))
        .with("class", "curves");
  }

  private Scale vertical(Scale.Kind kind) {
    var values =
        Stream.concat(
                lines.stream().map(Line::series),
                bands.stream().flatMap(band -> Stream.of(band.low(), band.high())))
            .flatMap(series -> series.there().stream())
            .mapToDouble(Series.Point::y)
            .filter(value -> kind == Scale.Kind.LINEAR || value > LEAST)
            .summaryStatistics();
    double low = values.getMin();
    double high = values.getMax();
    return switch (unit) {
      case COSINE -> Scale.around(Math.min(0, low), Math.max(0.1, high), 5);
      case NUMBER, PERCENT ->
          kind == Scale.Kind.LOG && low < high ? Scale.log(low, high) : Scale.around(low, high, 5);
    };
  }

  private Scale horizontal() {
    var values =
        lines.stream()
            .flatMap(line -> line.series().there().stream())
            .mapToDouble(Series.Point::x)
            .summaryStatistics();
    double last = values.getCount() == 0 ? 1 : values.getMax();
    return across == Scale.Kind.LOG && values.getMin() > 0 && values.getCount() > 0
        ? Scale.log(values.getMin(), last)
        : Scale.across(Math.min(0, last), last, 6);
  }

  private static Series aboveZero(Series series) {
    return new Series(
        series.points().stream()
            .map(point -> point.y() > LEAST ? point : new Series.Point(point.x(), Double.NaN))
            .toList());
  }

  private static double down(Scale y, double value) {
    return MARGIN + (1 - y.place(value)) * (HEIGHT - 2 * MARGIN);
  }

  private Node plot(Scale x, Scale y, List<Line> drawn, int buckets) {
    var shapes = new ArrayList<Node>();
    shapes.add(Node.tag("title", title));
    shapes.add(Node.tag("desc", description()));
    for (double tick : y.ticks()) {
      var at = Numbers.tenth(down(y, tick));
      shapes.add(
          Node.tag("path")
              .with("class", tick == 0 ? "grid zero" : "grid")
              .with("d", "M0 " + at + "H" + WIDTH));
    }
    for (var band : bands) {
      shapes.add(
          Node.tag("path")
              .with("class", "band c" + tint(band.colour()))
              .with("d", area(x, y, band, buckets)));
    }
    for (var line : drawn) {
      shapes.add(Node.tag("path").with("class", line.style()).with("d", path(x, y, line)));
      var dots = dots(x, y, line);
      if (!dots.isEmpty()) {
        shapes.add(Node.tag("path").with("class", "dot c" + tint(line.colour())).with("d", dots));
      }
    }
    var drawing =
        Node.tag("svg", shapes)
            .with("viewBox", "0 0 %d %d".formatted(WIDTH, HEIGHT))
            .with("preserveAspectRatio", "none")
            .with("role", "img")
            .with("aria-label", title + ". " + description());
    return Node.tag("div", drawing)
        .with("class", "plot")
        .with("data-time", time)
        .with("data-unit", unit.name())
        .with("data-axis", x.kind().name())
        .with("data-from", Numbers.compact(x.low()))
        .with("data-to", Numbers.compact(x.high()))
        .with(
            "data-lines",
            drawn.stream().map(Chart::data).collect(Collectors.joining(",", "[", "]")));
  }

  private static String path(Scale x, Scale y, Line line) {
    var path = new StringBuilder();
    for (var stretch : line.series().stretches()) {
      for (int i = 0; i < stretch.size(); i++) {
        path.append(i == 0 ? 'M' : 'L').append(at(x, y, stretch.get(i)));
      }
    }
    return path.toString();
  }

  /** A point that no segment touches, and the last point, as strokes of no length: round dots. */
  private static String dots(Scale x, Scale y, Line line) {
    var dots = new StringBuilder();
    for (var stretch : line.series().stretches()) {
      if (stretch.size() == 1) {
        dots.append('M').append(at(x, y, stretch.getFirst())).append("h.01");
      }
    }
    if (line.stroke() != Stroke.FAINT) {
      line.series()
          .last()
          .ifPresent(point -> dots.append('M').append(at(x, y, point)).append("h.01"));
    }
    return dots.toString();
  }

  private static String area(Scale x, Scale y, Band band, int buckets) {
    var area = new StringBuilder();
    var lows = band.low().stretches();
    var highs = band.high().stretches();
    for (int s = 0; s < Math.min(lows.size(), highs.size()); s++) {
      var low = lows.get(s);
      var high = highs.get(s);
      int every = Math.max(1, low.size() / (2 * buckets));
      var back = new ArrayList<String>();
      for (int i = 0; i < Math.min(low.size(), high.size()); i += every) {
        int to = Math.min(i + every, low.size());
        var bottom = new Series(low.subList(i, to)).least().orElse(low.get(i));
        var top = new Series(high.subList(i, to)).most().orElse(high.get(i));
        double when = to == low.size() ? low.getLast().x() : low.get(i).x();
        area.append(i == 0 ? 'M' : 'L').append(at(x, y, new Series.Point(when, top.y())));
        back.add(at(x, y, new Series.Point(when, bottom.y())));
      }
      for (var corner : back.reversed()) {
        area.append('L').append(corner);
      }
      area.append('Z');
    }
    return area.toString();
  }

  private static String at(Scale x, Scale y, Series.Point point) {
    return Numbers.tenth(WIDTH * x.place(point.x())) + " " + Numbers.tenth(down(y, point.y()));
  }

  private static String data(Line line) {
    var points =
        line.series().there().stream()
            .map(point -> Numbers.compact(point.x()) + "," + Numbers.compact(point.y()))
            .collect(Collectors.joining(","));
    return "{\"name\":%s,\"points\":[%s]}".formatted(Json.string(line.name()), points);
  }

  private Node axis(Scale y) {
    var words = new ArrayList<Node>();
    for (double tick : y.ticks()) {
      words.add(
          Node.tag("text", unit.tick(tick))
              .with("x", "52")
              .with("y", Numbers.tenth(down(y, tick) + 4))
              .with("text-anchor", "end"));
    }
    return decoration("y", words);
  }

  private Node marks(Scale x) {
    var words = new ArrayList<Node>();
    for (double tick : x.ticks()) {
      double place = x.place(tick);
      words.add(
          Node.tag("text", Numbers.tick(tick))
              .with("x", Numbers.tenth(100 * place) + "%")
              .with("y", "14")
              .with("text-anchor", place < 0.03 ? "start" : place > 0.97 ? "end" : "middle"));
    }
    return Node.all(List.of(decoration("x", words), Node.tag("div", time).with("class", "unit")));
  }

  private record Label(String words, double target, String style) {}

  /** The last values beside the ends of their curves, pushed apart where they would overlap. */
  private Node labels(Scale y) {
    var labels = new ArrayList<Label>();
    for (var line : lines) {
      if (line.stroke() != Stroke.FAINT) {
        var last = line.series().last().orElseThrow();
        labels.add(
            new Label(
                line.name() + " " + unit.value(last.y()),
                Math.clamp(down(y, last.y()), 0, HEIGHT),
                "c" + tint(line.colour())));
      }
    }
    if (!bands.isEmpty() && !bands.getFirst().name().isEmpty()) {
      var band = bands.getFirst();
      double middle =
          (band.low().last().orElseThrow().y() + band.high().last().orElseThrow().y()) / 2;
      labels.add(new Label(bands.getFirst().name(), down(y, middle), "muted"));
    }
    labels.sort(Comparator.comparingDouble(Label::target));
    var places = apart(labels.stream().mapToDouble(Label::target).toArray());
    var words = new ArrayList<Node>();
    for (int i = 0; i < labels.size(); i++) {
      var label = labels.get(i);
      words.add(
          Node.tag("path")
              .with("class", "leader " + label.style())
              .with(
                  "d",
                  "M2 %sL12 %s"
                      .formatted(Numbers.tenth(label.target()), Numbers.tenth(places[i]))));
      words.add(
          Node.tag("text", label.words())
              .with("class", label.style())
              .with("x", "16")
              .with("y", Numbers.tenth(places[i] + 4)));
    }
    return decoration("ends", words);
  }

  /** Moves sorted places down, then up, until they are a line of text apart. */
  static double[] apart(double[] targets) {
    var places = targets.clone();
    double gap = Math.min(LABEL_GAP, (HEIGHT - 12.0) / Math.max(1, places.length));
    double least = 6;
    for (int i = 0; i < places.length; i++) {
      places[i] = Math.max(places[i], least);
      least = places[i] + gap;
    }
    double most = HEIGHT - 6;
    for (int i = places.length - 1; i >= 0; i--) {
      places[i] = Math.min(places[i], most);
      most = places[i] - gap;
    }
    return places;
  }

  private static Node decoration(String style, List<Node> words) {
    return Node.tag("svg", words).with("class", style).with("aria-hidden", "true");
  }

  /** The same labels as a list, for pages too narrow to hold them beside the plot. */
  private Node key() {
    var items = new ArrayList<Node>();
    for (var line : lines) {
      if (line.stroke() != Stroke.FAINT) {
        var swatch =
            Node.tag("svg", Node.tag("path").with("class", line.style()).with("d", "M1 6H25"))
                .with("width", "26")
                .with("height", "12")
                .with("aria-hidden", "true");
        var last = line.series().last().orElseThrow();
        items.add(Node.tag("li", swatch, Node.text(line.name() + " " + unit.value(last.y()))));
      }
    }
    if (!bands.isEmpty() && !bands.getFirst().name().isEmpty()) {
      items.add(Node.tag("li", bands.getFirst().name() + ": shaded"));
    }
    return Node.tag("ul", items).with("class", "key");
  }

  private String description() {
    return lines.stream().map(this::told).collect(Collectors.joining("; ", "", "."));
  }

  private String told(Line line) {
    var there = line.series().there();
    var first = there.getFirst();
    var last = there.getLast();
    return there.size() == 1
        ? "%s: %s at %s %s"
            .formatted(line.name(), unit.value(first.y()), time, Numbers.tick(first.x()))
        : "%s: from %s at %s %s to %s at %s %s"
            .formatted(
                line.name(),
                unit.value(first.y()),
                time,
                Numbers.tick(first.x()),
                unit.value(last.y()),
                time,
                Numbers.tick(last.x()));
  }
}
