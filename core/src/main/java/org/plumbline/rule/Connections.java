package org.plumbline.rule;

import org.plumbline.tensor.Tensor;

/**
 * A sparse B_l as index and value, s entries a column.
 *
 * @param outputs k_l, distinct in every column: {@code [s, n_l]}, INT64
 * @param values v_l, {@code [s, n_l]}
 */
record Connections(Tensor outputs, Tensor values) {
  /** e B_l by gathering: {@code [batch, n_l]} from {@code [batch, outputs]}. */
  Tensor heard(Tensor error) {
    return error.gathered(outputs, values);
  }

  /** B_l itself, {@code [outputs, n_l]}: what errors of 1 at one output each give. */
  Tensor dense(int c) {
    float[] identity = new float[Math.multiplyExact(c, c)];
    for (int i = 0; i < c; i++) {
      identity[i * (c + 1)] = 1;
    }
    return heard(Tensor.of(identity, c, c).to(values.precision()).to(values.device()));
  }
}
