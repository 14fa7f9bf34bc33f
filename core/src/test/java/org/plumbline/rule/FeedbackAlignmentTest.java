package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.numbers;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Network;
import org.plumbline.nn.Sequential;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.toy.FirstMoves;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class FeedbackAlignmentTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new FeedbackAlignment();
  }

  @Override
  protected LearningRule other() {
    return new FeedbackAlignment(0.3, Law.ORTHOGONAL, Scale.SUM);
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

  private static Network net(Long... widths) {
    return Toy.net(List.of(widths), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
  }
}
