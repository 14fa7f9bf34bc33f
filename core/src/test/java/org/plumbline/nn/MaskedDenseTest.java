package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.optim.Adam;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

/** Its gradients are not those of its forward pass, so it has no place in the block contract. */
@ExtendWith(InScope.class)
class MaskedDenseTest {
  private static final Shape INPUT = Shape.of(6);

  private static Block block(Layer layer) {
    return layer.attach(INPUT, Toy.birth(new Toy.Normal(), Precision.FP64, 3));
  }

  private static Step step(Layer layer) {
    return block(layer).step(Toy.inputs(Precision.FP64, Seed.of(5), 4, INPUT), Mode.EVAL);
  }

  private static Tensor signal() {
    return Seed.of(6).normal(1, 4, 10).to(Precision.FP64);
  }

  /** The units whose bias has a gradient. */
  private static List<Integer> learning(Step step) {
    double[] bias = step.gradients(signal()).entries().get(1).gradient().value().toDoubles();
    List<Integer> units = new ArrayList<>();
    for (int i = 0; i < bias.length; i++) {
      if (bias[i] != 0) {
        units.add(i);
      }
    }
    return units;
  }

  @Test
  void theForwardPassIsThatOfADenseLayer() {
    assertThat(bits(step(new MaskedDense(10, 0.3)).output()))
        .isEqualTo(bits(step(new Dense(10)).output()));
    Tensor tangent = Toy.inputs(Precision.FP64, Seed.of(9), 4, INPUT);
    assertThat(bits(step(new MaskedDense(10, 0.3)).tangent(tangent)))
        .isEqualTo(bits(step(new Dense(10)).tangent(tangent)));
  }

  @Test
  void theMaskedUnitsAreTakenOutOfEveryGradient() {
    Step masked = step(new MaskedDense(10, 0.3));
    Step dense = step(new Dense(10));
    List<Integer> units = learning(masked);
    assertThat(units).hasSize(3);
    Tensor kept = signal().zerosLike();
    for (int unit : units) {
      kept.columns(unit, 1).copyFrom(signal().columns(unit, 1));
    }
    Tensor carried = masked.carry(signal(), Parameter::value);
    requireClose("carried", carried, dense.carry(kept, Parameter::value), 0);
    requireClose("local", masked.local(signal()), kept, 0);
    for (int i = 0; i < 2; i++) {
      requireClose(
          "gradient " + i,
          masked.gradients(signal()).entries().get(i).gradient().value(),
          dense.gradients(kept).entries().get(i).gradient().value(),
          0);
    }
  }

  /** As in the authors' code: the numbers of each gradient are masked, each by itself. */
  @Test
  void entriesAreTakenOutOfEachGradientByThemselves() {
    Step masked = step(new MaskedDense(10, 0.3, MaskedDense.Of.ENTRIES));
    Step dense = step(new Dense(10));
    assertThat(bits(masked.output())).isEqualTo(bits(dense.output()));
    double[] weight = value(masked, 0);
    double[] whole = value(dense, 0);
    int kept = 0;
    for (int i = 0; i < weight.length; i++) {
      assertThat(weight[i] == 0 || weight[i] == whole[i]).isTrue();
      kept += weight[i] == 0 ? 0 : 1;
    }
    assertThat(kept).isBetween(6, 32); // of 60, 18 on average
    assertThat(value(masked, 1)).isNotEqualTo(value(dense, 1));
    double[] carried = masked.carry(signal(), Parameter::value).toDoubles();
    double[] through = dense.carry(signal(), Parameter::value).toDoubles();
    for (int i = 0; i < carried.length; i++) {
      assertThat(carried[i] == 0 || carried[i] == through[i]).isTrue();
    }
    assertThat(Arrays.stream(carried).filter(x -> x == 0).count()).isBetween(8L, 22L); // 16.8 of 24
    assertThat(masked.carry(signal(), Parameter::value).toDoubles()).isEqualTo(carried);
    assertThat(value(step(new MaskedDense(10, 1, MaskedDense.Of.ENTRIES)), 0)).isEqualTo(whole);
    assertThat(Layers.ALL.parse("masked-dense:width=10,keep=0.3,mask=entries"))
        .isEqualTo(new MaskedDense(10, 0.3, MaskedDense.Of.ENTRIES));
  }

  private static double[] value(Step step, int parameter) {
    return step.gradients(signal()).entries().get(parameter).gradient().value().toDoubles();
  }

  @Test
  void theMaskIsOfTheSeed() {
    assertThat(learning(step(new MaskedDense(10, 0.3))))
        .isEqualTo(learning(step(new MaskedDense(10, 0.3))));
    Block other =
        new MaskedDense(10, 0.3).attach(INPUT, Toy.birth(new Toy.Normal(), Precision.FP64, 4));
    assertThat(learning(other.step(Toy.inputs(Precision.FP64, Seed.of(5), 4, INPUT), Mode.EVAL)))
        .isNotEqualTo(learning(step(new MaskedDense(10, 0.3))));
  }

  @Test
  void oneUnitStaysWhateverIsAskedFor() {
    assertThat(learning(step(new MaskedDense(10, 1e-6)))).hasSize(1);
    assertThat(block(new MaskedDense(10, 1e-6)).describe()).isEqualTo("dense 6→10, 1 learn");
  }

  @Test
  void keptWholeItTrainsAsADenseLayerBitForBit() {
    List<Training> trainings = new ArrayList<>();
    for (Layer middle : List.of(new Dense(24), new MaskedDense(24, 1), new MaskedDense(24, 0.2))) {
      Network network =
          Network.of(
              List.of(
                  new Dense(32),
                  new Activation.Tanh(),
                  middle,
                  new Activation.Tanh(),
                  new Dense(Clusters.CLASSES)),
              Shape.of(Clusters.FEATURES),
              Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
      Training training = Training.of(network, new DirectFeedback(), new Adam(0.01), Seed.of(2));
      training.steps(new Clusters(Seed.of(72)), 0, 20);
      trainings.add(training);
    }
    var dense = bits(trainings.get(0).network().state());
    assertThat(bits(trainings.get(1).network().state())).isEqualTo(dense);
    assertThat(bits(trainings.get(2).network().state())).isNotEqualTo(dense);
  }

  @Test
  void refusesSharesThatAreNone() {
    for (double keep : new double[] {0, -1, 1.5, Double.NaN}) {
      assertThatThrownBy(() -> new MaskedDense(10, keep))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("keep");
    }
  }
}
