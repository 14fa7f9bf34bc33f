package org.plumbline.rule;

import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.Check;

/**
 * How a fixed feedback matrix is drawn. The conventions of the published code bases are values of
 * it; a table of them stands in {@code docs/feedback-laws.md}.
 *
 * @param gain multiplies every entry
 * @param law the distribution
 * @param scale its size
 */
record FeedbackLaw(double gain, Law law, Scale scale) {
  FeedbackLaw {
    Check.positive("gain", gain);
  }

  /**
   * Draws a matrix.
   *
   * @return {@code [from, to]}, FP32
   */
  Tensor draw(Seed seed, long from, long to, long widest) {
    return draw(seed, from, to, gain * scale.of(from, to, widest));
  }

  /**
   * Draws one column for each channel of a block, with entries of the size that those of all its
   * columns have.
   *
   * @param to the width of the block
   * @return {@code [from, channels]}, FP32
   */
  Tensor channels(Seed seed, long from, long channels, long to, long widest) {
    return draw(seed, from, channels, gain * scale.of(from, to, widest));
  }

  /**
   * Draws what stands for a weight. The size of a kernel follows from its fan-out, out · kh · kw,
   * and its fan-in, in · kh · kw, as that of a matrix from its two axes.
   *
   * @return {@code [out, in]}, FP32; a kernel as {@code [out, in · kh · kw]}
   */
  Tensor draw(Seed seed, Crossing at, long widest) {
    return draw(seed, at.out(), at.in(), gain * scale.of(at.fanOut(), at.in(), widest));
  }

  private Tensor draw(Seed seed, long from, long to, double v) {
    return switch (law) {
      case UNIFORM -> seed.uniform(v, from, to);
      case NORMAL -> seed.normal(v, from, to);
      case ORTHOGONAL ->
          seed.orthonormal(from, to).scaled(v * Math.sqrt((double) Math.max(from, to)));
    };
  }

  /**
   * Draws the first factor of a matrix of low rank: entries of the law, of root mean square 1.
   *
   * @return {@code [from, rank]}, FP32
   */
  Tensor left(Seed seed, long from, long rank) {
    return sized(draw(seed.child("left"), from, rank, 1.0), 1);
  }

  /**
   * Draws the second factor, so that the entries of the product have the size of the law's.
   *
   * @return {@code [rank, to]}, FP32
   */
  Tensor right(Seed seed, long from, long rank, long to, long widest) {
    double std = law == Law.UNIFORM ? 1 / Math.sqrt(3) : 1;
    return sized(
        draw(seed.child("right"), rank, to, 1.0),
        gain * scale.of(from, to, widest) * std / Math.sqrt((double) rank));
  }

  /** Brought to a root mean square. */
  private static Tensor sized(Tensor matrix, double size) {
    return matrix.scaled(size * Math.sqrt((double) matrix.size()) / matrix.norm().item());
  }
}
