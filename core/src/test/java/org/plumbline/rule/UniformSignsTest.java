package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import org.junit.jupiter.api.Test;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class UniformSignsTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new UniformSigns();
  }

  @Override
  protected LearningRule other() {
    return new UniformSigns(Sigma.FAN_IN);
  }

  @Override
  protected boolean draws() {
    return false;
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  @Test
  void ofWeightsOfOneSizeIsBackprop() {
    for (Sigma sigma : Sigma.values()) {
      Network network = Toy.tanhNet(Precision.FP64);
      for (Tensor w : Ways.weights(network)) {
        w.copyFrom(w.sign().multiply(sigma.of(w.shape())));
      }
      Toy.Batch batch = Toy.batch(network, Precision.FP64);
      requireSameGradients(
          on(network, new UniformSigns(sigma)).tell(batch, 0).gradients(),
          products(on(network, new Backprop()).tell(batch, 0).gradients()),
          1e-12);
    }
  }

  @Test
  void ofWeightsOfOneSizeIsBackpropThroughBlocksOfSeveralLayers() {
    for (Network network : Ways.allNets()) {
      for (Sigma sigma : Sigma.values()) {
        network.parameters().stream()
            .map(Parameter::value)
            .filter(w -> w.shape().rank() > 1)
            .forEach(w -> w.copyFrom(w.sign().multiply(sigma.of(w.shape()))));
        Toy.Batch batch = Toy.batch(network, Precision.FP64);
        requireSameGradients(
            on(network, new UniformSigns(sigma)).tell(batch, 0).gradients(),
            products(on(network, new Backprop()).tell(batch, 0).gradients()),
            1e-12);
      }
    }
  }

  @Test
  void ofOtherWeightsIsNotBackprop() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Tensor told = ((Signal.Told) on(network, rule()).tell(batch, 0).signals().get(0)).gradient();
    Tensor exact =
        ((Signal.Told) on(network, new Backprop()).tell(batch, 0).signals().get(0)).gradient();
    assertThat(Ways.angle(told, exact)).isBetween(5.0, 60.0);
  }

  /** V is of the weights of the moment: it turns when they do. */
  @Test
  void sharesTheSignsAfterTheWeightsHaveMoved() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, rule());
    Ways.requireTheSignsOfTheWeights(training);
    Ways.weights(network).forEach(w -> w.multiply(-1));
    Ways.requireTheSignsOfTheWeights(training);
    for (int l = 2; l <= network.blocks().size(); l++) {
      Tensor w = named(network.state(), l + ".weight");
      double sigma = Math.sqrt(2.0 / (w.size(0) + w.size(1)));
      requireClose(
          "V " + l,
          training.feedback().paths().matrices().get(l - 2).abs(),
          w.sameShape().fill(sigma),
          1e-15);
    }
  }

  @Test
  void aZeroWeightBlocksTheSignal() {
    Network network = Toy.tanhNet(Precision.FP64);
    named(network.state(), "3.weight").fill(0);
    var signals = on(network, rule()).tell(Toy.batch(network, Precision.FP64), 0).signals();
    assertThat(((Signal.Told) signals.get(2)).gradient().norm().item()).isPositive();
    assertThat(((Signal.Told) signals.get(1)).gradient().norm().item()).isZero();
  }

  @Test
  void theSizesAreThoseOfTheReferences() {
    assertThat(Sigma.XAVIER.of(Shape.of(10, 40))).isCloseTo(0.2, within(1e-15));
    assertThat(Sigma.FAN_IN.of(Shape.of(10, 25))).isCloseTo(0.2, within(1e-15));
    // a kernel [out, in, height, width]: fan-in 4·9, fan-out 8·9
    assertThat(Sigma.FAN_IN.of(Shape.of(8, 4, 3, 3))).isCloseTo(1.0 / 6, within(1e-15));
    assertThat(Sigma.XAVIER.of(Shape.of(8, 4, 3, 3)))
        .isCloseTo(Math.sqrt(2.0 / 108), within(1e-15));
    assertThat(Sigma.XIAO.of(Shape.of(10, 25))).isCloseTo(0.2, within(1e-15));
    assertThat(Sigma.XIAO.of(Shape.of(8, 4, 3, 3))).isCloseTo(Math.sqrt(2.0 / 72), within(1e-15));
  }
}
