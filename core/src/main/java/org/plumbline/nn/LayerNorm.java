package org.plumbline.nn;

import org.plumbline.tensor.Shape;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Layer normalisation: every row brought to mean 0 and variance 1 over all its numbers. {@link
 * GroupNorm} with one group.
 *
 * <pre>  y = scale (h − mean) / √(variance + ε) + shift        scale, shift: one number a channel
 * </pre>
 *
 * <p>Ba, Kiros, Hinton 2016, <a href="https://arxiv.org/abs/1607.06450">arXiv:1607.06450</a>. On
 * images, scale and shift are one number a channel, not one a pixel.
 *
 * @param epsilon ε
 * @param affine whether scale and shift are learned
 */
@About("every row brought to mean 0 and variance 1")
public record LayerNorm(
    @About("added to the variance") double epsilon,
    @About("learned scale and shift: with, without") Affine affine)
    implements Layer {
  /**
   * Checks the number.
   *
   * @param epsilon above 0
   * @param affine with or without
   */
  public LayerNorm {
    Check.positive("epsilon of layer-norm", epsilon);
  }

  /** ε 1e-5, learned scale and shift. */
  public LayerNorm() {
    this(1e-5, Affine.WITH);
  }

  @Override
  public Shape output(Shape input) {
    return new GroupNorm(1, epsilon, affine).output(input);
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    return new GroupNorm(1, epsilon, affine).attach(input, birth);
  }
}
