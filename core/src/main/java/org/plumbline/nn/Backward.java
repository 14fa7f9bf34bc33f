package org.plumbline.nn;

import org.plumbline.tensor.Tensor;

/**
 * What the way back uses in place of the weights: two factors a weight.
 *
 * <pre>
 *   carried = δ P Q        W, Q: [out, in] or [r, in]      P: [out, r], the identity by default
 * </pre>
 */
@FunctionalInterface
public interface Backward {
  /**
   * The second factor.
   *
   * @param weight W, {@code [out, in]}
   * @return Q, {@code [out, in]}, or {@code [r, in]} where {@link #mixed} gives r columns; {@code
   *     Parameter::value} makes the carried signal the true gradient
   */
  Tensor instead(Parameter weight);

  /**
   * The first factor, applied.
   *
   * @param weight W, {@code [out, in]}
   * @param local the signal at its output, {@code [batch, out]}
   * @return δ P, {@code [batch, r]}; δ itself by default
   */
  default Tensor mixed(Parameter weight, Tensor local) {
    return local;
  }
}
