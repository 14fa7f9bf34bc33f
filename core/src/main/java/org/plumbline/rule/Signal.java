package org.plumbline.rule;

import org.plumbline.tensor.Tensor;

/** What one block is told. */
public sealed interface Signal {
  /** Left alone. */
  Signal SILENT = new Silent();

  /**
   * The (pseudo-)gradient of the mean loss at the block's output, pointing uphill.
   *
   * @param gradient shaped like the output, {@code [batch, out…]}
   */
  record Told(Tensor gradient) implements Signal {}

  /** The block is skipped by the stepper: no decay, no momentum. */
  record Silent() implements Signal {}
}
