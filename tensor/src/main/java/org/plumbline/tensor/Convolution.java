package org.plumbline.tensor;

import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A two-dimensional convolution (cross-correlation, as all frameworks have it) and its two
 * derivatives, each by itself: a rule that needs no input gradient pays for none.
 *
 * <p>Images are {@code [batch, channels, height, width]}, kernels {@code [out, in/groups, kh, kw]}.
 *
 * @param stride between neighbouring positions, at least 1
 * @param padding zeros on each side, at least 0
 * @param groups in which channels are convolved apart; as many as channels: depthwise
 */
public record Convolution(int stride, int padding, int groups) {
  private static final long[] ONE = {1, 1};
  private static final long[] NONE = {0, 0};

  /**
   * Convolves.
   *
   * @param input {@code [batch, in, height, width]}
   * @param kernel {@code [out, in/groups, kh, kw]}
   * @return {@code [batch, out, height′, width′]}
   */
  public Tensor of(Tensor input, Tensor kernel) {
    try (TensorOptional none = new TensorOptional()) {
      return convolved(input, kernel, none);
    }
  }

  /**
   * Convolves and adds a number a channel.
   *
   * @param input {@code [batch, in, height, width]}
   * @param kernel {@code [out, in/groups, kh, kw]}
   * @param bias {@code [out]}
   * @return {@code [batch, out, height′, width′]}
   */
  public Tensor of(Tensor input, Tensor kernel, Tensor bias) {
    try (TensorOptional b = new TensorOptional(bias.t)) {
      return convolved(input, kernel, b);
    }
  }

  private Tensor convolved(Tensor input, Tensor kernel, TensorOptional bias) {
    Tensor output =
        Tensor.made(
            torch.conv2d(fast(input).t, kernel.t, bias, pair(stride), pair(padding), ONE, groups));
    Meter.convolution(input, kernel, output);
    return output;
  }

  /**
   * The gradient of ⟨signal, output⟩ by the kernel alone.
   *
   * @param signal {@code [batch, out, height′, width′]}
   * @param input {@code [batch, in, height, width]}
   * @param kernel gives the shape
   * @return {@code [out, in/groups, kh, kw]}
   */
  public Tensor byKernel(Tensor signal, Tensor input, Tensor kernel) {
    try (T_TensorTensorTensor_T all = backward(signal, input, kernel, false, true)) {
      return Tensor.made(new org.bytedeco.pytorch.Tensor(all.get1()));
    }
  }

  /**
   * The gradient of ⟨signal, output⟩ by the input alone, through a kernel.
   *
   * @param signal {@code [batch, out, height′, width′]}
   * @param input gives the shape, {@code [batch, in, height, width]}
   * @param kernel {@code [out, in/groups, kh, kw]}
   * @return shaped like the input
   */
  public Tensor byInput(Tensor signal, Tensor input, Tensor kernel) {
    try (T_TensorTensorTensor_T all = backward(signal, input, kernel, true, false)) {
      return Tensor.made(new org.bytedeco.pytorch.Tensor(all.get0()));
    }
  }

  private T_TensorTensorTensor_T backward(
      Tensor signal, Tensor input, Tensor kernel, boolean byInput, boolean byKernel) {
    Meter.convolution(signal, kernel, signal);
    try (BoolPointer mask = new BoolPointer(3);
        LongArrayRefOptional noBias = new LongArrayRefOptional()) {
      mask.put(0, byInput).put(1, byKernel).put(2, false);
      return torch.convolution_backward(
          fast(signal).t,
          fast(input).t,
          kernel.t,
          noBias,
          pair(stride),
          pair(padding),
          ONE,
          false,
          NONE,
          groups,
          mask);
    }
  }

  /** Images as the kernels of libtorch take the least time for them. */
  private static Tensor fast(Tensor images) {
    return images.precision() == Precision.FP64 ? images : images.channelsLast();
  }

  private static long[] pair(int x) {
    return new long[] {x, x};
  }
}
