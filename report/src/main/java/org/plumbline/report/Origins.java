package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.List;
import java.util.Map;

/** What is needed to make the run again: its configuration and where it came from. */
final class Origins {
  private Origins() {}

  static Section configuration(RunData run) {
    return run.config()
        .map(words ->
            new Section(
                "configuration",
                "Configuration",
                List.of(
                    tag(
                        "p",
                        text("Complete, as resolved, word for word: "),
                        tag("code", "config.yaml"),
                        text("."))),
                List.of(tag("pre", tag("code", words)).with("id", "config").with("tabindex", "0"))))
        .orElseGet(() ->
            Section.absent(
                "configuration", "Configuration", "Not known: the run has no config.yaml."));
  }

  static Section provenance(RunData run) {
    return run.provenance()
        .map(found ->
            new Section(
                "provenance",
                "Provenance",
                List.of(
                    tag(
                        "p",
                        "The same configuration, seed and thread count give the same bytes of model.")),
                List.of(table("Provenance", Json.flat(found)))))
        .orElseGet(() ->
            Section.absent(
                "provenance", "Provenance", "Not known: the run has no provenance.json."));
  }

  /** Names and values of a JSON file. */
  static Node table(String label, List<Map.Entry<String, String>> lines) {
    var rows =
        lines.stream()
            .filter(line -> !line.getKey().equals("v"))
            .map(line ->
                tag(
                    "tr",
                    tag("th", line.getKey().replace('_', ' ')).with("scope", "row"),
                    tag("td", line.getValue())))
            .toList();
    return Node.scroll(label, tag("table", tag("tbody", rows)).with("class", "facts-table"));
  }
}
