package org.plumbline.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.value.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Strict JSON: one object, no duplicate key, no null, nothing after it, numbers that fit. */
final class Json {
  static final int DEPTH = 16;
  private static final JsonMapper MAPPER = new JsonMapper(factory(DEPTH));

  private Json() {}

  /** A parser's settings for bytes that nobody vouches for. */
  static JsonFactory factory(int depth) {
    JsonFactoryBuilder builder =
        JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(depth).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES);
    return builder.build();
  }

  /** Parses an object; the place is what an error names beside the file. */
  static Fields parse(Path file, String place, String text) {
    JsonNode root;
    try {
      root = MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw BadInput.inFile(file, place, "a JSON object", complaint(e));
    }
    if (!root.isObject()) {
      throw BadInput.inFile(file, place, "a JSON object", "something else");
    }
    return new Fields(file, place, object(file, place, root));
  }

  /** Prints values as {@link #checked} gives them; the order of keys stays. */
  static String print(Map<String, ?> object) {
    return MAPPER.writeValueAsString(object);
  }

  /** Puts a number, unless it is undefined. */
  static void put(Map<String, Object> object, String key, double number) {
    if (Double.isFinite(number)) {
      object.put(key, number);
    }
  }

  /**
   * A copy of a value of String, Boolean, Integer, Long, Float, Double, List and Map that reads
   * back as it was written: whole numbers as Long, others as Double.
   */
  static Object checked(String name, Object value) {
    return switch (value) {
      case String text -> text;
      case Boolean flag -> flag;
      case Long whole -> whole;
      case Integer whole -> (long) whole;
      case Double number when Double.isFinite(number) -> number;
      case Float number when Float.isFinite(number) -> (double) number;
      case List<?> list -> {
        List<Object> copy = new ArrayList<>();
        list.forEach(item -> copy.add(checked(name, item)));
        yield List.copyOf(copy);
      }
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, item) -> copy.put(key.toString(), checked(name + "." + key, item)));
        yield copy;
      }
      default ->
          throw new IllegalArgumentException(
              name
                  + " must be text, true or false, a finite number, a list or a map of these, but is "
                  + value);
    };
  }

  /** What Jackson has to say, in one line of bounded length. */
  static String complaint(JacksonException e) {
    return quoted(String.valueOf(e.getOriginalMessage()));
  }

  /** Text from a file as an error may show it: no control characters, not long. */
  static String quoted(String text) {
    String shown = text.length() > 100 ? text.substring(0, 100) + "…" : text;
    return shown
        .codePoints()
        .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? '�' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static Map<String, Object> object(Path file, String place, JsonNode node) {
    Map<String, Object> fields = new LinkedHashMap<>();
    node.properties()
        .forEach(field -> {
          String at = place + ", '" + quoted(field.getKey()) + "'";
          fields.put(field.getKey(), value(file, at, field.getValue()));
        });
    return fields;
  }

  private static Object value(Path file, String place, JsonNode node) {
    if (node.isObject()) {
      return object(file, place, node);
    }
    if (node.isArray()) {
      List<Object> items = new ArrayList<>(node.size());
      node.forEach(item -> items.add(value(file, place, item)));
      return List.copyOf(items);
    }
    if (node.isString()) {
      return node.asString();
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    if (node.isIntegralNumber() && node.canConvertToLong()) {
      return node.asLong();
    }
    if (node.isFloatingPointNumber() && Double.isFinite(node.asDouble())) {
      return node.asDouble();
    }
    throw BadInput.inFile(
        file, place, "text, a flag, a number in range, a list or an object", quoted(node + ""));
  }
}
