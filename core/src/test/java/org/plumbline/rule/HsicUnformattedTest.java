package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import org.junit.jupiter.api.Test;
import org.plumbline.nn.Network;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class HsicUnformattedTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return Rules.ALL.parse("hsic:training=unformatted");
  }

  @Override
  protected boolean draws() {
    return false;
  }

  @Override
  protected boolean tellsTheOutputTheError() {
    return false;
  }

  private Training on(Network network) {
    return Training.of(network, rule(), new Sgd(0.1), Seed.of(1));
  }

  @Test
  void theOutputBlockHearsTheSlopeOfItsOwnLoss() {
    Network network = Toy.tanhNet(Precision.FP64);
    HsicBottleneck rule = (HsicBottleneck) Rules.ALL.parse("hsic:training=unformatted,eps=0.01");
    Training.Told told =
        Training.of(network, rule, new Sgd(0.1), Seed.of(1))
            .tell(Toy.batch(network, Precision.FP64), 0);
    Tensor y = told.trace().output().copied();
    requireClose(
        "by y",
        ((Signal.Told) told.signals().getLast()).gradient(),
        differences(
            y,
            () ->
                HsicBottleneckTest.Oracle.bottleneck(
                    rule, 1, y, told.trace().input(), told.outcome().target())),
        1e-7);
  }

  @Test
  void theTableCountsWhatEachUnitWonAndIsAHead() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training.Told told = training.tell(batch, 0);
    training.step(batch, 0);
    Tensor table = named(training.feedback().heads(), "table");
    double[] counts = table.toDoubles();
    double[] expected = new double[25];
    long[] units = told.trace().output().argmax().toLongs();
    long[] labels = batch.targets().argmax().toLongs();
    for (int i = 0; i < Toy.ROWS; i++) {
      expected[(int) (units[i] * 5 + labels[i])]++;
    }
    assertThat(counts).containsExactly(expected);
    // a row's answer is the class that its unit won most often
    long[] said = training.feedback().predict(told.trace()).argmax().toLongs();
    for (int i = 0; i < Toy.ROWS; i++) {
      double best = 0;
      for (int c = 0; c < 5; c++) {
        best = Math.max(best, counts[(int) units[i] * 5 + c]);
      }
      assertThat(counts[(int) (units[i] * 5 + said[i])]).isEqualTo(best);
    }
  }

  @Test
  void aSingleRowSilencesAllBlocks() {
    Network network = Toy.tanhNet(Precision.FP32);
    Toy.Batch batch = Toy.batch(network, Precision.FP32);
    var one = new Toy.Batch(batch.inputs().rows(0, 1), batch.targets().rows(0, 1));
    assertThat(on(network).tell(one, 0).signals()).containsOnly(Signal.SILENT);
  }
}
