package org.plumbline.rule;

import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.nn.Backward;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * Batchwise-random-magnitude sign-concordant feedback, brSF: the way back shares the signs of the
 * weights; its sizes are drawn anew for every batch.
 *
 * <pre>
 *   s_{l−1} = δ_l V_l        V_l = |M_l| ⊙ sign(W_l), of the W_l of the moment        l = L…2
 *   M_l: [n_l, n_{l−1}] with std σ_l, a function of the seed, the batch and l
 * </pre>
 *
 * <p>Liao, Leibo, Poggio 2016, <a href="https://arxiv.org/abs/1510.05067">arXiv:1510.05067</a>. σ_l
 * is Xavier's, as in BioTorch. M_l is drawn uniform, which is quick; the normal law takes some ten
 * times as long. sign(0) = 0: zero weights block the signal.
 *
 * @param sigma the size σ_l
 * @param law the distribution of M_l
 */
@About("sign symmetry, sizes drawn for every batch: |M| sign(W) on the way back; Liao et al. 2016")
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Liao, Leibo, Poggio 2016, arXiv:1510.05067",
    weightTransport = true,
    backwardChain = true)
public record BatchwiseSigns(
    @About("size of M: xavier, fan-in, xiao") Sigma sigma,
    @About("distribution of M: uniform, normal, orthogonal") Law law)
    implements LearningRule {
  /** Uniform with Xavier's standard deviation. */
  public BatchwiseSigns() {
    this(Sigma.XAVIER, Law.UNIFORM);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    Tensor batch = Tensor.of(new long[1]);
    // M_l of a batch is drawn with child `batch` of the weight's own seed.
    Substitutes m =
        Substitutes.of(
            network,
            Storage.REGENERATED,
            seed,
            (c, s) -> Signs.magnitude(law, sigma, c, s.child(batch.toLongs()[0])));
    state.putAll(m.state());
    state.put("batch", batch);
    Backward v = w -> Signs.signed(m.instead(w), w);
    return Signs.feedback(network, v, state, () -> batch.add(1L));
  }
}
