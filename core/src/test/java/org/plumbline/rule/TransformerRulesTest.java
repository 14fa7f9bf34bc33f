package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Architecture.TransformerSmall;
import org.plumbline.nn.Architecture.TransformerSmall.Granularity;
import org.plumbline.nn.Architecture.TransformerSmall.Place;
import org.plumbline.nn.Architecture.TransformerSmall.Task;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Sgd;
import org.plumbline.probe.Alignment;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Numbers;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

/** What rules tell a Transformer: token by token. */
@ExtendWith(InScope.class)
class TransformerRulesTest {
  private static final int CONTEXT = 4;
  private static final int BATCH = 3;

  private static Network network(Granularity feedback, Task task) {
    return network(feedback, Place.BEFORE, task);
  }

  private static Network network(Granularity feedback, Place norm, Task task) {
    return Network.of(
        new TransformerSmall(2, 8, 2, feedback, norm, task, 5, "gelu").layers(Shape.of(CONTEXT), 5),
        Shape.of(CONTEXT),
        Toy.birth(new Toy.Normal(), Precision.FP64, 3));
  }

  private static Toy.Batch batch(Task task) {
    double[] tokens = {1, 4, 2, 0, 3, 1, 1, 2, 2, 4, 0, 0};
    int answers = task == Task.NEXT ? BATCH * CONTEXT : BATCH;
    return new Toy.Batch(
        Tensor.of(tokens, BATCH, CONTEXT), Toy.targets(Precision.FP64, Seed.of(12), answers, 5));
  }

  private static Training.Told told(Network network, LearningRule rule, Task task) {
    return Training.of(network, rule, new Sgd(0.05), Seed.of(5)).tell(batch(task), 1);
  }

  @Test
  void backPropagationIsDifferencesOfTheMeanLossOverTokens() {
    for (Task task : Task.values()) {
      Network network = network(Granularity.MICRO, task);
      Toy.Batch batch = batch(task);
      Training.Told told = told(network, new Backprop(), task);
      for (Gradients.Entry entry : told.gradients().entries()) {
        Tensor expected =
            differences(
                entry.parameter().value(),
                () ->
                    new SoftmaxCrossEntropy()
                        .judge(network.trace(batch.inputs(), Mode.EVAL).output(), batch.targets())
                        .loss()
                        .item());
        Tensor found = entry.gradient().value();
        if (expected.norm().item() < 1e-9) { // keys' bias: softmax does not see it
          assertThat(found.norm().item()).isLessThan(1e-9);
        } else {
          requireClose("by a " + entry.parameter().name(), found, expected, 1e-6);
        }
      }
    }
  }

  @Test
  void underBackPropagationMicroIsMacro() {
    for (Task task : Task.values()) {
      for (Place norm : Place.values()) {
        Network macro = network(Granularity.MACRO, norm, task);
        Network micro = network(Granularity.MICRO, norm, task);
        for (int i = 0; i < macro.parameters().size(); i++) {
          micro.parameters().get(i).value().copyFrom(macro.parameters().get(i).value());
        }
        requireSameGradients(
            told(micro, new Backprop(), task).gradients(),
            Numbers.products(told(macro, new Backprop(), task).gradients()),
            1e-10);
      }
    }
  }

  @Test
  void everyTokenHearsItsOwnError() {
    Network network = network(Granularity.MACRO, Task.NEXT);
    DirectFeedback rule = new DirectFeedback();
    Feedback feedback = rule.attach(network, Seed.of(5));
    Toy.Batch batch = batch(Task.NEXT);
    Trace trace = feedback.trace(network, batch.inputs(), Mode.EVAL);
    Outcome outcome = new SoftmaxCrossEntropy().judge(trace.output(), batch.targets());
    List<Signal> signals = feedback.signals(trace, outcome);
    for (int l = 0; l < network.hidden(); l++) {
      Tensor signal = ((Signal.Told) signals.get(l)).gradient();
      assertThat(signal.shape()).isEqualTo(Shape.of(BATCH * CONTEXT, 8));
      Tensor b = feedback.paths().matrices().get(l); // [5, 8]: one for all tokens
      requireClose("block " + (l + 1), signal, outcome.error().matmul(b), 1e-14);
    }
  }

