package org.plumbline.cli;

import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Prints objects as one line. Jackson's generator alone: its databind costs a short command more
 * than the command itself.
 */
final class Json {
  /** Stands for a value that is absent where a program expects its key. */
  enum Absent {
    /** The only one: printed as null. */
    VALUE
  }

  private Json() {}

  /** Values are maps, lists, numbers, flags and text; what is empty or undefined is left out. */
  static String print(Map<String, ?> object) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json =
        JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), text)) {
      write(json, object);
    }
    return text.toString();
  }

  /** The components of a record by name in snake case. */
  static Map<String, Object> fields(Record values) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      String key = component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
      try {
        fields.put(key, component.getAccessor().invoke(values));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(component + " must be public", e);
      }
    }
    return fields;
  }

  private static void write(JsonGenerator json, Object value) {
    switch (value) {
      case Map<?, ?> object -> {
        json.writeStartObject();
        object.forEach((key, item) -> {
          if (isDefined(item)) {
            json.writeName(key.toString());
            write(json, item);
          }
        });
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        list.forEach(item -> write(json, item));
        json.writeEndArray();
      }
      case Optional<?> there -> write(json, there.orElseThrow());
      case Absent _ -> json.writeNull();
      case Boolean flag -> json.writeBoolean(flag);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      default -> json.writeString(value.toString());
    }
  }

  private static boolean isDefined(Object value) {
    return switch (value) {
      case Double number -> Double.isFinite(number);
      case Optional<?> perhaps -> perhaps.isPresent();
      default -> true;
    };
  }
}
