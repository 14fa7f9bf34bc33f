package org.plumbline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/**
 * Writes a file so that at any moment, a power loss included, either all of the old one is there or
 * all of the new one.
 *
 * <p>The recipe: write {@code NAME.tmp-<uuid>} beside it while hashing; force; re-open and compare
 * length and hash; rename in one step; force the directory.
 *
 * @param storage where
 */
public record Durable(Storage storage) {
  private static final Pattern LEFT_OVER = Pattern.compile(".+\\.tmp-[0-9a-f-]{36}");
  private static final int CHUNK = 1 << 20;

  /** What a file is to hold. */
  public interface Content {
    /**
     * Writes it from beginning to end.
     *
     * @param sink takes all that remains in each buffer
     */
    void writeTo(Consumer<ByteBuffer> sink);
  }

  /**
   * What a file holds, in short.
   *
   * @param bytes its length
   * @param sha256 64 hexadecimal digits, lower case
   */
  public record Digest(long bytes, String sha256) {}

  /**
   * Writes a file.
   *
   * @param file is replaced if there is one
   * @param content what it is to hold
   * @return what was written
   * @throws Failure if that is not possible; no half file is left
   */
  public Digest write(Path file, Content content) {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp-" + UUID.randomUUID());
    String state = "what stood there before is unchanged";
    try {
      Digest digest = fill(temporary, content);
      Digest found = digest(temporary);
      if (!found.equals(digest)) {
        throw new UncheckedIOException(
            new IOException("wrote " + digest + ", but read back " + found));
      }
      storage.move(temporary, file);
      state = "it was written, but may not outlast a power loss";
      storage.forceDirectory(folder(file));
      return digest;
    } catch (RuntimeException | Error e) {
      try {
        storage.delete(temporary);
      } catch (UncheckedIOException left) {
        e.addSuppressed(left); // removed at the next start
      }
      if (e instanceof UncheckedIOException refused) {
        throw new Failure("cannot write " + file + ": " + reason(refused) + "; " + state, refused);
      }
      throw e;
    }
  }

  /**
   * Writes a text file.
   *
   * @param file is replaced if there is one
   * @param text is written as UTF-8
   * @return what was written
   * @throws Failure if that is not possible; no half file is left
   */
  public Digest write(Path file, String text) {
    return write(file, sink -> sink.accept(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
  }

  /**
   * Reads a small text file.
   *
   * @param file the file
   * @param limit its greatest length in bytes
   * @return its text
   * @throws BadInput if it is not there, too long or not UTF-8
   */
  public String read(Path file, int limit) {
    byte[] bytes;
    try (Storage.Input input = storage.open(file)) {
      long size = input.size();
      if (size > limit) {
        throw BadInput.inFile(file, "length", "at most " + limit + " bytes", size + " bytes");
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      input.read(buffer, 0);
      bytes = buffer.flip().hasRemaining() ? buffer.array() : new byte[0];
      if (buffer.limit() < size) {
        throw BadInput.inFile(file, "length", size + " bytes", buffer.limit() + " bytes");
      }
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + file + ": " + reason(e), e);
    }
    return utf8(file, "text", ByteBuffer.wrap(bytes));
  }

  /**
   * Length and hash of a file as it stands.
   *
   * @param file must exist
   * @return both
   * @throws UncheckedIOException if it cannot be read
   */
  Digest digest(Path file) {
    MessageDigest sha = sha256();
    try (Storage.Input input = storage.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
      long at = 0;
      while (true) {
        input.read(buffer.clear(), at);
        if (!buffer.flip().hasRemaining()) {
          return new Digest(at, HexFormat.of().formatHex(sha.digest()));
        }
        at += buffer.remaining();
        sha.update(buffer);
      }
    }
  }

  /**
   * Removes what writes that were interrupted have left in a directory.
   *
   * @param directory in which nobody else writes meanwhile
   */
  public void removeLeftOvers(Path directory) {
    for (String name : storage.list(directory)) {
      if (isLeftOver(name)) {
        storage.delete(directory.resolve(name));
      }
    }
  }

  static boolean isLeftOver(String name) {
    return LEFT_OVER.matcher(name).matches();
  }

  private Digest fill(Path temporary, Content content) {
    MessageDigest sha = sha256();
    long[] length = {0};
    try (Storage.Output output = storage.create(temporary)) {
      content.writeTo(bytes -> {
        length[0] += bytes.remaining();
        sha.update(bytes.duplicate());
        output.write(bytes);
      });
      output.force();
    }
    return new Digest(length[0], HexFormat.of().formatHex(sha.digest()));
  }

  /** Decodes UTF-8, refusing what is not. */
  static String utf8(Path file, String place, ByteBuffer bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new BadInput(file + ", " + place + ": expected UTF-8, found other bytes", e);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }

  static Path folder(Path file) {
    return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a directory");
  }

  /** Why the system refused, in a few words of one line. */
  static String reason(UncheckedIOException refused) {
    IOException cause = Objects.requireNonNull(refused.getCause(), "always has one");
    String said =
        switch (cause) {
          case NoSuchFileException e -> "no such file or directory";
          case AccessDeniedException e -> "permission denied";
          case NotDirectoryException e -> "not a directory";
          case FileAlreadyExistsException e -> "a file of that name is in the way";
          case AtomicMoveNotSupportedException e ->
              "this file system cannot replace a file in one step";
          case FileSystemException e when e.getReason() != null -> e.getReason();
          default -> cause.getMessage() == null ? cause.toString() : cause.getMessage();
        };
    return said.lines().findFirst().orElse("unknown reason");
  }
}
