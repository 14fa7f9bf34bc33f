package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class LocalSimilarityTest extends LocalContract {
  private static final Offset<Double> TWELVE_DIGITS = Offset.offset(1e-12);

  @Override
  protected LearningRule rule() {
    return new LocalSimilarity();
  }

  @Override
  protected List<LearningRule> differentiated() {
    return List.of(rule());
  }

  @Override
  protected double loss(
      LearningRule rule, Training training, Training.Told told, int block, Tensor h) {
    return loss(h.linear(named(training.feedback().state(), "feedback." + (block + 1))), told);
  }

  /** The mean of (S(Z) − S(t))², entry by entry; Z is {@code [batch, features]}. */
  static double loss(Tensor features, Training.Told told) {
    int rows = (int) features.size(0);
    double[][] z = rows(features);
    double[][] t = rows(told.outcome().target());
    double loss = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        boolean same = Arrays.equals(t[i], t[j]);
        double off = cosine(z[i], z[j]) - (same ? 1 : -1.0 / (t[i].length - 1));
        loss += off * off / rows / rows;
      }
    }
    return loss;
  }

  private static double[][] rows(Tensor matrix) {
    double[][] rows = new double[(int) matrix.size(0)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = matrix.rows(i, 1).toDoubles();
    }
    return rows;
  }

  /** Of two rows less their means: the correlation. */
  private static double cosine(double[] a, double[] b) {
    double meanA = Arrays.stream(a).average().orElseThrow();
    double meanB = Arrays.stream(b).average().orElseThrow();
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int k = 0; k < a.length; k++) {
      ab += (a[k] - meanA) * (b[k] - meanB);
      aa += (a[k] - meanA) * (a[k] - meanA);
      bb += (b[k] - meanB) * (b[k] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Test
  void similarityOfLabelsIsOneOrMinusOneOverTheOtherClasses() {
    Tensor t = Toy.targets(Precision.FP64, Seed.of(3), 16, 5);
    long[] labels = t.argmax().toLongs();
    double[] s = Similarities.among(t).toDoubles();
    for (int i = 0; i < 16; i++) {
      for (int j = 0; j < 16; j++) {
        assertThat(s[i * 16 + j]).isCloseTo(labels[i] == labels[j] ? 1 : -0.25, TWELVE_DIGITS);
      }
    }
  }

  @Test
  void slopeByZIsOrthogonalToZAndItsRowsSumToZero() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, rule());
    Training.Told told = training.tell(Toy.batch(network, Precision.FP64), 0);
    for (int l = 1; l <= network.hidden(); l++) {
      Tensor h = told.trace().steps().get(l - 1).output();
      Tensor z = h.linear(named(training.feedback().state(), "feedback." + l));
      Tensor centred = z.minus(z.sum(1).reshaped(-1, 1).scaled(1.0 / z.size(1)));
      var gradient = told(told, l - 1).own().entries().getFirst().gradient();
      Tensor dz = ((Gradient.Factored) gradient).left();
      assertThat(dz.norm().item()).isGreaterThan(1e-3);
      for (double x : dz.times(centred).sum(1).toDoubles()) {
        assertThat(x).isCloseTo(0, TWELVE_DIGITS);
      }
      for (double x : dz.sum(1).toDoubles()) {
        assertThat(x).isCloseTo(0, TWELVE_DIGITS);
      }
      requireClose(
          "signal " + l,
          told(told, l - 1).gradient(),
          dz.matmul(named(training.feedback().state(), "feedback." + l)),
          1e-15);
    }
  }

  @Test
  void rowsWithoutADirectionHearNothing() {
    Tensor rows = Tensor.of(new double[] {0, 0, 0, 3, 4, 0}, 2, 3);
    UnitRows unit = UnitRows.of(rows);
    assertThat(unit.value().toDoubles())
        .containsExactly(new double[] {0, 0, 0, 0.6, 0.8, 0}, Offset.offset(1e-15));
    assertThat(unit.back(rows.zerosLike().fill(1)).rows(0, 1).toDoubles()).containsExactly(0, 0, 0);
  }

  @Test
  void oneOutputIsRefused() {
    Network network =
        Toy.net(List.of(4L, 3L, 1L), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
    assertThatThrownBy(() -> rule().attach(network, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule sim needs at least 2 outputs, but block 2 (dense 3→1) has 1; use another rule");
  }
}
