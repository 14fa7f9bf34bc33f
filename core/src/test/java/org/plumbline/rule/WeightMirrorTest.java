package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Network;
import org.plumbline.nn.Pool2d;
import org.plumbline.nn.Residual;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.WeightMirror.Control;
import org.plumbline.rule.WeightMirror.Means;
import org.plumbline.rule.WeightMirror.Top;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class WeightMirrorTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new WeightMirror();
  }

  @Override
  protected LearningRule other() {
    return new WeightMirror(
        0.01, 0.1, Law.NORMAL, 1e-3, Control.NORMALISED, 64, 2, 3, Means.REMOVED, Top.PLAIN);
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  /** Without decay, from zero. */
  private static Training fromZero(Network network, int rows) {
    Training training =
        on(
            network,
            new WeightMirror(
                1, 0.05, Law.UNIFORM, 0, Control.FREE, rows, 1, 0, Means.REMOVED, Top.PLAIN));
    training.feedback().paths().matrices().forEach(v -> v.fill(0));
    return training;
  }

  /** Expected: arctan √(1/200), 4.0 degrees, at every block of equal widths. */
  @Test
  void ofLinearUnitsFindsTheWeightsInTwoHundredRowsAnInput() {
    Training training = fromZero(Ways.linear(12L, 40L, 40L, 40L), 200);
    for (int i = 0; i < 40; i++) {
      Ways.behindAStep(training);
    }
    assertThat(Ways.angles(training)).allMatch(angle -> angle > 3 && angle < 5);
  }

  /** Kernels too: a row is a patch. Expected: arctan √(fan-in / rows). */
  @Test
  void ofLinearConvolutionsFindsTheKernels() {
    Network network =
        Network.of(
            List.of(
                new Conv2d(4, 3, 1, 1, 1, Dense.Bias.WITHOUT),
                new Conv2d(6, 3, 2, 1, 1, Dense.Bias.WITHOUT), // 36 numbers a patch
                new Conv2d(12, 3, 1, 0, 2, Dense.Bias.WITHOUT), // in two groups: 27
                new Pool2d.Max(),
                new Flatten(),
                new Dense(5, Dense.Bias.WITHOUT)),
            Toy.IMAGE,
            Toy.birth(new Toy.Normal(), Precision.FP64, 3));
    Training training = fromZero(network, 200);
    for (int i = 0; i < 36; i++) { // 200 rows a number of the greater patch
      Ways.behindAStep(training);
    }
    for (Crossing c : Crossing.of(network)) {
      double angle = Ways.angle(named(training.feedback().state(), c.name()), c.weight().value());
      double expected = Math.toDegrees(Math.atan(Math.sqrt(c.in() / (36 * 200.0))));
      assertThat(angle).as(c.name()).isBetween(0.7 * expected, 1.25 * expected).isLessThan(5);
    }
  }

  /** Whatever follows the convolution in its block. */
  @Test
  void kernelsBeforeNormsActivationsAndPoolsAreMirrored() {
    for (Network network :
        List.of(Toy.convNet(Precision.FP64), Ways.compositeOfImages(), Ways.residual())) {
      Training training = on(network, rule());
      Ways.behindSteps(training, 1000);
      for (Crossing c : Crossing.of(network)) {
        Tensor v = named(training.feedback().state(), c.name());
        Tensor w = c.weight().value();
        assertThat(Ways.angle(v, w)).as(c.name()).isLessThan(10);
        if (w.shape().rank() == 4) {
          assertThat(v.norm().item() / w.norm().item()).isCloseTo(1, within(0.1));
        }
      }
    }
  }

  @Test
  void aQuarterOfTheRowsDoublesTheAngle() {
    Training training = fromZero(Ways.linear(12L, 40L, 40L, 40L), 200);
    for (int i = 0; i < 10; i++) {
      Ways.behindAStep(training);
    }
    assertThat(Ways.angles(training)).allMatch(angle -> angle > 6.5 && angle < 10);
  }

  /** The stored matrix changes, not a copy of it; and by the law of the weights themselves. */
  @Test
  void theDecayBringsTheStoredMatrixToTheSizeOfTheWeights() {
    Network network = Ways.linear(12L, 20L, 16L, 10L);
    Training training = on(network, rule());
    Tensor stored = named(training.feedback().state(), "feedback.2");
    var before = bits(stored);
    Ways.behindSteps(training, 1000);
    assertThat(bits(stored)).isNotEqualTo(before);
    assertThat(stored.norm().item() / named(network.state(), "2.weight").norm().item())
        .isCloseTo(1, within(0.05));
    assertThat(Ways.angle(stored, named(network.state(), "2.weight"))).isLessThan(5);
  }

  @Test
  void aTanhNetWithBiasesIsMirroredThroughItsOwnActivation() {
    Training training = on(Toy.tanhNet(Precision.FP64), rule());
    Ways.behindSteps(training, 1000);
    assertThat(Ways.angles(training)).allMatch(angle -> angle < 15);
    // tanh flattens: every row of V is shorter than that of W, which a linear mirror's is not
    Tensor v = training.feedback().paths().matrices().getFirst();
    Tensor w = Ways.weights(training.network()).getFirst();
    assertThat(v.norm().item() / w.norm().item()).isBetween(0.4, 0.9);
  }

  @Test
  void reluUnitsWithNegativeBiasesAreMirrored() {
    Network network =
        Toy.net(
            List.of(12L, 20L, 16L, 5L), new Activation.Relu(), new Toy.Normal(), Precision.FP64);
    named(network.state(), "2.bias").fill(-0.3);
    Training training = on(network, rule());
    Ways.behindSteps(training, 1000);
    assertThat(Ways.angles(training)).allMatch(angle -> angle < 25);
  }

  @Test
  void layersInsideABlockAreMirroredEachAlone() {
    Network network = Ways.composite();
    Training training = on(network, rule());
    Ways.behindSteps(training, 1000);
    for (Crossing c : Crossing.of(network)) {
      Tensor v = named(training.feedback().state(), c.name());
      assertThat(Ways.angle(v, c.weight().value())).as(c.name()).isLessThan(6);
    }
  }

  /** Noise that goes around a weight is not mirrored: V is drawn to W, not to W + I. */
  @Test
  void aWayAroundTheWeightIsNotMirrored() {
    Network network =
        Network.of(
            List.of(
                new Dense(9),
                new Activation.Tanh(),
                new Residual(List.of(new Dense(9, Dense.Bias.WITHOUT))),
                new Dense(5)),
            Shape.of(12),
            Toy.birth(new Toy.Normal(), Precision.FP64, 3));
    Training training = on(network, rule());
    Ways.behindSteps(training, 1000);
    assertThat(Ways.angles(training)).allMatch(angle -> angle < 6);
  }

  /** Noise that went on through a frozen layer would mirror the product of the two. */
  @Test
  void aFrozenLayerBehindTheWeightIsNotMirrored() {
    Network network = Toy.frozen(List.of(12L, 9L, 9L, 9L, 5L), Precision.FP64, 3);
    Training training = on(network, rule());
    for (int i = 0; i < 1000; i++) {
      Ways.behindAStep(training);
    }
    Tensor v = named(training.feedback().state(), "feedback.2");
    assertThat(Ways.angle(v, named(network.state(), "2.weight"))).isLessThan(6);
  }

  /** One noise for all would mirror two equal blocks into the same matrix. */
  @Test
  void everyBlockHearsNoiseOfItsOwn() {
    Network network = Ways.linear(9L, 9L, 9L, 9L);
    named(network.state(), "3.weight").copyFrom(named(network.state(), "2.weight"));
    Training training = fromZero(network, 8);
    Ways.behindAStep(training);
    var ways = training.feedback().paths().matrices();
    assertThat(bits(ways.get(0))).isNotEqualTo(bits(ways.get(1)));
    Tensor first = ways.get(0).copied();
    Ways.behindAStep(training); // and every step
    assertThat(bits(ways.get(0))).isNotEqualTo(bits(first.scaled(2)));
  }

  /** A logistic unit answers one half to silence: kept, that is noise; both see the same draws. */
  @Test
  void theMeanOfLogisticUnitsIsNoiseWhereItIsKept() {
    List<Double> angles =
        Stream.of(Means.REMOVED, Means.KEPT)
            .map(means -> {
              Network network =
                  Network.of(
                      Toy.layers(List.of(12L, 40L, 30L), new Activation.Sigmoid(), Dense.Bias.WITH),
                      Shape.of(12),
                      Toy.birth(new Toy.Normal(), Precision.FP64, 7));
              Training training =
                  on(
                      network,
                      new WeightMirror(
                          1, 0.05, Law.UNIFORM, 0, Control.FREE, 2000, 1, 0, means, Top.PLAIN));
              training.feedback().paths().matrices().forEach(v -> v.fill(0));
              Ways.behindAStep(training);
              return Ways.angles(training).getFirst();
            })
            .toList();
    assertThat(angles.get(0)).isLessThan(20);
    assertThat(angles.get(1)).isGreaterThan(60);
  }

  /**
   * A logistic has a slope of a quarter at nothing: the last V grows a quarter as fast, the others
   * as ever.
   */
  @Test
  void logisticOutputsAreMirroredAtTheirSlope() {
    List<List<Double>> norms =
        Stream.of(Top.PLAIN, Top.LOGISTIC)
            .map(top -> {
              Network network = Ways.linear(12L, 40L, 30L, 20L);
              Training training =
                  on(
                      network,
                      new WeightMirror(
                          1, 1e-3, Law.UNIFORM, 0, Control.FREE, 64, 1, 0, Means.REMOVED, top));
              training.feedback().paths().matrices().forEach(v -> v.fill(0));
              Ways.behindAStep(training);
              return training.feedback().paths().matrices().stream()
                  .map(v -> v.norm().item())
                  .toList();
            })
            .toList();
    assertThat(norms.get(1).get(0)).isEqualTo(norms.get(0).get(0));
    assertThat(norms.get(1).get(1)).isCloseTo(norms.get(0).get(1) / 4, within(1e-12));
  }

  private static double norm(Control control, double decay, int steps) {
    Network network = Ways.linear(12L, 40L, 30L, 20L);
    Training training =
        on(
            network,
            new WeightMirror(
                5, 1, Law.UNIFORM, decay, control, 32, steps, 0, Means.REMOVED, Top.PLAIN));
    Ways.behindAStep(training);
    return training.feedback().paths().matrices().getFirst().norm().item();
  }

  @Test
  void theNormGrowsUnlessItIsControlled() {
    assertThat(norm(Control.FREE, 0, 400)).isGreaterThan(1.8 * norm(Control.FREE, 0, 200));
    assertThat(norm(Control.NORMALISED, 0, 400))
        .isCloseTo(norm(Control.NORMALISED, 0, 200), within(2.0));
    assertThat(norm(Control.FREE, 0.1, 400)).isCloseTo(norm(Control.FREE, 0.1, 200), within(20.0));
    assertThat(norm(Control.NORMALISED, 0, 400)).isLessThan(norm(Control.FREE, 0, 400) / 10);
  }

  /** Columns of V [30, 40] get the norm 0.5 √12: u is uniform, of variance 1/12. */
  @Test
  void theNormaliserBringsEveryColumnToTheSameLength() {
    assertThat(norm(Control.NORMALISED, 0, 50)).isCloseTo(0.5 * Math.sqrt(12 * 40), within(1.5));
  }

  @Test
  void stepsBeforeTrainingBringTheAnglesDownAndLeaveTheWeights() {
    Network network = Toy.tanhNet(Precision.FP32);
    var weights = bits(network.state());
    Training cold = on(network, rule());
    Training warm =
        on(
            network,
            new WeightMirror(
                0.015,
                1,
                Law.UNIFORM,
                0.005,
                Control.FREE,
                128,
                1,
                1000,
                Means.REMOVED,
                Top.PLAIN));
    assertThat(bits(network.state())).isEqualTo(weights);
    assertThat(Ways.angles(cold)).allMatch(angle -> angle > 60);
    assertThat(Ways.angles(warm)).allMatch(angle -> angle < 20);
  }

  @Test
  void oneRowOfNoiseIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("wm:rows=1"))
        .hasMessage("rows must be at least 2, but is 1");
  }
}
