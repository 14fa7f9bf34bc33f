package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.FirstMoves;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class DirectFeedbackTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new DirectFeedback();
  }

  @Override
  protected LearningRule other() {
    return new DirectFeedback(0.3, Law.NORMAL, Scale.BOTH, Storage.REGENERATED, 0, Form.FULL, 2);
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  private static Network net(Long... widths) {
    return Toy.net(List.of(widths), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
  }

  @Test
  void tellsEveryHiddenBlockTheErrorThroughItsMatrix() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, rule());
    var told = training.tell(Toy.batch(network, Precision.FP64), 0);
    for (int l = 1; l <= network.hidden(); l++) {
      Tensor b = named(training.feedback().state(), "feedback." + l);
      assertThat(b.shape().axes()).containsExactly(5L, Toy.WIDTHS.get(l));
      requireClose(
          "signal " + l,
          ((Signal.Told) told.signals().get(l - 1)).gradient(),
          told.outcome().error().matmul(b),
          1e-15);
    }
  }

  /** B_l := W_L … W_{l+1}, [C, n_l], set anew before every step. */
  @Test
  void ofLinearUnitsThroughTheProductOfTheWeightsIsBackprop() {
    Network network =
        Toy.net(Toy.WIDTHS, new Activation.Identity(), new Toy.Normal(), Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training direct = on(network, rule());
    Training exact = on(network, new Backprop());
    for (int step = 0; step < 3; step++) {
      Tensor product = named(network.state(), "4.weight");
      for (int l = network.hidden(); l >= 1; l--) {
        named(direct.feedback().state(), "feedback." + l).copyFrom(product);
        product = product.matmul(named(network.state(), l + ".weight"));
      }
      requireSameGradients(
          direct.tell(batch, step).gradients(),
          products(exact.tell(batch, step).gradients()),
          1e-12);
      direct.step(batch, step);
    }
  }

  @Test
  void fromZeroWeightsWithBiasesAllButTheFirstMoveAtStepTwo() {
    assertThat(FirstMoves.of(rule(), Dense.Bias.WITH)).containsExactly(1, 2, 2, 2);
  }

  @Test
  void fromZeroWeightsWithoutBiasesEachMovesAStepAfterTheOneBefore() {
    assertThat(FirstMoves.of(rule(), Dense.Bias.WITHOUT)).containsExactly(1, 2, 3, 4);
  }

  @Test
  void aGainMultipliesTheSignals() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    var one = on(network, rule()).tell(batch, 0).signals();
    var three = on(network, new DirectFeedback(3)).tell(batch, 0).signals();
    for (int i = 0; i < network.hidden(); i++) {
      requireClose(
          "signal " + i,
          ((Signal.Told) three.get(i)).gradient(),
          ((Signal.Told) one.get(i)).gradient().scaled(3),
          1e-6); // the matrices are drawn in float32
    }
  }

  @Test
  void addingALayerBehindLeavesTheFeedbackBefore() {
    var two = rule().attach(net(12L, 9L, 8L, 5L), Seed.of(1)).state();
    var three = rule().attach(net(12L, 9L, 8L, 7L, 5L), Seed.of(1)).state();
    assertThat(bits(named(three, "feedback.1"))).isEqualTo(bits(named(two, "feedback.1")));
    assertThat(bits(named(three, "feedback.2"))).isEqualTo(bits(named(two, "feedback.2")));
  }

  @Test
  void blocksOfOneWidthHearThroughDifferentMatrices() {
    var state = rule().attach(net(12L, 9L, 9L, 5L), Seed.of(1)).state();
    assertThat(bits(named(state, "feedback.1"))).isNotEqualTo(bits(named(state, "feedback.2")));
  }

  private static LearningRule aligned(double rho) {
    return new DirectFeedback(1, Law.NORMAL, Scale.WIDTH, Storage.STORED, rho);
  }

  @Test
  void alignedItHasTheCosineAndTheNormOfTheProductOfTheInitialWeights() {
    Network network = Toy.tanhNet(Precision.FP64);
    for (double rho : new double[] {0.01, 0.5, 1}) {
      var state = aligned(rho).attach(network, Seed.of(1)).state();
      Tensor product = named(network.state(), "4.weight");
      for (int l = network.hidden(); l >= 1; l--) {
        Tensor b = named(state, "feedback." + l);
        double cosine = b.dot(product).item() / b.norm().item() / product.norm().item();
        assertThat(cosine).isCloseTo(rho, within(1e-12));
        assertThat(b.norm().item() / product.norm().item()).isCloseTo(1, within(1e-12));
        product = product.matmul(named(network.state(), l + ".weight"));
      }
    }
  }

  @Test
  void whollyAlignedLinearUnitsLearnByBackpropAtTheFirstStep() {
    Network network =
        Toy.net(Toy.WIDTHS, new Activation.Identity(), new Toy.Normal(), Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    requireSameGradients(
        on(network, aligned(1)).tell(batch, 0).gradients(),
        products(on(network, new Backprop()).tell(batch, 0).gradients()),
        1e-12);
  }

  @Test
  void alignmentThatCannotBeIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("dfa:align=0.5,storage=regenerated"))
        .hasMessageContaining("storage is regenerated; use storage=stored or align=0");
    Network zero =
        Toy.net(Toy.WIDTHS, new Activation.Tanh(), new Initialiser.Zero(), Precision.FP64);
    assertThatThrownBy(() -> aligned(0.5).attach(zero, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule dfa needs initial weights to align its feedback with, but those of block 4 (dense 7→5) are all zero; use --init uniform or align=0");
    assertThatThrownBy(() -> aligned(0.5).attach(Ways.composite(), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(
            "rule dfa needs blocks of one dense layer to align its feedback with, but block 2 (dense 8→7, tanh, dense 7→6, tanh) is another");
    assertThatThrownBy(
            () -> aligned(0.5).attach(Toy.frozen(Toy.WIDTHS, Precision.FP32, 3), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule dfa needs blocks of one dense layer to align its feedback with, but block 2 (dense 9→8, tanh, frozen (dense 8→7, tanh)) is another; use align=0");
  }

  @Test
  void aGainOfZeroIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("dfa:gain=0"))
        .hasMessage("gain must be above 0, but is 0");
  }
}
