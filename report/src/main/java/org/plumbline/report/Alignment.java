package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.plumbline.report.Chart.Band;
import org.plumbline.report.Chart.Line;
import org.plumbline.report.Chart.Stroke;
import org.plumbline.report.Chart.Unit;
import tools.jackson.databind.JsonNode;

/** How well the signals agree with back-propagation, block by block, and what else was probed. */
final class Alignment {
  private static final String ID = "alignment";
  private static final String HEADING = "Alignment";
  private static final String KEY = "alignment/";

  private Alignment() {}

  static Section of(RunData run) {
    var probes = run.events().probes();
    var blocks = blocks(probes, KEY);
    var others = others(run, probes);
    if (blocks.isEmpty() && others.isEmpty()) {
      return Section.absent(
          ID,
          HEADING,
          "Not measured: the run recorded no probe. Alignment compares every block’s signal with the "
              + "gradient that back-propagation would have given it.");
    }
    var content = new ArrayList<Node>();
    if (blocks.isEmpty()) {
      content.add(tag("p", "The run probed no alignment.").with("class", "absent"));
    } else {
      content.add(chart(run, blocks).figure(Scale.Kind.LINEAR));
      content.add(table(probes, blocks));
    }
    content.addAll(others);
    return new Section(ID, HEADING, blocks.isEmpty() ? List.of() : note(), content);
  }

  private static List<Node> note() {
    return List.of(
        tag(
            "p",
            "The cosine between the signal a hidden block was told and the exact gradient of back-propagation, "
                + "in the same forward pass: 1 is the same direction, 0 no relation, below 0 uphill. "
                + "Credit reaches a block while its cosine is clearly above its null."),
        tag(
            "p",
            "The null, shaded, is what freshly drawn feedback of the same law scores: mean ± 2 "
                + "standard deviations over the draws. Weights cannot have aligned with it, so a "
                + "curve inside its band shows no alignment."));
  }

  private static Chart chart(RunData run, List<String> blocks) {
    var lines = new ArrayList<Line>();
    var bands = new ArrayList<Band>();
    for (int i = 0; i < blocks.size(); i++) {
      var key = KEY + blocks.get(i);
      var axis = run.axis();
      var probes = run.events().probes();
      lines.add(
          new Line(
              "block " + blocks.get(i), axis.series(probes, "readings", key), Stroke.MAIN, i + 1));
      var mean = axis.series(probes, "readings", key + "/null");
      var deviation = axis.series(probes, "readings", key + "/null_std");
      bands.add(new Band("null", edge(mean, deviation, -2), edge(mean, deviation, 2), i + 1));
    }
    return new Chart("Alignment by block, cosine", run.axis().name(), Unit.COSINE, lines, bands);
  }

  private static Series edge(Series mean, Series deviation, int times) {
    var points = new ArrayList<Series.Point>();
    for (int i = 0; i < mean.points().size(); i++) {
      var point = mean.points().get(i);
      points.add(new Series.Point(point.x(), point.y() + times * deviation.points().get(i).y()));
    }
    return new Series(points);
  }

  /** The blocks with a reading, in the order of their numbers; names that are no number last. */
  private static List<String> blocks(List<JsonNode> probes, String prefix) {
    var found =
        new TreeSet<String>(
            Comparator.<String>comparingLong(Alignment::number)
                .thenComparing(Comparator.naturalOrder()));
    for (var probe : probes) {
      probe
          .path("readings")
          .forEachEntry((key, value) -> {
            if (key.startsWith(prefix) && key.indexOf('/', prefix.length()) < 0) {
              found.add(key.substring(prefix.length()));
            }
          });
    }
    return List.copyOf(found);
  }

  private static long number(String block) {
    return block.matches("\\d{1,9}") ? Long.parseLong(block) : Long.MAX_VALUE;
  }

  /** The last reading of every block, with its companions. */
  private static Node table(List<JsonNode> probes, List<String> blocks) {
    var rows = new ArrayList<List<Node>>();
    for (var block : blocks) {
      for (var probe : probes.reversed()) {
        var readings = probe.path("readings");
        var cosine = Json.number(readings, KEY + block);
        if (cosine.isPresent()) {
          var mean = Json.number(readings, KEY + block + "/null");
          var deviation = Json.number(readings, KEY + block + "/null_std");
          rows.add(
              List.of(
                  text(block),
                  text(Json.words(probe, "step").orElse(Numbers.NONE)),
                  text(places(cosine)),
                  text(places(Json.number(readings, KEY + block + "/std"))),
                  text(places(mean) + " ± " + places(doubled(deviation))),
                  text(Numbers.of(Json.number(readings, KEY + block + "/z"))),
                  text(
                      vanishing(readings, block)
                          ? "vanishing gradient"
                          : verdict(cosine, mean, deviation))));
          break;
        }
      }
    }
    return Node.all(
        List.of(
            Node.table(
                "Last alignment of every block",
                List.of("Block", "Step", "Cosine", "Std over rows", "Null ± 2 std", "z", "Verdict"),
                rows,
                6),
            tag(
                    "p",
                    "Last reading of every block. z counts the null’s standard deviations between "
                        + "the cosine and the null’s mean.")
                .with("class", "caption")));
  }

  private static OptionalDouble doubled(OptionalDouble value) {
    return value.isPresent() ? OptionalDouble.of(2 * value.getAsDouble()) : value;
  }

  private static String places(OptionalDouble value) {
    return Numbers.places(value.orElse(Double.NaN));
  }

  /** Against a true gradient that is all but gone, a cosine is noise. */
  private static boolean vanishing(JsonNode readings, String block) {
    var ratio = Json.number(readings, KEY + block + "/gradient_ratio");
    return ratio.isPresent() && ratio.getAsDouble() < 1e-6;
  }

  private static String verdict(
      OptionalDouble cosine, OptionalDouble mean, OptionalDouble deviation) {
    if (mean.isEmpty() || deviation.isEmpty()) {
      return "no null measured";
    }
    double distance = cosine.getAsDouble() - mean.getAsDouble();
    double band = 2 * deviation.getAsDouble();
    return distance > band
        ? "above its null"
        : distance < -band ? "below its null" : "inside its null";
  }

  /** One chart for every other probe. */
  private static List<Node> others(RunData run, List<JsonNode> probes) {
    var names = new LinkedHashSet<String>();
    for (var probe : probes) {
      probe
          .path("readings")
          .forEachEntry((key, value) -> {
            int slash = key.indexOf('/');
            var name = slash < 0 ? key : key.substring(0, slash);
            if (!key.startsWith(KEY)) {
              names.add(name);
            }
          });
    }
    return names.stream().map(name -> other(run, probes, name)).toList();
  }

  private static Node other(RunData run, List<JsonNode> probes, String name) {
    var lines = new ArrayList<Line>();
    lines.add(new Line(name, run.axis().series(probes, "readings", name), Stroke.MAIN, 1));
    var blocks = blocks(probes, name + "/");
    for (int i = 0; i < blocks.size(); i++) {
      var series = run.axis().series(probes, "readings", name + "/" + blocks.get(i));
      var label = number(blocks.get(i)) < Long.MAX_VALUE ? "block " + blocks.get(i) : blocks.get(i);
      lines.add(new Line(label, series, Stroke.MAIN, i + 1));
    }
    var chart = new Chart(name, run.axis().name(), Unit.NUMBER, lines, List.of());
    return chart.isEmpty() ? Node.none() : chart.figure(Scale.Kind.LINEAR);
  }
}
