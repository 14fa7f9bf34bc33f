package org.plumbline.edge;

/**
 * Random numbers as a function of a key and an index: SplitMix64 (Steele, Lea and Flood 2014).
 * There is no state to keep, so that feedback is drawn again instead of stored.
 */
final class Draws {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private Draws() {}

  /** The draw of an index. */
  static long at(long key, long index) {
    long x = key + (index + 1) * GOLDEN;
    x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }

  /** A key of its own for each index. */
  static long child(long key, long index) {
    return at(at(key, index), index);
  }

  /** A draw as a number of 0…bound−1; no number is likelier than another by more than bound/2³². */
  static int below(int bound, long draw) {
    return (int) (((draw >>> 32) * bound) >>> 32);
  }

  /** The numbers 0…n−1 in an order of their own for each key (Fisher and Yates). */
  static void shuffle(int[] order, long key) {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    for (int i = order.length - 1; i > 0; i--) {
      int other = below(i + 1, at(key, i));
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
  }
}
