package org.plumbline.nn;

import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Tensor;

/**
 * A linear layer that hears its input times a number: the tangent-kernel parameterisation.
 *
 * <pre>  a = (f h) Wᵀ + b        gW = δᵀ (f h)        carried: f δ W   </pre>
 *
 * @param linear a dense layer or a convolution at work
 * @param factor f
 */
record Shrunk(Block linear, double factor) implements Block {
  /** The layer as its initialiser would have it: itself where nothing is multiplied. */
  static Block of(Block linear, Initialiser initialiser, long in) {
    double factor = initialiser.multiplier(in);
    return factor == 1 ? linear : new Shrunk(linear, factor);
  }

  @Override
  public Step step(Tensor input, Mode mode) {
    return new Pass(input, linear.step(input.scaled(factor), mode), factor);
  }

  @Override
  public List<Parameter> parameters() {
    return linear.parameters();
  }

  @Override
  public String describe() {
    return linear.describe() + " ntk";
  }

  private record Pass(Tensor input, Step linear, double factor) implements Step {
    @Override
    public Tensor output() {
      return linear.output();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return linear.gradients(signal);
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return linear.carry(signal, backward).scaled(factor);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return linear.tangent(tangent.scaled(factor));
    }

    @Override
    public Tensor localTangent(Tensor tangent) {
      return linear.localTangent(tangent.scaled(factor));
    }

    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return linear.first(rows, input.scaled(factor)).map(first -> new Pass(input, first, factor));
    }
  }
}
