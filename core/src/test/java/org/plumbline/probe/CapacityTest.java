package org.plumbline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.relativeError;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.probe.Capacity.Norm;
import org.plumbline.rule.Backprop;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

@ExtendWith(InScope.class)
class CapacityTest {
  private static final Offset<Double> EXACT = Offset.offset(1e-12);

  private static Network relu(Dense.Bias bias, Long... widths) {
    return Network.of(
        Toy.layers(List.of(widths), new Activation.Relu(), bias),
        Shape.of(widths[0]),
        Toy.birth(new Toy.Normal(), Precision.FP64, 7));
  }

  private static Tensor rows(Network network, int n) {
    return Toy.inputs(Precision.FP64, Seed.of(11), n, network.input());
  }

  private static Tensor answer(Network network, Tensor rows) {
    return network.trace(rows, Mode.EVAL).output();
  }

  private static ReluNet read(Network network, Tensor rows) {
    return ReluNet.of(network, rows, answer(network, rows)).orElseThrow();
  }

  /** V~ = [[1, −2, 0 | 2], [3, 4, −1 | 0]], the last column the bias. */
  @Test
  void normsOfTwoUnitsByHand() {
    Network net = relu(Dense.Bias.WITH, 3L, 2L, 1L);
    named(net.state(), "1.weight").copyFrom(Tensor.of(new double[] {1, -2, 0, 3, 4, -1}, 2, 3));
    named(net.state(), "1.bias").copyFrom(Tensor.of(new double[] {2, 0}, 2));
    UnitNorms units = UnitNorms.of(net.blocks().getFirst()).orElseThrow();
    assertThat(units.norm(Norm.L1_INF)).isEqualTo(8);
    assertThat(units.norm(Norm.L1_1)).isEqualTo(13);
    assertThat(units.norm(Norm.L2_INF)).isCloseTo(Math.sqrt(26), EXACT);
    assertThat(units.norm(Norm.L2_2)).isCloseTo(Math.sqrt(9 + 26), EXACT);
  }

  /** M = Π max(1, c_i) for p = 1; (1 + d^max(0, 1/p* − 1/q)² c²)^½ for p = 2. */
  @Test
  void theProductByHand() {
    Network net = relu(Dense.Bias.WITH, 3L, 4L, 2L);
    for (String name : List.of("1.weight", "1.bias")) {
      named(net.state(), name).fill(0.1); // 4 units of four numbers
    }
    ReluNet relu = read(net, rows(net, 5));
    assertThat(relu.product(Norm.L1_INF)).as("0.4 is below 1").isEqualTo(1);
    assertThat(relu.product(Norm.L1_1)).isCloseTo(1.6, EXACT);
    assertThat(relu.product(Norm.L2_2)).isCloseTo(Math.sqrt(1 + 0.16), EXACT);
    assertThat(relu.product(Norm.L2_INF)).isCloseTo(Math.sqrt(1 + 4 * 0.04), EXACT);
    Network plain = relu(Dense.Bias.WITHOUT, 3L, 4L, 2L);
    named(plain.state(), "1.weight").fill(0.1);
    assertThat(read(plain, rows(plain, 5)).product(Norm.L1_INF)).isCloseTo(0.3, EXACT);
  }

  /** k = 0, p = 1: c_o b √(2 ln(2(m+1))/n), Massart's of the linear class. */
  @Test
  void withoutHiddenLayersItIsThatOfALinearClass() {
    Network net = relu(Dense.Bias.WITH, 3L, 2L);
    Tensor x = Tensor.of(new double[] {1, -3, 0, 2, 0, 1}, 2, 3);
    ReluNet relu = read(net, x);
    double c = relu.norm(0, Norm.L1_INF);
    assertThat(relu.complexity(Norm.L1_INF, x))
        .isCloseTo(c * 3 * Math.sqrt(2 * Math.log(8) / 2), EXACT);
    assertThat(relu.complexity(Norm.L2_2, x))
        .isCloseTo(relu.norm(0, Norm.L2_2) * Math.sqrt(1 + 10 + 1 + 5) / 2, EXACT);
  }

