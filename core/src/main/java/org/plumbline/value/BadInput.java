package org.plumbline.value;

import java.nio.file.Path;

/**
 * Something a user gave cannot be used. The message is one line that names the thing, the rule,
 * what was found and the cure; the command line prints it and exits with 2.
 */
public final class BadInput extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Refuses an input.
   *
   * @param message one line: the thing, the rule, both values, the cure
   */
  public BadInput(String message) {
    super(message);
  }

  /**
   * Refuses an input because of an error below it.
   *
   * @param message one line: the thing, the rule, both values, the cure
   * @param cause what {@code --debug} shows
   */
  public BadInput(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Refuses a file.
   *
   * @param file the file
   * @param place where in it, for example {@code byte 4} or {@code line 17, column 3}
   * @param expected the rule that the place breaks
   * @param found what stands there
   * @return the exception, to be thrown
   */
  public static BadInput inFile(Path file, String place, String expected, String found) {
    return new BadInput(file + ", " + place + ": expected " + expected + ", found " + found);
  }
}
