package org.plumbline.optim;

import java.util.List;
import org.plumbline.nn.Parameter;
import org.plumbline.value.About;
import org.plumbline.value.Check;
import org.plumbline.value.Key;

/**
 * AdamW: adaptive moments, decay apart from the gradient.
 *
 * <pre>  W ← (1 − ηλ) W        m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
 *   W ← W − η (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)        t: updates of this parameter   </pre>
 *
 * <p>Loshchilov, Hutter 2019, <a href="https://arxiv.org/abs/1711.05101">arXiv:1711.05101</a>, as
 * in PyTorch.
 *
 * @param learningRate η
 * @param beta1 β₁ in [0, 1)
 * @param beta2 β₂ in [0, 1)
 * @param epsilon ε
 * @param decay λ
 */
@About("adaptive moments, decay apart from the gradient")
public record AdamW(
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
  public AdamW {
    Check.positive("lr", learningRate);
    Check.fraction("beta1", beta1);
    Check.fraction("beta2", beta2);
    Check.positive("eps", epsilon);
    Check.notNegative("decay", decay);
  }

  /** Rate 0.001. */
  public AdamW() {
    this(1e-3);
  }

  /**
   * β 0.9 and 0.999, ε 1e-8, decay 0.01.
   *
   * @param learningRate η
   */
  public AdamW(double learningRate) {
    this(learningRate, 0.9, 0.999, 1e-8, 0.01);
  }

  @Override
  public double rate() {
    return learningRate;
  }

  @Override
  public Stepper attach(List<Parameter> parameters) {
    return new PerParameter(
        parameters, learningRate, decay, p -> new Adaptive(p, beta1, beta2, epsilon, 0, decay));
  }
}
