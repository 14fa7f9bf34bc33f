package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.relativeError;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Preparation.Prepared;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

@ExtendWith(InScope.class)
class PreparationTest {
  /** Two images of two channels of two pixels; the second channel never changes. */
  private static final Rows TWO = Tiny.images(Shape.of(2, 1, 2), 0, 51, 7, 7, 255, 102, 7, 7);

  private static Prepared attached(String text, Shape row) {
    return Preparation.ALL.parse(text).attach(row, Precision.FP64, Device.CPU);
  }

  private static Prepared fitted(String text, Dataset rows) {
    Prepared prepared = attached(text, rows.shape());
    prepared.fit(rows);
    return prepared;
  }

  private static Tensor inputs(Dataset rows) {
    int[] order = IntStream.range(0, rows.size()).toArray();
    return Batch.of(rows, order, 0, order.length, Precision.FP64, Device.CPU).inputs();
  }

  private static Tensor covariance(Tensor inputs) {
    Tensor x = inputs.reshaped(inputs.size(0), -1);
    Tensor mean = x.sum(0).multiply(1.0 / x.size(0));
    Tensor centred = x.minus(mean);
    return centred.transposed().matmul(centred).multiply(1.0 / x.size(0));
  }

  @Test
  void noneChangesNothingAndKeepsNothing() {
    Prepared none = fitted("none", TWO);
    Tensor x = inputs(TWO);
    assertThat(none.apply(x)).isSameAs(x);
    assertThat(none.state()).isEmpty();
  }

  @Test
  void standardiseByHand() {
    Prepared prepared = fitted("standardise", TWO);
    // channel 1: 0, 0.2, 1, 0.4: mean 0.4, variance (0.16 + 0.04 + 0.36 + 0) / 4 = 0.14
    double d = Math.sqrt(0.14);
    assertThat(named(prepared.state(), "mean").toDoubles())
        .containsExactly(new double[] {0.4, 7 / 255.0}, Offset.offset(1e-8));
    assertThat(named(prepared.state(), "deviation").toDoubles())
        .containsExactly(new double[] {d, 1}, Offset.offset(1e-7));
    Tensor y = prepared.apply(inputs(TWO));
    assertThat(y.shape()).isEqualTo(Shape.of(2, 2, 1, 2));
    assertThat(y.toDoubles())
        .containsExactly(
            new double[] {-0.4 / d, -0.2 / d, 0, 0, 0.6 / d, 0, 0, 0}, Offset.offset(1e-6));
  }

  @Test
  void standardisedTrainingRowsHaveMeanZeroAndDeviationOne() {
    Rows rows = Digits.read();
    Tensor y = fitted("standardise", rows).apply(inputs(rows));
    assertThat(y.mean().item()).isCloseTo(0, Offset.offset(1e-10));
    assertThat(y.squared().mean().item()).isCloseTo(1, Offset.offset(1e-10));
  }

  @Test
  void ofATableEveryFeatureIsAChannel() {
    Rows table = Tiny.table(4, 2, i -> i % 2 == 0 ? i : 5); // 0, 2, 4, 6 and a constant
    Tensor y = fitted("standardise", table).apply(inputs(table));
    double d = Math.sqrt(5);
    assertThat(y.toDoubles())
        .containsExactly(
            new double[] {-3 / d, 0, -1 / d, 0, 1 / d, 0, 3 / d, 0}, Offset.offset(1e-12));
  }

