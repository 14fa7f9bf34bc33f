package org.plumbline.cli;

/** A signal stopped the command, in good order. */
final class StoppedBySignal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;

  StoppedBySignal(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The exit code: 128 and the signal's number. */
  int code() {
    return code;
  }
}
