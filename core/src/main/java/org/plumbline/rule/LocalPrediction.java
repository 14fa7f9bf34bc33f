package org.plumbline.rule;

import java.util.List;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.objective.Objective;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * The local prediction loss: every hidden block has a linear classifier of its own and learns what
 * makes that one right.
 *
 * <pre>
 *   G_l = h_l M_lᵀ + c_l        e_l = (softmax(G_l) − t) / N        s_l = e_l M_l        l = 1…L−1
 *   gM_l = e_lᵀ h_l             gc_l = column sums of e_l           M_l: [outputs, n_l]
 *   images: pool(h_l) in place of h_l, and s_l goes back through the pool
 * </pre>
 *
 * <p>Nøkland, Eidnes 2019, <a href="https://arxiv.org/abs/1901.06656">arXiv:1901.06656</a>, "pred".
 * The network's optimizer moves M_l and c_l, which start at zero as in the author's code: at step 1
 * the heads learn and the hidden blocks hear zeros. Where we differ: the head reads the block's
 * output, behind its dropout, not before it; and all blocks learn from one forward pass. Another
 * objective judges the heads as it judges the output. A feature map is averaged before its head
 * until that reads at most {@code pool-to} numbers, 4096 there and 2048 in the recipe for CIFAR-10;
 * our windows cover the map evenly, theirs may reach over its border.
 *
 * @param init draws the heads: a name of {@link Initialiser#ALL}
 * @param poolTo numbers that a head reads of a feature map, or one a channel if those are more; 0
 *     for all
 */
@About("a classifier on every block, the prediction loss; Nøkland, Eidnes 2019")
@Nature(family = Nature.Family.LOCAL, citation = "Nøkland, Eidnes 2019, arXiv:1901.06656")
public record LocalPrediction(
    @About("start of the heads: zero, uniform, xavier, kaiming, orthogonal") String init,
    @About("of a feature map, numbers that a head reads; the map is averaged down to them; 0: all")
        long poolTo)
    implements LearningRule {
  /**
   * Checks the initialiser.
   *
   * @param init its name
   * @param poolTo at least 0
   */
  public LocalPrediction {
    Check.atLeast("pool-to", 0, poolTo);
    Initialiser.ALL.parse(init);
  }

  /** Heads that start at zero and read at most 4096 numbers. */
  public LocalPrediction() {
    this("zero");
  }

  /**
   * Heads that read at most 4096 numbers.
   *
   * @param init the name of an initialiser
   */
  public LocalPrediction(String init) {
    this(init, 4096);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireAnAnswerARow("pred", network);
    return new Live(Heads.of(network, init, Dense.Bias.WITH, poolTo, seed));
  }

  private record Live(Heads readers) implements Local.Alone {
    @Override
    public Losses losses(Tensor target, Objective objective) {
      return (block, h) -> readers.told(block, h, target, objective);
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
