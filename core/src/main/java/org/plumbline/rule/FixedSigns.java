package org.plumbline.rule;

import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;

/**
 * Fixed-random-magnitude sign-concordant feedback, frSF: the way back shares the signs of the
 * weights; its sizes are drawn once.
 *
 * <pre>
 *   s_{l−1} = δ_l V_l        V_l = |M_l| ⊙ sign(W_l), of the W_l of the moment        l = L…2
 *   M_l: [n_l, n_{l−1}] with std σ_l, drawn once
 * </pre>
 *
 * <p>Liao, Leibo, Poggio 2016, <a href="https://arxiv.org/abs/1510.05067">arXiv:1510.05067</a>;
 * Moskovitz, Litwin-Kumar, Abbott 2018, <a
 * href="https://arxiv.org/abs/1812.06488">arXiv:1812.06488</a>. σ_l is Xavier's, as in BioTorch.
 * sign(0) = 0: zero weights block the signal.
 *
 * @param sigma the size σ_l
 * @param law the distribution of M_l
 * @param storage whether M_l is kept or drawn anew at every use
 */
@About("sign symmetry, sizes drawn once: |M| sign(W) on the way back; Liao et al. 2016")
@Nature(
    family = Nature.Family.LAYERED,
    citation =
        "Liao, Leibo, Poggio 2016, arXiv:1510.05067; Moskovitz et al. 2018, arXiv:1812.06488",
    weightTransport = true,
    backwardChain = true)
public record FixedSigns(
    @About("size of M: xavier, fan-in, xiao") Sigma sigma,
    @About("distribution of M: uniform, normal, orthogonal") Law law,
    @About("of M: stored, regenerated from the seed at every use") Storage storage)
    implements LearningRule {
  /** Uniform with Xavier's standard deviation, kept. */
  public FixedSigns() {
    this(Sigma.XAVIER, Law.UNIFORM, Storage.STORED);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Substitutes m =
        Substitutes.of(network, storage, seed, (c, s) -> Signs.magnitude(law, sigma, c, s));
    return Signs.feedback(network, w -> Signs.signed(m.instead(w), w), m.state());
  }
}
