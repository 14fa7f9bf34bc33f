package org.plumbline.rule;

import org.plumbline.nn.Network;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;

/**
 * Direct feedback alignment: every hidden block hears the output error through its own fixed random
 * matrix.
 *
 * <pre>
 *   s_l = e · B_l        e: [batch, outputs]   B_l: [outputs, n_l], drawn once        l = 1…L−1
 * </pre>
 *
 * <p>Nøkland 2016, <a href="https://arxiv.org/abs/1609.01596">arXiv:1609.01596</a>. Entries are
 * uniform in ±gain/√n_l, as in the author's code.
 *
 * @param gain multiplies every entry of B_l; 1 is the author's
 * @param law the distribution of the entries
 * @param scale their size before the gain; without a say where {@code align} is above 0
 * @param storage whether B_l is kept or drawn anew at every use
 * @param align ρ in [0, 1]: the cosine of B_l with the product of the initial weights above, see
 *     {@link SoftAlignment}; 0 leaves B_l as it is drawn
 */
@About("direct feedback alignment: the output error straight to every block; Nøkland 2016")
@Nature(family = Nature.Family.DIRECT, citation = "Nøkland 2016, arXiv:1609.01596")
public record DirectFeedback(
    @About("multiplies every entry of B") double gain,
    @About("distribution of B: uniform, normal, orthogonal") Law law,
    @About("size of B: width, one, widest, outputs, both, sum") Scale scale,
    @About("of B: stored, regenerated from the seed at every use") Storage storage,
    @About("cosine of B with the product of the initial weights, in [0, 1]; 0 is chance")
        double align)
    implements LearningRule {
  /**
   * Checks the numbers.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   * @param align in [0, 1]; above 0 only where B_l is kept
   */
  public DirectFeedback {
    new FeedbackLaw(gain, law, scale);
    SoftAlignment.check(align, storage);
  }

  /** Uniform in ±1/√n_l. */
  public DirectFeedback() {
    this(1);
  }

  /**
   * Uniform in ±gain/√n_l.
   *
   * @param gain above 0
   */
  public DirectFeedback(double gain) {
    this(gain, Law.UNIFORM, Scale.WIDTH, Storage.STORED);
  }

  /**
   * Not aligned.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   */
  public DirectFeedback(double gain, Law law, Scale scale, Storage storage) {
    this(gain, law, scale, storage, 0);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Matrices b = Matrices.direct(network, new FeedbackLaw(gain, law, scale), storage, seed);
    if (align > 0) {
      new SoftAlignment("dfa", align, gain).turn(b.all(), network);
    }
    return new Direct(Outcome::error, b);
  }
}
