package org.plumbline.rule;

import org.plumbline.nn.Network;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * Sign direct feedback, sDFA: every hidden block hears only the sign of each output's error.
 *
 * <pre>
 *   s_l = (1/N) sign(e^) B_l        e^ = N e: [batch, outputs]   B_l: [outputs, n_l]   sign(0) = 0
 * </pre>
 *
 * <p>Frenkel, Lefebvre, Bol 2021, <a href="https://arxiv.org/abs/1909.01311">arXiv:1909.01311</a>,
 * as a comparator. There B_l is uniform in ±√(6/n_l), which is gain 2.4495; ours is the law of
 * {@link DirectFeedback}, 2.4495 times smaller. The signal does not shrink as the error does, so
 * the learning rate must.
 *
 * @param gain multiplies every entry of B_l
 * @param law the distribution of the entries
 * @param scale their size before the gain
 * @param storage whether B_l is kept or drawn anew at every use
 * @param form a column for every place, or one for every channel
 */
@About("direct feedback of the error's signs; Frenkel et al. 2021")
@Nature(family = Nature.Family.DIRECT, citation = "Frenkel, Lefebvre, Bol 2021, arXiv:1909.01311")
public record SignFeedback(
    @About("multiplies every entry of B") double gain,
    @About("distribution of B: uniform, normal, orthogonal") Law law,
    @About("size of B: width, one, widest, outputs, both, sum") Scale scale,
    @About("of B: stored, regenerated from the seed at every use") Storage storage,
    @About("on images: full; channel, constant over space, or kernel, the same but larger")
        Form form)
    implements LearningRule {
  /**
   * Checks the gain.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   * @param form of B_l
   */
  public SignFeedback {
    new FeedbackLaw(gain, law, scale);
  }

  /** Uniform in ±1/√n_l. */
  public SignFeedback() {
    this(1, Law.UNIFORM, Scale.WIDTH, Storage.STORED, Form.FULL);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    return new Direct(
        SignFeedback::signs,
        Matrices.direct(network, new FeedbackLaw(gain, law, scale), storage, form, seed));
  }

  /** (1/N) sign(e^), {@code [batch, outputs]}; e has the signs of e^. */
  private static Tensor signs(Outcome outcome) {
    Tensor e = outcome.error();
    return e.sign().multiply(1.0 / e.size(0));
  }
}
