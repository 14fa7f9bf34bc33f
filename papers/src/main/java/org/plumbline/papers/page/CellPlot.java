package org.plumbline.papers.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.plumbline.papers.Metric;
import org.plumbline.papers.Published;
import org.plumbline.papers.Recipe;
import org.plumbline.papers.results.Standing;
import org.plumbline.papers.results.State;

/** Published against ours: a line a cell, the tolerance as a band, our mean with its spread. */
final class CellPlot {
  private static final int WIDTH = 900;
  private static final int LEFT = 290;
  private static final int RIGHT = 210;
  private static final int LINE = 22;
  private static final int GROUP = 30;
  private static final int TOP = 76;
  private static final double MOST = 4;
  private static final String BAND = "#e3e6df";
  private static final Map<State, Integer> MARKS =
      Map.of(State.REPRODUCED, 2, State.MISSED, 6, State.REDUCED, 1, State.OPEN, 7, State.OWN, 7);

  private CellPlot() {}

  private static String colour(State state) {
    return Svg.colour(MARKS.getOrDefault(state, 0));
  }

  private static int form(State state) {
    return switch (state) {
      case REPRODUCED -> 0;
      case MISSED -> 3;
      case REDUCED -> 1;
      case OWN, OPEN -> 2;
    };
  }

  /** Cells of a recipe in percent; empty if none of them with a published value was run. */
  static String ofRecipe(Recipe recipe, List<Standing> standings) {
    List<Standing> shown =
        standings.stream().filter(s -> s.place().cell().published().isPresent()).toList();
    if (shown.stream().allMatch(standing -> standing.mean().isEmpty())) {
      return "";
    }
    List<Double> values = new ArrayList<>();
    for (Standing standing : shown) {
      Published published = standing.place().cell().published().orElseThrow();
      values.add(published.value() - published.tolerance());
      values.add(published.value() + published.tolerance());
      standing
          .mean()
          .ifPresent(mean -> {
            double std = standing.std().orElse(0);
            values.add(mean - std);
            values.add(mean + std);
          });
    }
    double low = values.stream().mapToDouble(v -> v).min().orElseThrow();
    double high = values.stream().mapToDouble(v -> v).max().orElseThrow();
    Axis axis = Axis.around(low, high, LEFT, WIDTH - RIGHT);
    Svg svg = new Svg();
    svg.heading(16, 24, "Published and ours: " + recipe.about());
    legend(svg, shown);
    int bottom = TOP + LINE * shown.size();
    for (double tick : axis.ticks(6)) {
      svg.line(axis.at(tick), TOP - 4, axis.at(tick), bottom, Svg.FAINT, 1);
      svg.words(axis.at(tick), bottom + 18, Svg.Anchor.MIDDLE, Svg.GREY, Axis.words(tick));
    }
    Metric metric = shown.getFirst().place().cell().metric();
    svg.words(LEFT, bottom + 38, Svg.Anchor.START, Svg.GREY, metric.words() + ", %");
    int y = TOP;
    for (Standing standing : shown) {
      row(svg, standing, standing.place().cell().name(), axis, y, new Absolute());
      y += LINE;
    }
    return svg.drawing(WIDTH, bottom + 52, "Published and ours, " + recipe.id());
  }

  /** All cells with a published value, of all papers, in tolerances. */
  static String ofAll(Map<String, List<Standing>> papers) {
    Map<String, List<Standing>> groups = new LinkedHashMap<>();
    papers.forEach((paper, standings) -> {
      List<Standing> published =
          standings.stream().filter(s -> s.place().cell().published().isPresent()).toList();
      if (!published.isEmpty()) {
        groups.put(paper, published);
      }
    });
    int bottom = TOP + 20;
    for (List<Standing> group : groups.values()) {
      long run = group.stream().filter(standing -> standing.mean().isPresent()).count();
      bottom += GROUP + LINE * (int) run;
    }
    Axis axis = new Axis(-MOST - 0.3, MOST + 0.3, LEFT, WIDTH - RIGHT, Axis.Kind.EVEN);
    Svg svg = new Svg();
    svg.heading(
        16,
        24,
        "Published and ours, in tolerances: inside the band our mean agrees with the published");
    legend(svg, groups.values().stream().flatMap(List::stream).toList());
    svg.box(axis.at(-1), TOP - 4, axis.at(1) - axis.at(-1), bottom - TOP + 4, BAND);
    for (double tick = -MOST; tick <= MOST; tick++) {
      svg.line(axis.at(tick), TOP - 4, axis.at(tick), bottom, tick == 0 ? Svg.GREY : Svg.FAINT, 1);
      svg.words(axis.at(tick), bottom + 18, Svg.Anchor.MIDDLE, Svg.GREY, Axis.words(tick));
    }
    svg.words(axis.at(-1) - 10, bottom + 38, Svg.Anchor.END, Svg.GREY, "← ours is worse");
    svg.words(axis.at(1) + 10, bottom + 38, Svg.Anchor.START, Svg.GREY, "ours is better →");
    int y = TOP + 4;
    for (Map.Entry<String, List<Standing>> group : groups.entrySet()) {
      List<Standing> run =
          group.getValue().stream().filter(standing -> standing.mean().isPresent()).toList();
      int open = group.getValue().size() - run.size();
      svg.heading(16, y + 18, group.getKey());
      if (open > 0) {
        svg.words(WIDTH - 16, y + 18, Svg.Anchor.END, Svg.GREY, "%d not run yet".formatted(open));
      }
      svg.line(16, y, WIDTH - 16, y, Svg.FAINT, 1);
      y += GROUP;
      for (Standing standing : run) {
        row(svg, standing, standing.place().id(), axis, y - 4, new Relative());
        y += LINE;
      }
    }
    return svg.drawing(WIDTH, bottom + 52, "Published and ours, all cells");
  }

