package org.plumbline.nn;

import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.tensor.WorkingCopy;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * A convolution over images.
 *
 * <pre>  a = h * W + b      h: [batch, in, height, width]   W: [out, in/groups, k, k]   b: [out]
 *   gW by a convolution of h and δ alone               gb = sums of δ over rows and places
 *   carried: δ P through Q, where P Q stands for W     </pre>
 *
 * @param channels of the output
 * @param kernel side of the square kernel
 * @param stride between neighbouring positions
 * @param padding zeros on each side
 * @param groups in which channels are convolved apart
 * @param bias whether a channel has one
 */
@About("a convolution over images")
public record Conv2d(
    @About("channels of the output") long channels,
    @About("side of the kernel") int kernel,
    @About("between neighbouring positions") int stride,
    @About("zeros on each side") int padding,
    @About("of channels convolved apart; as many as there are: depthwise") int groups,
    @About("whether it has a bias: with, without") Dense.Bias bias)
    implements Layer {
  /**
   * Checks the numbers.
   *
   * @param channels at least 1
   * @param kernel at least 1
   * @param stride at least 1
   * @param padding at least 0
   * @param groups at least 1, dividing the channels
   * @param bias with or without
   */
  public Conv2d {
    Check.atLeast("channels of conv2d", 1, channels);
    Check.atLeast("kernel of conv2d", 1, kernel);
    Check.atLeast("stride of conv2d", 1, stride);
    Check.atLeast("padding of conv2d", 0, padding);
    Check.atLeast("groups of conv2d", 1, groups);
    if (channels % groups != 0) {
      throw new BadInput(
          "groups of conv2d must divide its channels, but %d does not divide %d"
              .formatted(groups, channels));
    }
  }

  /** 32 channels, 3x3, the size of the image kept. */
  public Conv2d() {
    this(32, 3, 1, 1);
  }

  /**
   * With a bias, in one group.
   *
   * @param channels of the output
   * @param kernel side
   * @param stride between positions
   * @param padding on each side
   */
  public Conv2d(long channels, int kernel, int stride, int padding) {
    this(channels, kernel, stride, padding, 1, Dense.Bias.WITH);
  }

  @Override
  public Shape output(Shape input) {
    if (input.rank() != 3) {
      throw new BadInput(
          "conv2d takes images [channels, height, width], but its input is "
              + input
              + "; put it before 'flatten'");
    }
    if (input.axis(0) % groups != 0) {
      throw new BadInput(
          "groups of conv2d must divide the %d channels of its input, but are %d"
              .formatted(input.axis(0), groups));
    }
    long weights = (long) kernel * kernel * input.axis(0) / groups; // of one channel
    if (channels > Integer.MAX_VALUE / weights) {
      throw new BadInput(
          "conv2d may have at most %d weights, but %d channels of %d each make more; use fewer channels"
              .formatted(Integer.MAX_VALUE, channels, weights));
    }
    return Shape.of(channels, extent(input.axis(1)), extent(input.axis(2)));
  }

  private long extent(long size) {
    if (size + 2L * padding < kernel) {
      throw new BadInput(
          "conv2d with kernel %d and padding %d needs images of at least %d, but its input has %d; use a smaller kernel or more padding"
              .formatted(kernel, padding, Math.max(1, kernel - 2 * padding), size));
    }
    return (size + 2L * padding - kernel) / stride + 1;
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    long in = input.axis(0) / groups;
    long window = (long) kernel * kernel;
    long fan = Math.multiplyExact(in, window);
    Parameter weight =
        Half.weight(
            birth
                .initialiser()
                .weight(birth.seed().child("weight"), channels, fan, channels * window)
                .reshaped(channels, in, kernel, kernel)
                .to(birth.precision())
                .to(birth.device()),
            birth);
    Optional<Parameter> b =
        bias == Dense.Bias.WITHOUT
            ? Optional.empty()
            : Optional.of(
                new Parameter(
                    "bias",
                    birth
                        .initialiser()
                        .bias(birth.seed().child("bias"), channels, fan)
                        .to(birth.precision())
                        .to(birth.device())));
    return Shrunk.of(
        new Live(weight, b, new Convolution(stride, padding, groups)), birth.initialiser(), fan);
  }

  private record Live(Parameter weight, Optional<Parameter> bias, Convolution convolution)
      implements Block {
    @Override
    public Step step(Tensor input, Mode mode) {
      return new Pass(
          this, input, weight.copy().map(c -> half(input, c)).orElseGet(() -> full(input)));
    }

    private Tensor full(Tensor input) {
      return bias.map(b -> convolution.of(input, weight.value(), b.value()))
          .orElseGet(() -> convolution.of(input, weight.value()));
    }

    private Tensor half(Tensor input, WorkingCopy copy) {
      Tensor output = Half.convolved(convolution, input, copy);
      bias.ifPresent(b -> output.add(b.value().reshaped(1, -1, 1, 1), 1));
      return output;
    }

    @Override
    public List<Parameter> parameters() {
      return bias.map(b -> List.of(weight, b)).orElseGet(() -> List.of(weight));
    }

    @Override
    public String describe() {
      Shape shape = weight.value().shape();
      return "conv %dx%d %d→%d%s%s"
          .formatted(
              shape.axis(2),
              shape.axis(3),
              shape.axis(1) * convolution.groups(),
              shape.axis(0),
              convolution.stride() > 1 ? " stride " + convolution.stride() : "",
              convolution.groups() > 1 ? " in %d groups".formatted(convolution.groups()) : "");
    }
  }

  private record Pass(Live block, Tensor input, Tensor output) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(new Pass(block, input, output.firstRows(rows)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      var ofWeight =
          new Gradients.Entry(
              block.weight,
              new Gradient.Convolved(signal, input, block.weight.value(), block.convolution));
      return block
          .bias
          .map(b ->
              new Gradients(
                  List.of(
                      ofWeight,
                      new Gradients.Entry(b, new Gradient.Summed(signal, signal.channelSums())))))
          .orElseGet(() -> new Gradients(List.of(ofWeight)));
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return block
          .weight
          .copy()
          .map(c -> Half.byInput(block.convolution, signal, input, block.weight, c, backward))
          .orElseGet(() ->
              block.convolution.byInput(
                  backward.mixed(block.weight, signal), input, backward.instead(block.weight)));
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      try (var _ = Meter.as(Meter.Part.EXTRA)) {
        return localTangent(tangent);
      }
    }

    @Override
    public Tensor localTangent(Tensor tangent) {
      return block.convolution.of(tangent, block.weight.value());
    }
  }
}
