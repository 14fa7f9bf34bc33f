package org.plumbline.data;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.plumbline.value.BadInput;

/**
 * The bytes of one file, unpacked if it is gzip, within limits: what comes out is at most 1 MiB and
 * 100 times the file. Every trouble is a {@link BadInput} that names the file and the place.
 */
final class Source implements AutoCloseable {
  private static final long GRACE = 1 << 20;
  private static final long RATIO = 100;

  private final Path file;
  private final InputStream in;
  private final Packing packing;
  private final long most;
  private long position;

  /** What the first bytes say. */
  enum Packing {
    PLAIN,
    GZIP
  }

  private Source(Path file, InputStream in, Packing packing, long length) {
    this.file = file;
    this.in = in;
    this.packing = packing;
    this.most = packing == Packing.PLAIN ? length : GRACE + RATIO * length;
  }

  /** Opens a regular file that is not empty. */
  static Source open(Path file) {
    long length = check(file);
    try {
      return of(file, Files.newInputStream(file), length);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Opens a regular file that is not empty and takes its bytes as they are, gzip or not. */
  static Source raw(Path file) {
    long length = check(file);
    try {
      return new Source(file, Files.newInputStream(file), Packing.PLAIN, length);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The bytes of a file that is in memory, as they are. */
  static Source raw(Path name, byte[] content) {
    return new Source(name, new ByteArrayInputStream(content), Packing.PLAIN, content.length);
  }

  /** The bytes of a file that is in memory. */
  static Source of(Path name, byte[] content) {
    try {
      return of(name, new ByteArrayInputStream(content), content.length);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private static Source of(Path file, InputStream raw, long length) throws IOException {
    try {
      PushbackInputStream in = new PushbackInputStream(raw, 2);
      byte[] first = in.readNBytes(2);
      in.unread(first);
      boolean gzip = first.length == 2 && first[0] == 0x1F && first[1] == (byte) 0x8B;
      return gzip
          ? new Source(file, new GZIPInputStream(in, 1 << 15), Packing.GZIP, length)
          : new Source(file, in, Packing.PLAIN, length);
    } catch (EOFException | ZipException e) {
      raw.close();
      throw BadInput.inFile(file, "first bytes", "a gzip header", String.valueOf(e.getMessage()));
    }
  }

  /** Refuses what is no readable file with something in it; gives its length. */
  static long check(Path file) {
    if (Files.isDirectory(file)) {
      throw new BadInput(file + " is a folder, but must be a file");
    }
    if (!Files.exists(file)) {
      throw new BadInput(file + " does not exist");
    }
    if (!Files.isRegularFile(file)) {
      throw new BadInput(file + " is not a regular file");
    }
    if (!Files.isReadable(file)) {
      throw new BadInput(file + " may not be read by this user; change its permissions");
    }
    try {
      long length = Files.size(file);
      if (length == 0) {
        throw new BadInput(file + " is empty");
      }
      return length;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static BadInput unreadable(Path file, IOException e) {
    return new BadInput(file + " cannot be read: " + e, e);
  }

  Path file() {
    return file;
  }

  /** How many bytes have been given. */
  long position() {
    return position;
  }

  /** Refuses a length that the file declares and cannot hold, or that memory cannot. */
  void expectLength(long declared, String what) {
    if (packing == Packing.PLAIN && position + declared != most) {
      throw BadInput.inFile(
          file,
          "byte " + position,
          (position + declared) + " bytes in all, " + what,
          most + " bytes");
    }
    if (position + declared > most) {
      throw BadInput.inFile(
          file,
          "byte " + position,
          (position + declared) + " unpacked bytes, " + what,
          "a gzip file too small for them (limit: " + RATIO + " times its size)");
    }
    Memory.expect(file, declared);
  }

  /** Up to {@code length} bytes, −1 at the end. */
  int read(byte[] into, int at, int length) {
    try {
      int n = in.read(into, at, length);
      position += Math.max(n, 0);
      if (position > most && packing == Packing.PLAIN) {
        throw BadInput.inFile(file, "byte " + most, "the end", "more; it grew while it was read");
      }
      if (position > most) {
        throw BadInput.inFile(
            file,
            "unpacked byte " + most,
            "at most " + RATIO + " times the size of the gzip file",
            "more; a file made to fill memory");
      }
      return n;
    } catch (EOFException | ZipException e) {
      throw BadInput.inFile(
          file, "unpacked byte " + position, "intact gzip data", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** Exactly {@code length} bytes. */
  void readFully(byte[] into, int at, int length, String what) {
    for (int n = 0; n < length; ) {
      int more = read(into, at + n, length - n);
      if (more < 0) {
        throw BadInput.inFile(
            file, "byte " + position, (length - n) + " more bytes, " + what, "the end");
      }
      n += more;
    }
  }

  /** Refuses anything more. */
  void expectEnd(String after) {
    if (read(new byte[1], 0, 1) > 0) {
      throw BadInput.inFile(file, "byte " + (position - 1), "the end after " + after, "more bytes");
    }
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }
}