  /**
   * R against E_σ max_f (1/n) Σ_t σ_t f(x_t), over all signs of nine rows and some hundred networks
   * of the class, each as large as it may be: never below, and not by orders above.
   */
  @ParameterizedTest
  @EnumSource
  void neverBelowAMonteCarloAverageOverASubsetOfTheClass(Norm norm) {
    int n = 9;
    for (Dense.Bias bias : Dense.Bias.values()) {
      for (int hidden = 0; hidden <= 2; hidden++) {
        List<Long> widths = new ArrayList<>(List.of(2L));
        for (int l = 0; l < hidden; l++) {
          widths.add(3L);
        }
        widths.add(1L);
        Network net = relu(bias, widths.toArray(Long[]::new));
        Tensor x = rows(net, n);
        List<double[]> class_ = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        for (int f = 0; f < 300; f++) {
          try (var _ = Scope.open()) {
            draw(net, norm, Seed.of(100 + f));
            ReluNet relu = read(net, x);
            class_.add(relu.answer(x).toDoubles());
            least = Math.min(least, relu.complexity(norm, x));
          }
        }
        double average = 0;
        for (int signs = 0; signs < 1 << n; signs++) {
          double most = Double.NEGATIVE_INFINITY;
          for (double[] y : class_) {
            double sum = 0;
            for (int t = 0; t < n; t++) {
              sum += (signs >> t & 1) == 0 ? y[t] : -y[t];
            }
            most = Math.max(most, sum / n);
          }
          average += most / (1 << n);
        }
        assertThat(least)
            .as("k = %d, %s", hidden, bias)
            .isGreaterThanOrEqualTo(average)
            .isLessThan(20 * average);
      }
    }
  }

