package org.plumbline.tensor;

/**
 * This machine cannot do what was asked: no native library for it, no such device. The message is
 * one line.
 */
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unavailable(String message) {
    super(message);
  }

  Unavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
