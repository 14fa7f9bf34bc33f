package org.plumbline.optim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;
import org.plumbline.value.Key;

/**
 * RMSprop: each weight's step is divided by the root of its mean squared gradient.
 *
 * <pre>  g ← g + λ W        v ← α v + (1 − α) g²        W ← W − η g / (√v + ε)   </pre>
 *
 * <p>Tieleman, Hinton 2012, as in PyTorch.
 *
 * @param learningRate η
 * @param alpha α in [0, 1)
 * @param epsilon ε
 * @param decay λ
 */
@About("steps divided by the root of the mean squared gradient")
public record RmsProp(
    @Key("lr") @About("learning rate") double learningRate,
    @About("memory of the mean square, in [0, 1)") double alpha,
    @Key("eps") @About("added to the root") double epsilon,
    @About("weight decay") double decay)
    implements Optimizer {
  /**
   * Checks the numbers.
   *
   * @param learningRate above 0
   * @param alpha in [0, 1)
   * @param epsilon above 0
   * @param decay at least 0
   */
  public RmsProp {
    Check.positive("lr", learningRate);
    Check.fraction("alpha", alpha);
    Check.positive("eps", epsilon);
    Check.notNegative("decay", decay);
  }

  /** Rate 0.001, α 0.99, ε 1e-8. */
  public RmsProp() {
    this(1e-3);
  }

  /**
   * α 0.99, ε 1e-8, no decay.
   *
   * @param learningRate η
   */
  public RmsProp(double learningRate) {
    this(learningRate, 0.99, 1e-8, 0);
  }

  @Override
  public double rate() {
    return learningRate;
  }

  @Override
  public Stepper attach(List<Parameter> parameters) {
    return new PerParameter(parameters, learningRate, 0, Moving::new);
  }

  private final class Moving implements PerParameter.Slot {
    private final Parameter parameter;
    private final Tensor v;
    private final Optional<Pieces> pieces;
    private final Optional<Unfused> buffers;

    Moving(Parameter parameter) {
      this.parameter = parameter;
      v = parameter.value().zerosLike();
      pieces = Pieces.of(parameter, List.of(v));
      buffers = pieces.isPresent() ? Optional.empty() : Optional.of(Unfused.of(parameter));
    }

    @Override
    public void update(Gradient gradient, double rate) {
      pieces.ifPresent(p ->
          p.step(gradient, (fused, from, g) -> fused.rms(from, g, decay, alpha, epsilon, rate)));
      buffers.ifPresent(b -> {
        Tensor g = b.decayed(parameter, gradient, decay);
        v.multiply(alpha).addTimes(g, g, 1 - alpha);
        parameter.value().addOver(g, b.root().setSqrt(v).add(epsilon), -rate);
      });
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of("square", v);
    }
  }
}
