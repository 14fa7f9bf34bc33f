package org.plumbline.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.plumbline.value.BadInput;

/** The fields of a JSON object, each asked for with the rule it must keep. */
record Fields(Path file, String place, Map<String, Object> values) {
  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name) {
    return is(name, "text", String.class, text -> true);
  }

  long whole(String name) {
    return is(name, "a whole number of at least 0", Long.class, whole -> whole >= 0);
  }

  int count(String name) {
    String rule = "a whole number of at least 0 and below 2147483648";
    return (int) (long) is(name, rule, Long.class, n -> n >= 0 && n <= Integer.MAX_VALUE);
  }

  long signed(String name) {
    return is(name, "a whole number", Long.class, whole -> true);
  }

  /** A number; NaN, which stands for undefined, if it is absent. */
  double number(String name) {
    return has(name)
        ? real(name, "a number", required(name), Double.NEGATIVE_INFINITY)
        : Double.NaN;
  }

  /** A number of at least 0; NaN if it is absent. */
  double notNegative(String name) {
    return has(name) ? real(name, "a number of at least 0", required(name), 0) : Double.NaN;
  }

  /** A number from 0 to 1; NaN if it is absent. */
  double fraction(String name) {
    double number = notNegative(name);
    if (number > 1) {
      throw refused(name, "a fraction from 0 to 1", number);
    }
    return number;
  }

  Fields object(String name) {
    Map<?, ?> map = is(name, "an object", Map.class, any -> true);
    return fields(place + ", '" + name + "'", map);
  }

  List<Fields> objects(String name) {
    List<Fields> all = new ArrayList<>();
    for (Object item : is(name, "a list of objects", List.class, any -> true)) {
      if (!(item instanceof Map<?, ?> map)) {
        throw refused(name, "a list of objects", item);
      }
      all.add(fields(place + ", '" + name + "' " + (all.size() + 1), map));
    }
    return all;
  }

  List<Long> wholes(String name) {
    List<Long> all = new ArrayList<>();
    for (Object item : is(name, "a list of whole numbers", List.class, any -> true)) {
      if (!(item instanceof Long whole) || whole < 0) {
        throw refused(name, "a list of whole numbers of at least 0", item);
      }
      all.add(whole);
    }
    return all;
  }

  /** All fields, which must be numbers. */
  Map<String, Double> numbers() {
    Map<String, Double> all = new LinkedHashMap<>();
    values.forEach((key, value) -> all.put(key, real(key, "a number", value, -Double.MAX_VALUE)));
    return all;
  }

  /** All fields, which must be text. */
  Map<String, String> texts() {
    Map<String, String> all = new LinkedHashMap<>();
    values.keySet().forEach(key -> all.put(key, text(key)));
    return all;
  }

  BadInput refused(String name, String expected, Object found) {
    return BadInput.inFile(
        file, place + ", '" + Json.quoted(name) + "'", expected, Json.quoted(found.toString()));
  }

  private double real(String name, String rule, Object value, double least) {
    if (!(value instanceof Number number) || number.doubleValue() < least) {
      throw refused(name, rule, value);
    }
    return number.doubleValue();
  }

  private Fields fields(String place, Map<?, ?> map) {
    Map<String, Object> fields = new LinkedHashMap<>();
    map.forEach((key, value) -> fields.put(key.toString(), value));
    return new Fields(file, place, fields);
  }

  private <T> T is(String name, String rule, Class<T> type, Predicate<T> holds) {
    Object value = required(name);
    if (!type.isInstance(value) || !holds.test(type.cast(value))) {
      throw refused(name, rule, value);
    }
    return type.cast(value);
  }

  private Object required(String name) {
    Object value = values.get(name);
    if (value == null) {
      throw BadInput.inFile(file, place, "a field '" + name + "'", "none");
    }
    return value;
  }
}
