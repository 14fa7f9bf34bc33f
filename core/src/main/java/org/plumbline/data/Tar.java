package org.plumbline.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.plumbline.value.BadInput;

/** Walks through the plain files of a tar archive; everything else in it is passed over. */
final class Tar {
  private static final int BLOCK = 512;
  private static final int MAX_ENTRIES = 1000;

  private Tar() {}

  /** Takes one plain file; what it leaves unread is skipped. */
  interface Visitor {
    void file(String name, InputStream content) throws IOException;
  }

  /** Shows every plain file, in order. Names are compared, never used as paths. */
  static void extract(Source in, Visitor visitor) throws IOException {
    byte[] header = new byte[BLOCK];
    for (int entry = 0; entry < MAX_ENTRIES; entry++) {
      in.readFully(header, 0, BLOCK, "a tar header");
      if (header[0] == 0) {
        return;
      }
      long size = size(in, header);
      Member member = new Member(in, size);
      if (header[156] == '0' || header[156] == 0) {
        visitor.file(name(header), member);
      }
      member.skipRest();
      member.close();
      in.readFully(header, 0, (int) (-size & (BLOCK - 1)), "the padding of a tar member");
    }
    throw BadInput.inFile(
        in.file(), "entry " + MAX_ENTRIES, "at most " + MAX_ENTRIES + " entries", "more");
  }

  private static String name(byte[] header) {
    int length = 0;
    while (length < 100 && header[length] != 0) {
      length++;
    }
    return new String(header, 0, length, StandardCharsets.UTF_8);
  }

  private static long size(Source in, byte[] header) {
    String octal = new String(header, 124, 12, StandardCharsets.US_ASCII).replace('\0', ' ');
    if (!octal.strip().matches("[0-7]{1,11}")) {
      throw BadInput.inFile(
          in.file(), "unpacked byte " + (in.position() - BLOCK + 124), "an octal size", "text");
    }
    return Long.parseLong(octal.strip(), 8);
  }

  /** The bytes of one member. */
  private static final class Member extends InputStream {
    private final Source in;
    private long left;

    Member(Source in, long size) {
      this.in = in;
      this.left = size;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int at, int length) {
      if (left == 0) {
        return -1;
      }
      int n = (int) Math.min(length, left);
      in.readFully(into, at, n, "a tar member");
      left -= n;
      return n;
    }

    void skipRest() {
      byte[] piece = new byte[BLOCK];
      while (left > 0) {
        int n = read(piece, 0, BLOCK);
        if (n < 0) {
          return;
        }
      }
    }
  }
}
