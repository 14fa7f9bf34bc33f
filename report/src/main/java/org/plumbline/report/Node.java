package org.plumbline.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A piece of the page. Elements nest, so the page is balanced; words enter as {@link Text}, so they
 * are escaped. The output is HTML and well-formed XML at once.
 */
sealed interface Node {
  /** Appends the markup. */
  void print(StringBuilder out);

  /** Words of anybody, escaped. */
  record Text(String words) implements Node {
    @Override
    public void print(StringBuilder out) {
      escape(words, out);
    }
  }

  /** The style or the script of this module; never anything read from a run. */
  record Own(String code) implements Node {
    @Override
    public void print(StringBuilder out) {
      out.append(code);
    }
  }

  /** Nodes one after the other. */
  record All(List<Node> nodes) implements Node {
    @Override
    public void print(StringBuilder out) {
      nodes.forEach(node -> node.print(out));
    }
  }

  /** A tag with its attributes and children. */
  record Element(String name, Map<String, String> attributes, List<Node> children) implements Node {
    private static final Set<String> VOID = Set.of("meta", "img", "br", "wbr", "hr", "input");
    private static final Set<String> LINES =
        Set.of("section", "header", "figure", "table", "tr", "dl", "svg", "div", "p", "style");

    /** The same element with one attribute more. */
    Element with(String attribute, String value) {
      var more = new LinkedHashMap<>(attributes);
      more.put(attribute, value);
      return new Element(name, more, children);
    }

    @Override
    public void print(StringBuilder out) {
      out.append('<').append(name);
      attributes.forEach((key, value) -> {
        out.append(' ').append(key).append("=\"");
        escape(value, out);
        out.append('"');
      });
      if (VOID.contains(name)) {
        out.append("/>");
        return;
      }
      out.append('>');
      children.forEach(child -> child.print(out));
      out.append("</").append(name).append('>');
      if (LINES.contains(name)) {
        out.append('\n');
      }
    }
  }

  static Element tag(String name, Node... children) {
    return new Element(name, Map.of(), List.of(children));
  }

  static Element tag(String name, String words) {
    return tag(name, text(words));
  }

  static Element tag(String name, List<? extends Node> children) {
    return tag(name, all(children));
  }

  static Node text(String words) {
    return new Text(words);
  }

  static Node all(List<? extends Node> nodes) {
    return new All(List.copyOf(nodes));
  }

  static Node none() {
    return new All(List.of());
  }

  /** A name that a file gave, kept apart from the direction of the words around it. */
  static Node name(String words) {
    return tag("bdi", words);
  }

  /** A table that scrolls inside its own box; the columns that hold text are named by index. */
  static Node table(String label, List<String> head, List<List<Node>> rows, Integer... words) {
    var text = Arrays.asList(words);
    var lines = new ArrayList<Node>();
    for (var row : rows) {
      var cells = new ArrayList<Node>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(
            text.contains(i)
                ? tag("td", tag("span", row.get(i))).with("class", "words")
                : tag("td", row.get(i)).with("class", "number"));
      }
      lines.add(tag("tr", cells));
    }
    var titles = new ArrayList<Node>();
    for (int i = 0; i < head.size(); i++) {
      titles.add(
          tag("th", head.get(i))
              .with("scope", "col")
              .with("class", text.contains(i) ? "words" : "number"));
    }
    return scroll(label, tag("table", tag("thead", tag("tr", titles)), tag("tbody", lines)));
  }

  /** A box that scrolls sideways, reachable by keyboard. */
  static Node scroll(String label, Node content) {
    return tag("div", content)
        .with("class", "scroll")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", label);
  }

  private static void escape(String words, StringBuilder out) {
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\n', '\t' -> out.append(c);
        default -> {
          if (Character.isHighSurrogate(c)
              && i + 1 < words.length()
              && Character.isLowSurrogate(words.charAt(i + 1))) {
            out.append(c).append(words.charAt(++i));
          } else {
            out.append(allowed(c) ? c : '\uFFFD');
          }
        }
      }
    }
  }

  /** Whether HTML and XML may hold the character: no control codes, no half of a pair. */
  private static boolean allowed(char c) {
    return !Character.isISOControl(c) && !Character.isSurrogate(c) && c < '\uFFFE';
  }
}
