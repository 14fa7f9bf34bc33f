package org.plumbline.optim;

import java.util.Map;
import org.plumbline.nn.Gradients;
import org.plumbline.tensor.Tensor;

/**
 * An optimizer at work: it changes parameters, each by its own gradient alone. So it may be asked
 * by several threads at once, each with gradients of other parameters ({@link Timing.Parallel}):
 * what it keeps, it keeps a parameter.
 */
public interface Stepper extends AutoCloseable {
  /**
   * Takes one step.
   *
   * @param gradients by the parameters that should move; the others are left alone: no decay, no
   *     momentum
   * @param factor multiplies the learning rate: the schedule's word
   * @return what was done
   */
  Updates step(Gradients gradients, double factor);

  /**
   * Whether the gradients of a step may come one block after the other, each with a call of its
   * own.
   *
   * @return false where all are looked at together
   */
  default boolean isSeparate() {
    return true;
  }

  /**
   * What a checkpoint must hold: live tensors, counters as INT64 scalars. Resuming copies into
   * them.
   *
   * @return by name, in order
   */
  Map<String, Tensor> state();

  /** Ends what is at work beside the steps; most have nothing. */
  @Override
  default void close() {}
}
