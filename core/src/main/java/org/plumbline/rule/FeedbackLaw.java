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
    double v = gain * scale.of(from, to, widest);
    return switch (law) {
      case UNIFORM -> seed.uniform(v, from, to);
      case NORMAL -> seed.normal(v, from, to);
      case ORTHOGONAL ->
          seed.orthonormal(from, to).scaled(v * Math.sqrt((double) Math.max(from, to)));
    };
  }
}
