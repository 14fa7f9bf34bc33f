package org.plumbline.probe;

import java.util.List;
import java.util.Map;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Tensor;

/** A probe at work. */
public interface Reading {
  /**
   * Reads, at one training step and on its batch, before the weights move.
   *
   * @param trace the pass, {@code [batch, …]}, in training mode with its dropout masks
   * @param outcome its judgement
   * @param signals what the rule told
   * @return numbers by name, {@code alignment/1}, blocks counted from 1; what is undefined is
   *     absent
   */
  Map<String, Double> read(Trace trace, Outcome outcome, List<Signal> signals);

  /**
   * What later readings are compared with: live tensors that a checkpoint must hold, counters as
   * INT64. Resuming copies into them.
   *
   * @return by name, in order; none where every reading stands by itself
   */
  default Map<String, Tensor> state() {
    return Map.of();
  }
}
