package org.plumbline.edge;

/**
 * Learns from a stream as a device does: rows are kept in a buffer; when it is full, the network is
 * trained on it for some epochs, in the order of arrival, and the buffer is emptied.
 */
public final class Stream {
  private final Learner learner;
  private final Samples buffer;
  private final int[] order;
  private final int batch;
  private final int epochs;
  private final int inverseRate;
  private int filled;

  /**
   * An empty buffer.
   *
   * @param learner trains
   * @param capacity rows of the buffer; 1 learns from every row at once
   * @param batch samples of a step, at most those of the learner
   * @param epochs over a full buffer
   * @param inverseRate what batch sums are divided by
   */
  public Stream(Learner learner, int capacity, int batch, int epochs, int inverseRate) {
    Refused.within("the rows of a buffer", capacity, 1, 1 << 20);
    Refused.within("the epochs over a buffer", epochs, 1, 1 << 20);
    Refused.within("the batch", batch, 1, capacity);
    Plan plan = learner.network().plan();
    this.learner = learner;
    this.batch = batch;
    this.epochs = epochs;
    this.inverseRate = inverseRate;
    this.buffer =
        Samples.of(
            new byte[capacity * plan.inputs()], new byte[capacity], plan.inputs(), plan.classes());
    this.order = new int[capacity];
    for (int i = 0; i < capacity; i++) {
      order[i] = i;
    }
  }

  /**
   * Takes a row in, and learns if the buffer is full.
   *
   * @param input the row stands in it
   * @param at where it begins
   * @param label what it is
   */
  public void observe(byte[] input, int at, int label) {
    Refused.within("a label", label, 0, learner.network().plan().classes() - 1L);
    buffer.replace(filled, input, at, label);
    filled++;
    if (filled == order.length) {
      filled = 0;
      for (int epoch = 0; epoch < epochs; epoch++) {
        for (int from = 0; from < order.length; from += batch) {
          learner.step(buffer, order, from, Math.min(batch, order.length - from), inverseRate);
        }
      }
    }
  }
}
