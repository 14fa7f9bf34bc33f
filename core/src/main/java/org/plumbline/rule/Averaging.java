package org.plumbline.rule;

import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

/**
 * Average pooling of feature maps before a head, to height′ · width′ windows that cover a map
 * evenly and may overlap by a place. Of rows of numbers, and of maps that are small enough, nothing
 * is taken.
 *
 * <pre>
 *   row i of windows: the places from ⌊i h/h′⌋ to ⌈(i + 1) h/h′⌉ of the height, alike of the width
 * </pre>
 *
 * @param windows what is averaged into each: {@code [height · width, height′ · width′]}; none where
 *     all is passed on
 * @param width numbers that come out of a row
 */
record Averaging(Optional<Tensor> windows, long width) {
  /**
   * Halves height and width in turn, rounding up, until a row has at most so many numbers, or one a
   * channel.
   *
   * @param map the shape of one row
   * @param most numbers; 0 for any
   * @param like has the precision and the device
   */
  static Averaging of(Shape map, long most, Tensor like) {
    if (map.rank() != 3 || most == 0 || map.size() <= most) {
      return new Averaging(Optional.empty(), map.size());
    }
    long channels = map.axis(0);
    int height = Math.toIntExact(map.axis(1));
    int width = Math.toIntExact(map.axis(2));
    int h = height;
    int w = width;
    while (channels * h * w > most && h * w > 1) {
      if (h >= w) {
        h = (h + 1) / 2;
      } else {
        w = (w + 1) / 2;
      }
    }
    double[] windows = new double[height * width * h * w];
    for (int i = 0; i < h; i++) {
      for (int j = 0; j < w; j++) {
        int bottom = up((i + 1) * height, h);
        int right = up((j + 1) * width, w);
        int top = i * height / h;
        int left = j * width / w;
        double share = 1.0 / (bottom - top) / (right - left);
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            windows[(y * width + x) * h * w + i * w + j] = share;
          }
        }
      }
    }
    Tensor matrix =
        Tensor.of(windows, (long) height * width, (long) h * w)
            .to(like.precision())
            .to(like.device());
    return new Averaging(Optional.of(matrix), channels * h * w);
  }

  private static int up(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  /** What the head reads, {@code [rows, width]} of {@code [rows, n_l]}. */
  Tensor of(Tensor h) {
    return windows.map(p -> h.reshaped(-1, p.size(0)).matmul(p).reshaped(h.size(0), -1)).orElse(h);
  }

  /** A gradient by what the head reads, by what was averaged: {@code [rows, n_l]}. */
  Tensor back(Tensor gradient) {
    return windows
        .map(p ->
            gradient.reshaped(-1, p.size(1)).matmul(p.transposed()).reshaped(gradient.size(0), -1))
        .orElse(gradient);
  }
}
