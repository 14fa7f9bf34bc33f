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
 * Stochastic gradient descent, with momentum if asked for.
 *
 * <pre>
 *   plain:     W ← (1 − ηλ) W − η g             one product straight into W, no gradient buffer
 *   momentum:  m ← μ m + (g + λ W)             W ← W − η m
 *   nesterov:  m as above                      W ← W − η (g + λ W + μ m)   </pre>
 *
 * <p>As in PyTorch: m starts at zero and λ is part of the gradient.
 *
 * @param learningRate η
 * @param momentum μ in [0, 1)
 * @param acceleration plain momentum, or Nesterov's
 * @param decay λ
 * @param bias the rate of biases as a multiple of η; 1/128 repeats the code of Akrout et al. 2019,
 *     which divides their gradient by its batch of 128 twice
 */
@About("stochastic gradient descent with momentum")
public record Sgd(
    @Key("lr") @About("learning rate") double learningRate,
    @About("momentum, in [0, 1)") double momentum,
    @About("classical or nesterov") Acceleration acceleration,
    @About("weight decay") double decay,
    @About("rate of biases, as a multiple of lr") double bias)
    implements Optimizer {
  /** What momentum does. */
  public enum Acceleration {
    /** Polyak's. */
    CLASSICAL,
    /** Nesterov's. */
    NESTEROV
  }

  /**
   * Checks the numbers.
   *
   * @param learningRate above 0
   * @param momentum in [0, 1)
   * @param acceleration which
   * @param decay at least 0
   * @param bias at least 0
   */
  public Sgd {
    Check.positive("lr", learningRate);
    Check.fraction("momentum", momentum);
    Check.notNegative("decay", decay);
    Check.notNegative("bias", bias);
  }

  /** Rate 0.1, nothing else. */
  public Sgd() {
    this(0.1);
  }

  /**
   * Biases as fast as weights.
   *
   * @param learningRate η
   * @param momentum μ
   * @param acceleration which
   * @param decay λ
   */
  public Sgd(double learningRate, double momentum, Acceleration acceleration, double decay) {
    this(learningRate, momentum, acceleration, decay, 1);
  }

  /**
   * No momentum, no decay.
   *
   * @param learningRate η
   */
  public Sgd(double learningRate) {
    this(learningRate, 0, Acceleration.CLASSICAL, 0);
  }

  @Override
  public double rate() {
    return learningRate;
  }

  @Override
  public Stepper attach(List<Parameter> parameters) {
    return momentum == 0
        ? new PerParameter(parameters, learningRate, decay, Plain::new)
        : new PerParameter(parameters, learningRate, 0, Moving::new); // m holds the decay
  }

  /** What multiplies the rate of a parameter. */
  private double share(Parameter parameter) {
    return parameter.name().equals("bias") ? bias : 1;
  }

  private final class Plain implements PerParameter.Slot {
    private final Parameter parameter;
    private final Optional<Pieces> pieces;

    /** Only a working copy needs a pass of its own: else the product goes straight into W. */
    Plain(Parameter parameter) {
      this.parameter = parameter;
      pieces = parameter.copy().flatMap(_ -> Pieces.of(parameter, List.of()));
    }

    @Override
    public void update(Gradient gradient, double ofWeights) {
      double rate = ofWeights * share(parameter);
      double keep = 1 - rate * decay;
      if (pieces.isPresent()) {
        pieces.get().step(gradient, (fused, from, g) -> fused.sgd(from, g, keep, rate));
      } else {
        Pieces.product(parameter, gradient).addTo(parameter.value(), keep, -rate);
      }
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of();
    }
  }

  private final class Moving implements PerParameter.Slot {
    private final Parameter parameter;
    private final Tensor m;
    private final Optional<Pieces> pieces;

    Moving(Parameter parameter) {
      this.parameter = parameter;
      m = parameter.value().zerosLike();
      pieces = Pieces.of(parameter, List.of(m));
    }

    @Override
    public void update(Gradient gradient, double ofWeights) {
      double rate = ofWeights * share(parameter);
      boolean nesterov = acceleration == Acceleration.NESTEROV;
      if (pieces.isPresent()) {
        pieces
            .get()
            .step(
                gradient,
                (fused, from, g) ->
                    fused.momentum(
                        from, g, decay, momentum, rate, nesterov ? 1 : 0, nesterov ? momentum : 1));
        return;
      }
      Tensor w = parameter.value();
      Gradient g = Pieces.product(parameter, gradient);
      // With decay both forms need λW of before the step: it is added first.
      g.addTo(m, momentum, 1);
      if (decay != 0) {
        m.add(w, decay);
      }
      if (nesterov) {
        if (decay != 0) {
          w.multiply(1 - rate * decay);
        }
        g.addTo(w, 1, -rate);
        w.add(m, -rate * momentum);
      } else {
        w.add(m, -rate);
      }
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of("momentum", m);
    }
  }
}
