package org.plumbline.objective;

import org.plumbline.tensor.Tensor;

/**
 * What an objective said.
 *
 * @param loss a scalar, the mean over the rows
 * @param error e = ∂loss/∂output of the mean loss, {@code [batch, outputs]}; N·e is the error of
 *     each row by itself
 * @param target t, {@code [batch, outputs]}
 */
public record Outcome(Tensor loss, Tensor error, Tensor target) {}
