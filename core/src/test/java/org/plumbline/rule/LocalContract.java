package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Network;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

/**
 * What holds for every rule with a loss on each block: signals and own gradients are its slopes.
 */
abstract class LocalContract extends LearningRuleContract {
  /** The rules whose losses are differentiated. */
  protected abstract List<LearningRule> differentiated();

  /** The loss of a hidden block, from 0, written out once more; h is {@code [batch, n_l]}. */
  protected abstract double loss(
      LearningRule rule, Training training, Training.Told told, int block, Tensor h);

  /** The relative error that differences may show. */
  protected double tolerance(LearningRule rule) {
    return 1e-7;
  }

  protected static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  protected static Signal.Told told(Training.Told told, int block) {
    return (Signal.Told) told.signals().get(block);
  }

  @Test
  void signalsAndOwnGradientsAreTheDifferencesOfTheLocalLoss() {
    for (LearningRule rule : differentiated()) {
      Network network = Toy.tanhNet(Precision.FP64);
      Training training = on(network, rule);
      Training.Told told = training.tell(Toy.batch(network, Precision.FP64), 0);
      for (int i = 0; i < network.hidden(); i++) {
        int block = i;
        String what = Rules.ALL.print(rule) + ", block " + (i + 1);
        Tensor h = told.trace().steps().get(i).output().copied();
        requireClose(
            what + ", by h",
            told(told, i).gradient(),
            differences(h, () -> loss(rule, training, told, block, h)),
            tolerance(rule));
        for (Gradients.Entry entry : told(told, i).own().entries()) {
          requireClose(
              what + ", by " + entry.parameter().name(),
              entry.gradient().value(),
              differences(entry.parameter().value(), () -> loss(rule, training, told, block, h)),
              tolerance(rule));
        }
      }
    }
  }

  @Test
  void aSignalIsIndependentOfTheBlocksAbove() {
    for (LearningRule rule : differentiated()) {
      Network network = Toy.tanhNet(Precision.FP64);
      Training training = on(network, rule);
      Toy.Batch batch = Toy.batch(network, Precision.FP64);
      List<Long> before = bits(told(training.tell(batch, 0), 0).gradient());
      for (int l = 1; l < network.blocks().size(); l++) {
        network.blocks().get(l).parameters().forEach(p -> p.value().multiply(-3));
      }
      assertThat(bits(told(training.tell(batch, 0), 0).gradient())).isEqualTo(before);
      network.blocks().getFirst().parameters().getFirst().value().multiply(-3);
      assertThat(bits(told(training.tell(batch, 0), 0).gradient())).isNotEqualTo(before);
    }
  }

  /** Rows of zeros, a single row: every number stays finite. */
  @Test
  void degenerateBatchesTellFiniteNumbers() {
    for (LearningRule rule : differentiated()) {
      Network network =
          Toy.net(Toy.WIDTHS, new Activation.Relu(), new Toy.Normal(), Precision.FP32);
      network.blocks().getFirst().parameters().getLast().value().fill(0); // h_1 of zeros is zero
      Training training = on(network, rule);
      Toy.Batch batch = Toy.batch(network, Precision.FP32);
      batch.inputs().rows(0, 3).fill(0);
      for (int rows : List.of(16, 2, 1)) {
        var part = new Toy.Batch(batch.inputs().rows(0, rows), batch.targets().rows(0, rows));
        training.step(part, rows);
        for (Gradients.Entry entry : training.tell(part, rows).gradients().entries()) {
          assertThat(entry.gradient().value().norm().item())
              .as("%s, %d rows, %s", rule, rows, entry.parameter().name())
              .isFinite()
              .isLessThan(1e4);
        }
      }
    }
  }
}
