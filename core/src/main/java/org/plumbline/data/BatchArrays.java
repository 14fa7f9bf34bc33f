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
  private final int places; // labels of a row
  private float[] inputs = {};
  private float[] targets = {};
  private int[] labels = {};
  private int count; // rows gathered

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
    this.places = rows.labels();
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
    if (inputs.length != Math.multiplyExact(count, width)) {
      inputs = new float[count * width];
      targets = new float[Math.multiplyExact(Math.multiplyExact(count, places), classes)];
    } else {
      Arrays.fill(targets, 0);
    }
    this.count = count;
    labels = new int[count * places]; // those before are part of a batch
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      rows.copyInput(row, inputs, i * width);
      for (int k = 0; k < places; k++) {
        int at = i * places + k;
        labels[at] = rows.label(row, k);
        targets[at * classes + labels[at]] = 1;
      }
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
    for (int i = 0; i < count; i++) {
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
    return new Batch(
        Tensor.of(inputs, shape.withRows(count).toArray()).to(precision).to(device),
        Tensor.of(targets, labels.length, classes).to(precision).to(device),
        labels);
  }
}
