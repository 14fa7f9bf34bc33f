package org.plumbline.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads JSON of unknown quality: what has another type than expected counts as absent. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private Json() {}

  /** The object that the words spell, if they spell one. */
  static Optional<JsonNode> object(String words) {
    try {
      return Optional.of(MAPPER.readTree(words)).filter(JsonNode::isObject);
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /** Words as a JSON string. */
  static String string(String words) {
    return MAPPER.writeValueAsString(words);
  }

  static OptionalDouble number(JsonNode node) {
    return node.isNumber() && Double.isFinite(node.doubleValue())
        ? OptionalDouble.of(node.doubleValue())
        : OptionalDouble.empty();
  }

  static OptionalDouble number(JsonNode node, String key) {
    return number(node.path(key));
  }

  /** The number, or NaN, which draws as a gap. */
  static double orGap(JsonNode node, String key) {
    return number(node, key).orElse(Double.NaN);
  }

  static OptionalLong whole(JsonNode node, String key) {
    var value = node.path(key);
    return value.isIntegralNumber() && value.canConvertToLong()
        ? OptionalLong.of(value.longValue())
        : OptionalLong.empty();
  }

  /** The words of a string, number or truth value; absent or empty ones are empty. */
  static Optional<String> words(JsonNode node) {
    return node.isValueNode() && !node.isNull() && !node.isMissingNode()
        ? Optional.of(node.asString()).filter(words -> !words.isBlank())
        : Optional.empty();
  }

  static Optional<String> words(JsonNode node, String key) {
    return words(node.path(key));
  }

  /** The elements of an array; none if it is something else. */
  static List<JsonNode> list(JsonNode node, String key) {
    var elements = new ArrayList<JsonNode>();
    if (node.path(key).isArray()) {
      node.path(key).forEach(elements::add);
    }
    return elements;
  }

  /** Every value of a tree as printed lines of "path, value", in the order of the file. */
  static List<Map.Entry<String, String>> flat(JsonNode node) {
    var lines = new ArrayList<Map.Entry<String, String>>();
    flatten("", node, lines);
    return lines;
  }

  private static void flatten(String path, JsonNode node, List<Map.Entry<String, String>> lines) {
    if (node.isObject()) {
      node.forEachEntry(
          (key, value) -> flatten(path.isEmpty() ? key : path + " · " + key, value, lines));
    } else if (node.isArray() && node.size() > 0 && node.get(0).isContainer()) {
      for (int i = 0; i < node.size(); i++) {
        flatten(path + " " + (i + 1), node.get(i), lines);
      }
    } else if (node.isArray()) {
      var parts = new ArrayList<String>();
      node.forEach(part -> parts.add(words(part).orElse("")));
      lines.add(Map.entry(path, String.join(", ", parts)));
    } else {
      lines.add(Map.entry(path, words(node).orElse("")));
    }
  }
}
