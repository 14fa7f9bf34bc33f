package org.plumbline.data;

import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

/**
 * Some rows as tensors.
 *
 * @param inputs {@code [batch, in…]}
 * @param targets one-hot, {@code [batch, classes]}
 * @param labels class numbers, one a row
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
    Shape shape = rows.shape();
    int width = Math.toIntExact(shape.size());
    int classes = rows.classes().size();
    float[] inputs = new float[Math.multiplyExact(count, width)];
    float[] targets = new float[Math.multiplyExact(count, classes)];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      rows.copyInput(row, inputs, i * width);
      labels[i] = rows.label(row);
      targets[i * classes + labels[i]] = 1;
    }
    return new Batch(
        Tensor.of(inputs, shape.withRows(count).toArray()).to(precision).to(device),
        Tensor.of(targets, count, classes).to(precision).to(device),
        labels);
  }
}
