package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Tensor;
import org.plumbline.tensor.WorkingCopy;

/**
 * A tensor that training changes in place.
 *
 * @param name within its block: {@code weight}, {@code bias}
 * @param value live; a dense weight is {@code [out, in]}
 * @param copy of the value in BF16, where products are made with it: see {@link
 *     org.plumbline.tensor.Precision#BF16}
 */
public record Parameter(String name, Tensor value, Optional<WorkingCopy> copy) {
  /**
   * Without a working copy.
   *
   * @param name within its block
   * @param value live
   */
  public Parameter(String name, Tensor value) {
    this(name, value, Optional.empty());
  }

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
