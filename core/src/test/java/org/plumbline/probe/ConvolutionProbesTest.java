package org.plumbline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.named;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Network;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

/** Probes of a net of images: convolutions with norms and a pool, and a dense output. */
@ExtendWith(InScope.class)
class ConvolutionProbesTest {
  private static Training on(String rule) {
    return Training.of(
        Toy.convNet(Precision.FP64), Rules.ALL.parse(rule), new Sgd(0.1), Seed.of(3));
  }

  private static Map<String, Double> read(Probe probe, String name, Training training) {
    LearningRule rule = Rules.ALL.parse(name);
    Network network = training.network();
    var told = training.tell(Toy.batch(network, Precision.FP64), 0);
    return probe
        .attach(network, rule, training.feedback(), Seed.of(1))
        .read(told.trace(), told.outcome(), told.signals());
  }

  @Test
  void backpropIsAlignedWithItselfThroughNormsAndPools() {
    Map<String, Double> readings = read(new Alignment(), "bp", on("bp"));
    for (String name :
        new String[] {
          "alignment/1", "alignment/2", "alignment/1/delta", "alignment/2/delta", "update/total"
        }) {
      assertThat(named(readings, name)).as(name).isCloseTo(1, within(1e-12));
    }
  }

  /**
   * A null costs two steps: by what a pass multiplies, which is far more than there are weights.
   */
  @Test
  void theNullOfFeedbackAlignmentHasAsManyDrawsAsTwoStepsPayFor() {
    Map<String, Double> readings = read(new Alignment(20), "fa", on("fa"));
    // forward F = 18·4·64 + 36·6·16 + 96·5, a draw F − F_1; 2 (2 F + draw) / draw
    double first = 18 * 4 * 64;
    double back = 36 * 6 * 16 + 96 * 5;
    assertThat(named(readings, "alignment/1/null_draws"))
        .isEqualTo(Math.ceil(2 * (2 * (first + back) + back) / back));
    assertThat(named(readings, "alignment/1")).isBetween(-0.5, 0.5);
  }

  @Test
  void anglesOfKernelsAreThoseOfTheirNumbers() {
    for (String rule : new String[] {"fa", "kp", "pfa", "ldfa", "frsf", "wm"}) {
      Training training = on(rule);
      Map<String, Double> readings = read(new WeightAngle(), rule, training);
      for (int l = 2; l <= 3; l++) {
        Tensor w = named(training.network().state(), l + ".weight");
        Tensor v = training.feedback().paths().matrices().get(l - 2);
        double cosine = v.dot(w).item() / v.norm().item() / w.norm().item();
        assertThat(named(readings, "weights/" + l))
            .as(rule)
            .isCloseTo(Math.toDegrees(Math.acos(cosine)), within(1e-9));
        assertThat(named(readings, "weights/" + l + "/ratio"))
            .isCloseTo(v.norm().item() / w.norm().item(), within(1e-12));
      }
      assertThat(named(readings, "weights/2/null_std"))
          .isCloseTo(Math.toDegrees(1 / Math.sqrt(6 * 4 * 9)), within(1e-12));
    }
  }

  @Test
  void directFeedbackStandsForNoKernel() {
    assertThat(read(new WeightAngle(), "dfa", on("dfa")).keySet())
        .allMatch(name -> name.startsWith("weights/3") || name.startsWith("weights/2/product"));
  }

  @Test
  void theLocalDeltaAngleIsZeroWhereTheFeedbackIsTheKernel() {
    Training training = on("fa");
    assertThat(named(read(new LocalDeltaAngle(), "fa", training), "local_delta_angle/1/mean"))
        .isGreaterThan(20);
    named(training.feedback().state(), "feedback.2")
        .copyFrom(named(training.network().state(), "2.weight"));
    Map<String, Double> readings = read(new LocalDeltaAngle(), "fa", training);
    assertThat(named(readings, "local_delta_angle/1/mean")).isCloseTo(0, within(1e-6));
    assertThat(named(readings, "local_delta_angle/2/mean")).isGreaterThan(20);
  }
}
