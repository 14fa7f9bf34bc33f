package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.relativeError;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

/** Moments of a drawn weight of 300 units on 200 inputs. */
@ExtendWith(InScope.class)
class InitialiserTest {
  private static final long OUT = 300;
  private static final long IN = 200;

  private static Tensor weight(String name) {
    return Initialiser.ALL.parse(name).weight(Seed.of(1), OUT, IN).to(Precision.FP64);
  }

  @ParameterizedTest
  @CsvSource({
    // std = bound / √3, kurtosis 1.8 for uniform and 3 for normal; √3/… written out
    "uniform,    0.0408248, 1.8", // 1/√200 /√3
    "xavier,     0.0632456, 1.8", // √(6/500) /√3
    "kaiming,    0.1,       3", // √(2/200)
    "orthogonal, 0.0577350, 3" // 1/√300: 200 orthonormal columns
  })
  void hasItsMoments(String name, double std, double kurtosis) {
    Tensor w = weight(name);
    double variance = w.squared().mean().item();
    assertThat(w.mean().item()).isCloseTo(0, Offset.offset(4 * std / Math.sqrt(OUT * IN)));
    assertThat(Math.sqrt(variance)).isCloseTo(std, Percentage.withPercentage(1));
    assertThat(w.squared().squared().mean().item() / (variance * variance))
        .isCloseTo(kurtosis, Percentage.withPercentage(4));
  }

  @Test
  void uniformStaysWithinItsBoundAndDrawsBiasesToo() {
    assertThat(Arrays.stream(weight("uniform").toDoubles()).map(Math::abs).max().orElseThrow())
        .isLessThanOrEqualTo(1 / Math.sqrt(200) + 1e-8);
    Tensor bias = Initialiser.ALL.parse("uniform").bias(Seed.of(1), 20_000, IN);
    assertThat(Math.sqrt(bias.squared().mean().item()))
        .isCloseTo(0.0408248, Percentage.withPercentage(2));
  }

  /** Glorot's fans of a kernel [40, 10, 3, 3]: 90 in, 360 out. */
  @Test
  void aKernelHasMoreThatHearIt() {
    Block conv =
        new Conv2d(40, 3, 1, 1)
            .attach(Shape.of(10, 8, 8), Toy.birth(new Initialiser.Xavier(), Precision.FP64, 1));
    Tensor w = conv.parameters().getFirst().value();
    assertThat(w.shape()).isEqualTo(Shape.of(40, 10, 3, 3));
    assertThat(Arrays.stream(w.toDoubles()).map(Math::abs).max().orElseThrow())
        .isBetween(0.99 * Math.sqrt(6.0 / 450), 1.0001 * Math.sqrt(6.0 / 450));
    Block kaiming =
        new Conv2d(40, 3, 1, 1)
            .attach(Shape.of(10, 8, 8), Toy.birth(new Initialiser.Kaiming(), Precision.FP64, 1));
    assertThat(kaiming.parameters().getFirst().value().squared().mean().item())
        .isCloseTo(2.0 / 90, Percentage.withPercentage(5));
  }

  @Test
  void zeroIsZeroAndOtherBiasesAreZero() {
    assertThat(weight("zero").toDoubles()).containsOnly(0);
    for (String name : new String[] {"zero", "xavier", "kaiming", "orthogonal"}) {
      assertThat(Initialiser.ALL.parse(name).bias(Seed.of(1), OUT, IN).toDoubles()).containsOnly(0);
    }
  }

