package org.plumbline.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.value.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * Reads the part of YAML that configurations need: maps, lists and scalars as text. No types,
 * anchors or aliases, no key twice, at most 1 MiB and 50 levels.
 */
final class Yaml {
  private static final int LIMIT = 1 << 20;
  private static final int DEPTH = 50;

  private final Path file;
  private final YAMLParser parser;

  private Yaml(Path file, YAMLParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /** Reads a file. */
  static Map<String, Object> read(Path file) {
    byte[] bytes;
    try {
      if (Files.isDirectory(file)) {
        throw new BadInput(file + " is a folder; a configuration is a YAML file");
      }
      long size = Files.size(file);
      if (size > LIMIT) {
        throw BadInput.inFile(file, "length", "at most 1 MiB", size + " bytes");
      }
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BadInput(
          "cannot read the configuration "
              + file
              + ": "
              + (Files.exists(file) ? e.getMessage() : "no such file"),
          e);
    }
    try {
      return parse(
          file, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new BadInput(file + ": expected text in UTF-8, found other bytes", e);
    }
  }

  /** Reads a text; the file is for messages. */
  static Map<String, Object> parse(Path file, String text) {
    if (text.length() > LIMIT) {
      throw BadInput.inFile(file, "length", "at most 1 MiB", text.length() + " characters");
    }
    try (JsonParser json =
        new YAMLFactory().createParser(tools.jackson.core.ObjectReadContext.empty(), text)) {
      Yaml yaml = new Yaml(file, (YAMLParser) json);
      if (json.nextToken() == null) {
        return Map.of();
      }
      if (json.currentToken() != JsonToken.START_OBJECT) {
        throw yaml.refuse("'key: value' lines", "a " + kind(json.currentToken()));
      }
      Map<String, Object> map = yaml.map(1);
      if (json.nextToken() != null) {
        throw yaml.refuse("one document", "another after it");
      }
      return map;
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      throw new BadInput(
          "%s%s: expected YAML, found: %s"
              .formatted(
                  file,
                  at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr(),
                  String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("an error")),
          e);
    } catch (StackOverflowError e) {
      throw new BadInput(file + ": expected at most " + DEPTH + " levels, found more", e);
    }
  }

  private Map<String, Object> map(int depth) {
    Map<String, Object> map = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      Object value = value(depth);
      if (map.put(key, value) != null) {
        throw refuse("every key once", "'" + key + "' again");
      }
    }
    return map;
  }

  private Object value(int depth) {
    if (parser.getTypeId() != null || parser.getObjectId() != null || parser.isCurrentAlias()) {
      throw refuse("plain values", "a tag, an anchor or an alias");
    }
    if (depth > DEPTH) {
      throw refuse("at most " + DEPTH + " levels", "more");
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> map(depth + 1);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(depth + 1));
        }
        yield list;
      }
      case VALUE_NULL -> "";
      default -> parser.getString();
    };
  }

  private BadInput refuse(String expected, String found) {
    TokenStreamLocation at = parser.currentTokenLocation();
    return BadInput.inFile(
        file, "line " + at.getLineNr() + ", column " + at.getColumnNr(), expected, found);
  }

  private static String kind(JsonToken token) {
    return token == JsonToken.START_ARRAY ? "list" : "single value";
  }
}