  private static void legend(Svg svg, List<Standing> shown) {
    double x = 24;
    for (State state : State.values()) {
      if (state != State.OWN && shown.stream().anyMatch(s -> s.state() == state)) {
        svg.mark(form(state), x, 48, colour(state), Svg.Fill.FULL);
        svg.words(x + 10, 52.5, Svg.Anchor.START, Svg.INK, state.word());
        x += 34 + 7.5 * state.word().length();
      }
    }
    svg.line(x, 40, x, 56, Svg.INK, 2);
    svg.words(x + 8, 52.5, Svg.Anchor.START, Svg.INK, "published");
    svg.box(x + 88, 41, 26, 14, BAND);
    svg.words(x + 120, 52.5, Svg.Anchor.START, Svg.INK, "tolerance");
    svg.words(WIDTH - 16, 52.5, Svg.Anchor.END, Svg.GREY, "published → ours ± std (seeds)");
  }

  /** What stands where on the axis. */
  private interface Measure {
    double of(Standing standing, double value);
  }

  private record Absolute() implements Measure {
    @Override
    public double of(Standing standing, double value) {
      return value;
    }
  }

  /** To the right is better, whatever the metric. */
  private record Relative() implements Measure {
    @Override
    public double of(Standing standing, double value) {
      Published published = standing.place().cell().published().orElseThrow();
      double sign = standing.place().cell().metric() == Metric.TEST_ERROR ? -1 : 1;
      double off = sign * (value - published.value()) / published.tolerance();
      return Math.max(-MOST - 0.2, Math.min(MOST + 0.2, off));
    }
  }

  private static void row(
      Svg svg, Standing standing, String name, Axis axis, int top, Measure measure) {
    Optional<Published> held = standing.place().cell().published();
    Published published = held.orElseThrow();
    double y = top + LINE / 2.0;
    svg.words(LEFT - 14, y + 4.5, Svg.Anchor.END, Svg.INK, name);
    if (measure instanceof Absolute) {
      double from = axis.at(published.value() - published.tolerance());
      svg.box(from, top + 3, axis.at(published.value() + published.tolerance()) - from, 16, BAND);
      double at = axis.at(published.value());
      svg.line(at, top + 3, at, top + 19, Svg.INK, 2);
    }
    OptionalDouble mean = standing.mean();
    String said = Numbers.percent(published.value());
    if (mean.isPresent()) {
      String colour = colour(standing.state());
      double std = standing.std().orElse(0);
      svg.line(
          axis.at(measure.of(standing, mean.getAsDouble() - std)),
          y,
          axis.at(measure.of(standing, mean.getAsDouble() + std)),
          y,
          colour,
          2);
      double at = measure.of(standing, mean.getAsDouble());
      svg.mark(form(standing.state()), axis.at(at), y, colour, Svg.Fill.FULL);
      if (measure instanceof Relative && Math.abs(at) > MOST) {
        boolean left = at < 0;
        svg.words(
            axis.at(at) + (left ? 9 : -9),
            y + 4.5,
            left ? Svg.Anchor.START : Svg.Anchor.END,
            colour,
            left ? "← further" : "further →");
      }
      said += " → " + Numbers.ours(standing);
    }
    svg.words(WIDTH - 16, y + 4.5, Svg.Anchor.END, mean.isPresent() ? Svg.INK : Svg.GREY, said);
  }
}
