package org.plumbline.value;

/**
 * Conditions on the components of a value, each refused with the name, the rule and the value
 * found.
 */
public final class Check {
  private Check() {}

  /**
   * Requires a number above zero that single precision holds.
   *
   * @param name what the user calls it
   * @param value the number
   * @return the number
   */
  public static double positive(String name, double value) {
    return require(value > 0, name, "above 0", fitting(name, value));
  }

  /**
   * Requires a number of at least zero that single precision holds.
   *
   * @param name what the user calls it
   * @param value the number
   * @return the number
   */
  public static double notNegative(String name, double value) {
    return require(value >= 0, name, "at least 0", fitting(name, value));
  }

  /**
   * Requires a number in [0, 1).
   *
   * @param name what the user calls it
   * @param value the number
   * @return the number
   */
  public static double fraction(String name, double value) {
    return require(value >= 0 && value < 1, name, "at least 0 and below 1", value);
  }

  /**
   * Requires a whole number of at least a bound.
   *
   * @param name what the user calls it
   * @param least the bound
   * @param value the number
   * @return the number
   */
  public static long atLeast(String name, long least, long value) {
    if (value < least) {
      throw new BadInput(name + " must be at least " + least + ", but is " + value);
    }
    return value;
  }

  private static double fitting(String name, double value) {
    return require(!(Math.abs(value) > Float.MAX_VALUE), name, "at most 3.4e38", value);
  }

  private static double require(boolean holds, String name, String rule, double value) {
    if (!holds) {
      throw new BadInput(name + " must be " + rule + ", but is " + Catalogue.printed(value));
    }
    return value;
  }
}
