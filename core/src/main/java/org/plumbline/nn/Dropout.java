package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Inverted dropout: in training each number is zeroed with probability {@code rate}, the others
 * divided by 1 − rate. The pass keeps its mask, which is also the local derivative. Srivastava et
 * al. 2014.
 *
 * @param rate the probability of zero
 */
@About("inverted dropout")
public record Dropout(@About("probability of zero") double rate) implements Layer, Block {
  /**
   * Checks the rate.
   *
   * @param rate in [0, 1)
   */
  public Dropout {
    Check.fraction("dropout rate", rate);
  }

  /** Rate 0.1. */
  public Dropout() {
    this(0.1);
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    return this;
  }

  @Override
  public String describe() {
    return "dropout " + rate;
  }

  @Override
  public Step step(Tensor input, Mode mode) {
    Optional<Tensor> mask =
        rate == 0
            ? Optional.empty()
            : mode.randomness()
                .map(seed ->
                    seed.mask(rate, input.shape().toArray())
                        .to(input.precision())
                        .to(input.device()));
    return new Pass(input, mask.map(input::times).orElse(input), mask);
  }

  private record Pass(Tensor input, Tensor output, Optional<Tensor> mask) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(new Pass(input, output.firstRows(rows), mask.map(m -> m.firstRows(rows))));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return mask.map(signal::times).orElse(signal);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return mask.map(tangent::times).orElse(tangent);
    }
  }
}
