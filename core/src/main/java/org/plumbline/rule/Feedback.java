package org.plumbline.rule;

import java.util.List;
import java.util.Map;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Tensor;

/** A learning rule at work on one network. */
public interface Feedback {
  /**
   * Says who should change, and which way.
   *
   * @param trace a pass over {@code [batch, …]}
   * @param outcome its judgement
   * @return one signal a step, shaped like the step's output
   */
  List<Signal> signals(Trace trace, Outcome outcome);

  /**
   * The prediction, for rules whose answer is not the last output.
   *
   * @param trace a pass in evaluation mode
   * @return {@code [batch, outputs]}
   */
  default Tensor predict(Trace trace) {
    return trace.output();
  }

  /**
   * Called when the weights have moved, for rules whose feedback learns too.
   *
   * @param trace of the step
   * @param outcome of the step
   * @param updates what the stepper did
   */
  default void afterStep(Trace trace, Outcome outcome, Updates updates) {}

  /**
   * What a checkpoint must hold: live tensors, counters as INT64 scalars. Resuming copies into
   * them. Feedback matrices are named {@code feedback.<block>}, blocks counted from 1.
   *
   * @return by name, in order
   */
  default Map<String, Tensor> state() {
    return Map.of();
  }
}
