package org.plumbline.rule;

import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Product feedback alignment: the way back is the product of a fixed and a learned matrix, and no
 * synapse of it needs to equal a weight.
 *
 * <pre>
 *   u_l = δ_l P_l        s_{l−1} = u_l Q_l        gQ_l = u_lᵀ h_{l−1}        l = L…2
 *   P_l: [n_l, r], N(0, 1/r), fixed        Q_l: [r, n_{l−1}]        r = expand · n_l
 *   W_l ← (1 − c) W_l + step        Q_l ← (1 − c) Q_l + step
 *   under SGD ⇒ Q_l − P_lᵀ W_l is multiplied by exactly 1 − c at every step, so P_l Q_l → P_l P_lᵀ W_l ≈ W_l
 * </pre>
 *
 * <p>Ji-An, Benna 2024, <a href="https://arxiv.org/abs/2405.20594">arXiv:2405.20594</a>. Q starts
 * as a weight does, uniform in ±1/√n_{l−1}. Q is moved by the network's optimizer with its own
 * gradient; an optimizer that rescales elements (Adam) gives it another step than P_lᵀ times that
 * of W_l, so that the contraction is exact for SGD, with momentum and decay, alone. Of a kernel
 * {@code [out, in, kh, kw]}, P is a convolution of 1 by 1, {@code [out, r]} at every place, and Q
 * {@code [r, in, kh, kw]}; P mixes all channels, so that a convolution in groups is refused.
 *
 * @param expand r over n_l
 * @param decay c, taken off W_l and Q_l at every step, l ≥ 2, beside the optimizer's
 */
@About(
    "product feedback alignment: a fixed times a learned matrix on the way back; Ji-An, Benna 2024")
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Ji-An, Benna 2024, arXiv:2405.20594",
    backwardChain = true)
public record ProductFeedback(
    @About("inner width of the product over the width of its block") int expand,
    @About("share taken off W and Q at every step, in [0, 1)") double decay)
    implements LearningRule {
  /**
   * Checks the numbers.
   *
   * @param expand at least 1
   * @param decay in [0, 1)
   */
  public ProductFeedback {
    Check.atLeast("expand", 1, expand);
    Check.fraction("decay", decay);
  }

  /** Ten times as wide, decay 5e-4. */
  public ProductFeedback() {
    this(10, 5e-4);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    return new TwoFactors(
        TwoFactors.drawn(
            "pfa",
            network,
            (c, s) -> {
              long r = c.out() * expand;
              return s.normal(1 / Math.sqrt((double) r), c.out(), r);
            },
            seed),
        carried -> carried,
        decay,
        TwoFactors.Learning.NONE);
  }
}
