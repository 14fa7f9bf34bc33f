package org.plumbline.rule;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Forward gradient by activity perturbation: a forward-mode pass says how fast the loss changes
 * along a random direction of all hidden outputs; that slope times the direction is the signal.
 *
 * <pre>
 *   u_l: random, shaped like h_l, l = 1…L−1        d: the output's change along them ({@code Tangents})
 *   c_i = ⟨e^_i, d_i⟩        s_l = (1/N) c ⊙ u_l, row by row; mean over the draws
 *   E[s_l] = ∂loss/∂h_l exactly
 *   E‖s_l‖² ≈ ‖g‖² n_l / K + …        mean |cos| of one draw ≈ √(2/(π n)), n the hidden units together
 * </pre>
 *
 * <p>Baydin et al. 2022, <a href="https://arxiv.org/abs/2202.08587">arXiv:2202.08587</a>; of
 * activities: Ren, Kornblith, Liao, Hinton 2023, <a
 * href="https://arxiv.org/abs/2210.03310">arXiv:2210.03310</a>. Both draw one normal direction a
 * batch; ours are signs, which have less variance, and the mean of several. A draw costs a forward
 * pass without its first block. The noise grows with the width: no rule for wide nets.
 *
 * @param draws K, directions a step
 * @param directions the law of u
 */
@About("slope along random directions of the hidden outputs; Baydin et al. 2022, Ren et al. 2023")
@Nature(
    family = Nature.Family.FORWARD,
    citation = "Baydin et al. 2022, arXiv:2202.08587; Ren et al. 2023, arXiv:2210.03310")
public record ForwardGradient(
    @About("directions a step") int draws,
    @About("law of the directions: normal, signs") Directions directions)
    implements LearningRule {
  /**
   * Checks the number of draws.
   *
   * @param draws at least 1
   * @param directions the law of u
   */
  public ForwardGradient {
    Check.atLeast("draws", 1, draws);
  }

  /** Sixteen draws of signs. */
  public ForwardGradient() {
    this(16);
  }

  /**
   * Of signs.
   *
   * @param draws at least 1
   */
  public ForwardGradient(int draws) {
    this(draws, Directions.SIGNS);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireAnAnswerARow("fg", network);
    return new Live(Noise.of(seed), this);
  }

  /** Adds share · (1/N) c ⊙ u_l of one pass to every sum. */
  static void add(Tangents tangents, Outcome outcome, double share, List<Tensor> sums) {
    Tensor c = outcome.error().times(tangents.output()).sum(1);
    for (int i = 0; i < sums.size(); i++) {
      Tensor u = tangents.directions().get(i);
      long[] rows = new long[u.shape().rank()];
      Arrays.fill(rows, 1);
      rows[0] = u.size(0);
      sums.get(i).addTimes(u, c.reshaped(rows), share);
    }
  }

  private record Live(Noise noise, ForwardGradient rule) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      List<Tensor> sums = trace.hidden().stream().map(step -> step.output().zerosLike()).toList();
      if (!sums.isEmpty()) {
        Seed step = noise.seed();
        for (int k = 0; k < rule.draws; k++) {
          add(
              Tangents.drawn(trace, rule.directions, step.child(k)),
              outcome,
              1.0 / rule.draws,
              sums);
        }
      }
      return Direct.told(trace, outcome, sums::get);
    }

    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      noise.advance();
    }

    @Override
    public Map<String, Tensor> state() {
      return noise.with(Map.of());
    }
  }
}
