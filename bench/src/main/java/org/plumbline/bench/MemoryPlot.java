package org.plumbline.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Draws what a step holds against the depth of the network: a line a rule. */
final class MemoryPlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 380;
  private static final int LEFT = 70;
  private static final int RIGHT = 110;
  private static final int TOP = 50;
  private static final int BOTTOM = 50;
  private static final int APART = 15; // names of lines that end at one height
  private static final double MEGA = 1e6;
  private static final List<String> COLOURS =
      List.of(
          "#0a5fa6", "#b4490a", "#00735a", "#8b3a8a", "#7d6000", "#1f6f8b", "#a62f4e", "#55595e");

  private final Map<String, Map<Integer, Double>> megabytes = new LinkedHashMap<>();
  private final StringBuilder svg = new StringBuilder();
  private double deepest = 1;
  private double most = 1e-3;

  private MemoryPlot(List<Result.Memory> memory) {
    for (Result.Memory one : memory) {
      megabytes
          .computeIfAbsent(one.rule(), _ -> new TreeMap<>())
          .put(one.layers(), one.peakBytes() / MEGA);
      deepest = Math.max(deepest, one.layers());
      most = Math.max(most, one.peakBytes() / MEGA);
    }
  }

  static String svg(List<Result.Memory> memory) {
    return new MemoryPlot(memory).draw();
  }

  private double x(double layers) {
    return LEFT + (WIDTH - LEFT - RIGHT) * layers / deepest;
  }

  private double y(double megabytes) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * megabytes / most;
  }

  private String draw() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#1c1e21\">",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    add("<title>What a training step holds, by depth</title>");
    add("<rect width=\"%d\" height=\"%d\" fill=\"#fcfbf8\"/>", WIDTH, HEIGHT);
    add(
        "<text x=\"20\" y=\"28\" font-size=\"16\" font-weight=\"600\">Activations, signals and slopes of a step, MB</text>");
    for (int i = 0; i <= 4; i++) {
      double value = most * i / 4;
      add("<path d=\"M%d %sH%d\" stroke=\"#dedad0\"/>", LEFT, number(y(value)), WIDTH - RIGHT);
      add(
          "<text x=\"%d\" y=\"%s\" text-anchor=\"end\" fill=\"#5c6066\">%s</text>",
          LEFT - 8, number(y(value) + 4.5), number(value));
    }
    megabytes.values().stream()
        .flatMap(line -> line.keySet().stream())
        .distinct()
        .forEach(layers ->
            add(
                "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\" fill=\"#5c6066\">%d</text>",
                number(x(layers)), HEIGHT - BOTTOM + 20, layers));
    add(
        "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\" fill=\"#5c6066\">hidden layers of 240, batch 64</text>",
        number(x(deepest / 2)), HEIGHT - 10);
    lines();
    add("</svg>");
    return svg.toString();
  }

  private void lines() {
    List<String> lowestFirst = new ArrayList<>(megabytes.keySet());
    lowestFirst.sort((a, b) -> Double.compare(end(a), end(b)));
    double free = HEIGHT;
    for (String rule : lowestFirst) {
      String colour = COLOURS.get(List.copyOf(megabytes.keySet()).indexOf(rule) % COLOURS.size());
      StringBuilder path = new StringBuilder();
      line(rule)
          .forEach((layers, value) -> {
            path.append(path.isEmpty() ? 'M' : 'L')
                .append(number(x(layers)))
                .append(' ')
                .append(number(y(value)));
            add(
                "<circle cx=\"%s\" cy=\"%s\" r=\"4\" fill=\"%s\"/>",
                number(x(layers)), number(y(value)), colour);
          });
      add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, colour);
      free = Math.min(free - APART, y(end(rule)) + 4.5);
      add(
          "<text x=\"%d\" y=\"%s\" fill=\"%s\" font-weight=\"600\">%s</text>",
          WIDTH - RIGHT + 10, number(free), colour, rule);
    }
  }

  private Map<Integer, Double> line(String rule) {
    return megabytes.getOrDefault(rule, Map.of());
  }

  private double end(String rule) {
    return line(rule).values().stream().mapToDouble(value -> value).reduce(0, (_, last) -> last);
  }

  @SuppressWarnings("AnnotateFormatMethod") // would be a dependency for one method
  private void add(String form, Object... values) {
    svg.append(form.formatted(values)).append('\n');
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
  }
}
