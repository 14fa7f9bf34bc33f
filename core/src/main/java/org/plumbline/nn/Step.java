package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Tensor;

/** One block's part of a forward pass. Differentiation never leaves it. */
public interface Step {
  /**
   * What came in.
   *
   * @return {@code [batch, in…]}
   */
  Tensor input();

  /**
   * What went out.
   *
   * @return {@code [batch, out…]}
   */
  Tensor output();

  /**
   * The gradient of ⟨signal, output⟩ by the block's parameters.
   *
   * @param signal {@code [batch, out…]}; if it is of the mean loss, so is the gradient
   * @return one gradient a parameter
   */
  Gradients gradients(Tensor signal);

  /**
   * The signal at the block's input: exact, except that {@code backward} gives the matrices used in
   * place of each weight.
   *
   * @param signal {@code [batch, out…]}
   * @param backward for a weight, what stands in for it; {@code Parameter::value} makes it the true
   *     gradient
   * @return {@code [batch, in…]}
   */
  Tensor carry(Tensor signal, Backward backward);

  /**
   * The change of the output for a small change of the input: the forward-mode derivative, in the
   * direction of data, through this pass's own masks.
   *
   * @param tangent {@code [batch, in…]}
   * @return {@code [batch, out…]}
   */
  Tensor tangent(Tensor tangent);

  /**
   * The part of this pass that its first rows had, where a row is a matter of itself: the same
   * numbers, the same masks, through the same weights.
   *
   * @param rows how many
   * @param input the first rows of {@link #input}, {@code [rows, in…]}
   * @return nothing where rows are mixed, as by the statistics of a batch
   */
  default Optional<Step> first(long rows, Tensor input) {
    return Optional.empty();
  }

  /**
   * Takes into the block what a training pass saw of the data: running statistics. Called once a
   * step, when the weights have moved.
   */
  default void settle() {}

  /**
   * The signal just behind the block's first weights, at the pre-activation: exact.
   *
   * @param signal {@code [batch, out…]}
   * @return δ, shaped like what the first weights put out; the signal itself where nothing follows
   *     them
   */
  default Tensor local(Tensor signal) {
    return signal;
  }

  /**
   * The change of what the first weights put out, for a small change of the input: the first part
   * of {@link #tangent}.
   *
   * @param tangent {@code [batch, in…]}
   * @return shaped like what the first weights put out
   */
  default Tensor localTangent(Tensor tangent) {
    return tangent(tangent);
  }

  /**
   * The gradients of ⟨local, what the first weights put out⟩ by the parameters of that part.
   *
   * @param local as {@link #local} gives it
   * @return one gradient for each parameter of the first part that has any
   */
  default Gradients localGradients(Tensor local) {
    return gradients(local);
  }
}
