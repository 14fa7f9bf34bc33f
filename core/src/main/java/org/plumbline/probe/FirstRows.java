package org.plumbline.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Tensor;

/**
 * What a probe looks at: a pass, its judgement, and what the blocks were told.
 *
 * @param trace over {@code [rows, …]}
 * @param outcome of these rows alone
 * @param signals as they would be if the batch had these rows only
 */
record FirstRows(Trace trace, Outcome outcome, List<Signal> signals) {
  /**
   * The first rows of a batch, or all of it where a row is not a matter of itself: under the
   * statistics of a batch, or where a block is taught its gradients, which are of the whole batch.
   *
   * @param rows at most this many; 0 is all
   */
  static FirstRows of(int rows, Trace trace, Outcome outcome, List<Signal> signals) {
    long batch = trace.input().size(0);
    boolean isTaught = signals.stream().anyMatch(signal -> signal instanceof Signal.Taught);
    Optional<Trace> first =
        rows == 0 || rows >= batch || isTaught ? Optional.empty() : trace.first(rows);
    if (first.isEmpty()) {
      return new FirstRows(trace, outcome, signals);
    }
    Outcome judged =
        outcome
            .objective()
            .judge(
                first.get().output(),
                outcome.target().firstRows(of(outcome.target(), rows, batch)));
    List<Signal> told = new ArrayList<>();
    for (Signal signal : signals) {
      told.add(
          switch (signal) {
            case Signal.Told(Tensor g, Gradients _) when g == outcome.error() ->
                new Signal.Told(judged.error());
            // of a mean, which is now over fewer rows
            case Signal.Told(Tensor g, Gradients _) ->
                new Signal.Told(g.firstRows(of(g, rows, batch)).scaled((double) batch / rows));
            case Signal.Taught taught -> taught;
            case Signal.Silent silent -> silent;
          });
    }
    return new FirstRows(first.get(), judged, told);
  }

  /** The rows of a tensor that come of the first of a batch: where rows are tokens, theirs. */
  private static long of(Tensor tensor, long rows, long batch) {
    return rows * (tensor.size(0) / batch);
  }
}
