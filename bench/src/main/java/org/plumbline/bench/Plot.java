package org.plumbline.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A picture of the table: one line a cell, and on it how many times faster than libtorch's
 * back-propagation each rule is, with its spread, and how much faster the products alone would be.
 */
final class Plot {
  private static final int LEFT = 250;
  private static final int RIGHT = 40;
  private static final int WIDTH = 960;
  private static final int LINE = 12;
  private static final int APART = 8;
  private static final int HEAD = 26;
  private static final int TOP = 92;
  private static final int LEGEND = 110;
  private static final double[] TICKS = {0.1, 0.2, 0.5, 1, 1.5, 2, 3, 5, 10, 20, 50};
  private static final List<String> COLOURS =
      List.of(
          "#0a5fa6", "#b4490a", "#00735a", "#8b3a8a", "#7d6000", "#1f6f8b", "#a62f4e", "#55595e");

  private final List<Line> lines;
  private final List<String> rules;
  private final double low;
  private final double high;
  private final StringBuilder svg = new StringBuilder();

  private Plot(List<Line> lines) {
    this.lines = lines;
    Set<String> names = new LinkedHashSet<>();
    double least = 0.9;
    double most = 1.2;
    for (Line line : lines) {
      names.add(line.best().rule());
      for (double ratio :
          new double[] {
            line.ratioLow(), line.ratioHigh(), line.best().ratioToPeer(), floor(line)
          }) {
        least = Double.isFinite(ratio) ? Math.min(least, ratio) : least;
        most = Double.isFinite(ratio) ? Math.max(most, ratio) : most;
      }
    }
    this.rules = List.copyOf(names);
    this.low = least / 1.06;
    this.high = most * 1.06;
  }

  /** The picture, or nothing if there is no cell with libtorch's time. */
  static String svg(List<Line> lines) {
    return new Plot(
            lines.stream().filter(line -> Double.isFinite(line.best().ratioToPeer())).toList())
        .draw();
  }

  private static double floor(Line line) {
    return line.best().peerMs() / line.best().floorMs();
  }

  private double x(double ratio) {
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.log(ratio / low) / Math.log(high / low);
  }

  private String draw() {
    Map<String, Map<String, List<Line>>> groups = new LinkedHashMap<>();
    for (Line line : lines) {
      Row row = line.best();
      groups
          .computeIfAbsent(row.optimizer() + ", " + row.precision(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(row.shape() + ", batch " + row.batch(), _ -> new ArrayList<>())
          .add(line);
    }
    int count = groups.values().stream().mapToInt(Map::size).sum();
    int legend = (rules.size() + 1 + 6) / 7; // seven beside each other
    int top = TOP + 20 * (legend - 1);
    int line = LINE + APART * rules.size();
    int bottom = top + HEAD * groups.size() + line * count + 6;
    int height = bottom + 44;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#1c1e21\">",
        WIDTH, height, WIDTH, height);
    add("<title>A training step beside libtorch's back-propagation</title>");
    add("<rect width=\"%d\" height=\"%d\" fill=\"#fcfbf8\"/>", WIDTH, height);
    add(
        "<text x=\"20\" y=\"28\" font-size=\"16\" font-weight=\"600\">Times faster than libtorch’s own back-propagation</text>");
    legend();
    axis(top, bottom);
    int y = top;
    for (var group : groups.entrySet()) {
      add("<text x=\"20\" y=\"%d\" font-weight=\"600\">%s</text>", y + 18, escaped(group.getKey()));
      y += HEAD;
      for (var cell : group.getValue().entrySet()) {
        cell(cell.getKey(), cell.getValue(), y, line);
        y += line;
      }
    }
    add("</svg>");
    return svg.toString();
  }

  private void legend() {
    for (int i = 0; i <= rules.size(); i++) {
      double x = 20 + LEGEND * (i % 7) + 8;
      double y = 52 + 20 * (i / 7);
      if (i < rules.size()) {
        mark(i, x, y);
      } else {
        tick(x, y);
      }
      add(
          "<text x=\"%s\" y=\"%s\">%s</text>",
          number(x + 12),
          number(y + 4.5),
          escaped(i < rules.size() ? rules.get(i) : "products alone"));
    }
  }

  private void axis(int top, int bottom) {
    for (double tick : TICKS) {
      if (tick >= low && tick <= high) {
        add(
            "<path d=\"M%s %dV%d\" stroke=\"%s\" stroke-width=\"%s\"/>",
            number(x(tick)),
            top - 6,
            bottom,
            tick == 1 ? "#1c1e21" : "#dedad0",
            tick == 1 ? "1.5" : "1");
        add(
            "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\" fill=\"#5c6066\">%s</text>",
            number(x(tick)), bottom + 18, number(tick));
      }
    }
    add(
        "<text x=\"%s\" y=\"%d\" text-anchor=\"end\" fill=\"#5c6066\">1 = libtorch, to the right is faster; bars: least and greatest</text>",
        WIDTH - RIGHT, bottom + 36);
  }

  private void cell(String name, List<Line> cell, int top, int height) {
    double middle = top + height / 2.0;
    add(
        "<text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>",
        LEFT - 14, number(middle + 4.5), escaped(name));
    add("<path d=\"M20 %dH%d\" stroke=\"#ebe7dd\"/>", top, WIDTH - RIGHT);
    add(
        "<path d=\"M%s %dV%d\" stroke=\"#1c1e21\" stroke-width=\"3\"/>",
        number(x(floor(cell.getFirst()))), top + 4, top + height - 4);
    for (Line line : cell) {
      int rule = rules.indexOf(line.best().rule());
      double y = middle + APART * (rule - (rules.size() - 1) / 2.0);
      add(
          "<path d=\"M%s %sH%s\" stroke=\"%s\" stroke-width=\"2\"/>",
          number(x(line.ratioLow())), number(y), number(x(line.ratioHigh())), colour(rule));
      mark(rule, x(line.best().ratioToPeer()), y);
    }
  }

  private void tick(double x, double y) {
    add(
        "<path d=\"M%s %sV%s\" stroke=\"#1c1e21\" stroke-width=\"3\"/>",
        number(x), number(y - 9), number(y + 9));
  }

  /** Colour and form, so that neither is needed alone. */
  private void mark(int rule, double x, double y) {
    String paint = "fill=\"%s\" stroke=\"#fcfbf8\" stroke-width=\"1\"".formatted(colour(rule));
    String at = "transform=\"translate(%s %s)\"".formatted(number(x), number(y));
    switch (rule % 4) {
      case 0 -> add("<circle r=\"4.5\" %s %s/>", at, paint);
      case 1 -> add("<path d=\"M-4 -4H4V4H-4Z\" %s %s/>", at, paint);
      case 2 -> add("<path d=\"M0 -5.5L5 3.5H-5Z\" %s %s/>", at, paint);
      default -> add("<path d=\"M0 -5.5L5.5 0L0 5.5L-5.5 0Z\" %s %s/>", at, paint);
    }
  }

  private static String colour(int rule) {
    return COLOURS.get(rule % COLOURS.size());
  }

  @SuppressWarnings("AnnotateFormatMethod") // would be a dependency for one method
  private void add(String form, Object... values) {
    svg.append(form.formatted(values)).append('\n');
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
