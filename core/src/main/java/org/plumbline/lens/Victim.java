package org.plumbline.lens;

import org.plumbline.tensor.Tensor;

/** What an attack may ask of a trained network. Inputs are as the data set gives them. */
public interface Victim {
  /**
   * What the network says, in evaluation mode.
   *
   * @param inputs {@code [batch, in…]}
   * @return {@code [batch, outputs]}
   */
  Tensor answer(Tensor inputs);

  /**
   * The gradient of each row's loss by its input, by exact back-propagation through the network and
   * through what prepares its inputs, whatever rule trained it. Each row is divided by the greatest
   * absolute number of its error at the output, so that a loss near 0 is followed as well as any
   * other: only directions count.
   *
   * @param inputs {@code [batch, in…]}
   * @param targets {@code [batch, outputs]}
   * @return shaped like the inputs
   */
  Tensor uphill(Tensor inputs, Tensor targets);

  /**
   * The values that an input can have.
   *
   * @return of every number of a row
   */
  Range range();

  /**
   * An interval.
   *
   * @param least its lower end
   * @param greatest its upper end
   */
  record Range(double least, double greatest) {
    /** Pixels: 0…1. */
    public static final Range PIXELS = new Range(0, 1);

    /** Standardised features: all numbers. */
    public static final Range ALL = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    Tensor clipped(Tensor inputs) {
      return inputs.clamped(least, greatest);
    }
  }
}