  /** Sparse units, as they are at the corners of the class, with c_i = 2 and c_o = 1.5 exactly. */
  private static void draw(Network net, Norm norm, Seed seed) {
    for (int l = 0; l < net.blocks().size(); l++) {
      for (var p : net.blocks().get(l).parameters()) {
        double[] v = seed.child(l).child(p.name()).normal(1, p.value().size()).toDoubles();
        for (int k = 0; k < v.length; k++) {
          v[k] = seed.child(l).child("corner " + p.name()).uniform(k) < 0.5 ? 0 : v[k];
        }
        v[0] = v[0] == 0 ? 1 : v[0];
        p.value().copyFrom(Tensor.of(v, p.value().shape().toArray()));
      }
      UnitNorms units = UnitNorms.of(net.blocks().get(l)).orElseThrow();
      boolean last = l == net.hidden();
      double size = last ? units.greatest(norm.p()) : units.norm(norm);
      for (var p : net.blocks().get(l).parameters()) {
        p.value().multiply((last ? 1.5 : 2) / size);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void rescalingKeepsTheFunction(Norm norm) {
    Network net = relu(Dense.Bias.WITH, 6L, 9L, 8L, 3L);
    Tensor x = rows(net, 20);
    double[] before = answer(net, x).toDoubles();
    ReluNet relu = read(net, x);
    ReluNet scaled = relu.rescaled(norm);
    double[] weights = named(net.state(), "1.weight").toDoubles();
    scaled.into(net);
    assertThat(relativeError(answer(net, x).toDoubles(), before)).isLessThan(1e-9);
    assertThat(named(net.state(), "1.weight").toDoubles()).isNotEqualTo(weights);
    // divided by the product of all below, too, a bias counts for less than its unit's weights
    assertThat(scaled.norm(0, norm)).isCloseTo(1, Offset.offset(1e-9));
  }

  private static Map<String, Double> probe(Network net, Tensor x) {
    Trace trace = net.trace(x, Mode.train(Seed.of(1)));
    Tensor target = Toy.targets(Precision.FP64, Seed.of(12), (int) x.size(0), (int) net.outputs());
    var outcome = new SoftmaxCrossEntropy().judge(trace.output(), target);
    Backprop bp = new Backprop();
    var feedback = bp.attach(net, Seed.of(2));
    return new Capacity()
        .attach(net, bp, feedback, Seed.of(3))
        .read(trace, outcome, feedback.signals(trace, outcome));
  }

  @Test
  void whatIsReadOfANetOfReluLayers() {
    Network net = relu(Dense.Bias.WITH, 6L, 9L, 3L);
    Tensor x = rows(net, 20);
    Map<String, Double> readings = probe(net, x);
    ReluNet relu = read(net, x);
    assertThat(named(readings, "capacity/r/2_2"))
        .isCloseTo(relu.complexity(Norm.L2_2, x), Offset.offset(1e-9));
    assertThat(named(readings, "capacity/1/1_inf")).isCloseTo(relu.norm(0, Norm.L1_INF), EXACT);
    assertThat(named(readings, "capacity/margin/10"))
        .isLessThan(named(readings, "capacity/margin/90"));
    assertThat(named(readings, "capacity/bound/1_inf"))
        .isGreaterThan(4 * 3 * named(readings, "capacity/r/1_inf"));
    assertThat(readings).doesNotContainKey("capacity/applies").containsKey("capacity/2/1_1");
  }

  /** Margins by hand: the output is the input. */
  @Test
  void marginsAreTheRightClassAboveTheGreatestOther() {
    Network net = relu(Dense.Bias.WITHOUT, 3L, 3L);
    named(net.state(), "1.weight")
        .copyFrom(Tensor.of(new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, 3, 3));
    Tensor x = Tensor.of(new double[] {5, 1, 2, 0, 1, 3, 4, 1, 1}, 3, 3);
    Tensor target = Tensor.of(new double[] {1, 0, 0, 0, 1, 0, 1, 0, 0}, 3, 3);
    Map<String, Double> readings = new Capacity(2.5, 0.05).read(net, x, x, target); // 3, −2, 3
    assertThat(named(readings, "capacity/margin/10")).isEqualTo(-2);
    assertThat(named(readings, "capacity/margin/50")).isEqualTo(3);
    assertThat(named(readings, "capacity/bound/2_2"))
        .isCloseTo(
            1 / 3.0
                + 4 * 3 / 2.5 * named(readings, "capacity/r/2_2")
                + 3 * Math.sqrt(Math.log(40) / 6),
            EXACT);
  }

  /** tanh is not homogeneous, a kernel shares weights, a norm undoes every scale. */
  @Test
  void whereTheBoundDoesNotHoldItIsLabelledSo() {
    Network tanh =
        Toy.net(List.of(6L, 9L, 3L), new Activation.Tanh(), new Toy.Normal(), Precision.FP64);
    assertThat(probe(tanh, rows(tanh, 8)))
        .containsEntry("capacity/applies", 0.0)
        .containsKeys("capacity/1/1_inf", "capacity/margin/50")
        .doesNotContainKeys("capacity/r/1_inf", "capacity/bound/1_inf");
    Network conv = Toy.convNet(Precision.FP64);
    assertThat(probe(conv, rows(conv, 4)))
        .containsEntry("capacity/applies", 0.0)
        .doesNotContainKey("capacity/r/1_inf");
    Network ntk =
        Toy.net(List.of(6L, 9L, 3L), new Activation.Relu(), new Initialiser.Ntk(), Precision.FP64);
    assertThat(probe(ntk, rows(ntk, 8))).containsEntry("capacity/applies", 0.0);
  }

  @Test
  void numbersThatMeanNothingAreRefused() {
    assertThatThrownBy(() -> new Capacity(0, 0.05)).hasMessageContaining("margin");
    assertThatThrownBy(() -> new Capacity(1, 1)).hasMessageContaining("below 1, but is 1");
  }
}
