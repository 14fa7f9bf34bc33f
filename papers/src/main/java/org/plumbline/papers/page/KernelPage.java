package org.plumbline.papers.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.plumbline.train.KernelSweep.By;
import org.plumbline.train.KernelSweep.Net;
import org.plumbline.train.KernelSweep.Row;

/** The drift of the tangent kernel against width, as a drawing and a page of Markdown. */
public final class KernelPage {
  /** The drawing's file. */
  public static final String FIGURE = "kernel.svg";

  /** The page's file. */
  public static final String PAGE = "kernel.md";

  private final List<Row> rows;
  private final List<Integer> widths;

  private KernelPage(List<Row> rows) {
    this.rows = rows;
    this.widths = rows.stream().map(Row::width).distinct().sorted().toList();
  }

  /** The seeds of one point of the figure that learned. */
  private record Point(List<Double> values) {
    double mean() {
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      return sum / values.size();
    }

    /** With n − 1. */
    double std() {
      double squares = 0;
      for (double value : values) {
        squares += (value - mean()) * (value - mean());
      }
      return Math.sqrt(squares / (values.size() - 1));
    }
  }

  /**
   * Draws the figure.
   *
   * @param rows of a sweep
   * @return an SVG
   */
  public static String svg(List<Row> rows) {
    return new KernelPage(rows).svg();
  }

  /**
   * Writes the page.
   *
   * @param rows of a sweep
   * @param command that made it
   * @return Markdown
   */
  public static String markdown(List<Row> rows, String command) {
    return new KernelPage(rows).markdown(command);
  }

  private Point point(Net net, By rule, int width, ToDoubleFunction<Row> value) {
    return new Point(
        rows.stream()
            .filter(row -> row.net() == net && row.rule() == rule && row.width() == width)
            .filter(Row::isLearned)
            .map(value::applyAsDouble)
            .toList());
  }

  private String svg() {
    List<LinePlot.Line> lines = new ArrayList<>();
    for (Net net : Net.values()) {
      for (By rule : By.values()) {
        List<LinePlot.Point> points = new ArrayList<>();
        for (int width : widths) {
          Point drift = point(net, rule, width, Row::drift);
          boolean shown = drift.std() < drift.mean(); // else its foot is below a logarithmic axis
          points.add(new LinePlot.Point(width, drift.mean(), shown ? drift.std() : Double.NaN));
        }
        lines.add(
            new LinePlot.Line(
                name(net) + ", " + rule.word(),
                colour(net),
                rule == By.BP ? LinePlot.Style.MARKED : LinePlot.Style.PUBLISHED,
                points));
      }
    }
    return new LinePlot(
            "Drift of the tangent kernel against width",
            "units of a hidden layer",
            "‖K_t − K_0‖ / ‖K_0‖, mean ± std over the seeds",
            Axis.Kind.POWERS,
            Axis.Kind.POWERS,
            lines)
        .svg();
  }

  private static int colour(Net net) {
    return switch (net) {
      case LINEAR -> 0;
      case TANH -> 1;
      case BOTTLENECK -> 2;
    };
  }

  private static String name(Net net) {
    return switch (net) {
      case LINEAR -> "linear output";
      case TANH -> "tanh output";
      case BOTTLENECK -> "bottleneck of 2";
    };
  }

  private String markdown(String command) {
    StringBuilder page = new StringBuilder("# Drift of the tangent kernel against width\n\n");
    page.append(
        """
        Thirty points on the sphere of radius √10 in R^10, targets 0.8 sign(x1 x2 + 0.5 x3); tanh nets 10-m-m-1, or 10-m-2-m-1 for the
        bottleneck, without biases, in the tangent-kernel parameterisation; full-batch descent on the summed squared error with the step
        0.9/λ_max(K_0) until the mean square error is 0.01. Means over the seeds that came there, ± their standard deviation.
        Liu, Zhu, Belkin 2020, [arXiv:2010.01092](https://arxiv.org/abs/2010.01092): with a linear output a wide network stays near its
        linearisation; behind a non-linear output or a narrow layer it does not, at any width. `dfa` has B ~ N(0, 1)/√m.

        """);
    page.append("Made by `")
        .append(command)
        .append("`; the numbers are in [kernel.csv](kernel.csv).\n\n");
    page.append("![Drift against width](").append(FIGURE).append(")\n\n");
    table(page, "drift ‖K_t − K_0‖/‖K_0‖", Row::drift, true);
    table(page, "steps", row -> (double) row.steps(), false);
    table(page, "hidden share of the rule's kernel at the start", Row::shareAtStart, false);
    table(page, "hidden share at the end", Row::shareAtEnd, false);
    table(page, "alignment of the first hidden block at the end", Row::alignmentFirst, false);
    long missed = rows.stream().filter(row -> !row.isLearned()).count();
    page.append(
        missed == 0
            ? "All %d trainings came to the error.\n".formatted(rows.size())
            : "%d of %d trainings did not come to the error within their steps and are left out of the means: %s.\n"
                .formatted(
                    missed,
                    rows.size(),
                    rows.stream()
                        .filter(row -> !row.isLearned())
                        .map(row ->
                            "%s %s m=%d seed %d"
                                .formatted(
                                    name(row.net()), row.rule().word(), row.width(), row.seed()))
                        .collect(Collectors.joining("; "))));
    return page.toString();
  }

  private void table(StringBuilder page, String title, ToDoubleFunction<Row> value, boolean falls) {
    page.append("| ").append(title).append(" | rule |");
    widths.forEach(width -> page.append(" m = ").append(width).append(" |"));
    page.append(falls ? " from the least to the greatest width, per 4 times |" : "").append('\n');
    page.append("|---|---|").append("--:|".repeat(widths.size() + (falls ? 1 : 0))).append('\n');
    for (Net net : Net.values()) {
      for (By rule : By.values()) {
        page.append("| ").append(name(net)).append(" | ").append(rule.word()).append(" |");
        for (int width : widths) {
          Point point = point(net, rule, width, value);
          page.append(' ')
              .append(number(point.mean()))
              .append(point.values.size() > 1 ? " ± " + number(point.std()) : "")
              .append(" |");
        }
        if (falls) {
          double least = point(net, rule, widths.getFirst(), value).mean();
          double most = point(net, rule, widths.getLast(), value).mean();
          double times = Math.log((double) widths.getLast() / widths.getFirst()) / Math.log(4);
          page.append(" ÷ ").append(number(Math.pow(least / most, 1 / times))).append(" |");
        }
        page.append('\n');
      }
    }
    page.append('\n');
  }

  private static String number(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.3f", value)
        : "–";
  }
}
