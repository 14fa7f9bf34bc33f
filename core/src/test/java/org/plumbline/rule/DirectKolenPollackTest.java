package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Network;
import org.plumbline.optim.Adam;
import org.plumbline.optim.AdamW;
import org.plumbline.optim.Clipped;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.DirectKolenPollack.Start;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class DirectKolenPollackTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new DirectKolenPollack();
  }

  @Override
  protected LearningRule other() {
    return new DirectKolenPollack(0.01, Start.ZERO);
  }

  private static Training on(Network network, double decay, Start start, Optimizer optimizer) {
    return Training.of(network, new DirectKolenPollack(decay, start), optimizer, Seed.of(1));
  }

  /** B_{L−1} and W_L of the net 12-9-8-7-5. */
  private static Tensor top(Training training) {
    return named(training.feedback().state(), "feedback.3");
  }

  private static Tensor weight(Training training) {
    return named(training.network().state(), "4.weight");
  }

  private static Tensor apart(Training training) {
    return weight(training).minus(top(training));
  }

  @Test
  void everyMatrixLearnsLikeTheOutputsWeight() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, 0, Start.RANDOM, new Sgd(0.1));
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    var told = training.tell(batch, 0);
    Map<String, Tensor> before = Map.copyOf(training.feedback().state());
    for (int l = 1; l <= 3; l++) {
      Tensor e = told.outcome().error();
      Tensor b = named(before, "feedback." + l).copied();
      Signal.Told signal = (Signal.Told) told.signals().get(l - 1);
      requireClose("s", signal.gradient(), e.matmul(b), 1e-15);
      Gradients own = signal.own();
      assertThat(own.entries()).hasSize(1);
      Tensor h = told.trace().steps().get(l - 1).output();
      requireClose(
          "gB", own.entries().getFirst().gradient().value(), e.transposed().matmul(h), 1e-14);
    }
    Tensor expected =
        top(training)
            .minus(
                told.outcome()
                    .error()
                    .transposed()
                    .matmul(told.trace().steps().get(2).output())
                    .scaled(0.1));
    training.step(batch, 0);
    requireClose("B ← B − η gB", top(training), expected, 1e-14);
  }

  /** W_L − B_{L−1} contracts by 1 − c, whoever takes c off and whatever the optimizer. */
  @Test
  void theDistanceToTheOutputsWeightContractsExactly() {
    requireContraction(0, new Sgd(0.1, 0, Sgd.Acceleration.CLASSICAL, 0.2), 0.02);
    requireContraction(0.02, new Sgd(0.1), 0.02);
    requireContraction(0.02, new Sgd(0.1, 0.9, Sgd.Acceleration.NESTEROV, 0), 0.02);
    requireContraction(0.02, new Adam(0.01), 0.02);
    requireContraction(0, new AdamW(0.1, 0.9, 0.999, 1e-8, 0.2), 0.02);
    requireContraction(0.01, new AdamW(0.1, 0.9, 0.999, 1e-8, 0.1), 0.02);
    requireContraction(0.02, new Clipped(new Adam(0.01), 0.1), 0.02);
    requireContraction(0, new Adam(0.01), 0);
  }

  private static void requireContraction(double decay, Optimizer optimizer, double c) {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, decay, Start.RANDOM, optimizer);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    for (int step = 0; step < 20; step++) {
      Tensor before = apart(training);
      Tensor weight = weight(training).copied();
      training.step(batch, step);
      requireClose(optimizer + ", step " + step, apart(training), before.scaled(1 - c), 1e-12);
      assertThat(weight(training).minus(weight).norm().item()).isPositive();
    }
  }

  @Test
  void equalAtFirstTheyAreEqualForEver() {
    for (Optimizer optimizer : new Optimizer[] {new Sgd(0.1), new Adam(0.01), new AdamW(0.01)}) {
      Network network = Toy.tanhNet(Precision.FP64);
      Training training = on(network, 5e-4, Start.RANDOM, optimizer);
      top(training).copyFrom(weight(training));
      for (int step = 0; step < 20; step++) {
        training.step(Toy.batch(network, Precision.FP64), step);
        requireClose(optimizer + ", step " + step, top(training), weight(training), 1e-12);
      }
    }
  }

  /** Half of the distance is gone after ln 2 / c steps; without decay it stays. */
  @Test
  void decayDrawsTheDirectionsTogether() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, 0.02, Start.RANDOM, new Adam(0.01));
    double before = apart(training).norm().item();
    for (int step = 0; step < 200; step++) {
      training.step(Toy.batch(network, Precision.FP64), step);
    }
    assertThat(apart(training).norm().item() / before)
        .isCloseTo(Math.pow(0.98, 200), Offset.offset(1e-6));
    double cos =
        top(training).dot(weight(training)).item()
            / top(training).norm().item()
            / weight(training).norm().item();
    assertThat(Math.toDegrees(Math.acos(cos))).isLessThan(10);
  }

  @Test
  void fromZeroTheHiddenBlocksAreToldNothingAtTheFirstStep() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, 5e-4, Start.ZERO, new Sgd(0.1));
    Map<String, ?> weights = bits(network.state());
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    for (int l = 1; l <= 3; l++) {
      assertThat(named(training.feedback().state(), "feedback." + l).norm().item()).isZero();
    }
    training.step(batch, 0);
    for (int l = 1; l <= 3; l++) {
      String name = l + ".weight";
      assertThat(bits(network.state()).get(name)).as(name).isEqualTo(weights.get(name));
      assertThat(named(training.feedback().state(), "feedback." + l).norm().item()).isPositive();
    }
    training.step(batch, 1);
    assertThat(bits(network.state()).get("1.weight")).isNotEqualTo(weights.get("1.weight"));
  }

  @Test
  void aDecayOfOneIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("dkp:decay=1"))
        .hasMessage("decay must be at least 0 and below 1, but is 1");
  }
}
