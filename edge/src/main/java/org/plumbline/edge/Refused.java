package org.plumbline.edge;

/**
 * Something cannot be used. The message is one line that names the thing, the rule, what was found
 * and the cure.
 */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * Refuses.
   *
   * @param message one line: the thing, the rule, both values, the cure
   */
  public Refused(String message) {
    super(message);
  }

  static long within(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new Refused(name + " must be from " + least + " to " + most + ", but is " + value);
    }
    return value;
  }
}
