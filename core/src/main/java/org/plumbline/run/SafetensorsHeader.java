package org.plumbline.run;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The header of a safetensors file, checked: what it says is consistent with itself and with the
 * length of the data.
 *
 * @param metadata text by name
 * @param slots where each tensor's data stand, in that order
 * @param data where the data begin in the file
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Slot> slots, long data) {
  private static final int DEPTH = 4;
  private static final JsonFactory JSON = Json.factory(DEPTH);

  /** A tensor's type, shape and bytes, counted from where the data begin. */
  record Slot(DType dtype, Shape shape, long begin, long end) {}

  static SafetensorsHeader parse(
      Path file, ByteBuffer bytes, long dataLength, Safetensors.Limits limits) {
    long data = 8L + bytes.remaining();
    if (!bytes.hasRemaining() || bytes.get(bytes.position()) != '{') {
      throw BadInput.inFile(file, "byte 8", "'{'", bytes.hasRemaining() ? "another byte" : "none");
    }
    String text = Durable.utf8(file, "header", bytes);
    int end = text.length();
    while (text.charAt(end - 1) == ' ') {
      end--;
    }
    if (text.charAt(end - 1) != '}') {
      throw BadInput.inFile(
          file, "header", "only spaces after '}'", Json.quoted(text.substring(end - 1, end)));
    }
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text.substring(0, end))) {
      var found = new Reading(file, json, limits).header();
      return new SafetensorsHeader(
          Collections.unmodifiableMap(found.metadata),
          Collections.unmodifiableMap(inOrder(file, found.slots, dataLength)),
          data);
    } catch (JacksonException e) {
      throw new BadInput(file + ", header: expected JSON, found an error: " + Json.complaint(e), e);
    }
  }

  /** Sorts by place; from 0 to the end of the file, without a hole and without an overlap. */
  private static Map<String, Slot> inOrder(Path file, Map<String, Slot> slots, long dataLength) {
    List<Map.Entry<String, Slot>> order = new ArrayList<>(slots.entrySet());
    order.sort(
        Comparator.comparingLong((Map.Entry<String, Slot> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    Map<String, Slot> sorted = new LinkedHashMap<>();
    long at = 0;
    for (var each : order) {
      Slot slot = each.getValue();
      if (slot.begin() != at) {
        String place = SafetensorsFile.place(each.getKey());
        throw BadInput.inFile(
            file, place, "data from " + at + ", where those before end", "from " + slot.begin());
      }
      at = slot.end();
      sorted.put(each.getKey(), slot);
    }
    if (at != dataLength) {
      throw BadInput.inFile(file, "end", at + " bytes of data", dataLength + " bytes");
    }
    return sorted;
  }

  /** One pass over the tokens. */
  private static final class Reading {
    private final Path file;
    private final JsonParser json;
    private final Safetensors.Limits limits;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Slot> slots = new LinkedHashMap<>();

    Reading(Path file, JsonParser json, Safetensors.Limits limits) {
      this.file = file;
      this.json = json;
      this.limits = limits;
    }

    Reading header() {
      expect("header", JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = name("header");
        if (name.equals(Safetensors.METADATA)) {
          readMetadata();
        } else {
          if (slots.size() == limits.tensors()) {
            throw refused("header", "at most " + limits.tensors() + " tensors", "more");
          }
          slots.put(name, slot(name));
        }
      }
      if (json.nextToken() != null) {
        throw refused("header", "only spaces after the object", "more JSON");
      }
      return this;
    }

    private void readMetadata() {
      expect(Safetensors.METADATA, JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = unicode(Safetensors.METADATA, json.currentName());
        expect(Safetensors.METADATA + " '" + Json.quoted(key) + "'", JsonToken.VALUE_STRING);
        metadata.put(key, unicode(Safetensors.METADATA, json.getString()));
      }
    }

    private Slot slot(String name) {
      String place = SafetensorsFile.place(name);
      Optional<DType> dtype = Optional.empty();
      Optional<long[]> shape = Optional.empty();
      Optional<long[]> offsets = Optional.empty();
      expect(place, JsonToken.START_OBJECT);
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String field = json.currentName();
        switch (field) {
          case "dtype" -> {
            expect(place, JsonToken.VALUE_STRING);
            dtype = Optional.of(dtype(place, json.getString()));
          }
          case "shape" -> shape = Optional.of(wholes(place + ", shape"));
          case "data_offsets" -> offsets = Optional.of(wholes(place + ", data_offsets"));
          default ->
              throw refused(
                  place, "dtype, shape and data_offsets only", "'" + Json.quoted(field) + "'");
        }
      }
      if (dtype.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
        throw refused(place, "dtype, shape and data_offsets", "not all of them");
      }
      return slot(place, dtype.get(), shape.get(), offsets.get());
    }

    private Slot slot(String place, DType dtype, long[] axes, long[] offsets) {
      Shape shape = Shape.of(axes);
      long size;
      try {
        size = Math.multiplyExact(shape.size(), (long) dtype.bytes());
      } catch (ArithmeticException e) {
        throw refused(place, "a size below 2^63 bytes", dtype + " " + Json.quoted(shape + ""));
      }
      if (offsets.length != 2 || offsets[0] > offsets[1]) {
        throw refused(place, "data_offsets [begin, end]", Json.quoted(Arrays.toString(offsets)));
      }
      if (offsets[1] - offsets[0] != size) {
        throw refused(
            place,
            size + " bytes of data for " + dtype + " " + Json.quoted(shape + ""),
            (offsets[1] - offsets[0]) + " bytes");
      }
      return new Slot(dtype, shape, offsets[0], offsets[1]);
    }

    private DType dtype(String place, String name) {
      for (DType dtype : DType.values()) {
        if (dtype.name().equals(name)) {
          return dtype;
        }
      }
      throw refused(
          place, "a dtype of " + Arrays.toString(DType.values()), "'" + Json.quoted(name) + "'");
    }

    private long[] wholes(String place) {
      expect(place, JsonToken.START_ARRAY);
      long[] wholes = new long[4];
      int count = 0;
      while (json.nextToken() != JsonToken.END_ARRAY) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || json.getLongValue() < 0) {
          throw refused(place, "whole numbers of at least 0", Json.quoted(json.getString() + ""));
        }
        wholes = count == wholes.length ? Arrays.copyOf(wholes, 2 * count) : wholes;
        wholes[count++] = json.getLongValue();
      }
      return Arrays.copyOf(wholes, count);
    }

    private String name(String place) {
      String name = unicode(place, json.currentName());
      if (name.length() > limits.name()) {
        throw refused(
            place,
            "names of at most " + limits.name() + " characters",
            name.length() + ": " + Json.quoted(name));
      }
      return name;
    }

    private String unicode(String place, String text) {
      try {
        Safetensors.wellFormed(text);
        return text;
      } catch (IllegalArgumentException e) {
        throw refused(place, "Unicode text", Json.quoted(text));
      }
    }

    private void expect(String place, JsonToken token) {
      JsonToken next = json.nextToken();
      if (next != token) {
        throw refused(place, String.valueOf(token), String.valueOf(next));
      }
    }

    private BadInput refused(String place, String expected, String found) {
      return BadInput.inFile(file, place, expected, found);
    }
  }
}
