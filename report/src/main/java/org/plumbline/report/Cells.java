package org.plumbline.report;

import static org.plumbline.report.Node.name;
import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.plumbline.report.ComparisonData.Rule;
import org.plumbline.report.ComparisonData.Run;

/** The single runs: what failed and why, where each one's own report is, how it was made. */
final class Cells {
  private static final String ID = "runs";
  private static final String HEADING = "Runs";

  /** More runs than this are folded. */
  private static final int OPEN = 12;

  private Cells() {}

  static Section of(ComparisonData all) {
    if (all.runs().findAny().isEmpty()) {
      return Section.absent(ID, HEADING, "None yet.");
    }
    var content = new ArrayList<Node>();
    var failures = new ArrayList<Node>();
    for (var rule : all.rules()) {
      for (var run : rule.runs()) {
        if (run.isFailed()) {
          failures.add(
              tag(
                  "li",
                  name(rule.label()),
                  text(
                      ", seed %s: %s"
                          .formatted(run.seed(), run.reason().orElse("the run diverged")))));
        }
      }
    }
    all.complaints().forEach(complaint -> failures.add(tag("li", complaint)));
    if (!failures.isEmpty()) {
      content.add(tag("h3", "What failed"));
      content.add(tag("ul", failures).with("class", "warnings"));
      content.add(tag("h3", "All runs"));
    }
    var table = table(all);
    content.add(
        all.runs().count() > OPEN
            ? tag("details", tag("summary", "Every run in numbers"), table)
            : table);
    return new Section(
        ID,
        HEADING,
        List.of(
            tag(
                "p",
                "A run’s own report is in its folder: confusion, mistakes, network, warnings. The links "
                    + "lead there while this page stays where it was made.")),
        content);
  }

  private static Node table(ComparisonData all) {
    var rows = new ArrayList<List<Node>>();
    for (var rule : all.rules()) {
      for (var run : rule.runs()) {
        rows.add(row(all, rule, run));
      }
    }
    return Node.table(
        "All runs",
        List.of(
            "Rule", "Seed", "State", "Test accuracy", "Test loss", "Epochs", "Seconds", "Report"),
        rows,
        0,
        2,
        7);
  }

  private static List<Node> row(ComparisonData all, Rule rule, Run run) {
    long warnings = run.data().map(data -> (long) data.events().warnings().size()).orElse(0L);
    return List.of(
        name(rule.label()),
        text(run.seed()),
        text(run.state() + (warnings > 0 ? ", " + Numbers.plural(warnings, "warning") : "")),
        text(all.percent(run.figure("test_accuracy"))),
        text(Numbers.of(run.figure("test_loss"))),
        text(epochs(run)),
        text(Numbers.of(run.figure("seconds"))),
        run.data().isPresent() && !run.path().isEmpty()
            ? tag("a", run.path()).with("href", run.path() + "/report.html")
            : text(Numbers.NONE));
  }

  private static String epochs(Run run) {
    long done = run.data().map(data -> (long) data.events().epochs().size()).orElse(0L);
    long planned = run.data().map(data -> data.count("epochs").orElse(done)).orElse(0L);
    return done == planned ? Numbers.count(done) : Numbers.count(done) + " of " + planned;
  }

  static Section configuration(ComparisonData all) {
    return all.plan()
        .map(words ->
            new Section(
                "configuration",
                "Configuration",
                List.of(
                    tag(
                        "p",
                        text("What the runs have in common, complete, word for word: "),
                        tag("code", all.planFile()),
                        text("."))),
                List.of(tag("pre", tag("code", words)).with("id", "config").with("tabindex", "0"))))
        .orElseGet(() ->
            Section.absent(
                "configuration", "Configuration", "Not known: there is no compare.yaml."));
  }

  /** What all runs agree in stands once; where they do not, it says how many had what. */
  static Section provenance(ComparisonData all) {
    var values = new LinkedHashMap<String, Map<String, Long>>();
    all.folders()
        .flatMap(run -> run.provenance().stream())
        .forEach(found ->
            Json.flat(found).stream()
                .filter(line -> !line.getKey().matches("v|seed|sessions.*"))
                .forEach(line ->
                    values
                        .computeIfAbsent(line.getKey(), _ -> new LinkedHashMap<>())
                        .merge(line.getValue(), 1L, Long::sum)));
    if (values.isEmpty()) {
      return Section.absent("provenance", "Provenance", "Not known: no run has a provenance.json.");
    }
    var lines =
        values.entrySet().stream().map(e -> Map.entry(e.getKey(), told(e.getValue()))).toList();
    return new Section(
        "provenance",
        "Provenance",
        List.of(
            tag(
                "p",
                "The same configuration, seed and thread count give the same bytes of model. Where "
                    + "runs differ, every value stands with the number of runs.")),
        List.of(Origins.table("Provenance", lines)));
  }

  private static String told(Map<String, Long> values) {
    if (values.size() == 1) {
      return values.keySet().iterator().next();
    }
    return values.entrySet().stream()
        .limit(8)
        .map(e -> "%s (%s)".formatted(e.getKey(), Numbers.plural(e.getValue(), "run")))
        .collect(Collectors.joining("; "));
  }
}
