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
}
