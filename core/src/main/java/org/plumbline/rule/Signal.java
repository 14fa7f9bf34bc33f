package org.plumbline.rule;

import org.plumbline.nn.Gradients;
import org.plumbline.tensor.Tensor;

/** What one block is told. */
public sealed interface Signal {
  /** Left alone. */
  Signal SILENT = new Silent();

  /**
   * The (pseudo-)gradient of the mean loss at the block's output, pointing uphill.
   *
   * @param gradient shaped like the output, {@code [batch, out…]}
   * @param own gradients by parameters of the feedback itself that come with it: of a head, of a
   *     feedback matrix that learns
   */
  record Told(Tensor gradient, Gradients own) implements Signal {
    /**
     * Nothing of the feedback learns with it.
     *
     * @param gradient shaped like the output, {@code [batch, out…]}
     */
    public Told(Tensor gradient) {
      this(gradient, Gradients.NONE);
    }
  }

  /**
   * The block's gradients themselves, worked out by the rule on a pass of its own or at another
   * place than the block's end.
   *
   * @param gradients by the block's parameters, and by those of the feedback that learn with them
   */
  record Taught(Gradients gradients) implements Signal {}

  /** The block is skipped by the stepper: no decay, no momentum. */
  record Silent() implements Signal {}
}
