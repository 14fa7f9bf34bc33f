package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

/** Every layer but the activations, under the contract of blocks. */
class LayersTest {
  @Nested
  class DenseWithBias extends BlockContract {
    @Override
    protected Layer layer() {
      return new Dense(5);
    }

    @Test
    void carriesThroughTheGivenMatrixAndNothingElse() {
      Step step = block().step(rows(), Mode.EVAL);
      Tensor v = Seed.of(8).normal(1, 5, 6).to(Precision.FP64);
      Tensor signal = Seed.of(9).normal(1, 4, 5).to(Precision.FP64);
      assertThat(bits(step.carry(signal, _ -> v))).isEqualTo(bits(signal.matmul(v)));
    }

    @Test
    void keepsTheGradientOfItsWeightFactored() {
      Step step = block().step(rows(), Mode.EVAL);
      Tensor signal = Seed.of(9).normal(1, 4, 5).to(Precision.FP64);
      assertThat(step.gradients(signal).entries().getFirst().gradient())
          .isEqualTo(new Gradient.Factored(signal, step.input()));
    }

    @Test
    void refusesImages() {
      assertThatThrownBy(() -> layer().output(Shape.of(1, 8, 8)))
          .hasMessageContaining("[1, 8, 8]")
          .hasMessageContaining("flatten");
    }

    @Test
    void describesItsWidths() {
      assertThat(block().describe()).isEqualTo("dense 6→5");
    }
  }

  @Nested
  class DenseWithoutBias extends BlockContract {
    @Override
    protected Layer layer() {
      return new Dense(5, Dense.Bias.WITHOUT);
    }

    @Test
    void hasAWeightAlone() {
      assertThat(block().parameters()).extracting(Parameter::name).containsExactly("weight");
    }
  }

  @Nested
  class DropoutOfAThird extends BlockContract {
    @Override
    protected Layer layer() {
      return new Dropout(1.0 / 3);
    }

    @Override
    protected boolean draws() {
      return true;
    }

    @Test
    void carriesThroughTheMaskOfItsOwnPass() {
      Tensor ones = rows().copied().fill(1);
      Step step = block().step(ones, Mode.train(Seed.of(4)));
      assertThat(bits(step.carry(ones, Parameter::value))).isEqualTo(bits(step.output()));
      assertThat(step.output().toDoubles()).containsAnyOf(0).doesNotContain(1);
    }

    @Test
    void passesEverythingWhenEvaluating() {
      Step step = block().step(rows(), Mode.EVAL);
      assertThat(bits(step.output())).isEqualTo(bits(rows()));
    }

    @Test
    void keepsTheMeanAndZeroesItsRate() {
      Tensor ones = Tensor.zeros(Precision.FP32, 300, 300).fill(1);
      double[] y = block().step(ones, Mode.train(Seed.of(4))).output().toDoubles();
      long zeros = Arrays.stream(y).filter(v -> v == 0).count();
      assertThat(zeros / 90_000.0).isBetween(0.328, 0.339);
      assertThat(Arrays.stream(y).average().orElseThrow()).isBetween(0.99, 1.01);
    }

    @Test
    void drawsAnotherMaskInEveryPlaceOfANetwork() {
      Network network =
          Network.of(
              List.of(new Dropout(0.5), new Dropout(0.5), new Dense(2), new Dropout(0.5)),
              Shape.of(40),
              Toy.birth(new Initialiser.Uniform(), Precision.FP64, 1));
      Tensor ones = Tensor.zeros(Precision.FP64, 10, 40).fill(1);
      Tensor weight = network.parameters().getFirst().value().fill(1);
      network.parameters().get(1).value().fill(0);
      assertThat(weight.size()).isEqualTo(80);
      // The first two masks, drawn alike, would leave half of the numbers; apart, a quarter.
      double[] y = network.trace(ones, Mode.train(Seed.of(4))).output().toDoubles();
      double kept = Arrays.stream(y).sum() / (4 * 2) / 20 / 40;
      assertThat(kept).isBetween(0.08, 0.17);
    }
  }

  @Nested
  class DropoutOfNothing extends BlockContract {
    @Override
    protected Layer layer() {
      return new Dropout(0);
    }
  }

  @Nested
  class FlattenOfImages extends BlockContract {
    @Override
    protected Layer layer() {
      return new Flatten();
    }

    @Override
    protected Shape input() {
      return Shape.of(2, 3, 2);
    }
  }

  @Nested
  class SequentialMixed extends BlockContract {
    @Override
    protected Layer layer() {
      return new Sequential(
          List.of(
              new Flatten(),
              new Dense(5),
              new Activation.Tanh(),
              new Dropout(0.3),
              new Dense(4),
              new Activation.Gelu()));
    }

    @Override
    protected Shape input() {
      return Shape.of(2, 3, 1);
    }

    @Override
    protected boolean draws() {
      return true;
    }
  }

  @Nested
  class SequentialNested extends BlockContract {
    @Override
    protected Layer layer() {
      return new Sequential(
          List.of(
              new Sequential(List.of(new Dense(5), new Activation.Tanh())),
              new Dropout(0.4),
              new Sequential(
                  List.of(new Dropout(0.4), new Dense(3, Dense.Bias.WITHOUT), new Dropout(0.4)))));
    }

    @Override
    protected boolean draws() {
      return true;
    }
  }

  @Nested
  class SequentialThatStartsWithDropout extends BlockContract {
    @Override
    protected Layer layer() {
      return new Sequential(List.of(new Dropout(0.5), new Dense(4), new Activation.Sigmoid()));
    }

    @Override
    protected boolean draws() {
      return true;
    }
  }

  @Nested
  class SequentialOfTwoDense extends BlockContract {
    @Override
    protected Layer layer() {
      return new Sequential(List.of(new Dense(5), new Activation.Tanh(), new Dense(4)));
    }

    /** carried = ((s V₂) ⊙ (1 − tanh²(a₁))) V₁: derivatives at the pass, matrices as given. */
    @Test
    void carriesThroughEveryGivenMatrix() {
      Block block = block();
      Step step = block.step(rows(), Mode.EVAL);
      Parameter w1 = block.parameters().get(0);
      Tensor v1 = Seed.of(8).normal(1, 5, 6).to(Precision.FP64);
      Tensor v2 = Seed.of(9).normal(1, 4, 5).to(Precision.FP64);
      Tensor s = Seed.of(10).normal(1, 4, 4).to(Precision.FP64);
      Tensor h = rows().linear(w1.value(), block.parameters().get(1).value()).tanh();
      Tensor slope = h.squared().scaled(-1).plus(1);
      requireClose(
          "carried",
          step.carry(s, p -> p.equals(w1) ? v1 : v2),
          s.matmul(v2).times(slope).matmul(v1),
          1e-14);
    }
  }
}
