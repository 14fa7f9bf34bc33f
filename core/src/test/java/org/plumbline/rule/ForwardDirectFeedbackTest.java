package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.relativeError;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Sgd;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class ForwardDirectFeedbackTest extends LearningRuleContract {
  private static final Updates NOTHING = new Updates(Gradients.NONE, 0, 0);

  @Override
  protected LearningRule rule() {
    return new ForwardDirectFeedback();
  }

  @Override
  protected LearningRule other() {
    return new ForwardDirectFeedback(0.1, Directions.NORMAL);
  }

  /** B is zero at first, whatever the seed. */
  @Override
  protected boolean everyHiddenSignalIsDrawn() {
    return false;
  }

  @Test
  void startsWithNoFeedbackAndTellsTheErrorThroughIt() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = Training.of(network, rule(), new Sgd(0.1), Seed.of(1));
    for (Signal signal : training.tell(batch, 0).signals().subList(0, 3)) {
      assertThat(((Signal.Told) signal).gradient().norm().item()).isZero();
    }
    training.step(batch, 0);
    var told = training.tell(batch, 1);
    for (int l = 1; l <= 3; l++) {
      Tensor b = named(training.feedback().state(), "feedback." + l);
      assertThat(b.norm().item()).isPositive();
      requireClose(
          "signal " + l,
          ((Signal.Told) told.signals().get(l - 1)).gradient(),
          told.outcome().error().matmul(b),
          1e-15);
    }
  }

  /** One step by hand, and a second, which forgets the first at the rate. */
  @Test
  void isTheRunningAverageOfTheEstimates() {
    double rate = 0.25;
    Network network = Toy.tanhNet(Precision.FP64);
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    Outcome outcome = judged(network, trace);
    Feedback feedback =
        new ForwardDirectFeedback(rate, Directions.NORMAL).attach(network, Seed.of(1));
    Noise noise = new Noise(named(feedback.state(), "noise.seed"), Tensor.of(new long[1]));
    List<Tensor> expected =
        trace.hidden().stream()
            .map(s -> Tensor.zeros(Precision.FP64, 5, s.output().size(1)))
            .toList();
    for (int step = 0; step < 2; step++) {
      feedback.afterStep(trace, outcome, NOTHING);
      Tangents tangents = Tangents.drawn(trace, Directions.NORMAL, noise.seed());
      noise.advance();
      for (int i = 0; i < 3; i++) {
        Tensor estimate =
            tangents.output().transposed().matmul(tangents.directions().get(i)).scaled(1.0 / 16);
        expected.get(i).multiply(1 - rate).add(estimate, rate);
        requireClose(
            "B_" + (i + 1), named(feedback.state(), "feedback." + (i + 1)), expected.get(i), 1e-12);
      }
    }
    assertThat(named(feedback.state(), "noise.steps").toLongs()).containsExactly(2);
  }

  /** Of a net that stands still, B comes to the mean over the rows of dy/dh. */
  @ParameterizedTest
  @EnumSource
  void comesToTheMeanJacobian(Directions law) {
    Network network = Toy.tanhNet(Precision.FP64);
    Tensor inputs = Toy.inputs(Precision.FP64, Seed.of(4), 400, network.input());
    Trace trace = network.trace(inputs, Mode.EVAL);
    Outcome outcome = judged(network, trace);
    Feedback feedback = new ForwardDirectFeedback(0.005, law).attach(network, Seed.of(1));
    for (int step = 0; step < 1500; step++) {
      try (var _ = Scope.open()) {
        feedback.afterStep(trace, outcome, NOTHING);
      }
    }
    for (int l = 1; l <= 3; l++) {
      assertThat(
              relativeError(
                  named(feedback.state(), "feedback." + l).toDoubles(),
                  jacobian(trace, l).toDoubles()))
          .as("block " + l)
          .isLessThan(0.03);
    }
  }

  private static Outcome judged(Network network, Trace trace) {
    int rows = (int) trace.output().size(0);
    Tensor targets = Toy.targets(Precision.FP64, Seed.of(12), rows, (int) network.outputs());
    return new SoftmaxCrossEntropy().judge(trace.output(), targets);
  }

  /** The mean over the rows of dy/dh_l, by back-propagation of each output: [C, n_l]. */
  private static Tensor jacobian(Trace trace, int l) {
    int rows = (int) trace.output().size(0);
    int outputs = (int) trace.output().size(1);
    int width = (int) trace.steps().get(l - 1).output().size(1);
    double[] jacobian = new double[outputs * width];
    for (int c = 0; c < outputs; c++) {
      double[] one = new double[rows * outputs];
      for (int i = 0; i < rows; i++) {
        one[i * outputs + c] = 1.0 / rows;
      }
      Tensor signal = Tensor.of(one, rows, outputs);
      for (int k = trace.steps().size() - 1; k >= l; k--) {
        signal = trace.steps().get(k).carry(signal, Parameter::value);
      }
      System.arraycopy(signal.sum(0).toDoubles(), 0, jacobian, c * width, width);
    }
    return Tensor.of(jacobian, outputs, width);
  }

  @Test
  void aRateAboveOneIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("fdfa:rate=1.5"))
        .hasMessage("rate must be at most 1, but is 1.5");
    assertThatThrownBy(() -> Rules.ALL.parse("fdfa:rate=0"))
        .hasMessage("rate must be above 0, but is 0");
  }
}
