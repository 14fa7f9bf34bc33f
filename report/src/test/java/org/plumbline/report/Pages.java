package org.plumbline.report;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Reads a page back, strictly. */
final class Pages {
  private Pages() {}

  /** The page as a tree; fails if it is not well-formed. */
  static Document parsed(String page) {
    try {
      var builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      builder.setErrorHandler(null);
      return builder.parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
    } catch (Exception e) {
      throw new AssertionError("not well-formed: " + e.getMessage(), e);
    }
  }

  static List<Element> elements(Document page, String tag) {
    var nodes = page.getElementsByTagName(tag);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  /** All words of the section with an id. */
  static String section(Document page, String id) {
    return elements(page, "section").stream()
        .filter(section -> section.getAttribute("id").equals(id))
        .findFirst()
        .orElseThrow()
        .getTextContent();
  }

  /** The paths of a style, such as "line main c1", in the chart with a title. */
  static List<String> paths(Document page, String title, String style) {
    return elements(page, "svg").stream()
        .filter(svg -> svg.getAttribute("aria-label").startsWith(title + "."))
        .flatMap(svg -> {
          var paths = svg.getElementsByTagName("path");
          return IntStream.range(0, paths.getLength()).mapToObj(i -> (Element) paths.item(i));
        })
        .filter(path -> path.getAttribute("class").equals(style))
        .map(path -> path.getAttribute("d"))
        .toList();
  }
}
