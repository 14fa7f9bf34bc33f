package org.plumbline.rule;

import java.util.Locale;
import org.plumbline.nn.Network;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Direct feedback alignment: every hidden block hears the output error through its own fixed random
 * matrix.
 *
 * <pre>
 *   s_l = e · B_l        e: [batch, outputs]   B_l: [outputs, n_l], drawn once        l = 1…L−1
 * </pre>
 *
 * <p>Nøkland 2016, <a href="https://arxiv.org/abs/1609.01596">arXiv:1609.01596</a>. Entries are
 * uniform in ±gain/√n_l, as in the author's code. On images the signal enters behind the pool, as
 * there, and n_l = channels · height · width, so that B_l grows with the map. Two forms keep less,
 * and are other algorithms:
 *
 * <pre>
 *   form=channel   B_l = b_l repeated over the places of each channel       b_l: [outputs, channels]
 *   rank=r         s_l = (e u_l) w_l        u_l: [outputs, r]   w_l: [r, n_l]
 * </pre>
 *
 * <p>Both have entries of the size of the full form's. The former is what BioTorch (Sanfiz, Akrout
 * 2021, <a href="https://arxiv.org/abs/2108.13446">arXiv:2108.13446</a>) does by convolving an
 * error repeated over all places, without the differences that makes at the borders.
 *
 * @param gain multiplies every entry of B_l; 1 is the author's
 * @param law the distribution of the entries
 * @param scale their size before the gain; without a say where {@code align} is above 0
 * @param storage whether B_l is kept or drawn anew at every use
 * @param align ρ in [0, 1]: the cosine of B_l with the product of the initial weights above, see
 *     {@link SoftAlignment}; 0 leaves B_l as it is drawn
 * @param form a column for every place, or one for every channel
 * @param rank r, of B_l; 0 for full
 */
@About("direct feedback alignment: the output error straight to every block; Nøkland 2016")
@Nature(family = Nature.Family.DIRECT, citation = "Nøkland 2016, arXiv:1609.01596")
public record DirectFeedback(
    @About("multiplies every entry of B") double gain,
    @About("distribution of B: uniform, normal, orthogonal") Law law,
    @About("size of B: width, one, widest, outputs, both, sum") Scale scale,
    @About("of B: stored, regenerated from the seed at every use") Storage storage,
    @About("cosine of B with the product of the initial weights, in [0, 1]; 0 is chance")
        double align,
    @About("on images: full; channel, constant over space, or kernel, the same but larger")
        Form form,
    @About("rank of B, kept as two factors; 0 for full") int rank)
    implements LearningRule {
  /**
   * Checks the numbers.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   * @param align in [0, 1]; above 0 only where B_l is kept, and full
   * @param form of B_l
   * @param rank at least 0; above 0 only where the form is full
   */
  public DirectFeedback {
    new FeedbackLaw(gain, law, scale);
    SoftAlignment.check(align, storage);
    Check.atLeast("rank", 0, rank);
    String one = form.name().toLowerCase(Locale.ROOT);
    if (rank > 0 && form != Form.FULL) {
      throw new BadInput(
          "rank must be 0 where form is %s, but is %d; use rank=0 or form=full"
              .formatted(one, rank));
    }
    if (align > 0 && (rank > 0 || form != Form.FULL)) {
      throw new BadInput(
          "align needs a matrix of its own for every place, but %s; use align=0 or the full form"
              .formatted(rank > 0 ? "rank is " + rank : "form is " + one));
    }
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

  /**
   * Of full form and rank.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   * @param align in [0, 1]
   */
  public DirectFeedback(double gain, Law law, Scale scale, Storage storage, double align) {
    this(gain, law, scale, storage, align, Form.FULL, 0);
  }

  /** Not aligned. */
  @Override
  public LearningRule unlearned() {
    return new DirectFeedback(gain, law, scale, storage, 0, form, rank);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    FeedbackLaw drawn = new FeedbackLaw(gain, law, scale);
    if (rank > network.outputs()) {
      throw new BadInput(
          "rule dfa:rank=%d needs as many outputs, but block %d (%s) has %d; use at most that, or rank=0 for all"
              .formatted(
                  rank,
                  network.blocks().size(),
                  network.blocks().getLast().describe(),
                  network.outputs()));
    }
    Matrices b =
        rank > 0
            ? Matrices.lowRank(network, drawn, rank, storage, seed)
            : Matrices.direct(network, drawn, storage, form, seed);
    if (align > 0) {
      new SoftAlignment("dfa", align, gain).turn(b.all(), network);
    }
    return new Direct(Outcome::error, b);
  }
}
