package org.plumbline.rule;

import org.plumbline.tensor.Tensor;

/**
 * Rows divided by their lengths, and the way back. Rows shorter than about 1e-8 have no direction:
 * they become 0 and hear nothing.
 *
 * <pre>
 *   z^ = z / ‖z‖        dz = (dz^ − ⟨dz^, z^⟩ z^) / ‖z‖        1/r stands for r / (r² + 1e-16)
 * </pre>
 *
 * @param value z^, {@code [rows, columns]}
 * @param inverse 1 / ‖z‖, {@code [rows, 1]}
 */
record UnitRows(Tensor value, Tensor inverse) {
  private static final double TINY = 1e-8;

  static UnitRows of(Tensor rows) {
    Tensor square = rows.squared().sum(1).reshaped(-1, 1);
    Tensor inverse = square.sqrt().over(square.plus(TINY * TINY));
    return new UnitRows(rows.times(inverse), inverse);
  }

  /** The gradient by the rows, of one by their directions: {@code [rows, columns]} both. */
  Tensor back(Tensor gradient) {
    Tensor along = gradient.times(value).sum(1).reshaped(-1, 1);
    return gradient.minus(value.times(along)).multiply(inverse);
  }

  /** Rows less their means, {@code [rows, columns]}; its own transpose. */
  static Tensor centred(Tensor rows) {
    return rows.minus(rows.sum(1).reshaped(-1, 1).scaled(1.0 / rows.size(1)));
  }
}
