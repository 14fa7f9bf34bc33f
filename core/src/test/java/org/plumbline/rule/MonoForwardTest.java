package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.optim.Adam;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class MonoForwardTest extends LocalContract {
  @Override
  protected LearningRule rule() {
    return new MonoForward();
  }

  @Override
  protected LearningRule other() {
    return new MonoForward("kaiming", MonoForward.Answer.SUM);
  }

  @Override
  protected List<LearningRule> differentiated() {
    return List.of(rule());
  }

  @Override
  protected double loss(
      LearningRule rule, Training training, Training.Told told, int block, Tensor h) {
    return LocalPredictionTest.loss(training, told, block, h);
  }

  @Test
  void isPredWithoutBias() {
    Network one = Toy.tanhNet(Precision.FP64);
    Network two = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(one, Precision.FP64);
    Training mono = on(one, rule());
    Training pred = on(two, new LocalPrediction("uniform")); // the same draws of M
    for (int step = 0; step < 5; step++) {
      for (int l = 1; l <= 3; l++) {
        named(pred.feedback().state(), "bias." + l).fill(0);
      }
      Training.Told a = mono.tell(batch, step);
      Training.Told b = pred.tell(batch, step);
      for (int i = 0; i < 3; i++) {
        requireClose("signal " + i, told(a, i).gradient(), told(b, i).gradient(), 1e-12);
        requireClose(
            "gradient of head " + i,
            told(a, i).own().entries().getFirst().gradient().value(),
            told(b, i).own().entries().getFirst().gradient().value(),
            1e-12);
      }
      mono.step(batch, step);
      pred.step(batch, step);
    }
  }

  @Test
  void theLastHeadAndAnOutputWithoutBiasStayEqualForEver() {
    Network network =
        Network.of(
            Toy.layers(Toy.WIDTHS, new Activation.Tanh(), Dense.Bias.WITHOUT),
            Shape.of(12),
            Toy.birth(new Toy.Normal(), Precision.FP64, 7));
    Training training = Training.of(network, rule(), new Adam(0.01), Seed.of(1));
    Tensor head = named(training.feedback().state(), "feedback.3");
    Tensor output = named(network.state(), "4.weight");
    List<Long> start = bits(output);
    head.copyFrom(output);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    for (int i = 0; i < 30; i++) {
      training.step(batch, i);
      assertThat(bits(head)).isEqualTo(bits(output));
    }
    assertThat(bits(output)).isNotEqualTo(start);
    // and block L−1 hears what back-propagation would tell it
    requireClose(
        "signal 3",
        told(training.tell(batch, 30), 2).gradient(),
        told(on(network, new Backprop()).tell(batch, 30), 2).gradient(),
        1e-12);
  }

  @Test
  void theSumCountsEveryHeadButTheLastAndTheOutput() {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = other().attach(network, Seed.of(1));
    assertThat(feedback.heads().keySet()).containsExactly("feedback.1", "feedback.2");
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    Tensor sum = trace.output();
    for (int l = 1; l <= 2; l++) {
      Tensor m = named(feedback.heads(), "feedback." + l);
      sum = sum.plus(trace.steps().get(l - 1).output().linear(m));
    }
    requireClose("sum", feedback.predict(trace), sum, 1e-12);
  }

  @Test
  void theOutputAloneNeedsNoHeads() {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = rule().attach(network, Seed.of(1));
    assertThat(feedback.heads()).isEmpty();
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    assertThat(feedback.predict(trace)).isSameAs(trace.output());
  }

  @Test
  void theSumLearnsToo() {
    Clusters problem = new Clusters(Seed.of(52));
    Network network =
        Toy.net(
            List.of(10L, 32L, 24L, 4L), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
    Training training =
        Training.of(
            network,
            new MonoForward("uniform", MonoForward.Answer.SUM),
            new Adam(0.01),
            Seed.of(1));
    training.steps(problem, 0, 300);
    assertThat(training.accuracy(problem)).isGreaterThan(0.95);
  }
}
