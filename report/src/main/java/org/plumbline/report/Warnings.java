package org.plumbline.report;

import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What the run warned of, why it diverged if it did, and what could not be read. */
final class Warnings {
  private static final String ID = "warnings";
  private static final String HEADING = "Warnings";

  /** More different messages than this are counted only. */
  private static final int MOST = 50;

  private Warnings() {}

  /** How many there are, a message that comes again counted once. */
  static int count(RunData run) {
    return byMessage(run.events().warnings()).size()
        + run.complaints().size()
        + (run.diagnosis().isPresent() ? 1 : 0);
  }

  static Section of(RunData run) {
    if (count(run) == 0) {
      return Section.absent(ID, HEADING, "None.");
    }
    var content = new ArrayList<Node>();
    run.diagnosis()
        .ifPresent(diagnosis -> {
          content.add(tag("h3", "The run diverged"));
          content.add(Origins.table("Diagnosis of the divergence", Json.flat(diagnosis)));
        });
    var items = new ArrayList<Node>();
    run.complaints().forEach(complaint -> items.add(tag("li", complaint)));
    var messages = byMessage(run.events().warnings());
    messages.entrySet().stream()
        .limit(MOST)
        .forEach(entry ->
            items.add(
                tag(
                    "li",
                    text(entry.getKey()),
                    tag("span", where(entry.getValue())).with("class", "caption"))));
    if (messages.size() > MOST) {
      items.add(tag("li", "And %s more.".formatted(Numbers.count(messages.size() - MOST))));
    }
    if (!items.isEmpty()) {
      content.add(tag("ul", items).with("class", "warnings"));
    }
    return new Section(ID, HEADING, List.of(), content);
  }

  private static Map<String, List<String>> byMessage(List<JsonNode> warnings) {
    var messages = new LinkedHashMap<String, List<String>>();
    for (var warning : warnings) {
      messages
          .computeIfAbsent(
              Json.words(warning, "message").orElse("A warning without words."),
              _ -> new ArrayList<>())
          .add(Json.words(warning, "step").orElse("?"));
    }
    return messages;
  }

  private static String where(List<String> steps) {
    return steps.size() == 1
        ? " step " + steps.getFirst()
        : " %d times, steps %s to %s".formatted(steps.size(), steps.getFirst(), steps.getLast());
  }
}
