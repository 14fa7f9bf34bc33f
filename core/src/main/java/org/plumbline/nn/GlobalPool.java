package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;

/** The mean of each channel over all places: images as rows of numbers, one a channel. */
@About("the mean of each channel over all places, as a row of numbers")
public record GlobalPool() implements Layer, Block {
  @Override
  public Shape output(Shape input) {
    if (input.rank() != 3) {
      throw new BadInput(
          "global-pool takes images [channels, height, width], but its input is " + input);
    }
    return Shape.of(input.axis(0));
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    return this;
  }

  @Override
  public String describe() {
    return "global-pool";
  }

  @Override
  public Step step(Tensor input, Mode mode) {
    return new Pass(input, mean(input));
  }

  private static Tensor mean(Tensor images) {
    long places = images.size(2) * images.size(3);
    return images.reshaped(images.size(0), images.size(1), places).sum(2).multiply(1.0 / places);
  }

  private record Pass(Tensor input, Tensor output) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(new Pass(input, output.firstRows(rows)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      double places = input.size(2) * input.size(3);
      Tensor each = signal.scaled(1 / places).reshaped(signal.size(0), signal.size(1), 1, 1);
      return input.zerosLike().add(each, 1);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return mean(tangent);
    }
  }
}
