package org.plumbline.optim;

import java.util.List;
import org.plumbline.nn.Parameter;
import org.plumbline.value.About;
import org.plumbline.value.Check;
import org.plumbline.value.Key;

/**
 * Adam: adaptive moments, decay in the gradient.
 *
 * <pre>  g ← g + λ W        m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
 *   W ← W − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)        t: updates of this parameter   </pre>
 *
 * <p>Kingma, Ba 2015, <a href="https://arxiv.org/abs/1412.6980">arXiv:1412.6980</a>, as in PyTorch.
 *
 * @param learningRate η
 * @param beta1 β₁ in [0, 1)
 * @param beta2 β₂ in [0, 1)
 * @param epsilon ε
 * @param decay λ
 */
@About("adaptive moments, decay in the gradient")
public record Adam(
    @Key("lr") @About("learning rate") double learningRate,
    @Key("beta1") @About("memory of the mean, in [0, 1)") double beta1,
    @Key("beta2") @About("memory of the square, in [0, 1)") double beta2,
    @Key("eps") @About("added to the root") double epsilon,
    @About("weight decay") double decay)
    implements Optimizer {
  /**
   * Checks the numbers.
   *
   * @param learningRate above 0
   * @param beta1 in [0, 1)
   * @param beta2 in [0, 1)
   * @param epsilon above 0
   * @param decay at least 0
   */
  public Adam {
    Check.positive("lr", learningRate);
    Check.fraction("beta1", beta1);
    Check.fraction("beta2", beta2);
    Check.positive("eps", epsilon);
    Check.notNegative("decay", decay);
  }

  /** Rate 0.001. */
  public Adam() {
    this(1e-3);
  }

  /**
   * β 0.9 and 0.999, ε 1e-8, decay 0.
   *
   * @param learningRate η
   */
  public Adam(double learningRate) {
    this(learningRate, 0.9, 0.999, 1e-8, 0);
  }

  @Override
  public double rate() {
    return learningRate;
  }

  @Override
  public Stepper attach(List<Parameter> parameters) {
    return new PerParameter(
        parameters, learningRate, 0, p -> new Adaptive(p, beta1, beta2, epsilon, decay, 0));
  }
}
