package org.plumbline.toy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Stepper;
import org.plumbline.optim.Updates;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * A training by hand, one step at a time.
 *
 * @param network live
 * @param feedback live
 * @param stepper live
 * @param masks seed of the dropout masks
 */
public record Training(Network network, Feedback feedback, Stepper stepper, Seed masks) {
  private static final Objective OBJECTIVE = new SoftmaxCrossEntropy();

  /** A training of a network by a rule and an optimizer. */
  public static Training of(
      Network network, LearningRule rule, Optimizer optimizer, Seed feedbackSeed) {
    Feedback feedback = rule.attach(network, feedbackSeed);
    List<Parameter> parameters = new ArrayList<>(network.parameters());
    parameters.addAll(feedback.parameters());
    return new Training(network, feedback, optimizer.attach(parameters), Seed.of(21));
  }

  /** One pass, judged and told. */
  public record Told(Trace trace, Outcome outcome, List<Signal> signals) {
    /** The gradients of the blocks that are told something. */
    public Gradients gradients() {
      Gradients all = Gradients.NONE;
      for (int i = 0; i < signals.size(); i++) {
        all =
            all.and(
                switch (signals.get(i)) {
                  case Signal.Told told ->
                      trace.steps().get(i).gradients(told.gradient()).and(told.own());
                  case Signal.Taught taught -> taught.gradients();
                  case Signal.Silent _ -> Gradients.NONE;
                });
      }
      return all;
    }
  }

  /** A pass of step {@code number} without its update. */
  public Told tell(Toy.Batch batch, long number) {
    Trace trace = feedback.trace(network, batch.inputs(), Mode.train(masks.child(number)));
    Outcome outcome = OBJECTIVE.judge(trace.output(), batch.targets());
    return new Told(trace, outcome, feedback.signals(trace, outcome));
  }

  /** One whole step; gives the loss before it. */
  public double step(Toy.Batch batch, long number) {
    try (var _ = Scope.open()) {
      Told told = tell(batch, number);
      Map<Parameter, Tensor> before = new HashMap<>();
      feedback.follows().forEach(p -> before.put(p, p.value().copied()));
      Updates u = stepper.step(told.gradients(), 1);
      feedback.afterStep(
          told.trace(), told.outcome(), new Updates(u.gradients(), u.rate(), u.decay(), before));
      told.trace().steps().forEach(Step::settle);
      return told.outcome().loss().item();
    }
  }

  /** Steps {@code from} … {@code to} − 1 on batches of a problem. */
  public void steps(Clusters problem, int from, int to) {
    for (int i = from; i < to; i++) {
      try (var _ = Scope.open()) {
        step(problem.batch(i, 32), i);
      }
    }
  }

  /** The share of 500 fresh rows that is classified as it should be. */
  public double accuracy(Clusters problem) {
    try (var _ = Scope.open()) {
      Toy.Batch test = problem.batch(-1, 500);
      Trace trace = feedback.trace(network, test.inputs(), Mode.EVAL);
      long[] said = feedback.predict(trace).argmax().toLongs();
      long[] right = test.targets().argmax().toLongs();
      int hits = 0;
      for (int i = 0; i < said.length; i++) {
        hits += said[i] == right[i] ? 1 : 0;
      }
      return hits / (double) said.length;
    }
  }
}
