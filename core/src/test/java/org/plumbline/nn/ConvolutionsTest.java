package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

/** Layers of images: each by the contract of blocks, by finite differences, and by hand. */
@ExtendWith(InScope.class)
class ConvolutionsTest {
  abstract static class OnImages extends BlockContract {
    @Override
    protected Shape input() {
      return Shape.of(4, 6, 5);
    }
  }

  @Nested
  class Plain extends OnImages {
    @Override
    protected Layer layer() {
      return new Conv2d(3, 3, 1, 1);
    }

    @Test
    void isASumOverTheWindow() {
      Block block = block();
      Tensor x = rows();
      Tensor w = block.parameters().get(0).value();
      Tensor b = block.parameters().get(1).value();
      double[] y = block.step(x, Mode.EVAL).output().toDoubles();
      double[] in = x.toDoubles();
      double[] k = w.toDoubles();
      double[] bias = b.toDoubles();
      for (int o = 0; o < 3; o++) {
        for (int r = 0; r < 6; r++) {
          for (int c = 0; c < 5; c++) {
            double sum = bias[o];
            for (int i = 0; i < 4; i++) {
              for (int u = 0; u < 3; u++) {
                for (int v = 0; v < 3; v++) {
                  int rr = r + u - 1;
                  int cc = c + v - 1;
                  if (rr >= 0 && rr < 6 && cc >= 0 && cc < 5) {
                    sum += k[((o * 4 + i) * 3 + u) * 3 + v] * in[(i * 6 + rr) * 5 + cc];
                  }
                }
              }
            }
            assertThat(y[(o * 6 + r) * 5 + c]).isCloseTo(sum, within(1e-12));
          }
        }
      }
    }

    @Test
    void aOneByOneKernelIsADenseLayerAtEveryPlace() {
      Block conv =
          new Conv2d(7, 1, 1, 0)
              .attach(Shape.of(4, 1, 1), Toy.birth(new Toy.Normal(), Precision.FP64, 3));
      Block dense =
          new Dense(7).attach(Shape.of(4), Toy.birth(new Toy.Normal(), Precision.FP64, 3));
      Tensor x = Seed.of(5).normal(1, 6, 4).to(Precision.FP64);
      Step c = conv.step(x.reshaped(6, 4, 1, 1), Mode.EVAL);
      Step d = dense.step(x, Mode.EVAL);
      requireClose("output", c.output().reshaped(6, 7), d.output(), 1e-15);
      Tensor s = Seed.of(6).normal(1, 6, 7).to(Precision.FP64);
      requireClose(
          "carried",
          c.carry(s.reshaped(6, 7, 1, 1), Parameter::value).reshaped(6, 4),
          d.carry(s, Parameter::value),
          1e-15);
      requireClose(
          "gradient",
          c.gradients(s.reshaped(6, 7, 1, 1))
              .entries()
              .getFirst()
              .gradient()
              .value()
              .reshaped(7, 4),
          d.gradients(s).entries().getFirst().gradient().value(),
          1e-15);
    }

    @Test
    void refusesRowsOfNumbersAndImagesThatAreTooSmall() {
      assertThatThrownBy(() -> layer().output(Shape.of(20))).hasMessageContaining("[20]");
      assertThatThrownBy(() -> new Conv2d(3, 5, 1, 0).output(Shape.of(1, 4, 8)))
          .hasMessageContaining("at least 5")
          .hasMessageContaining("has 4");
      assertThatThrownBy(() -> new Conv2d(3, 3, 1, 1, 2, Dense.Bias.WITH))
          .hasMessageContaining("divide");
    }

    @Test
    void describesItsKernelAndChannels() {
      assertThat(block().describe()).isEqualTo("conv 3x3 4→3");
    }
  }

  @Nested
  class Strided extends OnImages {
    @Override
    protected Layer layer() {
      return new Conv2d(3, 3, 2, 0, 1, Dense.Bias.WITHOUT);
    }
  }

  @Nested
  class InGroups extends OnImages {
    @Override
    protected Layer layer() {
      return new Conv2d(6, 3, 1, 2, 2, Dense.Bias.WITH);
    }
  }

  @Nested
  class Depthwise extends OnImages {
    @Override
    protected Layer layer() {
      return new Conv2d(8, 2, 1, 0, 4, Dense.Bias.WITH);
    }
  }

  @Nested
  class MaxPool extends OnImages {
    @Override
    protected Layer layer() {
      return new Pool2d.Max(3, 2, 1);
    }

    @Test
    void theSignalGoesToTheGreatest() {
      Tensor x = Tensor.of(new double[] {1, 5, 2, 3}, 1, 1, 2, 2);
      Step step = new Pool2d.Max().step(x, Mode.EVAL);
      Tensor s = Tensor.of(new double[] {7}, 1, 1, 1, 1);
      assertThat(step.carry(s, Parameter::value).toDoubles()).containsExactly(0, 7, 0, 0);
    }
  }

  @Nested
  class AveragePool extends OnImages {
    @Override
    protected Layer layer() {
      return new Pool2d.Average(2, 2, 0);
    }
  }

  @Nested
  class ConvolutionActivationPool extends OnImages {
    @Override
    protected Layer layer() {
      return new Sequential(
          List.of(new Conv2d(3, 3, 1, 1), new Activation.Tanh(), new Pool2d.Max(2, 2, 0)));
    }

    @Test
    void isOneBlockOfANetwork() {
      Network network =
          Network.of(
              List.of(
                  new Conv2d(3, 3, 1, 1),
                  new Activation.Tanh(),
                  new Pool2d.Max(),
                  new Flatten(),
                  new Dense(5)),
              Shape.of(1, 8, 8),
              Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
      assertThat(network.hidden()).isEqualTo(1);
      assertThat(network.shape(0)).isEqualTo(Shape.of(48));
      assertThat(
              bits(network.trace(Toy.batch(network, Precision.FP32).inputs(), Mode.EVAL).output()))
          .hasSize(16 * 5);
    }
  }

