package org.plumbline.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Tensor;

/**
 * The family that gives every hidden block a loss of its own: a rule supplies the slope of the loss
 * of one block's output, and what of the feedback learns by it. Nothing passes between blocks.
 *
 * <pre>  s_l = ∂loss_l/∂h_l,  l = 1…L−1        s_L = e   </pre>
 */
interface Local extends Feedback {
  /** The losses of the hidden blocks on one batch. */
  interface Losses {
    /**
     * The slope of one loss.
     *
     * @param block hidden, from 0
     * @param h its output, {@code [batch, n_l]}
     * @return the gradient by h, {@code [batch, n_l]}, with those by the feedback's own parameters
     */
    Signal of(int block, Tensor h);
  }

  /**
   * Works out what the losses of a batch have in common.
   *
   * @param trace of the batch
   * @param outcome of the trace
   * @return the losses
   */
  Losses losses(Trace trace, Outcome outcome);

  /** Local losses that need nothing but the block and the target. */
  interface Alone extends Local {
    /**
     * Works out what the losses of a batch have in common.
     *
     * @param target of the batch, {@code [batch, outputs]}
     * @param objective that judges the output
     * @return the losses
     */
    Losses losses(Tensor target, Objective objective);

    @Override
    default Losses losses(Trace trace, Outcome outcome) {
      return losses(outcome.target(), outcome.objective());
    }

    @Override
    default Optional<AtOnce> atOnce(Tensor target, Objective objective) {
      Losses losses = losses(target, objective);
      return Optional.of((block, step) -> told(losses, block, step));
    }
  }

  /**
   * What the output block is told.
   *
   * @param losses of the batch
   * @param trace of the batch
   * @param outcome of the trace
   * @return the error by default
   */
  default Signal output(Losses losses, Trace trace, Outcome outcome) {
    return new Signal.Told(outcome.error());
  }

  /** Each block by its loss of what it puts out then. */
  @Override
  default AtOnce inTurn(Trace first, Outcome outcome) {
    Losses losses = losses(first, outcome);
    List<Step> hidden = first.hidden();
    return (block, step) -> {
      if (block < hidden.size()) {
        return told(losses, block, step);
      }
      List<Step> renewed = new ArrayList<>(hidden);
      renewed.add(step);
      return output(losses, new Trace(renewed, first.mode()), outcome.of(step.output()));
    };
  }

  @Override
  default List<Signal> signals(Trace trace, Outcome outcome) {
    Losses losses = losses(trace, outcome);
    List<Signal> signals = new ArrayList<>();
    List<Step> hidden = trace.hidden();
    for (int i = 0; i < hidden.size(); i++) {
      signals.add(told(losses, i, hidden.get(i)));
    }
    signals.add(output(losses, trace, outcome));
    return signals;
  }

  /** What one block is told by its loss. */
  private static Signal told(Losses losses, int block, Step step) {
    Tensor h = step.output();
    Signal signal = losses.of(block, h.reshaped(h.size(0), -1));
    return signal instanceof Signal.Told(Tensor gradient, var own)
        ? new Signal.Told(gradient.reshaped(h.shape().toArray()), own)
        : signal;
  }

  /** The parameters by their names. */
  @Override
  default Map<String, Tensor> state() {
    return byName(parameters());
  }

  /** Parameters whose names are those of a checkpoint, in order. */
  static Map<String, Tensor> byName(List<Parameter> parameters) {
    Map<String, Tensor> state = new LinkedHashMap<>();
    parameters.forEach(p -> state.put(p.name(), p.value()));
    return state;
  }

  /** A parameter of the feedback in the precision and on the device of a network. */
  static Parameter parameter(Network network, String name, Tensor drawn) {
    Tensor like = network.parameters().getFirst().value();
    return new Parameter(name, drawn.to(like.precision()).to(like.device()));
  }
}
