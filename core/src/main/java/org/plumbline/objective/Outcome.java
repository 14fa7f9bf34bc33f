package org.plumbline.objective;

import org.plumbline.tensor.Tensor;

/**
 * What an objective said.
 *
 * @param loss a scalar, the mean over the rows
 * @param error e = ∂loss/∂output of the mean loss, {@code [batch, outputs]}; N·e is the error of
 *     each row by itself
 * @param target t, {@code [batch, outputs]}
 * @param objective that said it
 */
public record Outcome(Tensor loss, Tensor error, Tensor target, Objective objective) {
  /**
   * What it says of another output for the same target: of a second pass, of a head.
   *
   * @param output {@code [batch, outputs]}
   * @return the outcome
   */
  public Outcome of(Tensor output) {
    return objective.judge(output, target);
  }
}
