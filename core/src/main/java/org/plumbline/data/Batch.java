package org.plumbline.data;

import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;

/**
 * Some rows as tensors.
 *
 * @param inputs {@code [batch, in…]}
 * @param targets one-hot, {@code [batch, classes]}; where every token is judged, {@code [batch ·
 *     context, classes]}
 * @param labels class numbers, one a row of the targets
 */
@SuppressWarnings("ArrayRecordComponent") // made once a step and never compared
public record Batch(Tensor inputs, Tensor targets, int[] labels) {
  /**
   * Gathers rows.
   *
   * @param rows where from
   * @param order which rows, by number
   * @param from the first of the order
   * @param count how many
   * @param precision of the tensors
   * @param device where they live
   * @return tensors in the open scope
   */
  public static Batch of(
      Dataset rows, int[] order, int from, int count, Precision precision, Device device) {
    return new BatchArrays(rows).gather(order, from, count).batch(precision, device);
  }
}
