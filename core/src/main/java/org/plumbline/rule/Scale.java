package org.plumbline.rule;

/**
 * The size v of the entries of a feedback matrix [from, to], before the gain. Of the kernel of a
 * convolution, from is its fan-out, out · kh · kw, and to its fan-in, in · kh · kw.
 */
public enum Scale {
  /** 1/√to, the width of the block that is told, or the fan-in: Nøkland, Crafton. */
  WIDTH,
  /** 1. */
  ONE,
  /** 1/√(widest hidden block): TinyDFA, d'Ascoli. */
  WIDEST,
  /** 1/√from, the number of outputs in direct feedback: Lechner. */
  OUTPUTS,
  /** 1/√(from · to): Launay 2019, normalised. */
  BOTH,
  /** 1/√(from + to): Akrout; with gain √6 and a uniform law, Xavier. */
  SUM;

  /**
   * The size.
   *
   * @param from rows: where the error comes from
   * @param to columns: the width of the block that is told
   * @param widest the width of the widest hidden block
   * @return v
   */
  public double of(long from, long to, long widest) {
    return switch (this) {
      case WIDTH -> 1 / Math.sqrt((double) to);
      case ONE -> 1;
      case WIDEST -> 1 / Math.sqrt((double) widest);
      case OUTPUTS -> 1 / Math.sqrt((double) from);
      case BOTH -> 1 / Math.sqrt((double) from * to);
      case SUM -> 1 / Math.sqrt((double) from + to);
    };
  }
}
