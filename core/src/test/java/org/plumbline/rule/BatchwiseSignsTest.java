package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;

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

class BatchwiseSignsTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new BatchwiseSigns();
  }

  @Override
  protected LearningRule other() {
    return new BatchwiseSigns(Sigma.FAN_IN, Law.NORMAL);
  }

  private Training on(Network network) {
    return Training.of(network, rule(), new Sgd(0.1), Seed.of(1));
  }

  private static List<List<Long>> ways(Training training) {
    return training.feedback().paths().matrices().stream().map(m -> bits(m)).toList();
  }

  @Test
  void everyBatchHasSizesOfItsOwnAndTheSignsOfTheWeights() {
    Training training = on(Toy.tanhNet(Precision.FP64));
    var first = ways(training);
    assertThat(ways(training)).isEqualTo(first);
    for (int batch = 0; batch < 3; batch++) {
      Ways.requireTheSignsOfTheWeights(training);
      var before = ways(training);
      Ways.behindAStep(training); // the weights have not moved
      assertThat(ways(training)).doesNotContainAnyElementsOf(before);
      assertThat(ways(training)).doesNotContainAnyElementsOf(first);
    }
  }

  @Test
  void theBatchIsCountedInTheState() {
    Training training = on(Toy.tanhNet(Precision.FP64));
    var third = on(training.network());
    Ways.behindAStep(training);
    Ways.behindAStep(training);
    training
        .feedback()
        .state()
        .forEach((name, t) -> {
          Tensor other = java.util.Objects.requireNonNull(third.feedback().state().get(name));
          other.copyFrom(t);
        });
    assertThat(ways(third)).isEqualTo(ways(training));
  }

  @Test
  void blocksOfOneWidthHaveDifferentSizes() {
    Network network =
        Toy.net(List.of(9L, 9L, 9L, 9L), new Activation.Tanh(), new Toy.Normal(), Precision.FP64);
    Training training = on(network);
    var ways = training.feedback().paths().matrices();
    assertThat(bits(ways.get(0).abs())).isNotEqualTo(bits(ways.get(1).abs()));
  }

  @Test
  void theSizeIsSigma() {
    Network network =
        Toy.net(List.of(20L, 300L, 100L), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
    for (Law law : Law.values()) {
      Tensor v =
          new BatchwiseSigns(Sigma.XAVIER, law)
              .attach(network, Seed.of(1))
              .paths()
              .matrices()
              .getFirst();
      assertThat(v.squared().mean().sqrt().item())
          .as(law.toString())
          .isCloseTo(Math.sqrt(2.0 / 400), Percentage.withPercentage(3));
    }
  }
}
