package org.plumbline.train;

import java.util.stream.IntStream;
import org.plumbline.data.Augmentation;
import org.plumbline.data.Dataset;
import org.plumbline.data.Preparation;
import org.plumbline.tensor.Seed;
import org.plumbline.value.BadInput;

/**
 * How the rows are shown to a network.
 *
 * @param preparation of all rows
 * @param augmentation of training rows
 * @param order of an epoch
 * @param lastBatch what becomes of the rows that do not fill a batch
 */
public record Presentation(
    Preparation preparation, Augmentation augmentation, Order order, LastBatch lastBatch) {

  /** In which order an epoch shows the training rows. */
  public enum Order {
    /** Another random one every epoch. */
    SHUFFLED,
    /** As they are stored, every epoch. */
    STORED
  }

  /** What becomes of the rows at the end of an epoch that do not fill a batch. */
  public enum LastBatch {
    /** They are a smaller batch. */
    KEPT,
    /** They are left out. */
    DROPPED
  }

  /**
   * Refuses rows that cannot be shown so.
   *
   * @param train the training rows
   * @param batch rows a step
   */
  void check(Dataset train, int batch) {
    augmentation.check(train.shape());
    stepsPerEpoch(train.size(), batch);
  }

  /**
   * How many steps an epoch has.
   *
   * @param rows of the training data
   * @param batch rows a step
   * @return at least 1
   */
  long stepsPerEpoch(int rows, int batch) {
    if (lastBatch == LastBatch.KEPT) {
      return Math.ceilDiv(rows, batch);
    }
    if (rows < batch) {
      throw new BadInput(
          "last-batch dropped leaves no step: a batch has %,d rows, but the training data have %,d; use --batch %d or --last-batch kept"
              .formatted(batch, rows, rows));
    }
    return rows / batch;
  }

  /** How many rows an epoch shows. */
  long rowsPerEpoch(int rows, int batch) {
    return Math.min(rows, stepsPerEpoch(rows, batch) * batch);
  }

  /** The rows of an epoch, by number, {@code [rows]}. */
  int[] order(int rows, Seed run, long epoch) {
    return switch (order) {
      case SHUFFLED -> run.child("order").child(epoch).permutation(rows);
      case STORED -> IntStream.range(0, rows).toArray();
    };
  }
}
