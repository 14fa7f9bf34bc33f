package org.plumbline.nn;

import java.util.List;
import org.plumbline.tensor.Tensor;

/**
 * What one forward pass did: for every block its step, from the input to the output.
 *
 * @param steps one a block; the last is the output block, the others are hidden
 */
public record Trace(List<Step> steps) {
  /**
   * Copies the list.
   *
   * @param steps at least one
   */
  public Trace {
    steps = List.copyOf(steps);
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
