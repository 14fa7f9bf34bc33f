package org.plumbline.rule;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * Mono-Forward: the local prediction loss with heads without bias, which may also predict.
 *
 * <pre>
 *   G_l = h_l M_lᵀ        e_l = (softmax(G_l) − t) / N        s_l = e_l M_l        gM_l = e_lᵀ h_l
 *   predict last: y       predict sum: G_1 + … + G_{L−2} + y                       M_l: [outputs, n_l]
 * </pre>
 *
 * <p>arXiv 2025, <a href="https://arxiv.org/abs/2501.09238">arXiv:2501.09238</a> (authors
 * unconfirmed). There the last head is the output; here it is the output block, which stands on the
 * last hidden block as M_{L−1} does: without a bias and started equal the two stay equal, so the
 * sum counts it once. All blocks learn from one forward pass. Heads on images read them flattened,
 * not pooled; whether the paper pools is unconfirmed.
 *
 * @param init draws the heads: a name of {@link Initialiser#ALL}; as a linear layer by default
 * @param predict whose answer counts
 */
@About("a classifier without bias on every block, which may predict too; arXiv 2025")
@Nature(
    family = Nature.Family.LOCAL,
    citation = "Mono-Forward, authors unconfirmed, 2025, arXiv:2501.09238")
public record MonoForward(
    @About("start of the heads: zero, uniform, xavier, kaiming, orthogonal") String init,
    @About("whose answer counts: last, sum of all heads") Answer predict)
    implements LearningRule {
  /** Whose answer counts. */
  public enum Answer {
    /** The output block's. */
    LAST,
    /** The sum over the heads and the output block. */
    SUM
  }

  /**
   * Checks the initialiser.
   *
   * @param init its name
   * @param predict whose answer counts
   */
  public MonoForward {
    Initialiser.ALL.parse(init);
  }

  /** Heads start as linear layers; the output block predicts. */
  public MonoForward() {
    this("uniform", Answer.LAST);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireAnAnswerARow("mono-forward", network);
    return new Live(predict, Heads.of(network, init, Dense.Bias.WITHOUT, 0, seed));
  }

  private record Live(Answer answer, Heads readers) implements Local.Alone {
    @Override
    public Losses losses(Tensor target, Objective objective) {
      return (block, h) -> readers.told(block, h, target, objective);
    }

    @Override
    public Optional<AtOnce> atOnce(Tensor target, Objective objective) {
      return answer == Answer.SUM ? Optional.empty() : Alone.super.atOnce(target, objective);
    }

    @Override
    public Tensor predict(Trace trace) {
      if (summed().isEmpty()) {
        return trace.output();
      }
      Tensor sum = trace.output().copied();
      for (int i = 0; i < summed().size(); i++) {
        Tensor h = trace.steps().get(i).output();
        sum.add(readers.answer(i, h.reshaped(h.size(0), -1)), 1);
      }
      return sum;
    }

    /** The heads whose answers are added: all but the one that the output block doubles. */
    private List<Parameter> summed() {
      List<Parameter> all = readers.weights();
      return answer == Answer.LAST || all.isEmpty() ? List.of() : all.subList(0, all.size() - 1);
    }

    @Override
    public List<Parameter> parameters() {
      return readers.parameters();
    }

    @Override
    public Map<String, Tensor> heads() {
      return Local.byName(summed());
    }

    @Override
    public Paths paths() {
      return readers.paths();
    }
  }
}
