package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
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

  /** The nearest mean is a weak reader of rows that kernels of 32 arranged: 0.84 is reached. */
  @Override
  protected double accuracy() {
    return 0.75;
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
  void sumsAreThoseOfTheTrainingAndAreHeads() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Tensor first = training.tell(batch, 0).trace().output();
    training.step(batch, 0);
    Tensor second = training.tell(batch, 1).trace().output();
    training.step(batch, 1);
    var heads = training.feedback().heads();
    Tensor both = first.scaled(0.99).plus(second);
    requireClose("sums", named(heads, "sums"), batch.targets().transposed().matmul(both), 1e-12);
    Tensor rows = batch.targets().sum(0).reshaped(-1, 1);
    requireClose("counts", named(heads, "counts"), rows.scaled(1.99), 1e-12);
    double squares = 0.99 * first.dot(first).item() + second.dot(second).item();
    assertThat(named(heads, "squares").item()).isCloseTo(squares, Offset.offset(1e-9));
  }

  @Test
  void aRowIsOfTheClassWhoseMeanOutputIsNearest() {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = on(network).feedback();
    Trace trace = on(network).tell(Toy.batch(network, Precision.FP64), 0).trace();
    double[] y = trace.output().toDoubles();
    for (double share : feedback.predict(trace).softmax().toDoubles()) {
      assertThat(share).as("nothing counted yet").isCloseTo(0.2, Offset.offset(1e-12));
    }
    double[] means = Arrays.copyOf(y, 25); // the first five rows: each is of a class of its own
    double[] counts = {3, 3, 3, 3, 3};
    named(feedback.state(), "sums").copyFrom(Tensor.of(means, 5, 5).scaled(3));
    named(feedback.state(), "counts").copyFrom(Tensor.of(counts, 5, 1));
    named(feedback.state(), "squares").fill(1000);
    long[] said = feedback.predict(trace).argmax().toLongs();
    for (int i = 0; i < Toy.ROWS; i++) {
      int nearest = 0;
      double least = Double.MAX_VALUE;
      for (int c = 0; c < 5; c++) {
        double distance = 0;
        for (int k = 0; k < 5; k++) {
          distance += Math.pow(y[i * 5 + k] - means[c * 5 + k], 2);
        }
        if (distance < least) {
          least = distance;
          nearest = c;
        }
      }
      assertThat(said[i]).isEqualTo(nearest);
    }
    assertThat(said).startsWith(0, 1, 2, 3, 4);
  }

  @Test
  void aSingleRowSilencesAllBlocks() {
    Network network = Toy.tanhNet(Precision.FP32);
    Toy.Batch batch = Toy.batch(network, Precision.FP32);
    var one = new Toy.Batch(batch.inputs().rows(0, 1), batch.targets().rows(0, 1));
    assertThat(on(network).tell(one, 0).signals()).containsOnly(Signal.SILENT);
  }
}
