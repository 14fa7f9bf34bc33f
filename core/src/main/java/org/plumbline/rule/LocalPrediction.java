package org.plumbline.rule;

import java.util.List;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;

/**
 * The local prediction loss: every hidden block has a linear classifier of its own and learns what
 * makes that one right.
 *
 * <pre>
 *   G_l = h_l M_lᵀ + c_l        e_l = (softmax(G_l) − t) / N        s_l = e_l M_l        l = 1…L−1
 *   gM_l = e_lᵀ h_l             gc_l = column sums of e_l           M_l: [outputs, n_l]
 * </pre>
 *
 * <p>Nøkland, Eidnes 2019, <a href="https://arxiv.org/abs/1901.06656">arXiv:1901.06656</a>, "pred".
 * The network's optimizer moves M_l and c_l, which start at zero as in the author's code: at step 1
 * the heads learn and the hidden blocks hear zeros. Where we differ: the head reads the block's
 * output, behind its dropout, not before it; and all blocks learn from one forward pass. Another
 * objective judges the heads as it judges the output.
 *
 * @param init draws the heads: a name of {@link Initialiser#ALL}
 */
@About("a classifier on every block, the prediction loss; Nøkland, Eidnes 2019")
@Nature(family = Nature.Family.LOCAL, citation = "Nøkland, Eidnes 2019, arXiv:1901.06656")
public record LocalPrediction(
    @About("start of the heads: zero, uniform, xavier, kaiming, orthogonal") String init)
    implements LearningRule {
  /**
   * Checks the initialiser.
   *
   * @param init its name
   */
  public LocalPrediction {
    Initialiser.ALL.parse(init);
  }

  /** Heads that start at zero. */
  public LocalPrediction() {
    this("zero");
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    return new Live(Heads.of(network, init, Dense.Bias.WITH, seed));
  }

  private record Live(Heads readers) implements Local {
    @Override
    public Losses losses(Trace trace, Outcome outcome) {
      return (block, h) -> readers.told(block, h, outcome);
    }

    @Override
    public List<Parameter> parameters() {
      return readers.parameters();
    }

    @Override
    public Paths paths() {
      return readers.paths();
    }
  }
}
