package org.plumbline.run;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The operations on files that state goes through. Nothing else in the project opens a file to
 * write state, so a test that fails the n-th of them has failed them all.
 *
 * <p>Every method throws {@link UncheckedIOException} when the system refuses; {@link Durable} and
 * {@link RunFolder} turn it into one line for the user.
 */
public interface Storage {
  /**
   * The file system.
   *
   * @return a storage without state
   */
  static Storage disk() {
    return new Disk();
  }

  /**
   * Starts a new file. Its mode is what the umask gives.
   *
   * @param file must not exist
   * @return where to write
   */
  Output create(Path file);

  /**
   * Opens a file to go on writing at its end, cut back to a length. It is created if there is none.
   *
   * @param file the file
   * @param length what to keep of it, in bytes; never more than it has
   * @return where to write
   */
  Output append(Path file, long length);

  /**
   * Opens a file to read.
   *
   * @param file must exist
   * @return where to read
   */
  Input open(Path file);

  /**
   * Renames a file in one step, in place of what stood there, whose mode it takes over. Where a
   * file system cannot, this fails; it never copies.
   *
   * @param from must exist
   * @param to in the same directory
   */
  void move(Path from, Path to);

  /**
   * Makes the names in a directory last through a power loss.
   *
   * @param directory must exist
   */
  void forceDirectory(Path directory);

  /**
   * Removes a file, if there is one.
   *
   * @param file the file
   */
  void delete(Path file);

  /**
   * The names in a directory.
   *
   * @param directory must exist
   * @return sorted
   */
  List<String> list(Path directory);

  /**
   * Creates a directory and those above it where missing, so that they last.
   *
   * @param directory may exist
   */
  void makeDirectories(Path directory);

  /**
   * Takes a lock that keeps other processes and other parts of this one out.
   *
   * @param file is created if there is none, and stays
   * @return nothing if it is taken
   */
  Optional<Lock> lock(Path file);

  /** A file being written. */
  interface Output extends AutoCloseable {
    /**
     * Writes all that remains in a buffer.
     *
     * @param bytes is used up
     */
    void write(ByteBuffer bytes);

    /** Makes what was written last through a power loss. */
    void force();

    @Override
    void close();
  }

  /** A file being read. */
  interface Input extends AutoCloseable {
    /**
     * The present length.
     *
     * @return in bytes
     */
    long size();

    /**
     * Fills a buffer, or as much of it as the file has.
     *
     * @param into takes the bytes
     * @param position where in the file the first of them stands
     */
    void read(ByteBuffer into, long position);

    @Override
    void close();
  }

  /** A lock that is held. */
  interface Lock extends AutoCloseable {
    @Override
    void close();
  }
}
