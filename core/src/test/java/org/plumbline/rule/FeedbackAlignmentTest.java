package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.numbers;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Sequential;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.FirstMoves;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class FeedbackAlignmentTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new FeedbackAlignment();
  }

  @Override
  protected LearningRule other() {
    return new FeedbackAlignment(0.3, Law.ORTHOGONAL, Scale.SUM, Storage.REGENERATED, 0);
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  private void requireBackpropWithTheWeights(Precision precision, double tolerance) {
    Network network = Toy.tanhNet(precision);
    Toy.Batch batch = Toy.batch(network, precision);
    Training training = on(network, rule());
    for (int l = 2; l <= network.blocks().size(); l++) {
      named(training.feedback().state(), "feedback." + l)
          .copyFrom(named(network.state(), l + ".weight"));
    }
    requireSameGradients(
        training.tell(batch, 0).gradients(),
        products(on(network, new Backprop()).tell(batch, 0).gradients()),
        tolerance);
  }

  @Test
  void withTheWeightsAsFeedbackIsBackprop() {
    requireBackpropWithTheWeights(Precision.FP64, 1e-12);
    requireBackpropWithTheWeights(Precision.FP32, 1e-5);
  }

  @Test
  void withTheWeightsAsFeedbackIsBackpropThroughBlocksOfSeveralLayers() {
    Network network =
        Network.of(
            List.of(
                new Dense(9),
                new Activation.Tanh(),
                new Sequential(List.of(new Dense(8), new Activation.Gelu(), new Dense(7))),
                new Dense(5)),
            Shape.of(12),
            Toy.birth(new Toy.Normal(), Precision.FP64, 1));
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = on(network, rule());
    var feedback = training.feedback().state();
    assertThat(feedback.keySet()).containsExactly("feedback.2", "feedback.2.1", "feedback.3");
    named(feedback, "feedback.2").copyFrom(network.parameters().get(2).value());
    named(feedback, "feedback.2.1").copyFrom(network.parameters().get(4).value());
    named(feedback, "feedback.3").copyFrom(network.parameters().get(6).value());
    requireSameGradients(
        training.tell(batch, 0).gradients(),
        products(on(network, new Backprop()).tell(batch, 0).gradients()),
        1e-12);
  }

  @Test
  void withOneHiddenBlockIsDirectFeedbackWithTheSameMatrix() {
    Network network =
        Toy.net(List.of(12L, 9L, 5L), new Activation.Tanh(), new Toy.Normal(), Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training layered = on(network, rule());
    Training direct = on(network, new DirectFeedback());
    named(direct.feedback().state(), "feedback.1")
        .copyFrom(named(layered.feedback().state(), "feedback.2"));
    requireSameGradients(
        layered.tell(batch, 0).gradients(), products(direct.tell(batch, 0).gradients()), 1e-12);
  }

  @Test
  void withoutTheWeightsIsNotBackprop() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    var fa = numbers(on(network, rule()).tell(batch, 0).signals());
    var bp = numbers(on(network, new Backprop()).tell(batch, 0).signals());
    assertThat(fa.getLast()).isEqualTo(bp.getLast());
    assertThat(fa.getFirst()).isNotEqualTo(bp.getFirst());
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
  void addingALayerBehindLeavesTheFeedbackBefore() {
    var two = rule().attach(net(12L, 9L, 8L, 5L), Seed.of(1)).state();
    var three = rule().attach(net(12L, 9L, 8L, 7L, 5L), Seed.of(1)).state();
    assertThat(bits(named(three, "feedback.2"))).isEqualTo(bits(named(two, "feedback.2")));
  }

  @Test
  void layersOfOneShapeCarryThroughDifferentMatrices() {
    var state = rule().attach(net(12L, 9L, 9L, 9L, 5L), Seed.of(1)).state();
    assertThat(bits(named(state, "feedback.2"))).isNotEqualTo(bits(named(state, "feedback.3")));
  }

  @Test
  void drawnAnewItSaysTheSameAndStoresNothing() {
    LearningRule drawn = new FeedbackAlignment(1, Law.UNIFORM, Scale.WIDTH, Storage.REGENERATED, 0);
    for (Network network : Ways.allNets()) {
      Toy.Batch batch = Toy.batch(network, Precision.FP64);
      Training regenerated = on(network, drawn);
      assertThat(regenerated.feedback().state().keySet()).containsExactly("seed");
      assertThat(numbers(regenerated.tell(batch, 0).signals()))
          .usingRecursiveComparison()
          .isEqualTo(numbers(on(network, rule()).tell(batch, 0).signals()));
      assertThat(regenerated.feedback().paths().matrices().stream().map(v -> bits(v)).toList())
          .isEqualTo(
              on(network, rule()).feedback().paths().matrices().stream()
                  .map(v -> bits(v))
                  .toList());
    }
  }

  /** Every scale by the fans of a kernel: 8 · 9 numbers hear one, one hears 50 · 9. */
  @Test
  void aKernelIsDrawnByItsFans() {
    Network network =
        Network.of(
            List.of(
                new Conv2d(50, 1, 1, 0),
                new Conv2d(80, 3, 1, 1),
                new Activation.Tanh(),
                new Flatten(),
                new Dense(3)),
            Shape.of(1, 4, 4),
            Toy.birth(new Toy.Normal(), Precision.FP32, 1));
    var sizes =
        Map.of(
            Scale.WIDTH, 1 / 450.0,
            Scale.ONE, 1.0,
            Scale.OUTPUTS, 1 / 720.0,
            Scale.BOTH, 1 / (450.0 * 720),
            Scale.SUM, 1 / (450.0 + 720));
    sizes.forEach((scale, variance) -> {
      for (Law law : Law.values()) {
        Tensor v =
            new FeedbackAlignment(2, law, scale)
                .attach(network, Seed.of(1))
                .paths()
                .matrices()
                .getFirst();
        assertThat(v.shape()).isEqualTo(Shape.of(80, 50, 3, 3));
        assertThat(v.squared().mean().item() / (law == Law.UNIFORM ? variance / 3 : variance))
            .as("%s, %s", law, scale)
            .isCloseTo(4, within(0.1));
      }
    });
  }

  private static LearningRule aligned(double rho, Law law) {
    return new FeedbackAlignment(1, law, Scale.WIDTH, Storage.STORED, rho);
  }

  @Test
  void alignedItHasTheCosineAndTheNormOfTheInitialWeights() {
    for (Network network : List.of(Ways.composite(), Ways.compositeOfImages(), Ways.depthwise())) {
      for (Law law : Law.values()) {
        for (double rho : new double[] {0.01, 0.5, 0.9}) {
          var state = aligned(rho, law).attach(network, Seed.of(1)).state();
          for (Crossing c : Crossing.of(network)) {
            Tensor w = c.weight().value();
            Tensor v = named(state, c.name());
            double cosine = w.dot(v).item() / w.norm().item() / v.norm().item();
            assertThat(v.shape()).isEqualTo(w.shape());
            assertThat(cosine).isCloseTo(rho, within(1e-12));
            assertThat(v.norm().item() / w.norm().item()).isCloseTo(1, within(1e-12));
          }
        }
      }
    }
  }

  @Test
  void whollyAlignedItIsBackpropAtTheFirstStepAndNotAtTheSecond() {
    for (Network network : Ways.allNets()) {
      Toy.Batch batch = Toy.batch(network, Precision.FP64);
      Training training = on(network, aligned(1, Law.UNIFORM));
      Training exact = on(network, new Backprop());
      requireSameGradients(
          training.tell(batch, 0).gradients(), products(exact.tell(batch, 0).gradients()), 1e-12);
      training.step(batch, 0);
      assertThat(numbers(training.tell(batch, 1).signals()).getFirst())
          .isNotEqualTo(numbers(exact.tell(batch, 1).signals()).getFirst());
    }
  }

  @Test
  void aGainMultipliesAlignedFeedbackToo() {
    Network network = Toy.tanhNet(Precision.FP64);
    var rule = new FeedbackAlignment(3, Law.UNIFORM, Scale.WIDTH, Storage.STORED, 0.5);
    Tensor v = rule.attach(network, Seed.of(1)).paths().matrices().getFirst();
    Tensor w = named(network.state(), "2.weight");
    assertThat(v.norm().item() / w.norm().item()).isCloseTo(3, within(1e-12));
  }

  @Test
  void alignmentThatCannotBeIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("fa:align=1.1"))
        .hasMessage("align must be at least 0 and at most 1, but is 1.1");
    assertThatThrownBy(() -> Rules.ALL.parse("fa:align=NaN")).hasMessageContaining("align");
    assertThatThrownBy(() -> Rules.ALL.parse("fa:align=0.5,storage=regenerated"))
        .hasMessageContaining("storage is regenerated; use storage=stored or align=0");
    Network zero =
        Toy.net(Toy.WIDTHS, new Activation.Tanh(), new Initialiser.Zero(), Precision.FP64);
    assertThatThrownBy(() -> aligned(0.5, Law.UNIFORM).attach(zero, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule fa needs initial weights to align its feedback with, but those of block 2 (dense 9→8, tanh) are all zero; use --init uniform or align=0");
    Network thin =
        Toy.net(List.of(3L, 1L, 1L), new Activation.Tanh(), new Toy.Normal(), Precision.FP64);
    assertThatThrownBy(() -> aligned(0.5, Law.UNIFORM).attach(thin, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("block 2 (dense 1→1) has one");
    aligned(1, Law.UNIFORM).attach(thin, Seed.of(1));
  }

  private static Network net(Long... widths) {
    return Toy.net(List.of(widths), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
  }
}
