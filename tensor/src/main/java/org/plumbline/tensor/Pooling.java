package org.plumbline.tensor;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.global.torch;

/**
 * Pooling of images {@code [batch, channels, height, width]} over square windows.
 *
 * @param window side of the window, at least 1
 * @param stride between neighbouring windows, at least 1
 * @param padding on each side, at most half the window; it never wins a maximum and counts in an
 *     average
 */
public record Pooling(int window, int stride, int padding) {
  private static final long[] ONE = {1, 1};

  /**
   * The greatest of each window.
   *
   * @param values {@code [batch, channels, height′, width′]}
   * @param places of them in their image, INT64, shaped like the values
   */
  public record Greatest(Tensor values, Tensor places) {}

  /**
   * The greatest of each window, and where it was.
   *
   * @param input {@code [batch, channels, height, width]}
   * @return values and places
   */
  public Greatest greatest(Tensor input) {
    try (T_TensorTensor_T both =
        torch.max_pool2d_with_indices(
            input.t, pair(window), pair(stride), pair(padding), ONE, false)) {
      return new Greatest(
          Tensor.made(new org.bytedeco.pytorch.Tensor(both.get0())),
          Tensor.made(new org.bytedeco.pytorch.Tensor(both.get1())));
    }
  }

  /**
   * The signal carried back to the greatest of each window.
   *
   * @param signal {@code [batch, channels, height′, width′]}
   * @param input of {@link #greatest}
   * @param places as it gave them
   * @return shaped like the input
   */
  public Tensor throughGreatest(Tensor signal, Tensor input, Tensor places) {
    return Tensor.made(
        torch.max_pool2d_with_indices_backward(
            asIn(input, signal).t,
            input.t,
            pair(window),
            pair(stride),
            pair(padding),
            ONE,
            false,
            places.t));
  }

  /**
   * The mean of each window.
   *
   * @param input {@code [batch, channels, height, width]}
   * @return {@code [batch, channels, height′, width′]}
   */
  public Tensor mean(Tensor input) {
    try (LongOptional none = new LongOptional()) {
      return Tensor.made(
          torch.avg_pool2d(input.t, pair(window), pair(stride), pair(padding), false, true, none));
    }
  }

  /**
   * The signal carried back to all of each window.
   *
   * @param signal {@code [batch, channels, height′, width′]}
   * @param input of {@link #mean}
   * @return shaped like the input
   */
  public Tensor throughMean(Tensor signal, Tensor input) {
    try (LongOptional none = new LongOptional()) {
      return Tensor.made(
          torch.avg_pool2d_backward(
              asIn(input, signal).t,
              input.t,
              pair(window),
              pair(stride),
              pair(padding),
              false,
              true,
              none));
    }
  }

  /** The signal, lying as the input does: libtorch is slow where they differ. */
  private static Tensor asIn(Tensor input, Tensor signal) {
    return input.layout() == Layout.CHANNELS_LAST ? signal.channelsLast() : signal;
  }

  private static long[] pair(int x) {
    return new long[] {x, x};
  }
}
