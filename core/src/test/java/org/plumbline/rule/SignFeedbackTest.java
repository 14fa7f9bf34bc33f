package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.objective.SquaredError;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

class SignFeedbackTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new SignFeedback();
  }

  /** The signal keeps its size while the error vanishes, at a rate that does not fall: 0.84. */
  @Override
  protected double accuracy() {
    return 0.8;
  }

  @Override
  protected LearningRule other() {
    return new SignFeedback(0.3, Law.NORMAL, Scale.BOTH, Storage.REGENERATED, Form.CHANNEL);
  }

  /** An outcome whose errors by row are given: {@code [16, 5]}. */
  static Outcome with(Tensor errors) {
    return new Outcome(
        errors.sum(), errors.scaled(1.0 / errors.size(0)), errors, new SquaredError());
  }

  private static List<Signal> told(LearningRule rule, Tensor errors) {
    Network network = Toy.tanhNet(Precision.FP64);
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    return rule.attach(network, Seed.of(1)).signals(trace, with(errors));
  }

  private static void requireSame(List<Signal> actual, List<Signal> expected, double tolerance) {
    for (int i = 0; i < 3; i++) {
      requireClose(
          "signal " + i,
          ((Signal.Told) actual.get(i)).gradient(),
          ((Signal.Told) expected.get(i)).gradient(),
          tolerance);
    }
  }

  @Test
  void tellsTheSignsThroughTheMatrices() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Trace trace = network.trace(batch.inputs(), Mode.EVAL);
    Tensor errors = Seed.of(5).normal(1, 16, 5).to(Precision.FP64);
    Feedback feedback = rule().attach(network, Seed.of(1));
    double[] e = errors.toDoubles();
    for (int i = 0; i < e.length; i++) {
      e[i] = Math.signum(e[i]) / 16; // the mean over the rows is not erased
    }
    for (int l = 1; l <= 3; l++) {
      requireClose(
          "signal " + l,
          ((Signal.Told) feedback.signals(trace, with(errors)).get(l - 1)).gradient(),
          Tensor.of(e, 16, 5).matmul(named(feedback.state(), "feedback." + l)),
          1e-12);
    }
  }

  @Test
  void ofErrorsThatAreSignsIsDirectFeedback() {
    double[] e = new double[80];
    for (int i = 0; i < e.length; i++) {
      e[i] = i % 3 - 1;
    }
    Tensor errors = Tensor.of(e, 16, 5);
    requireSame(told(rule(), errors), told(new DirectFeedback(), errors), 1e-12);
  }

  /** With softmax the signs are known beforehand: s = (Σ_k B_k − 2 B_label)/N. */
  @Test
  void ofAClassifierItIsTargetProjectionAndACommonPush() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Trace trace = network.trace(batch.inputs(), Mode.EVAL);
    Outcome outcome = new SoftmaxCrossEntropy().judge(trace.output(), batch.targets());
    Feedback feedback = rule().attach(network, Seed.of(1));
    for (int l = 1; l <= 3; l++) {
      Tensor b = named(feedback.state(), "feedback." + l);
      requireClose(
          "signal " + l,
          ((Signal.Told) feedback.signals(trace, outcome).get(l - 1)).gradient(),
          batch.targets().matmul(b).scaled(-2).plus(b.sum(0)).scaled(1.0 / 16),
          1e-12);
    }
  }

  @Test
  void theSizeOfTheErrorsDoesNotMatter() {
    Tensor errors = Seed.of(5).normal(1, 16, 5).to(Precision.FP64);
    for (double c : new double[] {1e-9, 0.3, 1e9}) {
      List<Signal> scaled = told(rule(), errors.scaled(c));
      List<Signal> plain = told(rule(), errors);
      for (int i = 0; i < 3; i++) {
        assertThat(bits(((Signal.Told) scaled.get(i)).gradient()))
            .isEqualTo(bits(((Signal.Told) plain.get(i)).gradient()));
      }
    }
  }

  @Test
  void anErrorOfZeroTellsNothing() {
    List<Signal> told = told(rule(), Tensor.zeros(Precision.FP64, 16, 5));
    for (Signal signal : told) {
      assertThat(((Signal.Told) signal).gradient().norm().item()).isZero();
    }
  }
}
