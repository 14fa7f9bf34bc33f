package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.relativeError;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Architecture.TransformerSmall;
import org.plumbline.nn.Architecture.TransformerSmall.Granularity;
import org.plumbline.nn.Architecture.TransformerSmall.Place;
import org.plumbline.nn.Architecture.TransformerSmall.Task;
import org.plumbline.tensor.Attention.Seen;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;

/** What a Transformer is made of. */
@ExtendWith(InScope.class)
class TransformerBlocksTest {
  private static final double[] TOKENS = {0, 4, 2, 2, 1, 0, 3, 3, 3, 4, 0, 1};

  private static Tensor tokens(long batch, long context) {
    return Tensor.of(TOKENS.clone(), batch, context);
  }

  abstract static class OfTokens extends BlockContract {
    @Override
    protected Shape input() {
      return Shape.of(3);
    }

    @Override
    protected Tensor rows() {
      return tokens(4, 3);
    }
  }

  @Nested
  class WithoutPadding extends OfTokens {
    @Override
    protected Layer layer() {
      return new Embedding(5, 6, Embedding.Padding.WITHOUT);
    }

    @Test
    void aRowIsThatOfItsTokenAndThatOfItsPlace() {
      Block block = block();
      double[] w = block.parameters().get(0).value().toDoubles();
      double[] p = block.parameters().get(1).value().toDoubles();
      double[] y = block.step(rows(), Mode.EVAL).output().toDoubles();
      for (int n = 0; n < 12; n++) {
        for (int j = 0; j < 6; j++) {
          assertThat(y[n * 6 + j]).isEqualTo(w[((int) TOKENS[n]) * 6 + j] + p[n % 3 * 6 + j]);
        }
      }
    }

    @Test
    void refusesWhatIsNoTokenInALine() {
      Block block = block();
      for (double wrong : new double[] {5, -1, 1.5, Double.NaN}) {
        assertThatThrownBy(() -> block.step(Tensor.of(new double[] {0, wrong, 1}, 1, 3), Mode.EVAL))
            .isInstanceOf(BadInput.class)
            .hasMessageContaining("takes token numbers 0 to 4, but the data hold " + wrong);
      }
      assertThatThrownBy(() -> layer().output(Shape.of(1, 8, 8))).isInstanceOf(BadInput.class);
    }
  }

  @Nested
  class WithPadding extends OfTokens {
    @Override
    protected Layer layer() {
      return new Embedding(5, 6, Embedding.Padding.WITH);
    }

    @Test
    void tokenZeroIsARowOfZerosAndTeachesNothing() {
      Step step = block().step(rows(), Mode.EVAL);
      assertThat(Arrays.stream(step.output().toDoubles(), 0, 6)).allMatch(x -> x == 0);
      Tensor signal = step.output().zerosLike().fill(1);
      double[] byToken = step.gradients(signal).entries().getFirst().gradient().value().toDoubles();
      assertThat(Arrays.copyOf(byToken, 6)).containsOnly(0);
      assertThat(byToken[6]).isEqualTo(2); // token 1 stands twice
    }
  }

  @Nested
  class SeeingEarlier extends BlockContract {
    @Override
    protected Layer layer() {
      return new Attention(2, 4, Seen.EARLIER);
    }
  }

  @Nested
  class SeeingAllInTwoSequences extends BlockContract {
    @Override
    protected Layer layer() {
      return new Attention(3, 2, Seen.ALL);
    }

    @Test
    void refusesWhatItCannotDivideInALine() {
      assertThatThrownBy(() -> new Attention(4, 2, Seen.ALL).output(Shape.of(6)))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("must divide the width 6");
      Block block = new Attention(2, 3, Seen.ALL).attach(input(), birth());
      assertThatThrownBy(() -> block.step(rows(), Mode.EVAL))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("over 3 tokens")
          .hasMessageContaining("has 4 rows");
    }
  }

  @Nested
  class BesideItsInput extends BlockContract {
    @Override
    protected Layer layer() {
      return new Beside(List.of(new LayerNorm(), new Dense(5), new Activation.Gelu()));
    }

    @Override
    protected boolean isOneWay() {
      return false;
    }

    @Override
    protected boolean startsWithItsWeights() {
      return false;
    }
  }

  @Nested
  class SummingUp extends BlockContract {
    @Override
    protected Layer layer() {
      return new Summing(List.of(new Dense(2)));
    }

    @Override
    protected boolean isOneWay() {
      return false;
    }
  }

  @Nested
  class TogetherTheyAreResidual extends BlockContract {
    @Override
    protected Layer layer() {
      return new Sequential(
          List.of(
              new Beside(List.of(new LayerNorm(), new Dense(5), new Activation.Gelu())),
              new Summing(List.of(new Dense(6)))));
    }

    @Override
    protected boolean isOneWay() {
      return false;
    }

    @Override
    protected boolean startsWithItsWeights() {
      return false;
    }

