package org.plumbline.bench;

/**
 * One rule in one cell.
 *
 * @param shape of the network
 * @param batch rows a step
 * @param optimizer {@code sgd} or {@code adam}
 * @param precision {@code fp32} or {@code bf16}
 * @param rule as it is named
 * @param msMin the shortest step, in milliseconds
 * @param msMedian the median step
 * @param floorMs the shortest time of the products alone
 * @param peerMs the shortest step of libtorch's back-propagation; NaN if there is none
 */
public record Row(
    String shape,
    int batch,
    String optimizer,
    String precision,
    String rule,
    double msMin,
    double msMedian,
    double floorMs,
    double peerMs) {
  /**
   * How many times faster than libtorch's back-propagation.
   *
   * @return peer / ours
   */
  public double ratioToPeer() {
    return peerMs / msMin;
  }

  /**
   * How much of the step is its products.
   *
   * @return floor / ours
   */
  public double shareOfFloor() {
    return floorMs / msMin;
  }
}
