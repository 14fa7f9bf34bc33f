package org.plumbline.papers.page;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Lines over one axis.
 *
 * @param title above it
 * @param across what the horizontal axis is
 * @param up what the vertical axis is
 * @param horizontal how it is divided
 * @param vertical how it is divided
 * @param lines in the order of the legend
 */
record LinePlot(
    String title,
    String across,
    String up,
    Axis.Kind horizontal,
    Axis.Kind vertical,
    List<Line> lines) {
  private static final int WIDTH = 760;
  private static final int PLOT = 300;
  private static final int LEFT = 70;
  private static final int RIGHT = 20;
  private static final int LETTER = 7;
  private static final int ASIDE = 4;

  /**
   * One line.
   *
   * @param name in the legend; empty for none
   * @param colour by number
   * @param style how it is drawn
   * @param points from left to right
   */
  record Line(String name, int colour, Style style, List<Point> points) {
    private DoubleStream values() {
      return points.stream().mapToDouble(Point::y);
    }

    /** Where its marks and their spreads reach. */
    private DoubleStream reach() {
      return points.stream()
          .flatMapToDouble(p ->
              Double.isFinite(p.spread)
                  ? DoubleStream.of(p.y - p.spread, p.y + p.spread)
                  : DoubleStream.of(p.y));
    }

    boolean isEmpty() {
      return values().noneMatch(Double::isFinite);
    }
  }

  /**
   * One point.
   *
   * @param x where
   * @param y what; not a number where there is nothing
   * @param spread around it, or not a number
   */
  record Point(double x, double y, double spread) {}

  /** How a line is drawn. */
  enum Style {
    /** A curve of many points. */
    CURVE,
    /** The same, dashed: something to compare with. */
    BESIDE,
    /** Points with marks, joined. */
    MARKED,
    /** Hollow marks, joined by dashes: published. */
    PUBLISHED
  }

  boolean isEmpty() {
    return lines.stream().allMatch(Line::isEmpty);
  }

  String svg() {
    Svg svg = new Svg();
    svg.heading(16, 24, title);
    int top = 62 + 20 * legend(svg);
    int bottom = top + PLOT;
    Axis x = x();
    Axis y = y(top, bottom);
    for (double tick : y.ticks(6)) {
      svg.line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), Svg.FAINT, 1);
      svg.words(LEFT - 8, y.at(tick) + 4.5, Svg.Anchor.END, Svg.GREY, Axis.words(tick));
    }
    boolean counted = points().allMatch(v -> v == Math.rint(v));
    for (double tick : x.ticks(8)) {
      if (counted && tick != Math.rint(tick)) {
        continue;
      }
      svg.line(x.at(tick), bottom, x.at(tick), bottom + 5, Svg.GREY, 1);
      svg.words(x.at(tick), bottom + 20, Svg.Anchor.MIDDLE, Svg.GREY, Axis.words(tick));
    }
    svg.line(LEFT, bottom, WIDTH - RIGHT, bottom, Svg.GREY, 1);
    svg.words(WIDTH - RIGHT, bottom + 40, Svg.Anchor.END, Svg.GREY, across);
    svg.words(LEFT - 50, top - 12, Svg.Anchor.START, Svg.GREY, up);
    boolean crowded = horizontal == Axis.Kind.EVEN;
    for (Line line : lines) {
      draw(svg, line, x, y, crowded ? ASIDE * line.colour : 0);
    }
    return svg.drawing(WIDTH, bottom + 54, title);
  }

  /** Draws the names; how many rows they take. */
  private int legend(Svg svg) {
    double at = 16;
    int rows = 1;
    for (Line line : lines) {
      if (line.name.isEmpty()) {
        continue;
      }
      double room = 34 + LETTER * line.name.length() + 14;
      if (at + room > WIDTH && at > 16) {
        at = 16;
        rows++;
      }
      double middle = 44 + 20 * (rows - 1) - 4;
      String colour = Svg.colour(line.colour);
      svg.curve(
          new double[] {at, at + 26},
          new double[] {middle, middle},
          colour,
          line.style == Style.CURVE || line.style == Style.MARKED
              ? Svg.Stroke.WHOLE
              : Svg.Stroke.DASHED);
      if (line.style == Style.MARKED || line.style == Style.PUBLISHED) {
        svg.mark(
            line.colour,
            at + 13,
            middle,
            colour,
            line.style == Style.MARKED ? Svg.Fill.FULL : Svg.Fill.HOLLOW);
      }
      svg.words(at + 32, middle + 4.5, Svg.Anchor.START, Svg.INK, line.name);
      at += room;
    }
    return rows;
  }

  private Axis x() {
    var all = points().filter(v -> horizontal == Axis.Kind.EVEN || v > 0).summaryStatistics();
    return horizontal == Axis.Kind.POWERS
        ? Axis.powers(all.getMin(), all.getMax(), LEFT, WIDTH - RIGHT)
        : Axis.around(all.getMin(), all.getMax(), LEFT, WIDTH - RIGHT);
  }

  /** Where all points stand. */
  private DoubleStream points() {
    return lines.stream()
        .flatMapToDouble(line -> line.points.stream().mapToDouble(Point::x))
        .filter(Double::isFinite);
  }

  private Axis y(int top, int bottom) {
    var all =
        lines.stream()
            .flatMapToDouble(Line::reach)
            .filter(v -> Double.isFinite(v) && (vertical == Axis.Kind.EVEN || v > 0))
            .summaryStatistics();
    return vertical == Axis.Kind.POWERS
        ? Axis.powers(Math.max(all.getMin(), all.getMax() / 1e5), all.getMax(), bottom, top)
        : Axis.around(all.getMin(), all.getMax(), bottom, top);
  }

  /** Marks stand a little aside, so that those of several lines at one place are seen. */
  private static void draw(Svg svg, Line line, Axis x, Axis y, double marks) {
    String colour = Svg.colour(line.colour);
    double aside = line.style == Style.MARKED || line.style == Style.PUBLISHED ? marks : 0;
    double[] xs = line.points.stream().mapToDouble(point -> x.at(point.x) + aside).toArray();
    double[] ys =
        line.values().map(value -> Double.isFinite(value) ? y.at(value) : value).toArray();
    boolean whole = line.style == Style.CURVE || line.style == Style.MARKED;
    svg.curve(xs, ys, colour, whole ? Svg.Stroke.WHOLE : Svg.Stroke.DASHED);
    if (line.style == Style.CURVE || line.style == Style.BESIDE) {
      return;
    }
    for (Point point : line.points) {
      if (!Double.isFinite(point.y)) {
        continue;
      }
      double at = x.at(point.x) + aside;
      if (Double.isFinite(point.spread)) {
        svg.line(at, y.at(point.y - point.spread), at, y.at(point.y + point.spread), colour, 1.5);
      }
      svg.mark(line.colour, at, y.at(point.y), colour, whole ? Svg.Fill.FULL : Svg.Fill.HOLLOW);
    }
  }
}
