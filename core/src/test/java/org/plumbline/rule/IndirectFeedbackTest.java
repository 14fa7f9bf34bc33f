package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Sequential;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class IndirectFeedbackTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new IndirectFeedback();
  }

  @Override
  protected LearningRule other() {
    return new IndirectFeedback(0.3, Law.NORMAL, Scale.BOTH, Storage.REGENERATED);
  }

  @Override
  protected Set<String> refuses() {
    return Set.of("two dense layers in a block", "convolutions"); // which have a pool
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  private static Network net(Activation activation, Long... widths) {
    return Toy.net(List.of(widths), activation, new Toy.Normal(), Precision.FP64);
  }

  @Test
  void withOneHiddenBlockIsDirectFeedback() {
    Network network = net(new Activation.Tanh(), 12L, 9L, 5L);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training up = on(network, rule());
    Training direct = on(network, new DirectFeedback());
    named(direct.feedback().state(), "feedback.1")
        .copyFrom(named(up.feedback().state(), "feedback.1"));
    requireSameGradients(
        up.tell(batch, 0).gradients(), products(direct.tell(batch, 0).gradients()), 1e-12);
  }

  /** L = 3: B_2 := B_1 W_2ᵀ; with one more block, B_3 := B_2 W_3ᵀ. */
  @Test
  void ofLinearUnitsIsDirectFeedbackThroughTheProductOfTheWeightsBelow() {
    for (Network network :
        List.of(
            net(new Activation.Identity(), 12L, 9L, 8L, 5L),
            net(new Activation.Identity(), 12L, 9L, 8L, 7L, 5L))) {
      Toy.Batch batch = Toy.batch(network, Precision.FP64);
      Training up = on(network, rule());
      Training direct = on(network, new DirectFeedback());
      for (int step = 0; step < 3; step++) {
        Tensor b = named(up.feedback().state(), "feedback.1");
        for (int l = 1; l <= network.hidden(); l++) {
          b = l == 1 ? b : b.linear(named(network.state(), l + ".weight"));
          named(direct.feedback().state(), "feedback." + l).copyFrom(b);
          requireClose("path " + l, up.feedback().paths().matrices().get(l - 1), b, 1e-12);
        }
        requireSameGradients(
            up.tell(batch, step).gradients(),
            products(direct.tell(batch, step).gradients()),
            1e-12);
        up.step(batch, step);
      }
    }
  }

  /** By hand: s_2 = (s_1 ⊙ (1 − h_1²)) W_2ᵀ, and so on. */
  @Test
  void goesUpThroughTheSlopesAndTheForwardWeights() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, rule());
    var told = training.tell(Toy.batch(network, Precision.FP64), 0);
    Tensor s = told.outcome().error().matmul(named(training.feedback().state(), "feedback.1"));
    for (int l = 1; l <= network.hidden(); l++) {
      if (l > 1) {
        Tensor h = told.trace().steps().get(l - 2).output();
        Tensor slopes = h.squared().scaled(-1).plus(1);
        s = s.times(slopes).linear(named(network.state(), l + ".weight"));
      }
      requireClose("signal " + l, ((Signal.Told) told.signals().get(l - 1)).gradient(), s, 1e-12);
    }
  }

  @Test
  void aZeroWeightIsRefusedWhereTheSignalGoesThroughIt() {
    Network zero =
        Toy.net(Toy.WIDTHS, new Activation.Tanh(), new Initialiser.Zero(), Precision.FP32);
    assertThatThrownBy(() -> rule().attach(zero, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule ifa needs random hidden weights, but those of block 2 (dense 9→8, tanh) are all"
                + " zero, which lets no signal through, ever; use --init uniform");
    Network one =
        Toy.net(
            List.of(12L, 9L, 5L), new Activation.Tanh(), new Initialiser.Zero(), Precision.FP32);
    assertThat(rule().attach(one, Seed.of(1)).state()).containsOnlyKeys("feedback.1");
  }

  private static Network ofImages(Activation activation) {
    return Network.of(
        List.of(
            new Conv2d(3, 3, 1, 1),
            activation,
            new Conv2d(4, 3, 2, 1, 1, Dense.Bias.WITHOUT),
            activation,
            new Flatten(),
            new Dense(6),
            activation,
            new Dense(5)),
        Toy.IMAGE,
        Toy.birth(new Toy.Normal(), Precision.FP64, 1));
  }

  @Test
  void ofLinearConvolutionsIsDirectFeedbackThroughTheirKernels() {
    Network network = ofImages(new Activation.Identity());
    Training up = on(network, rule());
    Training direct = on(network, new DirectFeedback());
    Tensor one = named(up.feedback().state(), "feedback.1");
    Tensor two =
        new Convolution(2, 1, 1)
            .of(one.reshaped(5, 3, 8, 8), named(network.state(), "2.weight"))
            .reshaped(5, -1);
    Tensor three = two.linear(named(network.state(), "3.weight"));
    List<Tensor> expected = List.of(one, two, three);
    for (int l = 1; l <= 3; l++) {
      requireClose(
          "path " + l, up.feedback().paths().matrices().get(l - 1), expected.get(l - 1), 1e-12);
      named(direct.feedback().state(), "feedback." + l).copyFrom(expected.get(l - 1));
    }
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    requireSameGradients(
        up.tell(batch, 0).gradients(), products(direct.tell(batch, 0).gradients()), 1e-12);
  }

  @Test
  void goesUpThroughKernelsBehindTheSlopes() {
    Network network = ofImages(new Activation.Tanh());
    Training training = on(network, rule());
    var told = training.tell(Toy.batch(network, Precision.FP64), 0);
    Tensor h = told.trace().steps().getFirst().output();
    Tensor first = ((Signal.Told) told.signals().getFirst()).gradient();
    Tensor delta = first.times(h.squared().scaled(-1).plus(1));
    requireClose(
        "signal 2",
        ((Signal.Told) told.signals().get(1)).gradient(),
        new Convolution(2, 1, 1).of(delta, named(network.state(), "2.weight")).reshaped(16, -1),
        1e-12);
  }

  /** W_l is not all that stands between the two ends of such a block. */
  @Test
  void aFrozenLayerBehindAWeightIsRefused() {
    Network network = Toy.frozen(List.of(12L, 9L, 9L, 9L, 5L), Precision.FP32, 3);
    assertThatThrownBy(() -> rule().attach(network, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule ifa needs hidden blocks that end with what they learn, but block 2 (dense 9→9, tanh, frozen (dense 9→9, tanh)) has a frozen layer behind its weight; freeze the first blocks only");
  }

  @Test
  void aPoolIsRefused() {
    assertThatThrownBy(() -> rule().attach(Toy.convNet(Precision.FP64), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule ifa needs hidden blocks of one weight that put out as many values as the weight gives, but block 1 (conv 3x3 2→4, batch-norm, tanh, max-pool 2/2) makes [4, 4, 4] of [4, 8, 8]; let every hidden layer with a weight be a block of its own, or use --rule dfa");
  }

  @Test
  void severalWeightsInTheOnlyHiddenBlockAreServed() {
    Network network =
        Network.of(
            List.of(
                new Sequential(List.of(new Dense(9), new Activation.Tanh(), new Dense(8))),
                new Dense(5)),
            Shape.of(12),
            Toy.birth(new Toy.Normal(), Precision.FP64, 1));
    var told = on(network, rule()).tell(Toy.batch(network, Precision.FP64), 0);
    assertThat(told.gradients().entries()).hasSize(6);
  }
}
