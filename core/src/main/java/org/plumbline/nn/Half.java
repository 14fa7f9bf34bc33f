package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;
import org.plumbline.tensor.WorkingCopy;

/**
 * The products of a layer whose weight has a working copy: operands in BF16, sums inside in FP32,
 * results and all else in FP32.
 */
final class Half {
  /** Fewer weights of a dense layer are multiplied in FP32 as fast as they are converted. */
  private static final long LEAST = 1 << 16;

  private Half() {}

  /** A weight; if products should be in BF16, with a working copy, unless it is small and dense. */
  static Parameter weight(Tensor value, Layer.Birth birth) {
    boolean pays = value.shape().rank() > 2 || value.size() >= LEAST;
    boolean half = birth.products() == Precision.BF16 && pays;
    return new Parameter(
        "weight", value, half ? Optional.of(WorkingCopy.of(value)) : Optional.empty());
  }

  /**
   * A dense layer.
   *
   * @return {@code [batch, out]}
   */
  static Tensor linear(Tensor input, WorkingCopy weight) {
    return input.half().linear(weight.current()).to(Precision.FP32);
  }

  /**
   * A signal carried back through a dense layer.
   *
   * @param input of the layer, whose layout the result has
   * @return {@code [batch, in]}
   */
  static Tensor carry(
      Tensor signal, Tensor input, Parameter weight, WorkingCopy copy, Backward backward) {
    return backward
        .mixed(weight, signal)
        .half()
        .matmul(instead(weight, copy, backward), input)
        .to(Precision.FP32);
  }

  /**
   * A convolution.
   *
   * @return {@code [batch, out, height′, width′]}
   */
  static Tensor convolved(Convolution convolution, Tensor input, WorkingCopy kernel) {
    return convolution.of(input.half(), kernel.current()).to(Precision.FP32);
  }

  /**
   * A signal carried back through a convolution.
   *
   * @return shaped like the input
   */
  static Tensor byInput(
      Convolution convolution,
      Tensor signal,
      Tensor input,
      Parameter kernel,
      WorkingCopy copy,
      Backward backward) {
    Tensor half = backward.mixed(kernel, signal).half();
    return convolution
        .byInput(half, input.half(), instead(kernel, copy, backward))
        .to(Precision.FP32);
  }

  /** What stands for the weight: its own copy for itself, else converted. */
  private static Tensor instead(Parameter weight, WorkingCopy copy, Backward backward) {
    Tensor instead = backward.instead(weight);
    return instead.equals(weight.value()) ? copy.current() : instead.to(Precision.BF16);
  }
}
