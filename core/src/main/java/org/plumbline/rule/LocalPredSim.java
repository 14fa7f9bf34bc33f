package org.plumbline.rule;

import java.util.List;
import java.util.stream.Stream;
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
 * Local prediction and similarity together.
 *
 * <pre>  loss_l = (1 − β) pred_l + β sim_l        l = 1…L−1   </pre>
 *
 * <p>Nøkland, Eidnes 2019, <a href="https://arxiv.org/abs/1901.06656">arXiv:1901.06656</a>,
 * "predsim"; β is 0.99 there. {@link LocalPrediction} and {@link LocalSimilarity} have the formulas
 * and the differences. The heads' own gradients carry the weights 1 − β and β too, as in the
 * author's code.
 *
 * @param beta β, the weight of sim; 0 is pred
 * @param init draws the heads of pred: a name of {@link Initialiser#ALL}
 * @param poolTo numbers that a head of pred reads of a feature map; 0 for all
 */
@About("pred and sim together, the best local loss of the paper; Nøkland, Eidnes 2019")
@Nature(
    family = Nature.Family.LOCAL,
    citation = "Nøkland, Eidnes 2019, arXiv:1901.06656",
    estimatesGradient = false)
public record LocalPredSim(
    @About("weight of sim, in [0, 1)") double beta,
    @About("start of the heads: zero, uniform, xavier, kaiming, orthogonal") String init,
    @About("of a feature map, numbers that a head reads; the map is averaged down to them; 0: all")
        long poolTo)
    implements LearningRule {
  /**
   * Checks the weight and the initialiser.
   *
   * @param beta in [0, 1)
   * @param init the name of an initialiser
   * @param poolTo at least 0
   */
  public LocalPredSim {
    Check.atLeast("pool-to", 0, poolTo);
    Check.fraction("beta", beta);
    Initialiser.ALL.parse(init);
  }

  /** β 0.99, heads that start at zero. */
  public LocalPredSim() {
    this(0.99, "zero");
  }

  /**
   * Heads that read at most 4096 numbers.
   *
   * @param beta in [0, 1)
   * @param init the name of an initialiser
   */
  public LocalPredSim(double beta, String init) {
    this(beta, init, 4096);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireAnAnswerARow("predsim", network);
    return new Live(
        beta,
        Heads.of(network, init, Dense.Bias.WITH, poolTo, seed),
        Similarities.of("predsim", network, "similarity.", seed));
  }

  private record Live(double beta, Heads readers, Similarities similarities)
      implements Local.Alone {
    @Override
    public Losses losses(Tensor target, Objective objective) {
      Tensor wanted = Similarities.among(target);
      return (block, h) -> {
        Signal.Told pred = readers.told(block, h, target, objective);
        Signal.Told sim = similarities.told(block, h, wanted);
        return new Signal.Told(
            pred.gradient().scaled(1 - beta).add(sim.gradient(), beta),
            pred.own().scaled(1 - beta).and(sim.own().scaled(beta)));
      };
    }

    @Override
    public List<Parameter> parameters() {
      return Stream.concat(readers.parameters().stream(), similarities.maps().stream()).toList();
    }

    @Override
    public Paths paths() {
      return readers.paths();
    }
  }
}
