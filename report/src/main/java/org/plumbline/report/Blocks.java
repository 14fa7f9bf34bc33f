package org.plumbline.report;

import static org.plumbline.report.Node.name;
import static org.plumbline.report.Node.tag;
import static org.plumbline.report.Node.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What was trained: the blocks of the network and the feedback weights they listen through. */
final class Blocks {
  private static final String ID = "network";
  private static final String HEADING = "Network and feedback";

  private Blocks() {}

  static Section of(RunData run) {
    var started = run.events().started();
    var blocks = started.map(event -> Json.list(event, "blocks")).orElse(List.of());
    if (blocks.isEmpty()) {
      return Section.absent(
          ID, HEADING, "Not known: events.jsonl does not say how the run started.");
    }
    var feedback = Json.list(started.get(), "feedback");
    var content = new ArrayList<Node>();
    content.add(tag("h3", "Blocks"));
    content.add(network(blocks));
    content.add(tag("h3", "Feedback weights"));
    content.add(
        feedback.isEmpty()
            ? tag("p", "The run recorded none.").with("class", "absent")
            : weights(feedback));
    var note = new ArrayList<Node>();
    note.add(
        tag(
            "p",
            "A block is the smallest part that receives credit. The first is nearest the input; "
                + "the last gives the output."));
    if (!feedback.isEmpty()) {
      note.add(
          tag(
              "p",
              "Std: of one feedback weight, as drawn. Rms gain: how many times longer the signal "
                  + "is than the error, root mean square."));
    }
    return new Section(ID, HEADING, note, content);
  }

  private static Node network(List<JsonNode> blocks) {
    long total = blocks.stream().mapToLong(block -> parameters(block)).sum();
    var rows = new ArrayList<List<Node>>();
    for (var block : blocks) {
      long own = parameters(block);
      rows.add(
          List.of(
              text(Json.words(block, "block").orElse(Numbers.NONE)),
              name(Json.words(block, "name").orElse(Numbers.NONE)),
              text(Numbers.count(own)),
              bar(total == 0 ? 0 : (double) own / total)));
    }
    rows.add(List.of(text(""), text("all"), text(Numbers.count(total)), text("")));
    return Node.table(
        "Blocks of the network", List.of("Block", "What", "Parameters", "Share"), rows, 1, 3);
  }

  private static long parameters(JsonNode block) {
    return Json.whole(block, "parameters").orElse(0);
  }

  private static Node bar(double share) {
    var drawing =
        tag(
                "svg",
                tag("rect")
                    .with("width", Numbers.tenth(Math.clamp(90 * share, 0.5, 90)))
                    .with("height", "10"))
            .with("class", "bar")
            .with("width", "90")
            .with("height", "10")
            .with("aria-hidden", "true");
    return Node.all(List.of(drawing, text(" " + Math.round(100 * share) + " %")));
  }

  private static Node weights(List<JsonNode> feedback) {
    var rows = new ArrayList<List<Node>>();
    for (var weight : feedback) {
      var shape =
          Json.list(weight, "shape").stream()
              .map(size -> Json.words(size).orElse("?"))
              .collect(Collectors.joining(" × "));
      rows.add(
          List.of(
              text(Json.words(weight, "block").orElse(Numbers.NONE)),
              text(shape.isEmpty() ? Numbers.NONE : shape),
              text(Numbers.of(Json.number(weight, "std"))),
              text(Numbers.of(Json.number(weight, "rms_gain")))));
    }
    return Node.table("Feedback weights", List.of("Block", "Shape", "Std", "Rms gain"), rows, 1);
  }
}
