package org.plumbline.nn;

import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Normalisation;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Group normalisation: in every row, each group of channels brought to mean 0 and variance 1 over
 * its channels and places. The same in training and evaluation, with no statistics to keep.
 *
 * <pre>  y = scale (h − mean) / √(variance + ε) + shift        scale, shift: one number a channel
 * </pre>
 *
 * <p>Wu, He 2018, <a href="https://arxiv.org/abs/1803.08494">arXiv:1803.08494</a>. One group over
 * rows of numbers is layer normalisation, Ba, Kiros, Hinton 2016, <a
 * href="https://arxiv.org/abs/1607.06450">arXiv:1607.06450</a>.
 *
 * @param groups of channels
 * @param epsilon ε
 * @param affine whether scale and shift are learned
 */
@About("in every row, groups of channels brought to mean 0 and variance 1")
public record GroupNorm(
    @About("groups of channels") long groups,
    @About("added to the variance") double epsilon,
    @About("learned scale and shift: with, without") Affine affine)
    implements Layer {
  /**
   * Checks the numbers.
   *
   * @param groups at least 1
   * @param epsilon above 0
   * @param affine with or without
   */
  public GroupNorm {
    Check.atLeast("groups of group-norm", 1, groups);
    Check.positive("epsilon of group-norm", epsilon);
  }

  /** One group, ε 1e-5, learned scale and shift: layer normalisation. */
  public GroupNorm() {
    this(1, 1e-5, Affine.WITH);
  }

  @Override
  public Shape output(Shape input) {
    if (input.axis(0) % groups != 0) {
      throw new BadInput(
          "groups of group-norm must divide the %d channels of its input, but are %d"
              .formatted(input.axis(0), groups));
    }
    if (input.size() == groups) {
      throw new BadInput(
          "group-norm needs more than one number a group, but its input %s in %d groups has one; use fewer groups"
              .formatted(input, groups));
    }
    return input;
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    output(input);
    return new Live(groups, Channels.of(affine, input.axis(0), birth), new Normalisation(epsilon));
  }

  private record Live(long groups, Optional<Channels> affine, Normalisation normalisation)
      implements Block {
    @Override
    public Step step(Tensor input, Mode mode) {
      return new Pass(
          this,
          input,
          normalisation.overGroups(
              input,
              affine.map(a -> a.scale().value()),
              affine.map(a -> a.shift().value()),
              groups));
    }

    @Override
    public List<Parameter> parameters() {
      return Channels.parameters(affine);
    }

    @Override
    public String describe() {
      return groups == 1 ? "layer-norm" : "group-norm in " + groups;
    }
  }

  private record Pass(Live block, Tensor input, Normalisation.Normalised pass) implements Step {
    @Override
    public Tensor output() {
      return pass.output();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return block.affine.map(a -> a.of(signal, normalised())).orElse(Gradients.NONE);
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return block.normalisation.throughGroups(
          signal, input, block.affine.map(a -> a.scale().value()), block.groups, pass);
    }

    /** Without scale and shift the derivative is symmetric; the scale comes last. */
    @Override
    public Tensor tangent(Tensor tangent) {
      Tensor moved =
          block.normalisation.throughGroups(tangent, input, Optional.empty(), block.groups, pass);
      return block
          .affine
          .map(a -> moved.times(Channels.beside(a.scale().value(), input)))
          .orElse(moved);
    }

    private Tensor normalised() {
      long rows = input.size(0) * block.groups;
      return input
          .reshaped(rows, -1)
          .minus(pass.mean().reshaped(rows, 1))
          .multiply(pass.inverse().reshaped(rows, 1))
          .reshaped(input.shape().toArray());
    }
  }
}