    @Test
    void asOneBlock() {
      Block whole =
          new Residual(List.of(new LayerNorm(), new Dense(5), new Activation.Gelu(), new Dense(6)))
              .attach(input(), birth());
      Block cut = block();
      for (int i = 0; i < whole.parameters().size(); i++) {
        whole.parameters().get(i).value().copyFrom(cut.parameters().get(i).value());
      }
      requireClose(
          "output",
          cut.step(rows(), Mode.EVAL).output(),
          whole.step(rows(), Mode.EVAL).output(),
          1e-15);
    }
  }

  @Nested
  class WithAllRowsReal extends BlockContract {
    @Override
    protected Layer layer() {
      return new Padded(
          List.of(new Residual(List.of(new LayerNorm(), new Attention(2, 4, Seen.ALL)))));
    }

    @Override
    protected boolean isOneWay() {
      return false;
    }

    @Override
    protected boolean startsWithItsWeights() {
      return false;
    }
  }

  @Nested
  class MeanOfTokens extends BlockContract {
    @Override
    protected Layer layer() {
      return new TokenMean(2);
    }

    @Test
    void rowsOfZerosDoNotCount() {
      Tensor rows = Tensor.of(new double[] {1, 2, 3, 6, 5, 7, 0, 0, 0, 0, 0, 0}, 6, 2);
      assertThat(new TokenMean(3).step(rows, Mode.EVAL).output().toDoubles())
          .containsExactly(3, 5, 0, 0);
    }
  }

  private static Layer.Birth birth() {
    return Toy.birth(new Toy.Normal(), Precision.FP64, 3);
  }

  /** O = softmax(Q Kᵀ / √d) V, head by head, in plain Java. */
  private static double[] attended(
      double[] x, Block block, int batch, int context, int width, int heads, Seen seen) {
    double[][] p =
        block.parameters().stream().map(q -> q.value().toDoubles()).toArray(double[][]::new);
    double[] parts = dense(x, p[0], p[1], batch * context, width, 3 * width);
    double[] gathered = new double[batch * context * width];
    int d = width / heads;
    for (int n = 0; n < batch; n++) {
      for (int head = 0; head < heads; head++) {
        for (int i = 0; i < context; i++) {
          int last = seen == Seen.ALL ? context - 1 : i;
          double[] share = new double[last + 1];
          double sum = 0;
          for (int j = 0; j <= last; j++) {
            double score = 0;
            for (int c = head * d; c < (head + 1) * d; c++) {
              score +=
                  parts[(n * context + i) * 3 * width + c]
                      * parts[(n * context + j) * 3 * width + width + c];
            }
            share[j] = Math.exp(score / Math.sqrt(d));
            sum += share[j];
          }
          for (int j = 0; j <= last; j++) {
            for (int c = head * d; c < (head + 1) * d; c++) {
              gathered[(n * context + i) * width + c] +=
                  share[j] / sum * parts[(n * context + j) * 3 * width + 2 * width + c];
            }
          }
        }
      }
    }
    return dense(gathered, p[2], p[3], batch * context, width, width);
  }

