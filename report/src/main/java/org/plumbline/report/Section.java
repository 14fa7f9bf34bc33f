package org.plumbline.report;

import java.util.List;

/**
 * A part of the page: a heading and a note in the margin, the content beside them.
 *
 * @param id the anchor
 * @param heading what the part is about
 * @param note paragraphs that say how to read it
 * @param content the figures and tables
 */
record Section(String id, String heading, List<Node> note, List<Node> content) {
  /** A part that the run does not have, with the sentence that says so. */
  static Section absent(String id, String heading, String sentence) {
    return new Section(
        id, heading, List.of(), List.of(Node.tag("p", sentence).with("class", "absent")));
  }

  Node node() {
    var margin =
        Node.tag("header", Node.tag("h2", heading).with("id", id + "-heading"), Node.all(note));
    return Node.tag("section", margin, Node.tag("div", Node.all(content)).with("class", "content"))
        .with("id", id)
        .with("aria-labelledby", id + "-heading");
  }
}
