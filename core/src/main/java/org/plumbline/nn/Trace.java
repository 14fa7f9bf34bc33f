package org.plumbline.nn;

import java.util.List;
import org.plumbline.tensor.Tensor;

/**
 * What one forward pass did: for every block its step, from the input to the output.
 *
 * @param steps one a block; the last is the output block, the others are hidden
 * @param mode of the pass: another pass in it has the same dropout masks
 */
public record Trace(List<Step> steps, Mode mode) {
  /**
   * Copies the list.
   *
   * @param steps at least one
   * @param mode of the pass
   */
  public Trace {
    steps = List.copyOf(steps);
  }

  /**
   * What the network was shown.
   *
   * @return {@code [batch, in…]}
   */
  public Tensor input() {
    return steps.getFirst().input();
  }

  /**
   * What the network answered.
   *
   * @return {@code [batch, outputs]}
   */
  public Tensor output() {
    return steps.getLast().output();
  }

  /**
   * The steps of the hidden blocks.
   *
   * @return all but the last
   */
  public List<Step> hidden() {
    return steps.subList(0, steps.size() - 1);
  }
}
