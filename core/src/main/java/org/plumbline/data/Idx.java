package org.plumbline.data;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.plumbline.value.BadInput;

/**
 * The IDX format of MNIST: two zero bytes, the type, the rank, one big-endian length per axis, then
 * unsigned bytes, last axis fastest.
 */
final class Idx {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int MAX_RANK = 4;

  private final int[] axes;
  private final byte[] bytes;

  private Idx(int[] axes, byte[] bytes) {
    this.axes = axes;
    this.bytes = bytes;
  }

  /** Reads to the end; the header must account for every byte. */
  static Idx read(Source in) {
    byte[] head = new byte[4];
    in.readFully(head, 0, 4, "the IDX header");
    if (head[0] != 0 || head[1] != 0) {
      throw BadInput.inFile(
          in.file(), "byte 0", "an IDX file, which starts with 00 00", hex(head[0], head[1]));
    }
    if (head[2] != UNSIGNED_BYTE) {
      throw BadInput.inFile(in.file(), "byte 2", "type 08 (unsigned bytes)", hex(head[2]));
    }
    int rank = head[3];
    if (rank < 1 || rank > MAX_RANK) {
      throw BadInput.inFile(in.file(), "byte 3", "1 to 4 axes", String.valueOf(head[3] & 0xFF));
    }
    int[] axes = new int[rank];
    long size = 1;
    byte[] word = new byte[4];
    for (int i = 0; i < rank; i++) {
      long place = in.position();
      in.readFully(word, 0, 4, "the length of axis " + i);
      axes[i] =
          (word[0] & 0xFF) << 24
              | (word[1] & 0xFF) << 16
              | (word[2] & 0xFF) << 8
              | (word[3] & 0xFF);
      size = axes[i] < 1 ? Long.MAX_VALUE : size * axes[i];
      if (size > Integer.MAX_VALUE - 16) {
        throw BadInput.inFile(
            in.file(),
            "byte " + place,
            "axes of at least 1 and 2^31 bytes at most",
            print(Arrays.copyOf(axes, i + 1)));
      }
    }
    in.expectLength(size, "as its axes " + print(axes) + " say");
    byte[] bytes = new byte[(int) size];
    in.readFully(bytes, 0, bytes.length, "as its axes " + print(axes) + " say");
    in.expectEnd("the " + size + " bytes of its axes " + print(axes));
    return new Idx(axes, bytes);
  }

  /** An array of bytes of some axes. */
  static Idx of(byte[] bytes, int... axes) {
    return new Idx(axes.clone(), bytes);
  }

  /** The file that reads as this. */
  byte[] write() {
    byte[] file = new byte[4 + 4 * axes.length + bytes.length];
    file[2] = UNSIGNED_BYTE;
    file[3] = (byte) axes.length;
    for (int i = 0; i < axes.length; i++) {
      for (int b = 0; b < 4; b++) {
        file[4 + 4 * i + b] = (byte) (axes[i] >>> (24 - 8 * b));
      }
    }
    System.arraycopy(bytes, 0, file, 4 + 4 * axes.length, bytes.length);
    return file;
  }

  int rank() {
    return axes.length;
  }

  int axis(int i) {
    return axes[i];
  }

  byte[] bytes() {
    return bytes;
  }

  /** The axes as {@code [60000, 28, 28]}. */
  String print() {
    return print(axes);
  }

  private static String print(int[] axes) {
    return Arrays.stream(axes)
        .mapToObj(Integer::toUnsignedString)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String hex(byte... bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(text.isEmpty() ? "" : " ").append("%02x".formatted(b));
    }
    return text.toString();
  }
}