  @Test
  void theErrorOfASentenceGoesToAllItsTokens() {
    Network network = network(Granularity.MICRO, Task.SENTENCE);
    Training training = Training.of(network, new DirectFeedback(), new Sgd(0.05), Seed.of(5));
    Training.Told told = training.tell(batch(Task.SENTENCE), 1);
    for (int l = 0; l < network.hidden(); l++) {
      Tensor signal = ((Signal.Told) told.signals().get(l)).gradient();
      Tensor sent = told.outcome().error().matmul(training.feedback().paths().matrices().get(l));
      for (int n = 0; n < BATCH; n++) {
        for (int t = 0; t < CONTEXT; t++) {
          requireClose(
              "sentence " + n + ", token " + t,
              signal.rows(n * CONTEXT + t, 1),
              sent.rows(n, 1).scaled(1 / Math.sqrt(CONTEXT)),
              1e-14);
        }
      }
    }
  }

  @Test
  void theAlignmentOfBackPropagationIsOne() {
    for (Granularity feedback : Granularity.values()) {
      Network network = network(feedback, Task.NEXT);
      Backprop rule = new Backprop();
      Training training = Training.of(network, rule, new Sgd(0.05), Seed.of(5));
      Training.Told told = training.tell(batch(Task.NEXT), 1);
      for (int rows : new int[] {0, 2}) {
        Map<String, Double> readings =
            new Alignment(4, rows)
                .attach(network, rule, training.feedback(), Seed.of(6))
                .read(told.trace(), told.outcome(), told.signals());
        for (int l = 1; l <= network.hidden(); l++) {
          assertThat(Numbers.named(readings, "alignment/" + l)).isBetween(1 - 1e-9, 1 + 1e-9);
        }
        assertThat(Numbers.named(readings, "alignment/1/activity_ratio")).isEqualTo(1);
        assertThat(Numbers.named(readings, "alignment/2/activity_ratio")).isGreaterThan(0.5);
      }
    }
  }

  /** The loss of a task that only attention can solve: each answer is the token before. */
  private static double trained(LearningRule rule, Granularity feedback) {
    Network network = network(feedback, Task.NEXT);
    Training training = Training.of(network, rule, new org.plumbline.optim.Adam(0.01), Seed.of(5));
    double last = 0;
    for (int step = 0; step < 150; step++) {
      Seed seed = Seed.of(100 + step);
      double[] tokens = new double[16 * CONTEXT];
      double[] targets = new double[tokens.length * 5];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = (int) (5 * seed.uniform(i));
        targets[i * 5 + (int) (i % CONTEXT == 0 ? 0 : tokens[i - 1])] = 1;
      }
      last =
          training.step(
              new Toy.Batch(Tensor.of(tokens, 16, CONTEXT), Tensor.of(targets, tokens.length, 5)),
              step);
    }
    return last;
  }

  @Test
  void itLearnsToLookBack() {
    List<Double> losses = new ArrayList<>();
    losses.add(trained(new Backprop(), Granularity.MACRO));
    losses.add(trained(new DirectFeedback(), Granularity.MACRO));
    losses.add(trained(new DirectFeedback(), Granularity.MICRO));
    losses.add(trained(new Shallow(), Granularity.MACRO));
    assertThat(losses.get(0)).as("bp, macro, micro, shallow: %s", losses).isLessThan(0.1);
    assertThat(losses.get(1)).as("%s", losses).isLessThan(0.8 * losses.get(3));
    assertThat(losses.get(2)).as("%s", losses).isLessThan(losses.get(3));
  }
}
