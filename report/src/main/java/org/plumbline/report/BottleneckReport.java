package org.plumbline.report;

import static org.plumbline.report.Node.name;
import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.plumbline.report.Chart.Band;
import org.plumbline.report.Chart.Line;
import org.plumbline.report.Chart.Stroke;
import org.plumbline.report.Chart.Unit;
import org.plumbline.report.ComparisonData.Rule;

/**
 * One self-contained page about a bottleneck sweep: how accuracy and alignment change with the
 * units of the middle layer, beside the same network with frozen hidden blocks.
 */
public final class BottleneckReport {
  private static final Pattern LABEL = Pattern.compile("b=(\\d{1,9})( frozen)?");
  private static final String FROZEN = "frozen";
  private static final int MOST_BLOCKS = 50;

  private BottleneckReport() {}

  /**
   * One b.
   *
   * @param b units of the middle layer
   * @param learning the runs whose hidden blocks learn
   * @param frozen those whose do not
   */
  private record Width(long b, Rule learning, Optional<Rule> frozen) {
    double test() {
      return learning.spread("test_accuracy").mean();
    }

    double control() {
      return frozen.map(rule -> rule.spread("test_accuracy").mean()).orElse(Double.NaN);
    }
  }

  /**
   * Draws the page.
   *
   * @param folder of a sweep
   * @return a complete HTML document, to be stored as UTF-8
   * @throws IllegalArgumentException if the folder is missing, unreadable or holds no sweep; the
   *     message is one line
   */
  public static String render(Path folder) {
    var all = ComparisonData.read(folder);
    var widths = widths(all);
    return Page.of(
        "Bottleneck sweep · Plumbline",
        headline(all, widths),
        List.of(
            accuracy(widths),
            alignment(widths),
            table(all, widths),
            Cells.of(all),
            Cells.configuration(all),
            Cells.provenance(all)));
  }

  private static List<Width> widths(ComparisonData all) {
    var widths = new ArrayList<Width>();
    for (var rule : all.rules()) {
      var label = LABEL.matcher(rule.label());
      if (label.matches() && label.group(2) == null && !rule.finished().isEmpty()) {
        var frozen =
            all.rules().stream()
                .filter(other ->
                    other.label().equals(rule.label() + " " + FROZEN)
                        || other.label().equals(FROZEN))
                .filter(other -> !other.finished().isEmpty())
                .findFirst();
        widths.add(new Width(Long.parseLong(label.group(1)), rule, frozen));
      }
    }
    widths.sort(Comparator.comparingLong(Width::b));
    return widths;
  }

  private static Node headline(ComparisonData all, List<Width> widths) {
    var top = new ArrayList<Node>();
    top.add(tag("p", "Plumbline").with("class", "mark"));
    top.add(tag("p", name(all.folder())).with("class", "run"));
    top.add(tag("h1", "Does a narrow layer prevent alignment?"));
    var parts = new ArrayList<Node>();
    parts.add(Headline.plumbLine());
    parts.add(tag("div", top).with("class", "top"));
    parts.add(tag("p", verdict(widths)).with("class", "state verdict"));
    long runs = all.runs().count();
    long done = all.count("finished");
    parts.add(
        tag("p", "%s: %d of %d runs finished.".formatted(variant(all), done, runs))
            .with("class", "state"));
    long failed = all.count("failed");
    if (failed > 0) {
      parts.add(
          tag(
                  "p",
                  tag("a", Numbers.plural(failed, "run") + " failed").with("href", "#runs"),
                  text(", below."))
              .with("class", "alert"));
    }
    return tag("header", parts).with("class", "hero");
  }

  private static String variant(ComparisonData all) {
    return switch (all.planned("variant").orElse("")) {
      case "masked" -> "Masked: the middle layer has all its units, and b of them learn";
      case "narrow" -> "Narrow: the middle layer has b units";
      default -> "Variant not known";
    };
  }

  private static String verdict(List<Width> widths) {
    if (widths.isEmpty()) {
      return "No run has finished yet.";
    }
    var least = widths.getFirst();
    var most = widths.getLast();
    var words = new StringBuilder();
    words.append(
        least.b() == most.b()
            ? "At b = %d test accuracy is %s".formatted(least.b(), Numbers.percent(least.test()))
            : "From b = %d to b = %d test accuracy goes from %s to %s"
                .formatted(
                    least.b(),
                    most.b(),
                    Numbers.percent(least.test()),
                    Numbers.percent(most.test())));
    double control = most.control();
    if (Double.isFinite(control)) {
      words.append("; frozen hidden blocks reach ").append(Numbers.percent(control));
    }
    return words.append('.').toString();
  }

