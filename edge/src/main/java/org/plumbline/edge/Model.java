package org.plumbline.edge;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * A network as a file, with all that a resumed training needs. Numbers are big-endian:
 *
 * <pre>
 *   8  "PLUMEDGE"     2  version, 1
 *   1  arithmetic     1  curve       1  layers n
 *   4  size, n + 1 times             8  seed of feedback and order
 *   4  epochs that are complete      4  done of the current one      8  samples trained on
 *   8  updates        8  of them 0   8  of them clamped
 *   4  bytes of notes, then these: UTF-8, a line "key=value" each
 *   4  bytes of the extractor, then these; 0: there is none
 *   2  a weight, [inputs, outputs] row by row, then the biases, layer by layer
 *   4  CRC-32 of all before it
 * </pre>
 *
 * @param network with its weights
 * @param progress how far its training has come
 * @param notes what the writer wants to remember; no line breaks
 * @param extractor in front of the network, if there is one
 */
public record Model(
    Network network, Progress progress, Map<String, String> notes, Optional<Extractor> extractor) {
  private static final long MAGIC = 0x504c554d45444745L;
  private static final int VERSION = 1;

  /** Their places are what a file holds. */
  private static final List<Arithmetic> ARITHMETICS =
      List.of(Arithmetic.POCKETNN, Arithmetic.TIFED);

  private static final List<Curve> CURVES = List.of(Curve.TANH, Curve.SIGMOID, Curve.RELU8);
  private static final int MOST_NOTES = 1 << 16;

  /** Checks and copies. */
  public Model {
    notes = Map.copyOf(notes);
    for (Map.Entry<String, String> note : notes.entrySet()) {
      String line = note.getKey() + note.getValue();
      if (note.getKey().indexOf('=') >= 0 || line.indexOf('\n') >= 0) {
        throw new Refused("a note must have no line break and no '=' in its key, but is " + note);
      }
    }
    if (extractor.isPresent() && extractor.get().outputs() != network.plan().inputs()) {
      throw new Refused(
          "the network must take the "
              + extractor.get().outputs()
              + " features of the extractor, but takes "
              + network.plan().inputs());
    }
  }

  /**
   * As a file holds it.
   *
   * @return the bytes
   */
  public byte[] bytes() {
    Plan plan = network.plan();
    Bytes.Out out = new Bytes.Out();
    out.i64(MAGIC);
    out.u16(VERSION);
    out.u8(ARITHMETICS.indexOf(plan.arithmetic()));
    out.u8(CURVES.indexOf(plan.curve()));
    out.u8(plan.layers());
    for (int size : plan.sizes()) {
      out.i32(size);
    }
    out.i64(plan.seed());
    out.i32(progress.epoch());
    out.i32(progress.done());
    out.i64(progress.samples());
    out.i64(progress.updates().all());
    out.i64(progress.updates().zero());
    out.i64(progress.updates().clamped());
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(notes)
        .forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
    byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
    Refused.within("the bytes of the notes", text.length, 0, MOST_NOTES);
    out.i32(text.length);
    out.bytes(text);
    Bytes.Out front = new Bytes.Out();
    extractor.ifPresent(present -> present.write(front));
    byte[] frontBytes = front.all();
    out.i32(frontBytes.length);
    out.bytes(frontBytes);
    for (int l = 0; l < plan.layers(); l++) {
      shorts(out, network.weights(l));
      shorts(out, network.biases(l));
    }
    byte[] body = out.all();
    Bytes.Out end = new Bytes.Out();
    end.bytes(body);
    end.i32((int) crc(body, body.length));
    return end.all();
  }

  private static void shorts(Bytes.Out out, short[] values) {
    for (short value : values) {
      out.u16(value);
    }
  }

  private static long crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return crc.getValue();
  }

  /**
   * Reads what {@link #bytes} made. Nothing is believed: sizes are held against what is there
   * before memory is taken.
   *
   * @param bytes of a file
   * @return the model
   * @throws Refused if these are not the bytes of one
   */
  public static Model parse(byte[] bytes) {
    if (bytes.length < 12) {
      throw new Refused("a model has at least 12 bytes, but there are " + bytes.length);
    }
    Bytes.In in = new Bytes.In(bytes, 0, bytes.length - 4);
    if (in.i64() != MAGIC) {
      throw new Refused("byte 0: expected PLUMEDGE, which a model begins with; it is another file");
    }
    int version = in.u16();
    if (version != VERSION) {
      throw new Refused(
          "byte 8: expected version "
              + VERSION
              + ", found "
              + version
              + "; use the program that wrote it");
    }
    int stored = new Bytes.In(bytes, bytes.length - 4, bytes.length).i32();
    if (stored != (int) crc(bytes, bytes.length - 4)) {
      throw new Refused("the CRC-32 does not fit; the file is cut off or damaged");
    }
    int arithmetic = in.u8();
    Refused.within("the arithmetic", arithmetic, 0, ARITHMETICS.size() - 1L);
    int curve = in.u8();
    Refused.within("the curve", curve, 0, CURVES.size() - 1L);
    int layers = in.u8();
    in.need(4L * (layers + 1));
    Integer[] sizes = new Integer[layers + 1];
    for (int i = 0; i <= layers; i++) {
      sizes[i] = in.i32();
    }
    Plan plan = new Plan(ARITHMETICS.get(arithmetic), CURVES.get(curve), List.of(sizes), in.i64());
    Progress progress =
        new Progress(
            in.i32(), in.i32(), in.i64(), new Learner.Updates(in.i64(), in.i64(), in.i64()));
    int noteBytes = in.i32();
    Refused.within("the bytes of the notes", noteBytes, 0, MOST_NOTES);
    Map<String, String> notes = notes(new String(in.bytes(noteBytes), StandardCharsets.UTF_8));
    int frontBytes = in.i32();
    in.need(frontBytes);
    Optional<Extractor> extractor = Optional.empty();
    if (frontBytes > 0) {
      int before = in.left();
      extractor = Optional.of(Extractor.read(in));
      Refused.within("the bytes of the extractor", before - in.left(), frontBytes, frontBytes);
    }
    Refused.within(
        "the bytes of the weights", in.left(), 2L * plan.parameters(), 2L * plan.parameters());
    Network network = new Network(plan);
    for (int l = 0; l < plan.layers(); l++) {
      shorts(in, network.weights(l));
      shorts(in, network.biases(l));
    }
    return new Model(network, progress, notes, extractor);
  }

  private static void shorts(Bytes.In in, short[] into) {
    for (int i = 0; i < into.length; i++) {
      short value = (short) in.u16();
      if (value == Short.MIN_VALUE) {
        throw new Refused("a weight must be within ±32767, but is -32768; the file is damaged");
      }
      into[i] = value;
    }
  }

  private static Map<String, String> notes(String lines) {
    Map<String, String> notes = new TreeMap<>();
    int at = 0;
    while (at < lines.length()) {
      int end = lines.indexOf('\n', at);
      int middle = lines.indexOf('=', at);
      if (end < 0 || middle < 0 || middle > end) {
        throw new Refused("notes must be lines of key=value; the file is damaged");
      }
      notes.put(lines.substring(at, middle), lines.substring(middle + 1, end));
      at = end + 1;
    }
    return notes;
  }

  /**
   * Writes a file: aside, forced to the disk, then moved, so that a kill leaves the old one or the
   * new one.
   *
   * @param file where
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    Files.write(aside, bytes());
    try (FileChannel channel = FileChannel.open(aside, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Reads a file.
   *
   * @param file where
   * @return the model
   * @throws IOException if it cannot be read
   * @throws Refused if it is not one
   */
  public static Model read(Path file) throws IOException {
    try {
      return parse(Files.readAllBytes(file));
    } catch (Refused refused) {
      throw new Refused(file + ": " + refused.getMessage());
    }
  }
}
