package org.plumbline.rule;

import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Kolen-Pollack: weights and feedback take the same steps and the same decay, and so become equal
 * without being shown each other.
 *
 * <pre>
 *   s_{l−1} = δ_l V_l                                                            l = L…2
 *   W_l ← (1 − c − c') W_l + u_l        V_l ← (1 − c − c') V_l + u_l             V_l: [n_l, n_{l−1}]
 *   ⇒ W_l − V_l is multiplied by exactly 1 − c − c' at every step: half of it is left after ln 2/c steps
 *   u_l: W's own step by any optimizer    c: the decay of this rule    c': the optimizer's decoupled decay
 * </pre>
 *
 * <p>Kolen, Pollack 1994, doi:10.1109/ICNN.1994.374486; Akrout, Wilson, Humphreys, Lillicrap, Tweed
 * 2019, <a href="https://arxiv.org/abs/1904.05391">arXiv:1904.05391</a>, where u is −η gW. V starts
 * as in the reference, N(0, 1/(n_{l−1} + n_l)). We copy W's step instead of keeping a second
 * optimizer, so that momentum, Adam and clipping keep the contraction exact; weight decay that an
 * optimizer adds to the gradient is part of u and keeps it too. The reference's decay multiplier is
 * 1, no decay, by default: then W − V never shrinks. Ours is 5e-4.
 *
 * @param decay c, taken off W_l and V_l at every step, l ≥ 2
 * @param gain multiplies every entry of the initial V_l
 * @param law the distribution of the initial V_l
 * @param scale its size before the gain
 */
@About("Kolen-Pollack: weights and feedback take the same steps and decay; Akrout et al. 2019")
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Kolen, Pollack 1994; Akrout et al. 2019, arXiv:1904.05391",
    backwardChain = true)
public record KolenPollack(
    @About("share taken off W and V at every step, in [0, 1)") double decay,
    @About("multiplies every entry of the initial V") double gain,
    @About("distribution of the initial V: uniform, normal, orthogonal") Law law,
    @About("size of the initial V: width, one, widest, outputs, both, sum") Scale scale)
    implements LearningRule {
  /**
   * Checks the numbers.
   *
   * @param decay in [0, 1)
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   */
  public KolenPollack {
    Check.fraction("decay", decay);
    new FeedbackLaw(gain, law, scale);
  }

  /** Decay 5e-4, V as in the reference. */
  public KolenPollack() {
    this(5e-4);
  }

  /**
   * V as in the reference, N(0, 1/(n_{l−1} + n_l)).
   *
   * @param decay in [0, 1)
   */
  public KolenPollack(double decay) {
    this(decay, 1, Law.NORMAL, Scale.SUM);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Substitutes v =
        Substitutes.of(network, new FeedbackLaw(gain, law, scale), Storage.STORED, seed);
    return new Layered(
        v,
        v.state(),
        v::paths,
        v.weights(),
        updates -> v.each((c, matrix) -> follow(matrix, c.weight(), updates)));
  }

  private void follow(Tensor v, Parameter weight, Updates updates) {
    v.multiply(1 - decay - updates.decay()).add(updates.moved(weight), 1);
    weight.value().add(updates.was(weight), -decay);
  }
}
