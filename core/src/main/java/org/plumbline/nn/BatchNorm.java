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
 * Batch normalisation: every channel brought to mean 0 and variance 1 over the batch and all
 * places; in evaluation with running statistics.
 *
 * <pre>
 *   y = scale (h − mean) / √(variance + ε) + shift
 *   running ← (1 − m) running + m batch            once a training step; the variance unbiased
 * </pre>
 *
 * <p>Ioffe, Szegedy 2015, <a href="https://arxiv.org/abs/1502.03167">arXiv:1502.03167</a>. A pass
 * does not change the running statistics; {@link Step#settle} does, once a step, so that a probe or
 * a second pass of a rule leaves no trace in them. A training batch of one number a channel cannot
 * be normalised: it passes with the running statistics. Some published numbers are of test rows
 * normalised by their own batches, of 500 here where memory allows: {@code evaluation=batch}
 * repeats that, and makes an answer depend on the rows beside it.
 *
 * @param momentum m, the weight of the newest batch
 * @param epsilon ε
 * @param affine whether scale and shift are learned
 * @param evaluation whose mean and variance normalise in evaluation
 */
@About("every channel brought to mean 0 and variance 1 over the batch")
public record BatchNorm(
    @About("weight of the newest batch in the running statistics") double momentum,
    @About("added to the variance") double epsilon,
    @About("learned scale and shift: with, without") Affine affine,
    @About("statistics in evaluation: running, batch") Statistics evaluation)
    implements Layer {
  /** Of what batch normalisation takes the mean and the variance in evaluation. */
  public enum Statistics {
    /** Of the batches of training, the newest ones most. */
    RUNNING,
    /** Of the rows that pass. */
    BATCH
  }

  /**
   * Checks the numbers.
   *
   * @param momentum in (0, 1]
   * @param epsilon above 0
   * @param affine with or without
   * @param evaluation running or batch
   */
  public BatchNorm {
    Check.positive("momentum of batch-norm", momentum);
    if (momentum > 1) {
      throw new BadInput("momentum of batch-norm must be at most 1, but is " + momentum);
    }
    Check.positive("epsilon of batch-norm", epsilon);
  }

  /** Momentum 0.1, ε 1e-5, learned scale and shift, running statistics. */
  public BatchNorm() {
    this(0.1, 1e-5, Affine.WITH);
  }

  /**
   * With running statistics.
   *
   * @param momentum in (0, 1]
   * @param epsilon above 0
   * @param affine with or without
   */
  public BatchNorm(double momentum, double epsilon, Affine affine) {
    this(momentum, epsilon, affine, Statistics.RUNNING);
  }

  @Override
  public Shape output(Shape input) {
    return input;
  }

  @Override
  public Block attach(Shape input, Birth birth) {
    long channels = input.axis(0);
    Tensor zeros = Tensor.zeros(birth.precision(), channels).to(birth.device());
    return new Live(
        this,
        Channels.of(affine, channels, birth),
        zeros,
        zeros.copied().fill(1),
        new Normalisation(epsilon));
  }

  private record Live(
      BatchNorm value,
      Optional<Channels> affine,
      Tensor mean,
      Tensor variance,
      Normalisation normalisation)
      implements Block {
    @Override
    public Step step(Tensor input, Mode mode) {
      Optional<Tensor> scale = affine.map(a -> a.scale().value());
      Optional<Tensor> shift = affine.map(a -> a.shift().value());
      boolean own = mode.randomness().isPresent() || value.evaluation == Statistics.BATCH;
      if (own && input.size() > input.size(1)) {
        return new Trained(
            this, input, normalisation.overBatch(input, scale, shift), new Remembered());
      }
      return new Evaluated(this, input, normalisation.with(input, scale, shift, mean, variance));
    }

    @Override
    public List<Parameter> parameters() {
      return Channels.parameters(affine);
    }

    @Override
    public List<Parameter> buffers() {
      return List.of(new Parameter("mean", mean), new Parameter("variance", variance));
    }

    @Override
    public String describe() {
      return "batch-norm";
    }

    private Tensor centred(Tensor input, Tensor mean, Tensor inverse) {
      return input.minus(Channels.beside(mean, input)).multiply(Channels.beside(inverse, input));
    }
  }

  private record Trained(
      Live block, Tensor input, Normalisation.Normalised pass, Remembered remembered)
      implements Step {
    @Override
    public Tensor output() {
      return pass.output();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return block
          .affine
          .map(a -> a.gradients(through(signal).get(1), through(signal).get(2)))
          .orElse(Gradients.NONE);
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return through(signal).getFirst();
    }

    /** The signal carried back, and the gradients of scale and shift if there are. */
    private List<Tensor> through(Tensor signal) {
      return remembered
          .of(signal)
          .orElseGet(() ->
              remembered.keep(
                  signal,
                  block.normalisation.throughBatch(
                      signal, input, block.affine.map(a -> a.scale().value()), pass)));
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return carry(tangent, Parameter::value); // symmetric: one scale a channel
    }

    @Override
    public void settle() {
      double m = block.value.momentum;
      double count = (double) input.size() / input.size(1);
      // inverse = 1 / √(variance + ε)
      Tensor variance = pass.inverse().squared();
      Tensor unbiased =
          variance
              .zerosLike()
              .fill(1)
              .over(variance)
              .add(-block.value.epsilon)
              .multiply(count / (count - 1));
      block.mean.approach(pass.mean(), m);
      block.variance.approach(unbiased, m);
    }
  }

  private record Evaluated(Live block, Tensor input, Tensor output) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(new Evaluated(block, input, output.firstRows(rows)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return block
          .affine
          .map(a -> a.of(signal, block.centred(input, block.mean, inverse())))
          .orElse(Gradients.NONE);
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      Tensor slope =
          block.affine.map(a -> inverse().times(a.scale().value())).orElseGet(this::inverse);
      return signal.times(Channels.beside(slope, input));
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return carry(tangent, Parameter::value);
    }

    private Tensor inverse() {
      Tensor deviation = block.variance.plus(block.value.epsilon).sqrt();
      return deviation.zerosLike().fill(1).over(deviation);
    }
  }
}
