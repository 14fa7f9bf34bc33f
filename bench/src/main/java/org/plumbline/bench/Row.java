package org.plumbline.bench;

/**
 * One rule in one cell of the table, in one repetition. Times are in milliseconds.
 *
 * @param repetition from 1
 * @param shape of the network
 * @param batch rows a step
 * @param optimizer {@code sgd} or {@code adam}
 * @param precision {@code fp32} or {@code bf16}
 * @param rule as it is named
 * @param msMin the shortest step
 * @param msMedian the median step
 * @param floorMs the shortest time of the products alone
 * @param floorMedian their median time
 * @param peerMs the shortest step of libtorch's back-propagation; NaN if there is none
 * @param peerMedian its median step; NaN if there is none
 * @param ratioLow the least of {@link #ratioToPeer} over thirds of the rounds
 * @param ratioHigh the greatest
 * @param steps of the rule that were timed
 */
public record Row(
    int repetition,
    String shape,
    int batch,
    String optimizer,
    String precision,
    String rule,
    double msMin,
    double msMedian,
    double floorMs,
    double floorMedian,
    double peerMs,
    double peerMedian,
    double ratioLow,
    double ratioHigh,
    int steps) {
  /**
   * How many times faster than libtorch's back-propagation.
   *
   * @return peer / ours
   */
  public double ratioToPeer() {
    return peerMs / msMin;
  }

  /**
   * How much of the step its products are.
   *
   * @return floor / ours
   */
  public double shareOfFloor() {
    return floorMs / msMin;
  }

  /** The cell's name. */
  String cell() {
    return "%s@%d %s %s".formatted(shape, batch, optimizer, precision);
  }
}
