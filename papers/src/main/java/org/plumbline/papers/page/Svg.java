package org.plumbline.papers.page;

import java.util.List;
import java.util.Locale;

/** A drawing under way. */
final class Svg {
  static final String INK = "#1c1e21";
  static final String GREY = "#5c6066";
  static final String FAINT = "#dedad0";
  private static final String PAPER = "#fcfbf8";

  /** Told apart by people who see few colours, too: their marks differ. */
  private static final List<String> COLOURS =
      List.of(
          "#0a5fa6", "#b4490a", "#00735a", "#8b3a8a", "#7d6000", "#4aa3c7", "#a62f4e", "#55595e");

  private final StringBuilder body = new StringBuilder();

  static String colour(int number) {
    return COLOURS.get(number % COLOURS.size());
  }

  /** All of it. */
  String drawing(int width, int height, String title) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" \
    font-family="system-ui, sans-serif" font-size="13" fill="%s">
    <title>%s</title>
    <rect width="%d" height="%d" fill="%s"/>
    %s</svg>
    """
        .formatted(width, height, width, height, INK, escaped(title), width, height, PAPER, body);
  }

  void line(double x1, double y1, double x2, double y2, String colour, double width) {
    add(
        "<path d=\"M%s %sL%s %s\" stroke=\"%s\" stroke-width=\"%s\"/>"
            .formatted(n(x1), n(y1), n(x2), n(y2), colour, n(width)));
  }

  void box(double x, double y, double width, double height, String colour) {
    add(
        "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>"
            .formatted(n(x), n(y), n(Math.max(0, width)), n(height), colour));
  }

  /** Words that end, begin or have their middle at x. */
  void words(double x, double y, Anchor anchor, String colour, String text) {
    add(
        "<text x=\"%s\" y=\"%s\"%s fill=\"%s\">%s</text>"
            .formatted(n(x), n(y), anchor.attribute, colour, escaped(text)));
  }

  void heading(double x, double y, String text) {
    add(
        "<text x=\"%s\" y=\"%s\" font-weight=\"600\">%s</text>"
            .formatted(n(x), n(y), escaped(text)));
  }

  /** Through points; a break where one is not a number. */
  void curve(double[] xs, double[] ys, String colour, Stroke stroke) {
    StringBuilder path = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < xs.length; i++) {
      boolean there = Double.isFinite(xs[i]) && Double.isFinite(ys[i]);
      if (there) {
        path.append(pen ? 'L' : 'M').append(n(xs[i])).append(' ').append(n(ys[i]));
      }
      pen = there;
    }
    if (!path.isEmpty()) {
      add(
          "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\" stroke-linejoin=\"round\"%s/>"
              .formatted(path, colour, stroke == Stroke.DASHED ? " stroke-dasharray=\"5 4\"" : ""));
    }
  }

  /** Colour and form, so that neither is needed alone. */
  void mark(int form, double x, double y, String colour, Fill fill) {
    String paint =
        fill == Fill.FULL
            ? "fill=\"%s\" stroke=\"%s\"".formatted(colour, PAPER)
            : "fill=\"%s\" stroke=\"%s\" stroke-width=\"1.6\"".formatted(PAPER, colour);
    String at = "transform=\"translate(%s %s)\" %s".formatted(n(x), n(y), paint);
    switch (form % 4) {
      case 0 -> add("<circle r=\"4.5\" %s/>".formatted(at));
      case 1 -> add("<path d=\"M-4 -4H4V4H-4Z\" %s/>".formatted(at));
      case 2 -> add("<path d=\"M0 -5.5L5 3.5H-5Z\" %s/>".formatted(at));
      default -> add("<path d=\"M0 -5.5L5.5 0L0 5.5L-5.5 0Z\" %s/>".formatted(at));
    }
  }

  /** How a curve is drawn. */
  enum Stroke {
    WHOLE,
    DASHED
  }

  /** How a mark is drawn. */
  enum Fill {
    FULL,
    HOLLOW
  }

  /** Which part of words is at their place. */
  enum Anchor {
    START(""),
    MIDDLE(" text-anchor=\"middle\""),
    END(" text-anchor=\"end\"");

    private final String attribute;

    Anchor(String attribute) {
      this.attribute = attribute;
    }
  }

  private void add(String element) {
    body.append(element).append('\n');
  }

  /** With one decimal at most. */
  static String n(double value) {
    double rounded = Math.rint(10 * value) / 10;
    return rounded == Math.rint(rounded)
        ? Long.toString((long) rounded)
        : String.format(Locale.ROOT, "%.1f", rounded);
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
