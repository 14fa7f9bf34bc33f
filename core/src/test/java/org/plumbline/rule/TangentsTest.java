package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.relativeError;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

@ExtendWith(InScope.class)
class TangentsTest {
  /** Zeros for every hidden block but one. */
  static List<Tensor> only(Trace trace, int block, Tensor direction) {
    List<Tensor> directions = new ArrayList<>();
    for (Step step : trace.hidden()) {
      directions.add(directions.size() == block ? direction : step.output().zerosLike());
    }
    return directions;
  }

  /** Noise at block l alone, N = n_l, u = √n_l times orthonormal rows: (1/N) dᵀ u = W_L…W_{l+1}. */
  @Test
  void ofLinearUnitsTheRegressionIsTheProductOfTheWeights() {
    Network network =
        Toy.net(Toy.WIDTHS, new Activation.Identity(), new Toy.Normal(), Precision.FP64);
    Tensor product = named(network.state(), "4.weight");
    for (int l = 3; l >= 1; l--) {
      long n = network.width(l - 1);
      Tensor inputs = Toy.inputs(Precision.FP64, Seed.of(4), n, network.input());
      Trace trace = network.trace(inputs, Mode.EVAL);
      Tensor u =
          Seed.of(l).normal(1, n, n).to(Precision.FP64).orthonormal().scaled(Math.sqrt((double) n));
      Tensor d = Tangents.of(trace, only(trace, l - 1, u)).output();
      requireClose("block " + l, d.transposed().matmul(u).scaled(1.0 / n), product, 1e-12);
      product = product.matmul(named(network.state(), l + ".weight"));
    }
  }

  /** All blocks at once: the change of the output is the sum of those of each block. */
  @Test
  void theDirectionIsAddedBehindEveryBlock() {
    Network network = Toy.tanhNet(Precision.FP64);
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    Tangents all = Tangents.drawn(trace, Directions.NORMAL, Seed.of(3));
    Tensor sum = all.output().zerosLike();
    for (int i = 0; i < 3; i++) {
      sum.add(Tangents.of(trace, only(trace, i, all.directions().get(i))).output(), 1);
    }
    requireClose("d", all.output(), sum, 1e-12);
    // Behind the last hidden block there is only the output block.
    requireClose(
        "d of block 3",
        Tangents.of(trace, only(trace, 2, all.directions().get(2))).output(),
        all.directions().get(2).linear(named(network.state(), "4.weight")),
        1e-12);
  }

  /** The output of a net whose first hidden output is moved along u, by differences. */
  @Test
  void isTheDerivativeOfTheOutput() {
    Network network = Toy.tanhNet(Precision.FP64);
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    Tensor h = trace.steps().getFirst().output();
    Tensor u = Directions.SIGNS.like(h, Seed.of(3));
    Tensor above = behind(network, h.copied().add(u, 1e-6));
    Tensor below = behind(network, h.copied().add(u, -1e-6));
    assertThat(
            relativeError(
                Tangents.of(trace, only(trace, 0, u)).output().toDoubles(),
                above.minus(below).scaled(0.5e6).toDoubles()))
        .isLessThan(1e-7);
  }

  private static Tensor behind(Network network, Tensor h) {
    Tensor x = h;
    for (int i = 1; i < network.blocks().size(); i++) {
      x = network.blocks().get(i).step(x, Mode.EVAL).output();
    }
    return x;
  }

  @Test
  void directionsAreWhiteAndAFunctionOfTheSeed() {
    Tensor shaped = Tensor.zeros(Precision.FP64, 2000, 10);
    for (Directions law : Directions.values()) {
      Tensor u = law.like(shaped, Seed.of(1));
      assertThat(u.precision()).isEqualTo(Precision.FP64);
      assertThat(u.toDoubles()).isEqualTo(law.like(shaped, Seed.of(1)).toDoubles());
      assertThat(u.toDoubles()).isNotEqualTo(law.like(shaped, Seed.of(2)).toDoubles());
      double[] gram = u.transposed().matmul(u).scaled(1.0 / 2000).toDoubles();
      for (int i = 0; i < gram.length; i++) {
        assertThat(gram[i]).isCloseTo(i % 11 == 0 ? 1 : 0, Offset.offset(0.12));
      }
    }
    assertThat(Directions.SIGNS.like(shaped, Seed.of(1)).toDoubles()).containsOnly(-1, 1);
  }
}
