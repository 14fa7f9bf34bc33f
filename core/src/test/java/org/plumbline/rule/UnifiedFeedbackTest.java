package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.UnifiedFeedback.Normalise;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class UnifiedFeedbackTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new UnifiedFeedback();
  }

  @Override
  protected LearningRule other() {
    return new UnifiedFeedback(Normalise.TINYDFA, 128, Storage.REGENERATED);
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  /** M, the one matrix of the state. */
  private static Tensor shared(Training training) {
    return named(training.feedback().state(), "feedback");
  }

  /** What one entry of M is multiplied by in B_l of a net 12-9-8-7-5, whose d_max is 9. */
  private static double factor(Normalise normalise, double width) {
    return switch (normalise) {
      case ON -> 1 / Math.sqrt(width * 5);
      case OFF -> 1;
      case TINYDFA -> 1.0 / 3;
    };
  }

  @ParameterizedTest
  @EnumSource
  void isDirectFeedbackThroughScaledSlices(Normalise normalise) {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training unified = on(network, new UnifiedFeedback(normalise));
    Training direct = on(network, new DirectFeedback());
    for (int l = 1; l <= network.hidden(); l++) {
      long width = network.width(l - 1);
      named(direct.feedback().state(), "feedback." + l)
          .copyFrom(shared(unified).columns(0, width).scaled(factor(normalise, (double) width)));
    }
    requireSameGradients(
        unified.tell(batch, 0).gradients(), products(direct.tell(batch, 0).gradients()), 1e-12);
    for (int i = 0; i < network.hidden(); i++) {
      requireClose(
          "path " + i,
          unified.feedback().paths().matrices().get(i),
          direct.feedback().paths().matrices().get(i),
          1e-15);
    }
  }

  @Test
  void theEntriesOfASliceHaveTheStdOfTheRule() {
    Network network =
        Toy.net(
            List.of(10L, 900L, 400L, 10L),
            new Activation.Tanh(),
            new Initialiser.Uniform(),
            Precision.FP32);
    for (Tensor b : rule().attach(network, Seed.of(1)).paths().matrices()) {
      assertThat(b.to(Precision.FP64).squared().mean().sqrt().item())
          .isCloseTo(1 / Math.sqrt((double) b.size(1) * 10), Percentage.withPercentage(5));
    }
    Tensor tiny =
        new UnifiedFeedback(Normalise.TINYDFA)
            .attach(network, Seed.of(1))
            .paths()
            .matrices()
            .getLast();
    assertThat(Arrays.stream(tiny.abs().toDoubles())).allMatch(x -> x <= 1.0 / 30);
    assertThat(tiny.to(Precision.FP64).squared().mean().sqrt().item())
        .isCloseTo(1.0 / 30 / Math.sqrt(3), Percentage.withPercentage(5));
  }

  @Test
  void blocksOfOneWidthHearThroughTheSameMatrixAndNarrowerOnesThroughAPart() {
    Network network =
        Toy.net(
            List.of(12L, 9L, 9L, 4L, 5L), new Activation.Tanh(), new Toy.Normal(), Precision.FP64);
    List<Tensor> b = rule().attach(network, Seed.of(1)).paths().matrices();
    assertThat(bits(b.get(0))).isEqualTo(bits(b.get(1)));
    List<Tensor> off =
        new UnifiedFeedback(Normalise.OFF).attach(network, Seed.of(1)).paths().matrices();
    assertThat(bits(off.get(2))).isEqualTo(bits(off.get(0).columns(0, 4)));
  }

  @Test
  void regeneratedItTellsTheSameAndKeepsOnlyItsSeed() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training kept = on(network, new UnifiedFeedback(Normalise.ON, 1, Storage.STORED));
    Training drawn = on(network, new UnifiedFeedback(Normalise.ON, 1, Storage.REGENERATED));
    requireSameGradients(
        drawn.tell(batch, 0).gradients(), products(kept.tell(batch, 0).gradients()), 0);
    assertThat(drawn.feedback().state().values()).hasSize(1).allMatch(t -> t.size() == 1);
  }

  @Test
  void aGainMultipliesTheSignals() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    var one = on(network, rule()).tell(batch, 0).signals();
    var many =
        on(network, new UnifiedFeedback(Normalise.ON, 128, Storage.STORED))
            .tell(batch, 0)
            .signals();
    for (int i = 0; i < network.hidden(); i++) {
      requireClose(
          "signal " + i,
          ((Signal.Told) many.get(i)).gradient(),
          ((Signal.Told) one.get(i)).gradient().scaled(128),
          1e-12);
    }
    assertThatThrownBy(() -> Rules.ALL.parse("udfa:gain=0"))
        .hasMessage("gain must be above 0, but is 0");
  }
}