  @Nested
  class BatchNormOfImages extends OnImages {
    @Override
    protected Layer layer() {
      return new BatchNorm();
    }

    @Test
    void bringsEveryChannelToMeanZeroAndVarianceOne() {
      Tensor y = block().step(rows().scaled(3).plus(5), Mode.train(Seed.of(1))).output();
      for (int c = 0; c < 4; c++) {
        Tensor channel = y.reshaped(4, 4, 30).sum(0).reshaped(4, 30).rows(c, 1);
        assertThat(channel.sum().item()).isCloseTo(0, within(1e-10));
      }
      assertThat(y.squared().mean().item()).isCloseTo(1, within(1e-4));
    }

    @Test
    void aPassLeavesTheRunningStatisticsAndSettlingMovesThem() {
      Block block = block();
      Tensor x = rows();
      Step step = block.step(x, Mode.train(Seed.of(1)));
      assertThat(buffer(block, "mean").toDoubles()).containsOnly(0);
      step.settle();
      double[] means = buffer(block, "mean").toDoubles();
      double[] variances = buffer(block, "variance").toDoubles();
      double[] values = x.toDoubles();
      for (int c = 0; c < 4; c++) {
        double sum = 0;
        double squares = 0;
        for (int n = 0; n < 4; n++) {
          for (int i = 0; i < 30; i++) {
            double v = values[(n * 4 + c) * 30 + i];
            sum += v;
            squares += v * v;
          }
        }
        double mean = sum / 120;
        double unbiased = (squares - 120 * mean * mean) / 119;
        assertThat(means[c]).isCloseTo(0.1 * mean, within(1e-12));
        assertThat(variances[c]).isCloseTo(0.9 + 0.1 * unbiased, within(1e-12));
      }
    }

    @Test
    void evaluatingUsesTheRunningStatistics() {
      Block block = block();
      for (int i = 0; i < 300; i++) {
        block.step(rows(), Mode.train(Seed.of(1))).settle();
      }
      Tensor trained = block.step(rows(), Mode.train(Seed.of(1))).output();
      requireClose("evaluated", block.step(rows(), Mode.EVAL).output(), trained, 0.01);
    }

    @Test
    void evaluatingByTheBatchNeitherUsesNorMovesTheRunningStatistics() {
      BatchNorm ofBatch = new BatchNorm(0.1, 1e-5, Affine.WITH, BatchNorm.Statistics.BATCH);
      Block block =
          ofBatch.attach(input(), Toy.birth(new Initialiser.Uniform(), Precision.FP64, 1));
      Tensor evaluated = block.step(rows(), Mode.EVAL).output();
      Tensor trained = block.step(rows(), Mode.train(Seed.of(1))).output();
      assertThat(evaluated.toDoubles()).isEqualTo(trained.toDoubles());
      assertThat(buffer(block, "mean").toDoubles()).containsOnly(0);
      Tensor running = block().step(rows(), Mode.EVAL).output();
      assertThat(evaluated.toDoubles()).isNotEqualTo(running.toDoubles());
    }
  }

  @Nested
  class BatchNormOfRows extends BlockContract {
    @Override
    protected Layer layer() {
      return new BatchNorm(0.3, 1e-3, Affine.WITHOUT);
    }
  }

  @Nested
  class BatchNormEvaluated extends OnImages {
    /** Evaluates whatever it is asked, so that the contract's differences test that branch. */
    @Override
    protected Layer layer() {
      return new Layer() {
        @Override
        public Shape output(Shape input) {
          return input;
        }

        @Override
        public Block attach(Shape input, Birth birth) {
          Block live = new BatchNorm().attach(input, birth);
          live.parameters().getFirst().value().copyFrom(Seed.of(2).normal(1, 4));
          for (int i = 0; i < 3; i++) {
            live.step(Seed.of(i).normal(2, 8, 4, 6, 5).to(Precision.FP64), Mode.train(Seed.of(1)))
                .settle();
          }
          return new Block() {
            @Override
            public Step step(Tensor x, Mode mode) {
              return live.step(x, Mode.EVAL);
            }

            @Override
            public List<Parameter> parameters() {
              return live.parameters();
            }

            @Override
            public String describe() {
              return "evaluated";
            }
          };
        }
      };
    }
  }

  @Nested
  class LayerNormOfRows extends BlockContract {
    @Override
    protected Layer layer() {
      return new GroupNorm();
    }
  }

  @Nested
  class GroupNormOfImages extends OnImages {
    @Override
    protected Layer layer() {
      return new GroupNorm(2, 1e-5, Affine.WITH);
    }

    @Test
    void refusesGroupsThatDoNotDivide() {
      assertThatThrownBy(() -> new GroupNorm(3, 1e-5, Affine.WITH).output(input()))
          .hasMessageContaining("divide the 4 channels");
    }
  }

  @Nested
  class ConvolutionNormActivation extends OnImages {
    @Override
    protected Layer layer() {
      return new Sequential(
          List.of(
              new Conv2d(3, 3, 1, 1, 1, Dense.Bias.WITHOUT), // whose gradient would be zero
              new BatchNorm(),
              new Activation.Tanh()));
    }
  }

  private static Tensor buffer(Block block, String name) {
    return block.buffers().stream()
        .filter(b -> b.name().equals(name))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void aMomentumAboveOneIsRefused() {
    assertThatThrownBy(() -> new BatchNorm(5, 1e-5, Affine.WITH))
        .hasMessageContaining("momentum of batch-norm must be at most 1, but is 5");
  }
}
