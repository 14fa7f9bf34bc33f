package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class LocalPredSimTest extends LocalContract {
  @Override
  protected LearningRule rule() {
    return new LocalPredSim();
  }

  @Override
  protected LearningRule other() {
    return new LocalPredSim(0.3, "uniform", 16);
  }

  @Override
  protected List<LearningRule> differentiated() {
    return List.of(other(), new LocalPredSim(0.99, "uniform"));
  }

  @Override
  protected double loss(
      LearningRule rule, Training training, Training.Told told, int block, Tensor h) {
    double beta = ((LocalPredSim) rule).beta();
    Tensor r = named(training.feedback().state(), "similarity." + (block + 1));
    return (1 - beta) * LocalPredictionTest.loss(training, told, block, h)
        + beta * LocalSimilarityTest.loss(h.linear(r), told);
  }

  @Test
  void isTheWeighedSumOfPredAndSim() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training.Told both = on(network, other()).tell(batch, 0);
    Training.Told pred = on(network, new LocalPrediction("uniform")).tell(batch, 0);
    Training.Told sim = on(network, new LocalSimilarity()).tell(batch, 0); // the same draws
    for (int i = 0; i < network.hidden(); i++) {
      Tensor sum = told(pred, i).gradient().scaled(0.7).plus(told(sim, i).gradient().scaled(0.3));
      requireClose("signal " + i, told(both, i).gradient(), sum, 1e-12);
    }
  }

  @Test
  void ofWeightZeroIsPred() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training.Told both = on(network, new LocalPredSim(0, "uniform")).tell(batch, 0);
    Training.Told pred = on(network, new LocalPrediction("uniform")).tell(batch, 0);
    for (int i = 0; i < network.hidden(); i++) {
      assertThat(bits(told(both, i).gradient())).isEqualTo(bits(told(pred, i).gradient()));
    }
  }

  @Test
  void aWeightOfOneIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("predsim:beta=1"))
        .hasMessage("beta must be at least 0 and below 1, but is 1");
  }
}
