package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.numbers;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Network;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class FixedSignsTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new FixedSigns();
  }

  @Override
  protected LearningRule other() {
    return new FixedSigns(Sigma.FAN_IN, Law.NORMAL, Storage.REGENERATED);
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  /** The magnitudes alone come from the state: signs of its own must not show. */
  @Test
  void withTheSizesOfTheWeightsIsBackprop() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = on(network, rule());
    for (int l = 2; l <= network.blocks().size(); l++) {
      named(training.feedback().state(), "feedback." + l)
          .copyFrom(named(network.state(), l + ".weight").abs().multiply(l == 3 ? -1 : 1));
    }
    requireSameGradients(
        training.tell(batch, 0).gradients(),
        products(on(network, new Backprop()).tell(batch, 0).gradients()),
        1e-12);
  }

  @Test
  void sharesTheSignsAfterTheWeightsHaveMoved() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, rule());
    Ways.requireTheSignsOfTheWeights(training);
    var sizes = bits(training.feedback().state());
    Ways.weights(network).forEach(w -> w.multiply(-1));
    training.step(Toy.batch(network, Precision.FP64), 0);
    Ways.requireTheSignsOfTheWeights(training);
    assertThat(bits(training.feedback().state())).isEqualTo(sizes);
  }

  @Test
  void everyLawHasTheSizeSigma() {
    Network network =
        Toy.net(List.of(20L, 300L, 100L), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
    for (Law law : Law.values()) {
      Tensor m =
          named(
              new FixedSigns(Sigma.XAVIER, law, Storage.STORED).attach(network, Seed.of(1)).state(),
              "feedback.2");
      assertThat(m.squared().mean().sqrt().item())
          .as(law.toString())
          .isCloseTo(Math.sqrt(2.0 / 400), Percentage.withPercentage(3));
    }
  }

  @Test
  void drawnAnewItSaysTheSame() {
    for (Network network : List.of(Ways.composite(), Ways.compositeOfImages())) {
      Toy.Batch batch = Toy.batch(network, Precision.FP64);
      LearningRule drawn = new FixedSigns(Sigma.XAVIER, Law.UNIFORM, Storage.REGENERATED);
      Training regenerated = on(network, drawn);
      assertThat(regenerated.feedback().state().keySet()).containsExactly("seed");
      assertThat(numbers(regenerated.tell(batch, 0).signals()))
          .usingRecursiveComparison()
          .isEqualTo(numbers(on(network, rule()).tell(batch, 0).signals()));
    }
  }
}
