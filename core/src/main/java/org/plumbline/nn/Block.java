package org.plumbline.nn;

import java.util.List;
import org.plumbline.tensor.Tensor;

/**
 * The smallest part of a network that receives credit: a map with its own parameters, exact inside.
 *
 * <p>A forward pass gives a {@link Step}, which remembers what the local derivative needs (an
 * input, a dropout mask), so that a block itself holds parameters and nothing else.
 */
public interface Block {
  /**
   * Maps an input to an output.
   *
   * @param input {@code [batch, in…]}
   * @param mode train or evaluate
   * @return the pass through this block; its output is {@code [batch, out…]}
   */
  Step step(Tensor input, Mode mode);

  /**
   * What training may change.
   *
   * @return live parameters, in a fixed order; empty by default
   */
  default List<Parameter> parameters() {
    return List.of();
  }

  /**
   * Whether weights that are no parameters stand where the output leaves: those of a frozen block
   * that joined this one from behind. What the block's only weight puts out is then not what the
   * block puts out, however alike their shapes.
   *
   * @return false by default
   */
  default boolean endsFrozen() {
    return false;
  }

  /**
   * Whether every output lies between two numbers that no parameter moves: behind tanh, not behind
   * relu.
   *
   * @return false by default
   */
  default boolean bounded() {
    return false;
  }

  /**
   * What follows the data without being trained: running statistics. It is saved and restored like
   * parameters.
   *
   * @return live tensors with their names, in a fixed order; empty by default
   */
  default List<Parameter> buffers() {
    return List.of();
  }

  /**
   * A few words for people.
   *
   * @return for example {@code dense 64→128, tanh}
   */
  String describe();
}
