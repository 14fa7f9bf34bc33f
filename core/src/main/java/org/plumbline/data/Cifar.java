package org.plumbline.data;

import java.nio.file.Path;
import java.util.List;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/**
 * The binary version of CIFAR-10: records of one label byte and 3,072 pixels, a red, a green and a
 * blue plane of 32 rows of 32.
 */
final class Cifar {
  static final int PIXELS = 3 * 32 * 32;
  static final int RECORD = 1 + PIXELS;

  private Cifar() {}

  /** Reads the records of files in order. */
  static Rows read(String name, List<String> classes, List<Path> files) {
    long bytes = 0;
    for (Path file : files) {
      long length = Source.check(file);
      expectRecords(file, length);
      bytes += length;
    }
    Memory.expect(files.getFirst(), bytes);
    if (bytes > Integer.MAX_VALUE - 16) {
      throw new BadInput(
          files.getFirst().getParent()
              + " holds "
              + bytes
              + " bytes, but at most 2^31 can be read");
    }
    int records = Math.toIntExact(bytes / RECORD);
    byte[] pixels = new byte[records * PIXELS];
    byte[] labels = new byte[records];
    int at = 0;
    for (Path file : files) {
      try (Source in = Source.raw(file)) {
        at = fill(in, classes.size(), pixels, labels, at);
      }
    }
    if (at != records) {
      throw new BadInput(files.getFirst().getParent() + " changed while it was read; try again");
    }
    return rows(name, classes, pixels, labels);
  }

  /** Reads the records of one file in memory. */
  static Rows read(String name, List<String> classes, Path file, byte[] content) {
    expectRecords(file, content.length);
    int records = content.length / RECORD;
    byte[] pixels = new byte[records * PIXELS];
    byte[] labels = new byte[records];
    try (Source in = Source.raw(file, content)) {
      fill(in, classes.size(), pixels, labels, 0);
    }
    return rows(name, classes, pixels, labels);
  }

  private static Rows rows(String name, List<String> classes, byte[] pixels, byte[] labels) {
    return Rows.of(
        name, Shape.of(3, 32, 32), classes, List.of(), new ByteStore(pixels, labels, PIXELS, 255));
  }

  private static void expectRecords(Path file, long length) {
    if (length % RECORD != 0 || length == 0) {
      throw BadInput.inFile(
          file,
          "byte " + length / RECORD * RECORD,
          "whole records of " + RECORD + " bytes, 1 label and 3 × 32 × 32 pixels",
          length % RECORD + " bytes (" + length + " in all)");
    }
  }

  private static int fill(Source in, int classes, byte[] pixels, byte[] labels, int at) {
    int row = at;
    byte[] label = new byte[1];
    while (in.read(label, 0, 1) > 0) {
      if (row == labels.length) {
        throw BadInput.inFile(in.file(), "byte " + in.position(), "the end", "more bytes");
      }
      if (label[0] < 0 || label[0] >= classes) {
        throw BadInput.inFile(
            in.file(),
            "byte " + (in.position() - 1) + " (record " + (row - at) + ")",
            "a label of 0 to " + (classes - 1),
            String.valueOf(label[0] & 0xFF));
      }
      labels[row] = label[0];
      in.readFully(pixels, row * PIXELS, PIXELS, "the pixels of record " + (row - at));
      row++;
    }
    return row;
  }
}
