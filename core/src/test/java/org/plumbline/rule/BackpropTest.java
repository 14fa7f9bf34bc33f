package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.toy.Oracle;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class BackpropTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new Backprop();
  }

  @Override
  protected boolean draws() {
    return false;
  }

  private Training on(Network network) {
    return Training.of(network, rule(), new Sgd(0.1), Seed.of(1));
  }

  @Test
  void isAutogradToTwelveDigits() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    requireSameGradients(
        on(network).tell(batch, 0).gradients(), Oracle.gradients(network, batch), 1e-12);
  }

  @Test
  void isAutogradToFiveDigitsInFloat32() {
    Network network = Toy.tanhNet(Precision.FP32);
    Toy.Batch batch = Toy.batch(network, Precision.FP32);
    requireSameGradients(
        on(network).tell(batch, 0).gradients(), Oracle.gradients(network, batch), 1e-5);
  }

  @Test
  void isTheDifferenceOfLossesForEveryParameter() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    for (Gradients.Entry entry : on(network).tell(batch, 0).gradients().entries()) {
      requireClose(
          "gradient by a " + entry.parameter().name(),
          entry.gradient().value(),
          differences(
              entry.parameter().value(),
              () ->
                  new SoftmaxCrossEntropy()
                      .judge(network.trace(batch.inputs(), Mode.EVAL).output(), batch.targets())
                      .loss()
                      .item()),
          1e-7);
    }
  }

  @Test
  void fromZeroWeightsOnlyTheOutputBiasEverMoves() {
    Network network =
        Toy.net(Toy.WIDTHS, new Activation.Tanh(), new Initialiser.Zero(), Precision.FP64);
    Map<String, List<Long>> expected = new LinkedHashMap<>(bits(network.state()));
    Training training = on(network);
    for (int k = 0; k < 5; k++) {
      training.step(Toy.batch(network, Precision.FP64), k);
    }
    var after = new LinkedHashMap<>(bits(network.state()));
    assertThat(after.remove("4.bias")).isNotEqualTo(expected.remove("4.bias"));
    assertThat(after).isEqualTo(expected);
  }
}
