package org.plumbline.run;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/**
 * A safetensors file, open. Its header has been checked; a tensor's numbers are copied out when it
 * is asked for.
 *
 * <p>Data are read at their position and never mapped: so a file that is cut short meanwhile is
 * refused like any other, where a mapped one would end in an error of the JVM. Files and tensors
 * above 2 GB are no different.
 */
public final class SafetensorsFile implements AutoCloseable {
  private final Path file;
  private final Storage.Input input;
  private final SafetensorsHeader header;

  private SafetensorsFile(Path file, Storage.Input input, SafetensorsHeader header) {
    this.file = file;
    this.input = input;
    this.header = header;
  }

  static SafetensorsFile open(Storage storage, Path file, Safetensors.Limits limits) {
    Storage.Input input;
    try {
      input = storage.open(file);
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + file + ": " + Durable.reason(e), e);
    }
    try {
      return new SafetensorsFile(file, input, header(file, input, limits));
    } catch (RuntimeException | Error e) {
      input.close();
      throw e;
    }
  }

  private static SafetensorsHeader header(
      Path file, Storage.Input input, Safetensors.Limits limits) {
    try {
      long size = input.size();
      if (size < 8) {
        throw BadInput.inFile(file, "length", "at least 8 bytes", size + " bytes");
      }
      ByteBuffer eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      input.read(eight, 0);
      long length = eight.flip().remaining() == 8 ? eight.getLong() : -1;
      long most = Math.min(limits.header(), size - 8);
      if (length < 0 || length > most) {
        throw BadInput.inFile(
            file,
            "byte 0",
            "a header length of at most " + most,
            Long.toUnsignedString(length) + " in a file of " + size + " bytes");
      }
      ByteBuffer json = ByteBuffer.allocate((int) length);
      input.read(json, 8);
      return SafetensorsHeader.parse(file, json.flip(), size - 8 - length, limits);
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + file + ": " + Durable.reason(e), e);
    }
  }

  /**
   * The text beside the tensors.
   *
   * @return empty if there is none
   */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * The names of the tensors.
   *
   * @return in the order of their data
   */
  public Set<String> names() {
    return header.slots().keySet();
  }

  /**
   * The type of a tensor, without reading it.
   *
   * @param name one of {@link #names}
   * @return the type of its numbers
   */
  public DType dtype(String name) {
    return slot(name).dtype();
  }

  /**
   * The shape of a tensor, without reading it.
   *
   * @param name one of {@link #names}
   * @return its axes
   */
  public Shape shape(String name) {
    return slot(name).shape();
  }

  /**
   * Reads a tensor.
   *
   * @param name one of {@link #names}
   * @return a copy that lives as long as it is reachable, after this file is closed too
   * @throws BadInput if there is none, if a number is NaN or infinite, or if the file has been cut
   */
  public Entry entry(String name) {
    return entry(name, NonFinite.REFUSE);
  }

  /**
   * Reads a tensor.
   *
   * @param name one of {@link #names}
   * @param nonFinite what to do with NaN and infinities
   * @return a copy that lives as long as it is reachable, after this file is closed too
   * @throws BadInput if there is none, if a number is not finite and that is refused, or if the
   *     file has been cut
   */
  public Entry entry(String name, NonFinite nonFinite) {
    SafetensorsHeader.Slot slot = slot(name);
    long size = slot.end() - slot.begin();
    MemorySegment data = Arena.ofAuto().allocate(size, 8);
    try {
      for (long at = 0; at < size; at += Safetensors.CHUNK) {
        long length = Math.min(Safetensors.CHUNK, size - at);
        ByteBuffer chunk = data.asSlice(at, length).asByteBuffer();
        input.read(chunk, header.data() + slot.begin() + at);
        if (chunk.hasRemaining()) {
          throw BadInput.inFile(
              file,
              place(name),
              size + " bytes from byte " + (header.data() + slot.begin()),
              (at + chunk.position()) + " bytes: the file was cut while it was read");
        }
      }
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + file + ": " + Durable.reason(e), e);
    }
    Entry entry = new Entry(slot.dtype(), slot.shape(), data);
    if (nonFinite == NonFinite.REFUSE) {
      try {
        Safetensors.requireFinite(name, entry);
      } catch (BadInput e) {
        throw new BadInput(file + ": " + e.getMessage(), e);
      }
    }
    return entry;
  }

  /**
   * Reads all tensors.
   *
   * @param nonFinite what to do with NaN and infinities
   * @return by name, in the order of their data
   * @throws BadInput as {@link #entry(String, NonFinite)} does
   */
  public Map<String, Entry> entries(NonFinite nonFinite) {
    Map<String, Entry> all = new LinkedHashMap<>();
    names().forEach(name -> all.put(name, entry(name, nonFinite)));
    return all;
  }

  @Override
  public void close() {
    input.close();
  }

  private SafetensorsHeader.Slot slot(String name) {
    SafetensorsHeader.Slot slot = header.slots().get(name);
    if (slot == null) {
      throw BadInput.inFile(file, "header", "a tensor '" + name + "'", names().size() + " others");
    }
    return slot;
  }

  static String place(String name) {
    return "tensor '" + Json.quoted(name) + "'";
  }
}