  @Test
  void scaleTakesOneNumberOrOneAChannel() {
    Tensor x = inputs(TWO);
    Prepared one = fitted("scale:mean=0.5,deviation=0.25", TWO);
    requireClose("one", one.apply(x), x.minus(x.zerosLike().fill(0.5)).multiply(4), 1e-12);
    Prepared two = fitted("scale:mean=0.5/0,deviation=0.25/2", TWO);
    double[] given = x.toDoubles();
    double[] expected = new double[8];
    for (int i = 0; i < 8; i++) {
      expected[i] = i % 4 < 2 ? (given[i] - 0.5) / 0.25 : given[i] / 2;
    }
    assertThat(two.apply(x).toDoubles()).containsExactly(expected, Offset.offset(1e-12));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scale | scale:mean=0.5,deviation=0.5",
        "scale:mean=0.10,deviation=1.0 | scale:mean=0.1,deviation=1",
        "scale:mean=-1e-7/ 0.5 /2.,deviation=3e+4 | scale:mean=-1e-7/0.5/2,deviation=30000",
        "zca | zca:epsilon=1e-5",
        "standardise | standardise",
        "none | none",
      })
  void printsAsItParses(String text, String printed) {
    Preparation value = Preparation.ALL.parse(text);
    assertThat(Preparation.ALL.printAll(value)).isEqualTo(printed);
    assertThat(Preparation.ALL.parse(printed)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "standardize | unknown preparation 'standardize'; did you mean 'standardise'?",
        "scale:mean=x | mean must be a number, or one a channel separated by '/'",
        "scale:mean=0.5//0.1 | but is '0.5//0.1'",
        "scale:mean=NaN | but is 'NaN'",
        "scale:mean=1e39 | but is '1e39'",
        "scale:deviation=0.5/0 | deviation of scale must be above 0, but is 0",
        "zca:epsilon=0 | epsilon of zca must be above 0, but is 0",
        "scale:mean=0.1/0.2/0.3 | must be one number or one a channel, of which the inputs have 2",
      })
  void refusesInOneLine(String text, String message) {
    assertThatThrownBy(() -> attached(text, TWO.shape()))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void zcaOfVeryWideRowsIsRefusedBeforeItTakesMemory() {
    assertThatThrownBy(() -> attached("zca", Shape.of(3, 224, 224)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("150,528");
  }

  /** 300 images of 2 × 3 × 3 pixels, neighbours of which are alike. */
  private static Rows correlated(int rows) {
    Seed seed = Seed.of(3);
    int[] pixels = new int[rows * 18];
    for (int i = 0; i < pixels.length; i++) {
      double shared = seed.child("shared").uniform(i / 3) + seed.child("row").uniform(i / 18);
      pixels[i] = (int) (80 * shared + 80 * seed.uniform(i));
    }
    return Tiny.images(Shape.of(2, 3, 3), pixels);
  }

  @Test
  void whitenedRowsHaveTheIdentityAsCovariance() {
    Rows rows = correlated(300);
    assertThat(relativeError(covariance(inputs(rows)).toDoubles(), identity(18).toDoubles()))
        .isGreaterThan(0.5); // as they come they have not
    Tensor y = fitted("zca:epsilon=1e-12", rows).apply(inputs(rows));
    assertThat(y.shape()).isEqualTo(Shape.of(300, 2, 3, 3));
    requireClose("covariance", covariance(y), identity(18), 1e-8);
    assertThat(y.reshaped(300, 18).sum(0).norm().item()).isLessThan(1e-8);
  }

  @Test
  void theMatrixIsSymmetricAndEpsilonShrinksByLambda() {
    Rows rows = correlated(300);
    Prepared prepared = fitted("zca:epsilon=0.01", rows);
    Tensor w = named(prepared.state(), "matrix");
    requireClose("W", w, w.transposed(), 1e-10);
    // W (Σ + ε I) W = I
    Tensor shifted = covariance(inputs(rows)).plus(identity(18).multiply(0.01));
    requireClose("W (Σ + ε) W", w.matmul(shifted).matmul(w), identity(18), 1e-8);
  }

  @Test
  void fewerRowsThanPixelsStayFinite() {
    Rows rows = correlated(6);
    Prepared prepared = fitted("zca:epsilon=1e-6", rows);
    Tensor covariance = covariance(prepared.apply(inputs(rows)));
    double[] values = covariance.eigen().values().toDoubles();
    for (int i = 0; i < 18; i++) { // 6 rows around their mean span 5 directions
      assertThat(values[i]).isCloseTo(i < 13 ? 0 : 1, Offset.offset(2e-3));
    }
    // a direction that no training row has is multiplied by 1/√ε
    assertThat(named(prepared.state(), "matrix").eigen().values().toDoubles()[17])
        .isCloseTo(1000, Offset.offset(1e-3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"standardise", "zca"})
  void theSameRowsGiveTheSameBitsAndOtherRowsOthers(String text) {
    Rows rows = correlated(1200); // more than one portion
    Map<String, Tensor> once = fitted(text, rows).state();
    assertThat(bits(fitted(text, rows).state())).isEqualTo(bits(once));
    assertThat(bits(fitted(text, correlated(1100)).state())).isNotEqualTo(bits(once));
  }

  @Test
  void portionsOfRowsAreOneSum() {
    Rows rows = correlated(1200);
    Tensor y = fitted("zca:epsilon=1e-12", rows).apply(inputs(rows));
    requireClose("covariance", covariance(y), identity(18), 1e-8);
  }

  private static Tensor identity(long n) {
    return Tensor.zeros(Precision.FP64, 1).identity(n);
  }
}