  @Test
  void weightAndBiasAndEveryLayerAreDrawnApart() {
    Network network =
        Network.of(
            List.of(new Dense(10), new Dense(10)),
            Shape.of(10),
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    double[] w1 = network.parameters().get(0).value().toDoubles();
    double[] b1 = network.parameters().get(1).value().toDoubles();
    double[] w2 = network.parameters().get(2).value().toDoubles();
    assertThat(w1).isNotEqualTo(w2);
    assertThat(b1).isNotEqualTo(Arrays.copyOf(w1, 10));
  }

  /** Deviations gain/√fan, worked out by hand for 300 units on 200 inputs. */
  @Test
  void theLawsOfTheRecipesHaveTheirDeviations() {
    String[] laws = {"law=normal,fan=sum", "law=normal,fan=out", "law=uniform,fan=in,gain=1.4142"};
    double[] stds = {0.0447214, 0.0577350, 0.1};
    double[] kurtoses = {3, 3, 1.8};
    for (int i = 0; i < laws.length; i++) {
      Tensor w = weight("random:" + laws[i]);
      double variance = w.squared().mean().item();
      assertThat(Math.sqrt(variance)).isCloseTo(stds[i], Percentage.withPercentage(1));
      assertThat(w.squared().squared().mean().item() / (variance * variance))
          .isCloseTo(kurtoses[i], Percentage.withPercentage(4));
    }
    Initialiser drawn = Initialiser.ALL.parse("random:fan=sum,bias=drawn");
    assertThat(Math.sqrt(drawn.bias(Seed.of(1), 20_000, 20_000).squared().mean().item()))
        .isCloseTo(0.005, Percentage.withPercentage(2));
    assertThat(new Initialiser.Zero(0.1).bias(Seed.of(1), 4, 3).toDoubles())
        .containsExactly(new double[] {0.1f, 0.1f, 0.1f, 0.1f}, Offset.offset(1e-9));
  }

  /** h Wᵀ/√n + b, W ~ N(0, 1): the function of a plain layer with W/√n, and its signals. */
  @ParameterizedTest
  @ValueSource(strings = {"dense:width=7", "dense:width=7,bias=without", "conv2d:channels=5"})
  void ntkDividesInTheLayer(String name) {
    Layer layer = Layers.ALL.parse(name);
    Shape row = name.startsWith("dense") ? Shape.of(12) : Shape.of(3, 4, 4);
    double fan = name.startsWith("dense") ? 12 : 27;
    Block ntk = layer.attach(row, Toy.birth(new Initialiser.Ntk(), Precision.FP64, 7));
    Block plain = layer.attach(row, Toy.birth(new Toy.Normal(), Precision.FP64, 7));
    Tensor w = ntk.parameters().getFirst().value();
    assertThat(w.squared().mean().item()).isCloseTo(1, Offset.offset(0.4));
    plain.parameters().getFirst().value().copyFrom(w.scaled(1 / Math.sqrt(fan)));
    if (plain.parameters().size() > 1) {
      plain.parameters().get(1).value().copyFrom(ntk.parameters().get(1).value().fill(0.3));
    }
    Tensor x = Toy.inputs(Precision.FP64, Seed.of(1), 4, row);
    Step a = ntk.step(x, Mode.EVAL);
    Step b = plain.step(x, Mode.EVAL);
    assertThat(relativeError(a.output().toDoubles(), b.output().toDoubles())).isLessThan(1e-12);
    Tensor signal = Toy.inputs(Precision.FP64, Seed.of(2), 4, layer.output(row));
    assertThat(
            relativeError(
                a.carry(signal, Parameter::value).toDoubles(),
                b.carry(signal, Parameter::value).toDoubles()))
        .isLessThan(1e-12);
    assertThat(relativeError(a.tangent(x).toDoubles(), b.tangent(x).toDoubles())).isLessThan(1e-12);
    assertThat(
            relativeError(
                a.gradients(signal).entries().getFirst().gradient().value().toDoubles(),
                b.gradients(signal)
                    .entries()
                    .getFirst()
                    .gradient()
                    .value()
                    .scaled(1 / Math.sqrt(fan))
                    .toDoubles()))
        .isLessThan(1e-12);
    assertThat(a.first(2, x.firstRows(2)).orElseThrow().output().toDoubles())
        .isEqualTo(a.output().firstRows(2).toDoubles());
  }
}
