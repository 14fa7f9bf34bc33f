package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/** Images {@code [batch, channels, height, width]} as rows of numbers {@code [batch, features]}. */
@About("images as rows of numbers")
public record Flatten() implements Layer, Block {
  @Override
  public Shape output(Shape input) {
    return Shape.of(input.size());
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    return this;
  }

  @Override
  public String describe() {
    return "flatten";
  }

  @Override
  public Step step(Tensor input, Mode mode) {
    return new Pass(input, input.reshaped(input.size(0), -1));
  }

  private record Pass(Tensor input, Tensor output) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(new Pass(input, input.reshaped(rows, -1)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return signal.reshaped(input.shape().toArray());
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return tangent.reshaped(output.shape().toArray());
    }
  }
}