  private static Section accuracy(List<Width> widths) {
    if (widths.isEmpty()) {
      return Section.absent("accuracy", "Accuracy", "None yet.");
    }
    var lines = new ArrayList<Line>();
    var bands = new ArrayList<Band>();
    curve("test", widths, rule -> rule.learning(), "test_accuracy", 1, lines, bands);
    curve("training", widths, rule -> rule.learning(), "train_accuracy", 2, lines, bands);
    var frozen = widths.stream().filter(width -> width.frozen().isPresent()).toList();
    curve("frozen, test", frozen, w -> w.frozen().orElseThrow(), "test_accuracy", 3, lines, bands);
    return new Section(
        "accuracy",
        "Accuracy",
        List.of(
            tag(
                "p",
                "Mean over the seeds against the units b of the middle layer, on a logarithmic axis; "
                    + "the shade spans the seeds."),
            tag(
                "p",
                "Frozen is the control: the same network, of which only the output block learns. What "
                    + "does not beat it shows no credit assignment.")),
        List.of(
            new Chart("Accuracy against b", "b", Unit.PERCENT, lines, bands, Scale.Kind.LOG)
                .figure(Scale.Kind.LINEAR)));
  }

  private interface Which {
    Rule of(Width width);
  }

  private static void curve(
      String name,
      List<Width> widths,
      Which which,
      String figure,
      int colour,
      List<Line> lines,
      List<Band> bands) {
    lines.add(
        new Line(
            name,
            series(widths, width -> which.of(width).spread(figure).mean()),
            Stroke.MAIN,
            colour));
    boolean several = widths.stream().anyMatch(w -> !which.of(w).spread(figure).isSingle());
    if (several) {
      bands.add(
          new Band(
              "",
              series(widths, width -> which.of(width).spread(figure).least()),
              series(widths, width -> which.of(width).spread(figure).most()),
              colour));
    }
  }

  private static Series series(List<Width> widths, ToDoubleFunction<Width> value) {
    return new Series(
        widths.stream()
            .map(width -> new Series.Point((double) width.b(), value.applyAsDouble(width)))
            .toList());
  }

  private static Section alignment(List<Width> widths) {
    var blocks = blocks(widths);
    if (blocks.isEmpty()) {
      return Section.absent("alignment", "Alignment", "The runs measured none.");
    }
    var lines = new ArrayList<Line>();
    var bands = new ArrayList<Band>();
    for (int block : blocks) {
      var key = "alignment_" + block;
      lines.add(
          new Line(
              "hidden " + block,
              series(widths, width -> width.learning().spread(key).mean()),
              Stroke.MAIN,
              block));
      bands.add(
          new Band(
              "null",
              series(widths, width -> edge(width.learning(), key, -2)),
              series(widths, width -> edge(width.learning(), key, 2)),
              block));
    }
    return new Section(
        "alignment",
        "Alignment",
        List.of(
            tag(
                "p",
                "The cosine of what each hidden block is told with the gradient of back-propagation "
                    + "through the same pass, at the last reading: 1 is the same direction."),
            tag(
                "p",
                "The null, shaded, is what fresh feedback of the same law scores: mean ± 2 standard "
                    + "deviations.")),
        List.of(
            new Chart("Alignment against b, cosine", "b", Unit.COSINE, lines, bands, Scale.Kind.LOG)
                .figure(Scale.Kind.LINEAR)));
  }

  private static double edge(Rule rule, String key, int times) {
    return rule.spread(key + "_null").mean() + times * rule.spread(key + "_null_std").mean();
  }

  private static List<Integer> blocks(List<Width> widths) {
    return IntStream.rangeClosed(1, MOST_BLOCKS)
        .filter(block ->
            widths.stream().anyMatch(w -> !w.learning().spread("alignment_" + block).isEmpty()))
        .boxed()
        .toList();
  }

  private static Section table(ComparisonData all, List<Width> widths) {
    if (widths.isEmpty()) {
      return Section.absent("numbers", "Numbers", "None yet.");
    }
    var blocks = blocks(widths);
    var head = new ArrayList<>(List.of("b", "Test", "Training", "Frozen, test"));
    blocks.forEach(block -> head.add("Hidden " + block));
    blocks.forEach(block -> head.add("Null " + block));
    var rows = new ArrayList<List<Node>>();
    for (var width : widths) {
      var row = new ArrayList<Node>();
      row.add(text(Numbers.count(width.b())));
      row.add(text(all.withSpread(width.learning().spread("test_accuracy"))));
      row.add(text(all.withSpread(width.learning().spread("train_accuracy"))));
      row.add(text(all.percent(width.control())));
      for (int block : blocks) {
        row.add(text(Numbers.places(width.learning().spread("alignment_" + block).mean())));
      }
      for (int block : blocks) {
        var key = "alignment_" + block + "_null";
        row.add(
            text(
                Numbers.places(width.learning().spread(key).mean())
                    + " ± "
                    + Numbers.places(2 * width.learning().spread(key + "_std").mean())));
      }
      rows.add(List.copyOf(row));
    }
    return new Section(
        "numbers",
        "Numbers",
        List.of(
            tag(
                "p",
                text(
                    "Mean over the seeds, ± the standard deviation where there are several; the same in "),
                tag("code", "bottleneck.csv"),
                text("."))),
        List.of(Node.table("Every b", head, rows)));
  }
}
