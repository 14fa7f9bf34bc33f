package org.plumbline.nn;

import java.util.function.Function;
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
   * The signal at the block's input: exact, except that {@code backward} gives the matrix used in
   * place of each weight.
   *
   * @param signal {@code [batch, out…]}
   * @param backward for a weight, a tensor of its shape; {@code Parameter::value} makes it the true
   *     gradient
   * @return {@code [batch, in…]}
   */
  Tensor carry(Tensor signal, Function<Parameter, Tensor> backward);
}
