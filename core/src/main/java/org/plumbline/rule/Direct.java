package org.plumbline.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Tensor;

/**
 * The family that broadcasts: a rule supplies what is broadcast and how each block's matrix is
 * drawn.
 *
 * <pre>  s_l = broadcast · B_l,  l = 1…L−1        s_L = e        B_l: [outputs, n_l]   </pre>
 *
 * @param broadcast what every hidden block hears, {@code [batch, outputs]}
 * @param matrices B_1 … B_{L−1}
 */
record Direct(Function<Outcome, Tensor> broadcast, Matrices matrices) implements Feedback {
  @Override
  public List<Signal> signals(Trace trace, Outcome outcome) {
    List<Tensor> sent = matrices.sent(broadcast.apply(outcome));
    return told(trace, outcome, sent::get);
  }

  /**
   * One signal a block, the last one the error.
   *
   * @param signal of hidden block i, from 0: {@code [batch, n_l]}
   */
  static List<Signal> told(Trace trace, Outcome outcome, IntFunction<Tensor> signal) {
    List<Signal> signals = new ArrayList<>();
    List<Step> hidden = trace.hidden();
    for (int i = 0; i < hidden.size(); i++) {
      signals.add(told(hidden.get(i), signal.apply(i)));
    }
    signals.add(new Signal.Told(outcome.error()));
    return signals;
  }

  /** A signal {@code [batch, n_l]} in the shape of the block's output. */
  static Signal.Told told(Step step, Tensor signal) {
    Tensor shaped = signal.reshaped(step.output().shape().toArray());
    // Derivatives of images take long where signal and activation lie otherwise.
    return new Signal.Told(shaped.shape().rank() == 4 ? shaped.lyingLike(step.output()) : shaped);
  }

  @Override
  public Optional<Tensor> broadcast(Outcome outcome) {
    return Optional.of(broadcast.apply(outcome));
  }

  @Override
  public Map<String, Tensor> state() {
    return matrices.state();
  }

  @Override
  public Paths paths() {
    return new Paths(Paths.Kind.DIRECT, matrices.all());
  }
}
