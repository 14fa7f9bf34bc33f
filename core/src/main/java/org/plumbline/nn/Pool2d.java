package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Pooling;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/** Pooling of images: fewer places, the same channels, nothing to learn. */
public sealed interface Pool2d extends Layer, Block {
  /**
   * The windows.
   *
   * @return window, stride and padding
   */
  Pooling windows();

  /**
   * One word.
   *
   * @return for messages
   */
  String word();

  @Override
  default Shape output(Shape input) {
    if (input.rank() != 3) {
      throw new BadInput(
          "%s takes images [channels, height, width], but its input is %s; put it before 'flatten'"
              .formatted(word(), input));
    }
    return Shape.of(input.axis(0), extent(input.axis(1)), extent(input.axis(2)));
  }

  @Override
  default Block attach(Shape input, Birth birth) {
    output(input);
    return this;
  }

  @Override
  default String describe() {
    return "%s %d/%d".formatted(word(), windows().window(), windows().stride());
  }

  private long extent(long size) {
    Pooling p = windows();
    if (size + 2L * p.padding() < p.window()) {
      throw new BadInput(
          "%s with window %d and padding %d needs images of at least %d, but its input has %d"
              .formatted(word(), p.window(), p.padding(), p.window() - 2 * p.padding(), size));
    }
    return (size + 2L * p.padding() - p.window()) / p.stride() + 1;
  }

  private static Pooling checked(String word, int window, int stride, int padding) {
    Check.atLeast("window of " + word, 1, window);
    Check.atLeast("stride of " + word, 1, stride);
    Check.atLeast("padding of " + word, 0, padding);
    if (2 * padding > window) {
      throw new BadInput(
          "padding of %s must be at most half its window, but is %d of %d"
              .formatted(word, padding, window));
    }
    return new Pooling(window, stride, padding);
  }

  /**
   * The greatest of each window; the signal goes to where it was.
   *
   * @param window side of the square window
   * @param stride between windows
   * @param padding on each side
   */
  @About("the greatest of each window of an image")
  record Max(
      @About("side of the window") int window,
      @About("between windows") int stride,
      @About("on each side") int padding)
      implements Pool2d {
    /**
     * Checks the numbers.
     *
     * @param window at least 1
     * @param stride at least 1
     * @param padding at most half the window
     */
    public Max {
      checked("max-pool", window, stride, padding);
    }

    /** Windows of 2, side by side. */
    public Max() {
      this(2, 2, 0);
    }

    @Override
    public Pooling windows() {
      return new Pooling(window, stride, padding);
    }

    @Override
    public String word() {
      return "max-pool";
    }

    @Override
    public Step step(Tensor input, Mode mode) {
      Pooling.Greatest greatest = windows().greatest(input);
      return new MaxPass(windows(), input, greatest.values(), greatest.places());
    }
  }

  /**
   * The mean of each window.
   *
   * @param window side of the square window
   * @param stride between windows
   * @param padding on each side; its zeros count
   */
  @About("the mean of each window of an image")
  record Average(
      @About("side of the window") int window,
      @About("between windows") int stride,
      @About("on each side") int padding)
      implements Pool2d {
    /**
     * Checks the numbers.
     *
     * @param window at least 1
     * @param stride at least 1
     * @param padding at most half the window
     */
    public Average {
      checked("average-pool", window, stride, padding);
    }

    /** Windows of 2, side by side. */
    public Average() {
      this(2, 2, 0);
    }

    @Override
    public Pooling windows() {
      return new Pooling(window, stride, padding);
    }

    @Override
    public String word() {
      return "average-pool";
    }

    @Override
    public Step step(Tensor input, Mode mode) {
      return new MeanPass(windows(), input, windows().mean(input));
    }
  }

  /**
   * One pass through a maximum.
   *
   * @param windows of it
   * @param input {@code [batch, channels, height, width]}
   * @param output {@code [batch, channels, height′, width′]}
   * @param places where the greatest were, INT64
   */
  record MaxPass(Pooling windows, Tensor input, Tensor output, Tensor places) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(
          new MaxPass(windows, input, output.firstRows(rows), places.firstRows(rows)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return windows.throughGreatest(signal, input, places);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      long n = input.size(0);
      long c = input.size(1);
      Tensor at = tangent.reshaped(n * c, -1).gathered(places.reshaped(n * c, -1));
      return at.reshaped(output.shape().toArray());
    }
  }

  /**
   * One pass through a mean.
   *
   * @param windows of it
   * @param input {@code [batch, channels, height, width]}
   * @param output {@code [batch, channels, height′, width′]}
   */
  record MeanPass(Pooling windows, Tensor input, Tensor output) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(new MeanPass(windows, input, output.firstRows(rows)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return windows.throughMean(signal, input);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return windows.mean(tangent);
    }
  }
}
