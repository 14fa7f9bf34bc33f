package org.plumbline.edge;

/**
 * The two published forms of integer direct feedback alignment. They differ in how a quotient is
 * rounded, which makes them different algorithms: truncation ignores every sum smaller than the
 * divisor, floor turns the smallest negative one into −1, so that weights drift upwards.
 *
 * <pre>
 *                          POCKETNN              TIFED
 *   every division         toward zero           floor
 *   input of a pixel p     p (0…255)             p − 128 (−128…127)
 *   one-hot target         15                    16
 *   flat pieces            ±127, slope 1/127     −127 and 128, slope 1/128
 *   feedback of a layer    ±1…±R, R = ⌊√⌊12·32767/(inputs + outputs)⌋⌋ of that layer
 *                                                −R…R−1, R = ⌊√⌊12·32767/(classes + outputs)⌋⌋
 * </pre>
 *
 * <p>Song and Lin 2022, PocketNN, <a href="https://arxiv.org/abs/2201.02863">arXiv:2201.02863</a>;
 * Colombo, Falcetta and Roveri 2024, TIFeD, <a
 * href="https://arxiv.org/abs/2411.16442">arXiv:2411.16442</a>. TIFeD's code does not clamp its
 * weights; here both clamp them to ±32767, so that 16 bits hold them.
 */
public enum Arithmetic {
  /** Truncating division. */
  POCKETNN(15, 0, 127),
  /** Floor division. */
  TIFED(16, 128, 128);

  /** No weight and no bias is larger. */
  public static final int LARGEST_WEIGHT = Short.MAX_VALUE;

  private static final int SPREAD = 12 * Short.MAX_VALUE;

  private final int hot;
  private final int inputZero;
  private final int top;

  Arithmetic(int hot, int inputZero, int top) {
    this.hot = hot;
    this.inputZero = inputZero;
    this.top = top;
  }

  /**
   * What the output of the right class shall be; that of the others shall be 0.
   *
   * @return 15 or 16
   */
  public int hot() {
    return hot;
  }

  /**
   * What is taken from an input byte, 0…255.
   *
   * @return 0 or 128
   */
  public int inputZero() {
    return inputZero;
  }

  /**
   * The upper flat piece of the pocket tanh, and the inverse slope of both flat pieces.
   *
   * @return 127 or 128
   */
  public int top() {
    return top;
  }

  /**
   * Divides: POCKETNN toward zero, TIFED to the next smaller whole number.
   *
   * @param dividend any
   * @param divisor at least 1
   * @return the quotient
   */
  public long divide(long dividend, long divisor) {
    return switch (this) {
      case POCKETNN -> dividend / divisor; // truncating
      case TIFED -> Math.floorDiv(dividend, divisor); // floor
    };
  }

  /**
   * The bound R of the feedback of a hidden layer.
   *
   * @param inputs of the layer
   * @param outputs of the layer
   * @param classes of the network
   * @return at least 1
   */
  public int radius(int inputs, int outputs, int classes) {
    int others = this == POCKETNN ? inputs : classes;
    return Math.max(1, root(SPREAD / (others + outputs))); // truncating; nothing is negative
  }

  /** The largest whole number whose square is at most n, by Newton's method from above. */
  static int root(int n) {
    long x = n;
    long y = (x + 1) / 2; // truncating; nothing is negative
    while (y < x) {
      x = y;
      y = (x + n / x) / 2;
    }
    return (int) x;
  }

  /**
   * Draws one row of the feedback of a layer: what one output's error says to each of its units.
   *
   * @param key of the layer and the class
   * @param radius its bound
   * @param into the first {@code width} are written
   * @param width units of the layer
   */
  void feedback(long key, int radius, short[] into, int width) {
    for (int j = 0; j < width; j++) {
      int draw = Draws.below(2 * radius, Draws.at(key, j)) - radius; // −R…R−1
      into[j] = (short) (this == POCKETNN && draw >= 0 ? draw + 1 : draw);
    }
  }
}
