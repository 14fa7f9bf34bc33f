package org.plumbline.value;

/**
 * Something went wrong while running that no input could have told: a full disk, a diverged
 * training. The message is one line; the command line prints it and exits with 1.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Reports a failure.
   *
   * @param message one line: what failed, what is safe, what to do
   */
  public Failure(String message) {
    super(message);
  }

  /**
   * Reports a failure with its cause.
   *
   * @param message one line: what failed, what is safe, what to do
   * @param cause what {@code --debug} shows
   */
  public Failure(String message, Throwable cause) {
    super(message, cause);
  }
}
