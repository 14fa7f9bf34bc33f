package org.plumbline.edge;

/**
 * What batch sums are divided by: the inverse of a learning rate.
 *
 * @param inverse in the first epochs
 * @param doubleEvery so many epochs it doubles; 0 is never
 */
public record Rate(int inverse, int doubleEvery) {
  /** Checks the numbers. */
  public Rate {
    Refused.within("the inverse rate", inverse, 1, Divisor.MOST);
    Refused.within("the epochs after which the inverse rate doubles", doubleEvery, 0, 1 << 20);
  }

  /**
   * In an epoch.
   *
   * @param epoch from 0
   * @return 1…2³⁰
   */
  public int at(int epoch) {
    int doublings = doubleEvery == 0 ? 0 : Math.min(30, epoch / doubleEvery); // truncating
    return (int) Math.min(Divisor.MOST, (long) inverse << doublings);
  }
}
