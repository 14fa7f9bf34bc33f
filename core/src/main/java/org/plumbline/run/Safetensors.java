package org.plumbline.run;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.plumbline.value.BadInput;

/**
 * The safetensors format: named tensors as bytes, and text beside them.
 *
 * <pre>  u64 little-endian: n | n bytes of JSON, padded with spaces | the data, end to end  </pre>
 *
 * <p>The same tensors give the same bytes: they stand by descending size of their numbers, then by
 * name, and the header is padded so that every number is aligned.
 */
public final class Safetensors {
  static final String METADATA = "__metadata__";
  static final int CHUNK = 1 << 24;

  private Safetensors() {}

  /**
   * What a reader takes before it refuses.
   *
   * @param header bytes of the header
   * @param tensors how many
   * @param name characters in the name of one
   */
  public record Limits(int header, int tensors, int name) {
    /** 100 MB of header, 100,000 tensors, names of 1,024 characters. */
    public Limits() {
      this(100_000_000, 100_000, 1024);
    }
  }

  /**
   * Opens a file and checks all but its data.
   *
   * @param file the file
   * @return to be closed
   * @throws BadInput if it is not what the format says, naming the place and the rule
   */
  public static SafetensorsFile open(Path file) {
    return open(Storage.disk(), file, new Limits());
  }

  /**
   * Opens a file and checks all but its data.
   *
   * @param storage where it is
   * @param file the file
   * @param limits what to take
   * @return to be closed
   * @throws BadInput if it is not what the format says, naming the place and the rule
   */
  public static SafetensorsFile open(Storage storage, Path file, Limits limits) {
    return SafetensorsFile.open(storage, file, limits);
  }

  /**
   * Writes a file by the recipe of {@link Durable}.
   *
   * @param file is replaced if there is one
   * @param tensors by name
   * @param metadata text by name; none is written if it is empty
   * @throws BadInput if a number is not finite
   */
  public static void write(Path file, Map<String, Entry> tensors, Map<String, String> metadata) {
    new Durable(Storage.disk()).write(file, content(tensors, metadata, NonFinite.REFUSE));
  }

  /**
   * The bytes of a file, for {@link Durable#write(Path, Durable.Content)}.
   *
   * @param tensors by name; the data are read when the content is written
   * @param metadata text by name; none is written if it is empty
   * @param nonFinite what to do with NaN and infinities
   * @return the content
   * @throws BadInput if a number is not finite and that is refused
   */
  public static Durable.Content content(
      Map<String, Entry> tensors, Map<String, String> metadata, NonFinite nonFinite) {
    List<Map.Entry<String, Entry>> order = new ArrayList<>(tensors.entrySet());
    order.sort(
        Comparator.comparingInt((Map.Entry<String, Entry> e) -> -e.getValue().dtype().bytes())
            .thenComparing(Map.Entry::getKey));
    Limits limits = new Limits();
    Map<String, Object> header = new LinkedHashMap<>();
    if (!metadata.isEmpty()) {
      metadata.forEach((key, value) -> {
        wellFormed(key);
        wellFormed(value);
      });
      header.put(METADATA, new TreeMap<>(metadata));
    }
    long at = 0;
    for (var each : order) {
      String name = each.getKey();
      Entry entry = each.getValue();
      wellFormed(name);
      if (name.equals(METADATA) || name.length() > limits.name()) {
        throw new IllegalArgumentException("no tensor can have the name " + Json.quoted(name));
      }
      if (nonFinite == NonFinite.REFUSE) {
        requireFinite(name, entry);
      }
      long end = Math.addExact(at, entry.data().byteSize());
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("dtype", entry.dtype().name());
      fields.put("shape", entry.shape().axes());
      fields.put("data_offsets", List.of(at, end));
      header.put(name, fields);
      at = end;
    }
    byte[] json = Json.print(header).getBytes(StandardCharsets.UTF_8);
    int padded = Math.ceilDiv(json.length, 8) * 8;
    if (padded > limits.header() || order.size() > limits.tensors()) {
      throw new IllegalArgumentException("too many tensors or too much metadata for one file");
    }
    ByteBuffer front = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    front.putLong(padded).put(json);
    while (front.hasRemaining()) {
      front.put((byte) ' ');
    }
    return sink -> {
      sink.accept(front.duplicate().rewind());
      order.forEach(each -> pour(each.getValue().data(), sink));
    };
  }

  static void requireFinite(String name, Entry entry) {
    entry
        .firstNonFinite()
        .ifPresent(index -> {
          throw new BadInput(
              "tensor '%s' (%s %s) must hold finite numbers, but number %d (counted from 0) is NaN or infinite"
                  .formatted(Json.quoted(name), entry.dtype(), entry.shape(), index));
        });
  }

  /** Refuses half of a surrogate pair, which UTF-8 cannot hold. */
  static void wellFormed(String text) {
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("not Unicode text: " + Json.quoted(text), e);
    }
  }

  private static void pour(MemorySegment data, Consumer<ByteBuffer> sink) {
    for (long at = 0; at < data.byteSize(); at += CHUNK) {
      long length = Math.min(CHUNK, data.byteSize() - at);
      sink.accept(data.asSlice(at, length).asByteBuffer());
    }
  }
}
