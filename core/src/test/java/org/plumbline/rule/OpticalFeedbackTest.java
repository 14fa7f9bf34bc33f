package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Sgd;
import org.plumbline.optim.Updates;
import org.plumbline.rule.OpticalFeedback.Encoding;
import org.plumbline.rule.OpticalFeedback.Shots;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class OpticalFeedbackTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new OpticalFeedback();
  }

  /** Everything at once; the contract of its noise is kept by {@link NoisyOpticalFeedbackTest}. */
  @Override
  protected LearningRule other() {
    return new OpticalFeedback(
        Encoding.QUANTISE,
        0.2,
        4,
        0.5,
        0.1,
        Shots.TWO,
        0.3,
        Law.NORMAL,
        Scale.BOTH,
        Storage.REGENERATED,
        Form.CHANNEL);
  }

  private static OpticalFeedback optical(Encoding encoding, double theta, int bits, double clip) {
    return noisy(encoding, theta, bits, clip, 0, Shots.ONE);
  }

  private static OpticalFeedback noisy(
      Encoding encoding, double theta, int bits, double clip, double noise, Shots shots) {
    return new OpticalFeedback(
        encoding,
        theta,
        bits,
        clip,
        noise,
        shots,
        1,
        Law.UNIFORM,
        Scale.WIDTH,
        Storage.STORED,
        Form.FULL);
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  private static void requireSame(LearningRule actual, LearningRule expected, double tolerance) {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    requireSameGradients(
        on(network, actual).tell(batch, 0).gradients(),
        products(on(network, expected).tell(batch, 0).gradients()),
        tolerance);
  }

  @Test
  void ternaryWithoutAThresholdIsSignFeedback() {
    requireSame(optical(Encoding.TERNARY, 0, 8, 0), new SignFeedback(), 1e-12);
  }

  @Test
  void withoutEncodingAndNoiseIsDirectFeedback() {
    requireSame(new OpticalFeedback(Encoding.NONE), new DirectFeedback(), 1e-12);
  }

  @Test
  void ternaryHasThreeLevels() {
    OpticalFeedback ternary = new OpticalFeedback();
    Tensor z = Tensor.of(new double[] {-0.9, -0.11, -0.1, -0.05, 0, 0.1, 0.1001, 1}, 1, 8);
    assertThat(ternary.encoded(z).toDoubles()).containsExactly(-1, -1, 0, 0, 0, 0, 1, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 16})
  void quantisingErrsByHalfALevelAtMost(int bits) {
    OpticalFeedback quantised = optical(Encoding.QUANTISE, 0.1, bits, 0);
    double q = Math.pow(2, bits - 1.0) - 1;
    double[] z = new double[2001];
    for (int i = 0; i < z.length; i++) {
      z[i] = (i - 1000) / 1000.0;
    }
    double[] t = quantised.encoded(Tensor.of(z, 1, z.length)).toDoubles();
    for (int i = 0; i < z.length; i++) {
      assertThat(Math.abs(t[i] - z[i])).isLessThanOrEqualTo(0.5 / q * (1 + 1e-12));
      assertThat(t[i] * q).isCloseTo(Math.rint(t[i] * q), Offset.offset(1e-9));
    }
    assertThat(quantised.encoded(Tensor.of(new double[] {7, -7}, 1, 2)).toDoubles())
        .containsExactly(1, -1);
  }

  @Test
  void clippingShortensLongRowsAndLeavesTheOthersAlone() {
    Network network = Toy.tanhNet(Precision.FP64);
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    double[] e = Seed.of(5).normal(1, 16, 5).to(Precision.FP64).toDoubles();
    for (int i = 0; i < 40; i++) {
      e[i] *= 1e-3; // eight short rows
    }
    e[0] = e[1] = e[2] = e[3] = e[4] = 0; // one of length 0
    Tensor errors = Tensor.of(e, 16, 5);
    Outcome outcome = SignFeedbackTest.with(errors);
    double tau = 0.25;
    Tensor lengths = errors.squared().sum(1).sqrt();
    double[] factors = lengths.toDoubles();
    for (int i = 0; i < factors.length; i++) {
      factors[i] = factors[i] > tau ? tau / factors[i] : 1;
    }
    Tensor expected = errors.times(Tensor.of(factors, 16, 1));
    Feedback clipped = optical(Encoding.NONE, 0, 8, tau).attach(network, Seed.of(1));
    Feedback direct = new DirectFeedback().attach(network, Seed.of(1));
    for (int i = 0; i < 3; i++) {
      requireClose(
          "signal " + i,
          ((Signal.Told) clipped.signals(trace, outcome).get(i)).gradient(),
          ((Signal.Told) direct.signals(trace, SignFeedbackTest.with(expected)).get(i)).gradient(),
          1e-12);
    }
  }

  /** 10,000 steps of a net that stands still: the mean is the clean signal, the variance σ²/N². */
  @ParameterizedTest
  @EnumSource
  void noiseHasNoMeanAndTheVarianceOfItsShots(Shots shots) {
    int draws = 10_000;
    double sigma = 0.3;
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Trace trace = network.trace(batch.inputs(), Mode.EVAL);
    Outcome outcome = SignFeedbackTest.with(Seed.of(5).normal(0.4, 16, 5).to(Precision.FP64));
    Feedback clean = rule().attach(network, Seed.of(1));
    Feedback noisy = noisy(Encoding.TERNARY, 0.1, 8, 0, sigma, shots).attach(network, Seed.of(1));
    double std = sigma / 16 * (shots == Shots.TWO ? Math.sqrt(2) : 1);
    Tensor truth = ((Signal.Told) clean.signals(trace, outcome).get(2)).gradient();
    Tensor sum = truth.zerosLike();
    Tensor squares = truth.zerosLike();
    Updates nothing = new Updates(Gradients.NONE, 0, 0);
    for (int k = 0; k < draws; k++) {
      try (var _ = Scope.open()) {
        Tensor told = ((Signal.Told) noisy.signals(trace, outcome).get(2)).gradient();
        Tensor noise = told.minus(truth);
        sum.add(noise, 1);
        squares.addTimes(noise, noise, 1);
        noisy.afterStep(trace, outcome, nothing);
      }
    }
    double standardError = std / Math.sqrt(draws);
    // 112 means are looked at, so a few of them may pass four standard errors in 100 seeds.
    assertThat(Arrays.stream(sum.scaled(1.0 / draws).abs().toDoubles()))
        .allMatch(mean -> mean < 4 * standardError);
    assertThat(squares.mean().item() / draws).isCloseTo(std * std, Percentage.withPercentage(5));
  }

  @Test
  void noiseIsFreshAtEveryStepAndInEveryBlockButRepeatable() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = on(network, noisy(Encoding.NONE, 0, 8, 0, 1, Shots.ONE));
    List<Signal> first = training.tell(batch, 0).signals();
    List<Signal> again = training.tell(batch, 0).signals();
    training
        .feedback()
        .afterStep(
            training.tell(batch, 0).trace(),
            training.tell(batch, 0).outcome(),
            new Updates(Gradients.NONE, 0, 0));
    List<Signal> next = training.tell(batch, 0).signals();
    for (int i = 0; i < 3; i++) {
      var told = bits(((Signal.Told) first.get(i)).gradient());
      assertThat(bits(((Signal.Told) again.get(i)).gradient())).isEqualTo(told);
      assertThat(bits(((Signal.Told) next.get(i)).gradient())).isNotEqualTo(told);
    }
  }

  @Test
  void impossibleNumbersAreRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("optical-dfa:bits=1"))
        .hasMessage("bits must be at least 2, but is 1");
    assertThatThrownBy(() -> Rules.ALL.parse("optical-dfa:bits=25"))
        .hasMessage("bits must be at most 24, but is 25");
    assertThatThrownBy(() -> Rules.ALL.parse("optical-dfa:noise=-1"))
        .hasMessage("noise must be at least 0, but is -1");
  }
}
