package org.plumbline.objective;

import org.plumbline.tensor.Tensor;

/** How an output is judged. */
public interface Objective {
  /**
   * Compares outputs with targets.
   *
   * @param output y, {@code [batch, outputs]}: logits, before any softmax
   * @param target t, {@code [batch, outputs]}: one-hot, probabilities or numbers
   * @return the loss, averaged over the batch, and its error
   */
  Outcome judge(Tensor output, Tensor target);
}
