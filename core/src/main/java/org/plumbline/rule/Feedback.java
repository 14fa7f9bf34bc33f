package org.plumbline.rule;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
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

  /** What hidden blocks are told that wait for no other block. */
  interface AtOnce {
    /**
     * The signal of one block, as {@link #signals} would give it.
     *
     * @param block hidden, from 0
     * @param step what it has just done
     * @return shaped like the step's output
     */
    Signal of(int block, Step step);
  }

  /**
   * For rules that need nothing of a later block, nor of the output: each hidden block can learn as
   * soon as it has run, before the next one runs, and what it did need not be kept. Such a rule
   * shows the network the rows, answers with the output, and does nothing after the step.
   *
   * @param target of the batch, {@code [batch, outputs]}
   * @param objective that will judge it
   * @return the signals of this batch; nothing where blocks must wait
   */
  default Optional<AtOnce> atOnce(Tensor target, Objective objective) {
    return Optional.empty();
  }

  /**
   * Whether the blocks learn one after the other on a batch, each from a pass through what those
   * before it have just learned, {@link #inTurn}. Then {@link #signals} is for probes alone.
   *
   * @return false for most
   */
  default boolean takesTurns() {
    return false;
  }

  /**
   * What blocks are told in turn, for rules that {@link #takesTurns}.
   *
   * @param first a pass over the batch before any block has learned
   * @param outcome its judgement
   * @return the signal of every block, the output block too, of a step made after those before it
   *     have learned
   */
  default AtOnce inTurn(Trace first, Outcome outcome) {
    throw new UnsupportedOperationException("blocks learn together");
  }

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
   * What hidden blocks hear, where it is the same for all and nothing but {@link #paths} is
   * between: s_l = broadcast · B_l.
   *
   * @param outcome of a pass
   * @return {@code [batch, outputs]}; nothing where signals arise in another way
   */
  default Optional<Tensor> broadcast(Outcome outcome) {
    return Optional.empty();
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
