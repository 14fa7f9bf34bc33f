package org.plumbline.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.plumbline.nn.Backward;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Tensor;

/**
 * The family that carries the error back block by block: a rule supplies the matrix used in place
 * of each weight.
 *
 * <pre>
 *   s_L = e        s_{l−1} = δ_l V_l        l = L…2        δ_l: the signal at the pre-activation
 * </pre>
 *
 * @param backward for a weight W_l [n_l, n_{l−1}], the tensor V_l of its shape; asked only for
 *     blocks 2…L
 * @param state what a checkpoint must hold
 * @param look gives V_2 … V_L to those who look at them
 * @param follows the weights whose steps {@code after} wants to see
 * @param after what the feedback does when the weights have moved
 */
record Layered(
    Backward backward,
    Map<String, Tensor> state,
    Supplier<Paths> look,
    List<Parameter> follows,
    Consumer<Updates> after)
    implements Feedback {
  /** Feedback that does not learn. */
  Layered(Backward backward, Map<String, Tensor> state, Supplier<Paths> look) {
    this(backward, state, look, List.of(), updates -> {});
  }

  @Override
  public List<Signal> signals(Trace trace, Outcome outcome) {
    return told(trace, outcome, backward);
  }

  /** The signals of all blocks, {@code [batch, out…]} each, carried through {@code backward}. */
  static List<Signal> told(Trace trace, Outcome outcome, Backward backward) {
    List<Signal> signals = new ArrayList<>();
    Tensor signal = outcome.error();
    signals.add(new Signal.Told(signal));
    for (Step step : trace.steps().subList(1, trace.steps().size()).reversed()) {
      signal = step.carry(signal, backward);
      signals.add(new Signal.Told(signal));
    }
    return signals.reversed();
  }

  @Override
  public void afterStep(Trace trace, Outcome outcome, Updates updates) {
    after.accept(updates);
  }

  @Override
  public Paths paths() {
    return look.get();
  }
}
