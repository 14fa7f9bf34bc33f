package org.plumbline.rule;

import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;

/**
 * Feedback alignment: the error goes back block by block, through fixed random matrices in place of
 * the weights.
 *
 * <pre>  s_{l−1} = δ_l V_l        V_l: [n_l, n_{l−1}], drawn once        l = L…2   </pre>
 *
 * <p>Lillicrap, Cownden, Tweed, Akerman 2016, <a
 * href="https://arxiv.org/abs/1411.0247">arXiv:1411.0247</a>. Entries are uniform in
 * ±gain/√n_{l−1}, as in Nøkland's code; the other laws are those of direct feedback with V_l in
 * place of B_l.
 *
 * @param gain multiplies every entry of V_l; 1 is the author's
 * @param law the distribution of the entries
 * @param scale their size before the gain; without a say where {@code align} is above 0
 * @param storage whether V_l is kept or drawn anew at every use
 * @param align ρ in [0, 1]: the cosine of V_l with the initial W_l, see {@link SoftAlignment}; 0
 *     leaves V_l as it is drawn
 */
@About("feedback alignment: fixed random matrices on the way back; Lillicrap et al. 2016")
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Lillicrap, Cownden, Tweed, Akerman 2016, arXiv:1411.0247",
    backwardChain = true)
public record FeedbackAlignment(
    @About("multiplies every entry of V") double gain,
    @About("distribution of V: uniform, normal, orthogonal") Law law,
    @About("size of V: width, one, widest, outputs, both, sum") Scale scale,
    @About("of V: stored, regenerated from the seed at every use") Storage storage,
    @About("cosine of V with the initial weights, in [0, 1]; 0 is chance") double align)
    implements LearningRule {
  /**
   * Checks the numbers.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   * @param align in [0, 1]; above 0 only where V_l is kept
   */
  public FeedbackAlignment {
    new FeedbackLaw(gain, law, scale);
    SoftAlignment.check(align, storage);
  }

  /** Uniform in ±1/√n_{l−1}, kept. */
  public FeedbackAlignment() {
    this(1, Law.UNIFORM, Scale.WIDTH);
  }

  /**
   * Kept, not aligned.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   */
  public FeedbackAlignment(double gain, Law law, Scale scale) {
    this(gain, law, scale, Storage.STORED, 0);
  }

  /** Not aligned. */
  @Override
  public LearningRule unlearned() {
    return new FeedbackAlignment(gain, law, scale, storage, 0);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    FeedbackLaw drawn = new FeedbackLaw(gain, law, scale);
    Substitutes v = Substitutes.of(network, drawn, storage, seed);
    if (align > 0) {
      SoftAlignment soft = new SoftAlignment("fa", align, gain);
      v.each((c, matrix) -> soft.turn(matrix, c.weight().value(), network, c.block()));
    }
    return new Layered(v, v.state(), v::paths);
  }
}