  private static double[] dense(double[] x, double[] w, double[] b, int rows, int in, int out) {
    double[] y = new double[rows * out];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < out; j++) {
        y[i * out + j] = b[j];
        for (int k = 0; k < in; k++) {
          y[i * out + j] += x[i * in + k] * w[j * in + k];
        }
      }
    }
    return y;
  }

  @Test
  void attentionIsThatOfPlainJava() {
    for (Seen seen : Seen.values()) {
      Block block = new Attention(2, 5, seen).attach(Shape.of(6), birth());
      Tensor x = Toy.inputs(Precision.FP64, Seed.of(5), 3 * 5, Shape.of(6));
      double[] found = block.step(x, Mode.EVAL).output().toDoubles();
      double[] expected = attended(x.toDoubles(), block, 3, 5, 6, 2, seen);
      assertThat(relativeError(found, expected)).as("%s", seen).isLessThan(1e-14);
    }
  }

  private static Network network(TransformerSmall value, long context) {
    return Network.of(value.layers(Shape.of(context), 5), Shape.of(context), birth());
  }

  private static TransformerSmall value(Granularity feedback, Task task) {
    return value(feedback, Place.BEFORE, task);
  }

  private static TransformerSmall value(Granularity feedback, Place norm, Task task) {
    return new TransformerSmall(2, 8, 2, feedback, norm, task, 5, "gelu");
  }

  @Test
  void aTokenChangesNoAnswerBeforeIt() {
    for (Granularity feedback : Granularity.values()) {
      for (Place norm : Place.values()) {
        requireCausal(network(value(feedback, norm, Task.NEXT), 6));
      }
    }
  }

  private static void requireCausal(Network network) {
    double[] before = network.trace(tokens(2, 6), Mode.EVAL).output().toDoubles();
    for (int changed = 0; changed < 6; changed++) {
      double[] other = TOKENS.clone();
      other[changed] = (other[changed] + 1) % 5;
      double[] after = network.trace(Tensor.of(other, 2, 6), Mode.EVAL).output().toDoubles();
      int answers = 5 * changed;
      assertThat(Arrays.copyOf(after, answers)).isEqualTo(Arrays.copyOf(before, answers));
      for (int place = changed; place < 6; place++) {
        assertThat(Arrays.copyOfRange(after, 5 * place, 5 * place + 5))
            .as("token %d is seen by %d", changed, place)
            .isNotEqualTo(Arrays.copyOfRange(before, 5 * place, 5 * place + 5));
      }
      assertThat(Arrays.copyOfRange(after, 30, 60)) // the other sequence
          .isEqualTo(Arrays.copyOfRange(before, 30, 60));
    }
  }

  /** The same sentence of three tokens, filled up to three, five and eight. */
  @Test
  void paddingChangesNoRealToken() {
    List<Layer> layers =
        List.of(
            new Residual(
                List.of(new LayerNorm(), new Dense(12), new Activation.Gelu(), new Dense(6))));
    Tensor three = Toy.inputs(Precision.FP64, Seed.of(5), 3, Shape.of(6));
    double[] expected = new double[0];
    for (int context : new int[] {3, 5, 8}) {
      Layer around = new Residual(List.of(new LayerNorm(), new Attention(2, context, Seen.ALL)));
      Block block =
          new Sequential(
                  List.of(new Padded(List.of(around, layers.getFirst())), new TokenMean(context)))
              .attach(Shape.of(6), birth());
      Tensor x = Tensor.zeros(Precision.FP64, context, 6);
      x.rows(0, 3).copyFrom(three);
      Step step = block.step(x, Mode.EVAL);
      double[] found = step.output().toDoubles();
      if (context == 3) {
        expected = found;
      }
      assertThat(relativeError(found, expected)).isLessThan(1e-14);
      Tensor back = step.carry(step.output().zerosLike().fill(1), Parameter::value);
      assertThat(Arrays.stream(back.toDoubles()).skip(18))
          .as("carried to padding")
          .allMatch(s -> s == 0);
    }
  }

  @Test
  void ofNothingButPaddingNothingIsNotANumber() {
    Network network = network(value(Granularity.MICRO, Task.SENTENCE), 4);
    Trace trace = network.trace(Tensor.zeros(Precision.FP64, 2, 4), Mode.EVAL);
    assertThat(Arrays.stream(trace.output().toDoubles())).hasSize(10).allMatch(Double::isFinite);
    assertThat(trace.steps().getFirst().output().shape()).isEqualTo(Shape.of(8, 8));
  }

  @Test
  void theBlocksAreThoseOfItsGranularity() {
    var task = Task.NEXT;
    Network macro = network(value(Granularity.MACRO, task), 6);
    Network micro = network(value(Granularity.MICRO, task), 6);
    assertThat(macro.blocks()).hasSize(1 + 2 + 1);
    assertThat(micro.blocks()).hasSize(1 + 3 * 2 + 1);
    assertThat(micro.size()).isEqualTo(macro.size());
    assertThat(micro.width(2)).isEqualTo(4 * 8 + 8);
    Network after = network(value(Granularity.MICRO, Place.AFTER, task), 6);
    assertThat(after.blocks()).hasSize(1 + 3 * 2 + 1);
    assertThat(after.size()).isEqualTo(micro.size() - 2 * 8); // none before the output
    double[] last = after.trace(tokens(2, 6), Mode.EVAL).steps().get(6).output().toDoubles();
    double sum = 0;
    for (double x : Arrays.copyOf(last, 8)) {
      sum += x;
    }
    assertThat(sum / 8).as("mean behind a normalisation").isCloseTo(0, within(1e-12));
    assertThat(macro.tokens()).isEqualTo(6);
    assertThat(macro.answers()).isEqualTo(6);
    assertThat(network(value(Granularity.MACRO, Task.SENTENCE), 6).answers()).isEqualTo(1);
  }

  @Test
  void thePresetHasTheSizesOfItsTable() {
    Network network =
        Network.of(new TransformerSmall().layers(Shape.of(128), 65), Shape.of(128), birth());
    long layer =
        2 * 2 * 128 + (128 + 1) * 3 * 128 + (128 + 1) * 128 + (128 + 1) * 512 + (512 + 1) * 128;
    assertThat(network.size()).isEqualTo((65 + 128) * 128 + 4 * layer + (128 + 1) * 65);
    assertThat(network.blocks()).hasSize(6);
  }

  @Test
  void firstRowsOfAnEmbeddingAreTheirTokens() {
    Block block = new Embedding(5, 6, Embedding.Padding.WITH).attach(Shape.of(3), birth());
    Step step = block.step(tokens(4, 3), Mode.EVAL);
    Step first = step.first(2, step.input().firstRows(2)).orElseThrow();
    assertThat(bits(first.output())).isEqualTo(bits(step.output().firstRows(6)));
    assertThat(first.gradients(first.output()).entries().getLast().gradient().value().shape())
        .isEqualTo(Shape.of(3, 6));
  }
}
