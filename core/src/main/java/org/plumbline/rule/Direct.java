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
    Tensor shaped = toTokens(step, signal).reshaped(step.output().shape().toArray());
    // Derivatives of images take long where signal and activation lie otherwise.
    return new Signal.Told(shaped.shape().rank() == 4 ? shaped.lyingLike(step.output()) : shaped);
  }

  /**
   * Where a block has a row for every token and one error for all of a sentence's k, each token is
   * told it, over √k, as Launay et al. 2020 have it in TinyDFA for layers of more places than the
   * output.
   */
  private static Tensor toTokens(Step step, Tensor signal) {
    long rows = step.output().size(0);
    long sentences = signal.size(0);
    long each = rows / sentences;
    if (each <= 1) {
      return signal;
    }
    Tensor places = Tensor.zeros(signal.precision(), 1, each, 1).to(signal.device());
    return places
        .plus(signal.scaled(1 / Math.sqrt((double) each)).reshaped(sentences, 1, -1))
        .reshaped(rows, -1);
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
