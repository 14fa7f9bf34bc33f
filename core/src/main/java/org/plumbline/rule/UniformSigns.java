package org.plumbline.rule;

import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;

/**
 * Uniform sign-concordant feedback, uSF: the way back shares the signs of the weights, and one size
 * stands for all their sizes.
 *
 * <pre>  s_{l−1} = δ_l V_l        V_l = σ_l sign(W_l), of the W_l of the moment        l = L…2
 * </pre>
 *
 * <p>Liao, Leibo, Poggio 2016, <a href="https://arxiv.org/abs/1510.05067">arXiv:1510.05067</a>;
 * Xiao, Chen, Liao, Poggio 2019, <a href="https://arxiv.org/abs/1811.03567">arXiv:1811.03567</a>.
 * σ_l is Xavier's, as in BioTorch; the reference of Xiao has 1/√n_{l−1}, and √(2/(kh kw out)) of a
 * kernel. Their extras (batch Manhattan updates, no change of sign, a norm constraint, plain
 * back-propagation at the output block) are not here. sign(0) = 0: zero weights block the signal.
 *
 * @param sigma the size σ_l
 */
@About("sign symmetry, uniform: σ sign(W) on the way back; Liao et al. 2016")
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Liao, Leibo, Poggio 2016, arXiv:1510.05067; Xiao et al. 2019, arXiv:1811.03567",
    weightTransport = true,
    backwardChain = true)
public record UniformSigns(@About("size of V: xavier, fan-in, xiao") Sigma sigma)
    implements LearningRule {
  /** Xavier's size. */
  public UniformSigns() {
    this(Sigma.XAVIER);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    return Signs.feedback(
        network, w -> w.value().sign().multiply(sigma.of(w.value().shape())), Map.of());
  }
}
