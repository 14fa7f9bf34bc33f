package org.plumbline.nn;

import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.tensor.WorkingCopy;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * A dense layer.
 *
 * <pre>  a = h Wᵀ + b      h: [batch, in]   W: [out, in]   b: [out]   a: [batch, out]
 *   gW = δᵀ h         gb = column sums of δ              carried: δ P Q, where P Q stands for W
 * </pre>
 *
 * @param width the number of units, {@code out}
 * @param bias whether b is there
 */
@About("a dense layer, a = h Wᵀ + b")
public record Dense(
    @About("number of units") long width, @About("whether it has a bias: with, without") Bias bias)
    implements Layer {
  /** Whether a dense layer has a bias. */
  public enum Bias {
    /** One number a unit is added. */
    WITH,
    /** Nothing is added. */
    WITHOUT
  }

  /**
   * Checks the width.
   *
   * @param width at least 1
   * @param bias with or without
   */
  public Dense {
    Check.atLeast("width of a dense layer", 1, width);
  }

  /** 128 units with a bias. */
  public Dense() {
    this(128);
  }

  /**
   * Units with a bias.
   *
   * @param width how many
   */
  public Dense(long width) {
    this(width, Bias.WITH);
  }

  @Override
  public Shape output(Shape input) {
    if (input.rank() != 1) {
      throw new BadInput(
          "a dense layer takes rows of numbers [features], but its input is "
              + input
              + "; put 'flatten' before it");
    }
    if (input.axis(0) > Integer.MAX_VALUE / width) {
      throw new BadInput(
          "a dense layer may have at most %d weights, but %d inputs and width %d make more; use a smaller width"
              .formatted(Integer.MAX_VALUE, input.axis(0), width));
    }
    return Shape.of(width);
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    long in = input.axis(0);
    Parameter weight =
        Half.weight(
            birth
                .initialiser()
                .weight(birth.seed().child("weight"), width, in)
                .to(birth.precision())
                .to(birth.device()),
            birth);
    if (bias == Bias.WITHOUT) {
      return Shrunk.of(
          new Live(weight, Optional.empty(), Optional.empty()), birth.initialiser(), in);
    }
    Tensor b =
        birth
            .initialiser()
            .bias(birth.seed().child("bias"), width, in)
            .to(birth.precision())
            .to(birth.device());
    return Shrunk.of(
        new Live(weight, Optional.of(new Parameter("bias", b)), Optional.of(b.reshaped(width, 1))),
        birth.initialiser(),
        in);
  }

  /**
   * A dense layer at work.
   *
   * @param column the bias again, {@code [out, 1]}
   */
  private record Live(Parameter weight, Optional<Parameter> bias, Optional<Tensor> column)
      implements Block {
    @Override
    public Step step(Tensor input, Mode mode) {
      return new Pass(
          this, input, weight.copy().map(c -> half(input, c)).orElseGet(() -> full(input)));
    }

    private Tensor full(Tensor input) {
      return column
          .map(b -> input.linear(weight.value(), b))
          .orElseGet(() -> input.linear(weight.value()));
    }

    private Tensor half(Tensor input, WorkingCopy copy) {
      Tensor output = Half.linear(input, copy);
      bias.ifPresent(b -> output.add(b.value(), 1));
      return output;
    }

    @Override
    public List<Parameter> parameters() {
      return bias.map(b -> List.of(weight, b)).orElseGet(() -> List.of(weight));
    }

    @Override
    public String describe() {
      return "dense " + weight.value().size(1) + "→" + weight.value().size(0);
    }
  }

  private record Pass(Live block, Tensor input, Tensor output) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(new Pass(block, input, output.firstRows(rows)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      var ofWeight = new Gradients.Entry(block.weight, new Gradient.Factored(signal, input));
      return block
          .bias
          .map(b ->
              new Gradients(
                  List.of(
                      ofWeight,
                      new Gradients.Entry(b, new Gradient.Summed(signal, signal.columnSums())))))
          .orElseGet(() -> new Gradients(List.of(ofWeight)));
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return block
          .weight
          .copy()
          .map(c -> Half.carry(signal, input, block.weight, c, backward))
          .orElseGet(() ->
              backward.mixed(block.weight, signal).matmul(backward.instead(block.weight), input));
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      try (var _ = Meter.as(Meter.Part.EXTRA)) {
        return localTangent(tangent);
      }
    }

    @Override
    public Tensor localTangent(Tensor tangent) {
      return tangent.linear(block.weight.value());
    }
  }
}
