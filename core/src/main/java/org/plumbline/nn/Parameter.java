package org.plumbline.nn;

import org.plumbline.tensor.Tensor;

/**
 * A tensor that training changes in place.
 *
 * @param name within its block: {@code weight}, {@code bias}
 * @param value live; a dense weight is {@code [out, in]}
 */
public record Parameter(String name, Tensor value) {
  /**
   * Whether it is a matrix or a kernel, which a rule may replace on the way back; not a bias, a
   * scale, a shift.
   *
   * @return whether it has more than one axis
   */
  public boolean isWeight() {
    return value.shape().rank() > 1;
  }
}
