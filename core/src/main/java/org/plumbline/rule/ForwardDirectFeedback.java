package org.plumbline.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Forward direct feedback, FDFA: direct feedback whose B_l is a running average of noisy
 * forward-mode estimates of the Jacobian dy/dh_l.
 *
 * <pre>
 *   s_l = e B_l        e: [batch, outputs]   B_l: [outputs, n_l], zero at first
 *   B_l ← (1 − α) B_l + α (1/N) dᵀ u_l        u_l: random, [batch, n_l]   d: [batch, outputs]
 *   d: the change of the output when each hidden h_l is moved along u_l at once ({@code Tangents})
 *   E[(1/N) dᵀ u_l] = mean over rows of dy/dh_l
 * </pre>
 *
 * <p>Bacho, Chu 2022, <a href="https://arxiv.org/abs/2212.07282">arXiv:2212.07282</a>. Their code
 * gives gB_l = B_l − (1/N) dᵀ u_l to a second Adam of rate 1e-4; ours is the plain average, which
 * has no state of its own, without bias correction: B_l grows from zero to its size in some 1/α
 * steps, which is also how long hidden steps of SGD take to warm up. The average is taken after the
 * weights' step, through the new weights and the old pass's derivatives. The directions are signs:
 * as unbiased as their normal numbers, less variable and some five times quicker to draw.
 *
 * @param rate α in (0, 1]
 * @param directions the law of u
 */
@About("direct feedback that learns the Jacobian by forward-mode derivatives; Bacho, Chu 2022")
@Nature(family = Nature.Family.DIRECT, citation = "Bacho, Chu 2022, arXiv:2212.07282")
public record ForwardDirectFeedback(
    @About("of the running average B, in (0, 1]") double rate,
    @About("law of the noise: normal, signs") Directions directions)
    implements LearningRule {
  /**
   * Checks the rate.
   *
   * @param rate in (0, 1]
   * @param directions the law of u
   */
  public ForwardDirectFeedback {
    Check.positive("rate", rate);
    if (rate > 1) {
      throw new BadInput("rate must be at most 1, but is " + rate);
    }
  }

  /** An average over some hundred steps, along signs. */
  public ForwardDirectFeedback() {
    this(0.01, Directions.SIGNS);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireAnAnswerARow("fdfa", network);
    Tensor like = network.parameters().getFirst().value();
    List<Tensor> b = new ArrayList<>();
    for (int i = 0; i < network.hidden(); i++) {
      b.add(Tensor.zeros(like.precision(), network.outputs(), network.width(i)).to(like.device()));
    }
    return new Live(List.copyOf(b), Noise.of(seed), this);
  }

  private record Live(List<Tensor> b, Noise noise, ForwardDirectFeedback rule) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      return Direct.told(trace, outcome, i -> outcome.error().matmul(b.get(i)));
    }

    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      if (!b.isEmpty()) {
        Tangents tangents = Tangents.drawn(trace, rule.directions, noise.seed());
        Tensor d = tangents.output();
        for (int i = 0; i < b.size(); i++) {
          Tensor u = tangents.directions().get(i).reshaped(d.size(0), -1);
          b.get(i).addProduct(1 - rule.rate, d.transposed(), u, rule.rate / d.size(0));
        }
      }
      noise.advance();
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      for (int i = 0; i < b.size(); i++) {
        state.put("feedback." + (i + 1), b.get(i));
      }
      return noise.with(state);
    }

    @Override
    public Paths paths() {
      return new Paths(Paths.Kind.DIRECT, b);
    }
  }
}
