package org.plumbline.run;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.plumbline.value.BadInput;

/**
 * What commits a checkpoint: written last, it says which bytes belong to it and what made them. Its
 * own last field is the SHA-256 of all text before that field, in every format version, so a
 * flipped bit is never taken for a newer version or another run.
 *
 * @param step how many steps were done
 * @param identity what the state depends on, by name: hashes of configuration, network, rule, data
 * @param eventsOffset the length of the log
 * @param data length and hash of the tensors' file
 * @param state free-form
 */
record Manifest(
    long step,
    Map<String, String> identity,
    long eventsOffset,
    Durable.Digest data,
    Map<String, Object> state) {
  static final int FORMAT = 1;
  static final int LIMIT = 16 << 20;
  private static final String SEAL = ",\"sha256\":\"";
  private static final String END = "\"}\n";
  private static final int SEALED = SEAL.length() + 64 + END.length();

  static String file(long step) {
    return "checkpoint-" + step + ".json";
  }

  static String dataFile(long step) {
    return "checkpoint-" + step + ".safetensors";
  }

  String print() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", FORMAT);
    fields.put("step", step);
    fields.put("identity", new TreeMap<>(identity));
    fields.put("events_offset", eventsOffset);
    fields.put(
        "files",
        List.of(
            new TreeMap<>(
                Map.of("name", dataFile(step), "bytes", data.bytes(), "sha256", data.sha256()))));
    fields.put("state", state);
    String json = Json.print(fields);
    return sealed(json.substring(0, json.length() - 1));
  }

  /** Parses what has its own hash right; whatever this refuses is damaged. */
  static Fields unsealed(Path file, String text) {
    int body = text.length() - SEALED;
    if (body < 0 || !text.equals(sealed(text.substring(0, body)))) {
      throw BadInput.inFile(file, "end", "the SHA-256 of the text before it", "another");
    }
    return Json.parse(file, "manifest", text);
  }

  /** Appends the seal to a text without its closing brace. */
  static String sealed(String body) {
    return body + SEAL + hash(body) + END;
  }

  /** Refuses a manifest of a newer version of this program. */
  static void requireKnownFormat(Fields fields) {
    long format = fields.whole("format");
    if (format != FORMAT) {
      throw BadInput.inFile(
          fields.file(),
          "format",
          "version " + FORMAT + ", the only one this version of plumbline reads",
          "version " + format + "; use the version of plumbline that wrote it");
    }
  }

  static Manifest of(Fields fields) {
    long step = fields.whole("step");
    if (!String.valueOf(fields.file().getFileName()).equals(file(step))) {
      throw fields.refused("step", "the step of the file's name", step);
    }
    List<Fields> files = fields.objects("files");
    if (files.size() != 1 || !files.getFirst().text("name").equals(dataFile(step))) {
      throw fields.refused("files", dataFile(step) + " alone", files.size() + " files");
    }
    return new Manifest(
        step,
        fields.object("identity").texts(),
        fields.whole("events_offset"),
        new Durable.Digest(files.getFirst().whole("bytes"), files.getFirst().text("sha256")),
        fields.object("state").values());
  }

  private static String hash(String text) {
    return HexFormat.of().formatHex(Durable.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
