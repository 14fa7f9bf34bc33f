package org.plumbline.probe;

import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.value.About;

/**
 * Cost: what a row costs by the rule, and by back-propagation on the same pass, counted inside the
 * kernels.
 *
 * <pre>
 *   F = Σ n_{l−1} n_l, l = 1…L      hid = Σ n_l, l &lt; L       per row, dense layers
 *   forward F       weights F       error: bp, fa  F − n_0 n_1;   dfa  C·hid;   shared matrix  C·max n_l
 *   words moved to form hidden errors: bp  Σ (n_l n_{l+1} + n_{l+1});   dfa  Σ (C n_l + C),  l &lt; L
 * </pre>
 *
 * <p>Readings, per row: {@code cost/forward} (second passes through the network too), {@code
 * cost/error}, {@code cost/weights}, {@code cost/extra} (heads' and matrices' own gradients,
 * forward-mode derivatives, mirror phases) and their sum {@code cost/total} in
 * multiply-accumulates; {@code cost/words} moved to form what the blocks are told; {@code
 * cost/feedback_bytes} that the rule keeps; and of back-propagation {@code cost/bp/total}, {@code
 * cost/bp/error}, {@code cost/bp/words}.
 *
 * <p>The formulas are this project's; that direct feedback halves the backward multiply-accumulates
 * at best and moves orders of magnitude fewer words is what Crafton, Parihar, Gebhardt,
 * Raychowdhury 2019, <a href="https://arxiv.org/abs/1903.02083">arXiv:1903.02083</a>, say.
 */
@About("multiply-accumulates, words moved and feedback memory of a row, beside back-propagation")
public record Cost() implements Probe {
  @Override
  public Reading attach(Network network, LearningRule rule, Feedback feedback, Seed seed) {
    Feedback exact = new Backprop().attach(network, seed);
    return (trace, outcome, signals) -> {
      try (var _ = Scope.open()) {
        Costs own = Costs.of(network, feedback, trace, outcome);
        Costs bp = Costs.of(network, exact, trace, outcome);
        Map<String, Double> readings = new LinkedHashMap<>();
        readings.put("cost/forward", own.forward());
        readings.put("cost/error", own.error());
        readings.put("cost/weights", own.weights());
        readings.put("cost/extra", own.extra());
        readings.put("cost/total", own.total());
        readings.put("cost/words", own.words());
        readings.put("cost/feedback_bytes", (double) own.feedbackBytes());
        readings.put("cost/bp/total", bp.total());
        readings.put("cost/bp/error", bp.error());
        readings.put("cost/bp/words", bp.words());
        return readings;
      }
    };
  }
}
