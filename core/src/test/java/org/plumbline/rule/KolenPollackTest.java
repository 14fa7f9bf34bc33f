package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.optim.Adam;
import org.plumbline.optim.AdamW;
import org.plumbline.optim.Clipped;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.RmsProp;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class KolenPollackTest extends LearningRuleContract {
  private static final double C = 0.01;

  @Override
  protected LearningRule rule() {
    return new KolenPollack();
  }

  @Override
  protected LearningRule other() {
    return new KolenPollack(1e-3, 0.3, Law.ORTHOGONAL, Scale.WIDTH);
  }

  private static Training on(Network network, LearningRule rule, Optimizer optimizer) {
    return Training.of(network, rule, optimizer, Seed.of(1));
  }

  /** An optimizer, and the share it takes off by itself. */
  record Case(Optimizer optimizer, double own) {}

  static Stream<Case> optimizers() {
    return Stream.of(
        new Case(new Sgd(0.1), 0),
        new Case(new Sgd(0.1, 0, Sgd.Acceleration.CLASSICAL, 0.05), 0.005),
        new Case(new Sgd(0.1, 0.9, Sgd.Acceleration.CLASSICAL, 0), 0),
        new Case(new Sgd(0.1, 0.9, Sgd.Acceleration.NESTEROV, 0.05), 0),
        new Case(new RmsProp(), 0),
        new Case(new Adam(0.01), 0),
        new Case(new Adam(0.01, 0.9, 0.999, 1e-8, 0.05), 0), // decay in the gradient: part of u
        new Case(new AdamW(0.01, 0.9, 0.999, 1e-8, 0.05), 5e-4),
        new Case(new Clipped(new Sgd(0.1), 0.05), 0),
        new Case(new Clipped(new AdamW(0.01, 0.9, 0.999, 1e-8, 0.05), 0.05), 5e-4));
  }

  private static List<Tensor> differences(Training training) {
    List<Tensor> differences = new ArrayList<>();
    for (Crossing c : Crossing.of(training.network())) {
      differences.add(c.weight().value().minus(named(training.feedback().state(), c.name())));
    }
    return differences;
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void theDifferenceShrinksByTheSameShareAtEveryStep(Case c) {
    for (Network network : Ways.allNets()) {
      Training training = on(network, new KolenPollack(C), c.optimizer());
      List<Tensor> first = differences(training);
      for (int step = 1; step <= 20; step++) {
        training.step(Toy.batch(network, Precision.FP64), step);
        double left = Math.pow(1 - C - c.own(), step);
        for (int i = 0; i < first.size(); i++) {
          requireClose(
              "W − V after step " + step,
              differences(training).get(i),
              first.get(i).scaled(left),
              1e-12);
        }
      }
    }
  }

  @Test
  void withoutDecayTheDifferenceStays() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, new KolenPollack(0), new Adam(0.01));
    List<Tensor> first = differences(training);
    for (int step = 0; step < 20; step++) {
      training.step(Toy.batch(network, Precision.FP64), step);
    }
    for (int i = 0; i < first.size(); i++) {
      requireClose("W − V", differences(training).get(i), first.get(i), 1e-12);
    }
  }

  /** W itself: its optimizer's step, less c of its old value; the first block is left alone. */
  @Test
  void theDecayIsTakenOffTheWeightsBehindTheFirstBlock() {
    Network network = Toy.tanhNet(Precision.FP64);
    Network plain = Toy.tanhNet(Precision.FP64);
    Training with = on(network, new KolenPollack(C), new Adam(0.01));
    Training without = on(plain, new KolenPollack(0), new Adam(0.01));
    List<Tensor> old = Ways.weights(network).stream().map(Tensor::copied).toList();
    with.step(Toy.batch(network, Precision.FP64), 0);
    without.step(Toy.batch(plain, Precision.FP64), 0);
    requireClose("W_1", named(network.state(), "1.weight"), named(plain.state(), "1.weight"), 0);
    for (int i = 0; i < old.size(); i++) {
      requireClose(
          "W",
          Ways.weights(network).get(i),
          Ways.weights(plain).get(i).plus(old.get(i).scaled(-C)),
          1e-14);
    }
  }

  @Test
  void startedEqualItIsBackpropForEver() {
    for (Network network : Ways.nets()) {
      Training training = on(network, new KolenPollack(C), new Adam(0.01));
      Training exact = on(network, new Backprop(), new Adam(0.01));
      for (Crossing c : Crossing.of(network)) {
        named(training.feedback().state(), c.name()).copyFrom(c.weight().value());
      }
      for (int step = 0; step < 10; step++) {
        Toy.Batch batch = Toy.batch(network, Precision.FP64);
        requireSameGradients(
            training.tell(batch, step).gradients(),
            products(exact.tell(batch, step).gradients()),
            1e-12);
        training.step(batch, step);
      }
    }
  }

  @Test
  void afterFourTimeConstantsTheAnglesAreSmall() {
    Network network =
        Toy.net(
            List.of(10L, 32L, 24L, 4L),
            new Activation.Tanh(),
            new Initialiser.Uniform(),
            Precision.FP32);
    Training training = on(network, new KolenPollack(0.01), new Adam(0.01));
    List<Double> sizes = Ways.weights(network).stream().map(w -> w.norm().item()).toList();
    assertThat(Ways.angles(training)).allMatch(angle -> angle > 60);
    training.steps(new Clusters(Seed.of(52)), 0, 400);
    for (int i = 0; i < sizes.size(); i++) {
      assertThat(Ways.weights(network).get(i).norm().item()).isGreaterThan(sizes.get(i));
    }
    assertThat(Ways.angles(training)).allMatch(angle -> angle < 10);
  }

  @Test
  void followsTheWeightsBehindTheFirstBlockAndAddsNoParameters() {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = rule().attach(network, Seed.of(1));
    assertThat(feedback.follows().stream().map(Parameter::value).toList())
        .containsExactlyElementsOf(Ways.weights(network));
    assertThat(feedback.parameters()).isEmpty();
  }

  @Test
  void theReferenceDrawsFeedbackOfVarianceOneOverTheSumOfTheWidths() {
    Network network =
        Toy.net(List.of(20L, 300L, 100L), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
    Tensor v = rule().attach(network, Seed.of(1)).paths().matrices().getFirst();
    assertThat(v.squared().mean().item() * 400).isCloseTo(1, within(0.03));
  }

  /** Scale and shift are trained by their own gradients: no decay of this rule, no feedback. */
  @Test
  void normsHaveNoFeedbackAndAreLeftAlone() {
    Network network = Toy.convNet(Precision.FP64);
    Feedback feedback = rule().attach(network, Seed.of(1));
    assertThat(feedback.state()).containsOnlyKeys("feedback.2", "feedback.3");
    assertThat(feedback.follows().stream().map(p -> p.name())).containsOnly("weight");
    Network plain = Toy.convNet(Precision.FP64);
    on(network, new KolenPollack(C), new Adam(0.01)).step(Toy.batch(network, Precision.FP64), 0);
    on(plain, new KolenPollack(0), new Adam(0.01)).step(Toy.batch(plain, Precision.FP64), 0);
    for (String name : List.of("1.scale", "1.shift", "2.scale", "2.shift", "1.weight")) {
      requireClose(name, named(network.state(), name), named(plain.state(), name), 0);
    }
  }

  @Test
  void aDecayOfOneIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("kp:decay=1"))
        .hasMessage("decay must be at least 0 and below 1, but is 1");
  }
}
