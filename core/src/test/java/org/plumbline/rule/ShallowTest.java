package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.optim.AdamW;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class ShallowTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new Shallow();
  }

  @Override
  protected boolean draws() {
    return false;
  }

  @Override
  protected double accuracy() {
    return 0.5;
  }

  @Test
  void hiddenParametersStayBitForBitUnderDecayAndMomentum() {
    for (Optimizer optimizer :
        List.of(
            new Sgd(0.1, 0.9, Sgd.Acceleration.NESTEROV, 0.01),
            new AdamW(0.01, 0.9, 0.999, 1e-8, 0.1))) {
      Network network = Toy.tanhNet(Precision.FP32);
      var before = bits(network.state());
      Training training = Training.of(network, rule(), optimizer, Seed.of(1));
      for (int i = 0; i < 10; i++) {
        training.step(Toy.batch(network, Precision.FP32), i);
      }
      var after = bits(network.state());
      for (String name : before.keySet()) {
        if (name.startsWith("4.")) {
          assertThat(named(after, name)).as(name).isNotEqualTo(named(before, name));
        } else {
          assertThat(named(after, name)).as(name).isEqualTo(named(before, name));
        }
      }
    }
  }

  @Test
  void zeroWeightsAreRefused() {
    Network zero =
        Toy.net(Toy.WIDTHS, new Activation.Tanh(), new Initialiser.Zero(), Precision.FP32);
    assertThatThrownBy(() -> rule().attach(zero, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule shallow needs random hidden weights, but those of block 1 (dense 12→9, tanh) are"
                + " all zero, which makes its features constant; use --init uniform");
  }

  /** Features are constant whatever the bias. */
  @Test
  void zeroWeightsWithABiasAreRefusedToo() {
    Network network = Toy.tanhNet(Precision.FP32);
    named(network.state(), "2.weight").fill(0);
    assertThatThrownBy(() -> rule().attach(network, Seed.of(1)))
        .hasMessageContaining("block 2 (dense 9→8, tanh) are all zero");
  }
}
