package org.plumbline.nn;

import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Channels of zeros before and after those of an image: the shortcut without weights of residual
 * networks, behind {@code average-pool:window=1,stride=2} that leaves out every second place.
 *
 * <p>He, Zhang, Ren, Sun 2016, <a href="https://arxiv.org/abs/1512.03385">arXiv:1512.03385</a>,
 * option A.
 *
 * @param channels of the output
 */
@About("channels of zeros around those of an image")
public record Widen(@About("channels of the output") long channels) implements Layer {
  /**
   * Checks the number.
   *
   * @param channels at least 1
   */
  public Widen {
    Check.atLeast("channels of widen", 1, channels);
  }

  /** 32 channels. */
  public Widen() {
    this(32);
  }

  @Override
  public Shape output(Shape input) {
    if (input.rank() != 3 || input.axis(0) > channels) {
      throw new BadInput(
          "widen takes images of at most %d channels, [channels, height, width], but its input is %s"
              .formatted(channels, input));
    }
    return Shape.of(channels, input.axis(1), input.axis(2));
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    return new Live(input.axis(0), (channels - input.axis(0)) / 2, channels);
  }

  private record Live(long given, long before, long channels) implements Block {
    @Override
    public Step step(Tensor input, Mode mode) {
      return new Pass(this, input, widened(input));
    }

    @Override
    public String describe() {
      return "widen %d→%d".formatted(given, channels);
    }

    private Tensor widened(Tensor input) {
      Tensor wide =
          Tensor.zeros(input.precision(), input.size(0), channels, input.size(2), input.size(3))
              .to(input.device());
      wide.columns(before, given).copyFrom(input);
      return wide;
    }
  }

  private record Pass(Live block, Tensor input, Tensor output) implements Step {
    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return signal.columns(block.before, block.given).contiguous();
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return block.widened(tangent);
    }
  }
}
