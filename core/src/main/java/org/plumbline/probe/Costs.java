package org.plumbline.probe;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Meter.Part;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Tensor;

/**
 * What one step of a rule costs, counted by the kernels while the parts of the step are done again.
 *
 * @param forward multiply-accumulates a row of all passes through the network
 * @param weights multiply-accumulates a row of the weight gradients
 * @param error multiply-accumulates a row to form what the blocks are told
 * @param extra multiply-accumulates a row of all else: forward-mode derivatives, gradients of
 *     matrices and heads of the rule's own, what it does after the step
 * @param words moved a row to form what the blocks are told: each row reads the matrices, and the
 *     numbers that go into them
 * @param feedbackBytes what the rule keeps: matrices, heads, counters; a seed where they are drawn
 *     anew
 */
public record Costs(
    double forward, double weights, double error, double extra, double words, long feedbackBytes) {
  /**
   * All multiply-accumulates a row.
   *
   * @return the sum of the four parts
   */
  public double total() {
    return forward + weights + error + extra;
  }

  /**
   * Counts a step of which a pass and its judgement are given. Nothing has changed when it is done:
   * what the rule does after a step is done to it and undone, by {@link Feedback#state}, which is
   * all that its next step reads.
   *
   * @param network live
   * @param feedback a rule at work on it
   * @param trace a pass over {@code [batch, …]}
   * @param outcome its judgement
   * @return the costs, a row of the batch
   */
  public static Costs of(Network network, Feedback feedback, Trace trace, Outcome outcome) {
    double rows = outcome.target().size(0);
    try (var _ = Scope.open();
        Meter meter = Meter.open(Part.ERROR)) {
      network.trace(trace.input(), trace.mode());
      List<Signal> signals = feedback.signals(trace, outcome);
      Gradients gradients = gradients(trace, signals);
      for (Gradients.Entry entry : gradients.entries()) {
        boolean own = feedback.parameters().contains(entry.parameter());
        multiplyOut(entry.gradient(), own ? Part.EXTRA : Part.WEIGHTS);
      }
      try (var _ = Meter.as(Part.EXTRA)) {
        afterStep(network, feedback, trace, outcome, gradients);
      }
      return new Costs(
          meter.products(Part.FORWARD) / rows,
          meter.products(Part.WEIGHTS) / rows,
          meter.products(Part.ERROR) / rows,
          meter.products(Part.EXTRA) / rows,
          meter.words(Part.ERROR) / rows,
          feedback.state().values().stream()
              .mapToLong(t -> t.size() * t.precision().bytes())
              .sum());
    }
  }

  /** The gradients of a step. Derivatives inside a block are part of its weight gradients. */
  private static Gradients gradients(Trace trace, List<Signal> signals) {
    try (var _ = Meter.as(Part.WEIGHTS)) {
      Gradients all = Gradients.NONE;
      for (int i = 0; i < signals.size(); i++) {
        Step step = trace.steps().get(i);
        all =
            all.and(
                switch (signals.get(i)) {
                  case Signal.Told(Tensor gradient, Gradients own) ->
                      step.gradients(gradient).and(own);
                  case Signal.Taught(Gradients taught) -> taught;
                  case Signal.Silent _ -> Gradients.NONE;
                });
      }
      return all;
    }
  }

  private static void multiplyOut(Gradient gradient, Part part) {
    try (var _ = Scope.open();
        var _ = Meter.as(part)) {
      gradient.value();
    }
  }

  /** What the rule does after a step that moves nothing. */
  private static void afterStep(
      Network network, Feedback feedback, Trace trace, Outcome outcome, Gradients gradients) {
    Map<Parameter, Tensor> before = new HashMap<>();
    feedback.follows().forEach(p -> before.put(p, p.value().copied()));
    Map<Tensor, Tensor> saved = new LinkedHashMap<>();
    feedback.state().values().forEach(t -> saved.put(t, t.copied()));
    network.parameters().forEach(p -> saved.put(p.value(), p.value().copied()));
    try {
      feedback.afterStep(trace, outcome, new Updates(gradients, 0, 0, before));
    } finally {
      saved.forEach(Tensor::copyFrom);
    }
  }
}
