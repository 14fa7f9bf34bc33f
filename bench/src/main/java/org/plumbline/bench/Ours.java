package org.plumbline.bench;

import java.util.List;
import org.plumbline.data.Batch;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.rule.LearningRule;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.train.Learner;

/**
 * One of Plumbline's rules, as its users call it: {@code Learner.step} on a batch that is ready.
 */
final class Ours implements Contender {
  private final Learner learner;
  private final Batch batch;
  private final Mode mode = Mode.train(Seed.of(2));

  Ours(Start start, LearningRule rule, Method method, Precision precision) {
    this(start, rule, method, precision, Method.RATE);
  }

  Ours(Start start, LearningRule rule, Method method, Precision precision, double rate) {
    Workload workload = start.workload();
    Network network = start.network(precision);
    learner =
        new Learner(
            network, new SoftmaxCrossEntropy(), rule, method.ours(rate), start.seed().child("us"));
    float[] targets = new float[workload.batch() * workload.classes()];
    for (int i = 0; i < workload.batch(); i++) {
      targets[i * workload.classes() + start.labels()[i]] = 1;
    }
    batch =
        new Batch(
            Tensor.of(start.inputs(), workload.input().withRows(workload.batch()).toArray())
                .to(precision),
            Tensor.of(targets, workload.batch(), workload.classes()).to(precision),
            start.labels());
  }

  @Override
  public void step() {
    loss();
  }

  /** Takes one step and says the loss before it. */
  double loss() {
    return learner.step(batch, mode, 1, List.of()).loss();
  }
}
