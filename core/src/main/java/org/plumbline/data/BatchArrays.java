package org.plumbline.data;

import java.util.Arrays;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

/**
 * A batch in Java memory, which is used again for the next. Any thread may fill it, one at a time;
 * the tensors belong to the thread that makes them.
 */
public final class BatchArrays {
  private final Dataset rows;
  private final Shape shape;
  private final int width;
  private final int classes;
  private float[] inputs = {};
  private float[] targets = {};
  private int[] labels = {};

  /**
   * Room for batches of a data set, taken when they come.
   *
   * @param rows where from
   */
  public BatchArrays(Dataset rows) {
    this.rows = rows;
    this.shape = rows.shape();
    this.width = Math.toIntExact(shape.size());
    this.classes = rows.classes().size();
  }

  /**
   * Gathers rows in place of those before.
   *
   * @param order which rows, by number
   * @param from the first of the order
   * @param count how many
   * @return this
   */
  public BatchArrays gather(int[] order, int from, int count) {
    if (labels.length != count) {
      inputs = new float[Math.multiplyExact(count, width)];
      targets = new float[Math.multiplyExact(count, classes)];
    } else {
      Arrays.fill(targets, 0);
    }
    labels = new int[count]; // those before are part of a batch
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      rows.copyInput(row, inputs, i * width);
      labels[i] = rows.label(row);
      targets[i * classes + labels[i]] = 1;
    }
    return this;
  }

  /**
   * Changes every gathered image at random.
   *
   * @param augmentation how
   * @param draws of this batch; each row has a child, by its place
   * @return this
   */
  public BatchArrays augment(Augmentation augmentation, Seed draws) {
    for (int i = 0; i < labels.length; i++) {
      augmentation.change(inputs, i * width, shape, draws.child(i));
    }
    return this;
  }

  /**
   * The batch as tensors of its own.
   *
   * @param precision of the tensors
   * @param device where they live
   * @return in the open scope
   */
  public Batch batch(Precision precision, Device device) {
    int count = labels.length;
    return new Batch(
        Tensor.of(inputs, shape.withRows(count).toArray()).to(precision).to(device),
        Tensor.of(targets, count, classes).to(precision).to(device),
        labels);
  }
}
