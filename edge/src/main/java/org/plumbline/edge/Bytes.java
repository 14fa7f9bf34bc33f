package org.plumbline.edge;

import java.io.ByteArrayOutputStream;

/** Big-endian numbers in and out of bytes. */
final class Bytes {
  private Bytes() {}

  /** Writes. */
  static final class Out {
    private final ByteArrayOutputStream to = new ByteArrayOutputStream();

    void u8(int value) {
      to.write(value);
    }

    void u16(int value) {
      to.write(value >>> 8);
      to.write(value);
    }

    void i32(int value) {
      u16(value >>> 16);
      u16(value);
    }

    void i64(long value) {
      i32((int) (value >>> 32));
      i32((int) value);
    }

    void bytes(byte[] values) {
      to.write(values, 0, values.length);
    }

    byte[] all() {
      return to.toByteArray();
    }
  }

  /** Reads; every read is held against the end. */
  static final class In {
    private final byte[] from;
    private final int end;
    private int at;

    In(byte[] from, int at, int end) {
      this.from = from;
      this.at = at;
      this.end = end;
    }

    int left() {
      return end - at;
    }

    /** Before anything is allocated for them. */
    void need(long bytes) {
      if (bytes < 0 || bytes > left()) {
        throw new Refused(
            "byte "
                + at
                + " must be followed by "
                + bytes
                + " bytes, but only "
                + left()
                + " are left; the file is cut off or damaged");
      }
    }

    int u8() {
      need(1);
      return from[at++] & 0xFF;
    }

    int u16() {
      return (u8() << 8) | u8();
    }

    int i32() {
      return (u16() << 16) | u16();
    }

    long i64() {
      return ((long) i32() << 32) | (i32() & 0xFFFFFFFFL);
    }

    byte[] bytes(long count) {
      need(count);
      byte[] values = new byte[(int) count];
      System.arraycopy(from, at, values, 0, values.length);
      at += values.length;
      return values;
    }
  }
}
