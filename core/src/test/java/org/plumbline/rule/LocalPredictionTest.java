package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class LocalPredictionTest extends LocalContract {
  @Override
  protected LearningRule rule() {
    return new LocalPrediction();
  }

  @Override
  protected LearningRule other() {
    return new LocalPrediction("uniform", 16);
  }

  @Override
  protected boolean draws() {
    return false; // heads start at zero
  }

  @Override
  protected List<LearningRule> differentiated() {
    return List.of(other());
  }

  @Override
  protected double loss(
      LearningRule rule, Training training, Training.Told told, int block, Tensor h) {
    return loss(training, told, block, h);
  }

  /** The cross-entropy of the head of a block, by hand. */
  static double loss(Training training, Training.Told told, int block, Tensor h) {
    var state = training.feedback().state();
    Tensor g = h.linear(named(state, "feedback." + (block + 1)));
    Tensor bias = state.get("bias." + (block + 1));
    double[] logits = (bias == null ? g : g.plus(bias)).toDoubles();
    double[] targets = told.outcome().target().toDoubles();
    int classes = (int) g.size(1);
    double loss = 0;
    for (int i = 0; i < logits.length; i += classes) {
      double sum = 0;
      double right = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp(logits[i + c]);
        right += targets[i + c] * logits[i + c];
      }
      loss += Math.log(sum) - right;
    }
    return loss / h.size(0);
  }

  @Test
  void signalIsTheHeadsErrorThroughTheHead() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, other());
    Training.Told told = training.tell(Toy.batch(network, Precision.FP64), 0);
    for (int l = 1; l <= network.hidden(); l++) {
      Tensor h = told.trace().steps().get(l - 1).output();
      Tensor m = named(training.feedback().state(), "feedback." + l);
      Tensor c = named(training.feedback().state(), "bias." + l);
      assertThat(m.shape().axes()).containsExactly(5L, Toy.WIDTHS.get(l));
      Tensor e = h.linear(m, c).softmax().minus(told.outcome().target()).scaled(1.0 / Toy.ROWS);
      requireClose("signal " + l, told(told, l - 1).gradient(), e.matmul(m), 1e-12);
    }
  }

  @Test
  void headsOfZeroTellNothingAtTheFirstStepAndSomethingAtTheSecond() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, rule());
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    for (int i = 0; i < network.hidden(); i++) {
      assertThat(told(training.tell(batch, 0), i).gradient().norm().item()).isZero();
    }
    training.step(batch, 0);
    for (int i = 0; i < network.hidden(); i++) {
      assertThat(told(training.tell(batch, 1), i).gradient().norm().item()).isPositive();
    }
  }

  @Test
  void showsTheHeadsAsDirectPaths() {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = other().attach(network, Seed.of(1));
    assertThat(feedback.paths().kind()).isEqualTo(Paths.Kind.DIRECT);
    assertThat(feedback.paths().matrices()).hasSize(3);
  }

  @Test
  void anUnknownInitialiserIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("pred:init=zeros"))
        .hasMessageContaining("unknown initialiser 'zeros'");
  }
}
