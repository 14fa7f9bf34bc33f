package org.plumbline.rule;

import java.util.List;
import java.util.Map;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Tensor;

/**
 * A learning rule at work on one network. Only {@link #signals} must be written; the rest is for
 * rules that learn more than the network, or see it in another way.
 */
public interface Feedback {
  /**
   * Says who should change, and which way. Asked twice of the same trace, it says the same.
   *
   * @param trace a pass over {@code [batch, …]}
   * @param outcome its judgement
   * @return one signal a step, shaped like the step's output
   */
  List<Signal> signals(Trace trace, Outcome outcome);

  /**
   * The forward pass, for rules that show a network something else than the rows.
   *
   * @param network the one attached to
   * @param rows {@code [batch, …]}
   * @param mode train or evaluate
   * @return the pass that signals and predictions speak of
   */
  default Trace trace(Network network, Tensor rows, Mode mode) {
    return network.trace(rows, mode);
  }

  /**
   * The prediction, for rules whose answer is not the last output.
   *
   * @param trace a pass, as {@link #trace} makes it
   * @return {@code [batch, outputs]}
   */
  default Tensor predict(Trace trace) {
    return trace.output();
  }

  /**
   * What of the feedback learns by gradients: heads, feedback matrices. The network's optimizer
   * moves them; their gradients come with the signals.
   *
   * @return live, in a fixed order
   */
  default List<Parameter> parameters() {
    return List.of();
  }

  /**
   * The network's parameters whose steps {@link #afterStep} wants to see.
   *
   * @return a fixed list
   */
  default List<Parameter> follows() {
    return List.of();
  }

  /**
   * Called when the weights have moved, for rules whose feedback learns in its own way.
   *
   * @param trace of the step
   * @param outcome of the step
   * @param updates what the stepper did
   */
  default void afterStep(Trace trace, Outcome outcome, Updates updates) {}

  /**
   * What a checkpoint must hold: live tensors, those of {@link #parameters} too, counters as INT64
   * scalars. Resuming copies into them. Feedback matrices are named {@code feedback.<block>},
   * blocks counted from 1.
   *
   * @return by name, in order
   */
  default Map<String, Tensor> state() {
    return Map.of();
  }

  /**
   * What of {@link #state} a prediction needs; it is saved with the model.
   *
   * @return live, by the same names; nothing where the answer is the last output
   */
  default Map<String, Tensor> heads() {
    return Map.of();
  }

  /**
   * The matrices through which the error comes, for probes and people; drawn for the occasion if
   * they are not kept.
   *
   * @return one a hidden block, or none
   */
  default Paths paths() {
    return Paths.NONE;
  }
}
