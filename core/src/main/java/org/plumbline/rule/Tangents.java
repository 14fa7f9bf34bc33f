package org.plumbline.rule;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * One forward-mode pass that perturbs every hidden block's output.
 *
 * <pre>
 *   h˙_0 = 0        h˙_l = J_l h˙_{l−1} + u_l,  l = 1…L−1        d = J_L h˙_{L−1}
 *   J_l: the derivative of block l in this pass, its masks included
 *   d_i = Σ_l (∂y_i/∂h_l) u_l[i]        E[d_iᵀ u_l[i]] = ∂y_i/∂h_l where the u are independent
 * </pre>
 *
 * @param directions u_1 … u_{L−1}, shaped like the blocks' outputs
 * @param output d, {@code [batch, outputs]}
 */
record Tangents(List<Tensor> directions, Tensor output) {
  /** The pass along given directions, of a trace with a hidden block. */
  static Tangents of(Trace trace, List<Tensor> directions) {
    Tensor h = directions.getFirst(); // the input is not perturbed, so J_1 has nothing to carry
    for (int l = 1; l < directions.size(); l++) {
      h = trace.steps().get(l).tangent(h).plus(directions.get(l));
    }
    return new Tangents(directions, trace.steps().getLast().tangent(h));
  }

  /** The pass along random directions, a function of the seed. */
  static Tangents drawn(Trace trace, Directions law, Seed seed) {
    List<Tensor> directions = new ArrayList<>();
    for (Step step : trace.hidden()) {
      directions.add(law.like(step.output(), seed.child(directions.size() + 1L)));
    }
    return of(trace, directions);
  }
}
