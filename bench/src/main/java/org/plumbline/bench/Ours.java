package org.plumbline.bench;

import java.util.List;
import org.plumbline.data.Batch;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.probe.Probe;
import org.plumbline.probe.Reading;
import org.plumbline.rule.LearningRule;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.train.Learner;

/**
 * One of Plumbline's rules, as its users call it: {@code Learner.step} on a batch that is ready.
 */
final class Ours implements Contender {
  private static final Seed SEED = Seed.of(2);

  private final Learner learner;
  private final Batch batch;
  private final List<Reading> probes;
  private final Mode mode = Mode.train(SEED.child("noise"));

  Ours(Start start, LearningRule rule, Method method, Precision precision) {
    this(start, rule, method, precision, Method.RATE, List.of());
  }

  /** With probes that are due at every step. */
  Ours(
      Start start,
      LearningRule rule,
      Method method,
      Precision precision,
      double rate,
      List<Probe> probes) {
    Workload workload = start.workload();
    Network network = start.network(precision);
    this.learner = new Learner(network, new SoftmaxCrossEntropy(), rule, method.ours(rate), SEED);
    this.probes =
        probes.stream()
            .map(probe ->
                // The same feedback that the learner draws: what a probe costs depends on it.
                probe.attach(
                    network,
                    rule,
                    rule.attach(network, SEED.child("feedback")),
                    SEED.child("probe")))
            .toList();
    float[] targets = new float[workload.batch() * workload.classes()];
    for (int i = 0; i < workload.batch(); i++) {
      targets[i * workload.classes() + start.labels()[i]] = 1;
    }
    Precision rows = network.parameters().getFirst().value().precision();
    this.batch =
        new Batch(
            Tensor.of(start.inputs(), workload.input().withRows(workload.batch()).toArray())
                .to(rows),
            Tensor.of(targets, workload.batch(), workload.classes()).to(rows),
            start.labels());
  }

  @Override
  public void step() {
    loss();
  }

  /** What the tensors of a step hold at most. */
  long stepBytes() {
    return learner.stepBytes();
  }

  /** Takes one step and says the loss before it. */
  double loss() {
    return learner.step(batch, mode, 1, probes).loss();
  }
}
