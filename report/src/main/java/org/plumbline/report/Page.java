package org.plumbline.report;

import static org.plumbline.report.Node.tag;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The document around the sections. */
final class Page {
  private Page() {}

  static String of(String title, Node headline, List<Section> sections) {
    var style = resource("report.css");
    var script = "//<![CDATA[\n" + resource("report.js") + "//]]>";
    var head =
        tag(
            "head",
            tag("meta").with("charset", "utf-8"),
            tag("meta")
                .with("http-equiv", "Content-Security-Policy")
                .with("content", policy(style, script)),
            tag("meta")
                .with("name", "viewport")
                .with("content", "width=device-width, initial-scale=1"),
            tag("meta").with("name", "color-scheme").with("content", "light dark"),
            tag("title", title),
            tag("style", new Node.Own(style)));
    var parts = new ArrayList<Node>();
    parts.add(headline);
    parts.add(contents(sections));
    sections.forEach(section -> parts.add(section.node()));
    var body =
        tag(
            "body",
            tag("main", parts),
            tag(
                "footer",
                tag(
                    "p",
                    "Plumbline trains neural networks without back-propagation. This page loads nothing from anywhere.")),
            tag("script", new Node.Own(script)));
    var out = new StringBuilder("<!DOCTYPE html>\n");
    tag("html", head, body).with("lang", "en").print(out);
    return out.append('\n').toString();
  }

  private static Node contents(List<Section> sections) {
    var links =
        sections.stream()
            .map(section -> tag("li", tag("a", section.heading()).with("href", "#" + section.id())))
            .toList();
    return tag("nav", tag("ul", links)).with("aria-label", "Contents");
  }

  /** Nothing may load; only this style and this script may run, recognised by their hashes. */
  private static String policy(String style, String script) {
    return "default-src 'none'; img-src data:; style-src 'sha256-%s'; script-src 'sha256-%s'; base-uri 'none'; form-action 'none'"
        .formatted(hash(style), hash(script));
  }

  private static String hash(String code) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String resource(String name) {
    try (var in = Page.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
