package org.plumbline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.named;

import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Network;
import org.plumbline.optim.Adam;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.FeedbackAlignment;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Shallow;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

@ExtendWith(InScope.class)
class LocalDeltaAngleTest {
  private static Map<String, Double> read(Network network, LearningRule rule) {
    Training training = Training.of(network, rule, new Adam(), Seed.of(3));
    var told = training.tell(Toy.batch(network, Precision.FP64), 0);
    return new LocalDeltaAngle()
        .attach(network, rule, training.feedback(), Seed.of(1))
        .read(told.trace(), told.outcome(), told.signals());
  }

  @Test
  void ofBackpropIsZero() {
    Map<String, Double> readings = read(Toy.tanhNet(Precision.FP64), new Backprop());
    for (int l = 1; l <= 3; l++) {
      assertThat(named(readings, "local_delta_angle/" + l)).isCloseTo(0, Offset.offset(1e-9));
      assertThat(named(readings, "local_delta_angle/" + l + "/mean"))
          .isCloseTo(0, Offset.offset(1e-9));
    }
    assertThat(readings).doesNotContainKey("local_delta_angle/4");
  }

  /** With V_3 = W_3 the second block's angle is 0, although its delta is not the true one. */
  @Test
  void isLocal() {
    Network network = Toy.tanhNet(Precision.FP64);
    LearningRule rule = new FeedbackAlignment();
    Training training = Training.of(network, rule, new Adam(), Seed.of(3));
    named(training.feedback().state(), "feedback.3").copyFrom(named(network.state(), "3.weight"));
    var told = training.tell(Toy.batch(network, Precision.FP64), 0);
    Map<String, Double> readings =
        new LocalDeltaAngle()
            .attach(network, rule, training.feedback(), Seed.of(1))
            .read(told.trace(), told.outcome(), told.signals());
    assertThat(named(readings, "local_delta_angle/2")).isCloseTo(0, Offset.offset(1e-9));
    assertThat(named(readings, "local_delta_angle/3")).isGreaterThan(20);
    Map<String, Double> alignment =
        new Alignment(0)
            .attach(network, rule, training.feedback(), Seed.of(1))
            .read(told.trace(), told.outcome(), told.signals());
    assertThat(named(alignment, "alignment/2")).isLessThan(0.9);
  }

  @Test
  void theFirstRowStandsAlone() {
    Network network = Toy.tanhNet(Precision.FP64);
    Map<String, Double> readings = read(network, new FeedbackAlignment());
    assertThat(named(readings, "local_delta_angle/1"))
        .isBetween(0.0, 180.0)
        .isNotEqualTo(named(readings, "local_delta_angle/1/mean"));
  }

  @Test
  void ofSilentBlocksIsAbsent() {
    assertThat(read(Toy.tanhNet(Precision.FP64), new Shallow())).isEmpty();
  }

  @Test
  void aRowWithoutASignalHasNoAngle() {
    Tensor zero = Tensor.zeros(Precision.FP64, 1, 4);
    assertThat(WeightAngle.degrees(zero, zero.zerosLike().fill(1))).isNaN();
  }
}
