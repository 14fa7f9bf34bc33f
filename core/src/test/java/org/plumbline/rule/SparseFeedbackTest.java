package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class SparseFeedbackTest extends LearningRuleContract {
  private static final int UNITS = 800;
  private static final int OUTPUTS = 10;

  @Override
  protected LearningRule rule() {
    return new SparseFeedback();
  }

  @Override
  protected LearningRule other() {
    return new SparseFeedback(2, 3, 0.5);
  }

  private static Network wide() {
    return Toy.net(
        List.of(20L, (long) UNITS, (long) OUTPUTS),
        new Activation.Tanh(),
        new Initialiser.Uniform(),
        Precision.FP64);
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  private static double std(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Math.sqrt(
        Arrays.stream(values).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
  }

  /** −0 as 0: where the dense product adds zeros, the sign of a zero is its own. */
  private static double[] plain(Tensor tensor) {
    return Arrays.stream(tensor.toDoubles()).map(x -> x + 0.0).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void gatheringIsTheDenseProduct(int connections) {
    Network network = Toy.tanhNet(Precision.FP64);
    Training training = on(network, new SparseFeedback(connections));
    var told = training.tell(Toy.batch(network, Precision.FP64), 0);
    for (int i = 0; i < network.hidden(); i++) {
      Tensor b = training.feedback().paths().matrices().get(i);
      Tensor dense = told.outcome().error().matmul(b);
      Tensor gathered = ((Signal.Told) told.signals().get(i)).gradient();
      if (connections == 1) {
        assertThat(plain(gathered)).isEqualTo(plain(dense));
      } else {
        requireClose("signal " + i, gathered, dense, 1e-12);
      }
    }
  }

  /** The dense form, built from the state by hand. */
  @ParameterizedTest
  @CsvSource({"1, 0", "3, 0", "3, 2"})
  void theStateIsAnIndexAndAValueAConnection(int connections, int rank) {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = new SparseFeedback(connections, rank, 1).attach(network, Seed.of(1));
    Map<String, Tensor> state = feedback.state();
    assertThat(state).hasSize(2 * network.hidden());
    for (int l = 1; l <= network.hidden(); l++) {
      Tensor k = named(state, "feedback." + l + ".outputs");
      Tensor v = named(state, "feedback." + l + ".values");
      int units = (int) network.width(l - 1);
      assertThat(k.shape().axes()).containsExactly((long) connections, (long) units);
      assertThat(v.shape()).isEqualTo(k.shape());
      assertThat(k.precision()).isEqualTo(Precision.INT64);
      long[] outputs = k.toLongs();
      double[] values = v.toDoubles();
      double[] dense = new double[5 * units];
      for (int i = 0; i < outputs.length; i++) {
        int place = (int) outputs[i] * units + i % units;
        assertThat(dense[place]).as("outputs of a unit are distinct").isZero();
        dense[place] = values[i];
      }
      assertThat(plain(feedback.paths().matrices().get(l - 1))).containsExactly(dense);
    }
  }

  /** s = C with the dense matrix's entries. */
  @Test
  void throughEveryOutputIsDirectFeedback() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training sparse = on(network, new SparseFeedback(5));
    Training direct = on(network, new DirectFeedback());
    for (int l = 1; l <= network.hidden(); l++) {
      long units = network.width(l - 1);
      Tensor b = named(direct.feedback().state(), "feedback." + l);
      named(sparse.feedback().state(), "feedback." + l + ".values").copyFrom(b);
      named(sparse.feedback().state(), "feedback." + l + ".outputs")
          .copyFrom(
              Tensor.of(LongStream.range(0, 5 * units).map(i -> i / units).toArray(), 5, units));
    }
    var told = sparse.tell(batch, 0).signals();
    var expected = direct.tell(batch, 0).signals();
    for (int i = 0; i < network.hidden(); i++) {
      requireClose(
          "signal " + i,
          ((Signal.Told) told.get(i)).gradient(),
          ((Signal.Told) expected.get(i)).gradient(),
          1e-12);
    }
  }

  @Test
  void scalesAreThoseOfTheCode() {
    Network network = wide();
    double dense = 1 / Math.sqrt(UNITS);
    double[] full = matrix(network, 0, 0).toDoubles();
    assertThat(Arrays.stream(full)).allMatch(x -> Math.abs(x) <= dense);
    assertThat(std(full)).isCloseTo(dense / Math.sqrt(3), Percentage.withPercentage(3));
    for (int s : new int[] {1, 3, OUTPUTS}) {
      double v = Math.sqrt(Math.sqrt((double) OUTPUTS * s) / UNITS);
      double[] values =
          named(new SparseFeedback(s).attach(network, Seed.of(1)).state(), "feedback.1.values")
              .toDoubles();
      assertThat(Arrays.stream(values)).allMatch(x -> Math.abs(x) <= v);
      assertThat(std(values)).isCloseTo(v / Math.sqrt(3), Percentage.withPercentage(5));
      if (s == OUTPUTS) {
        assertThat(v / dense).isCloseTo(Math.sqrt(OUTPUTS), Offset.offset(1e-12)); // do not meet
      }
    }
    for (int r : new int[] {1, 4}) {
      assertThat(std(matrix(network, 0, r).toDoubles())).isCloseTo(dense, Offset.offset(1e-12));
    }
    double v = Math.sqrt(Math.sqrt(OUTPUTS * 2.0) / UNITS);
    Tensor both = matrix(network, 2, 5);
    assertThat(std(both.toDoubles())).isCloseTo(v, Offset.offset(1e-12));
    // Its zeros are counted, so that the others come out √(C/s) larger.
    double[] nonZeros = Arrays.stream(both.toDoubles()).filter(x -> x != 0).toArray();
    assertThat(nonZeros).hasSize(2 * UNITS);
    assertThat(std(nonZeros)).isCloseTo(v * Math.sqrt(OUTPUTS / 2.0), Percentage.withPercentage(5));
  }

  private static Tensor matrix(Network network, int connections, int rank) {
    return new SparseFeedback(connections, rank, 1)
        .attach(network, Seed.of(1))
        .paths()
        .matrices()
        .getFirst();
  }

  /** Every 3 × 3 minor of a matrix of rank 2 vanishes. */
  @Test
  void ofLowRankTheMatrixHasThatRank() {
    double[] b = matrix(wide(), 0, 2).toDoubles();
    double scale = Math.pow(std(b), 3);
    for (int i = 0; i + 2 < OUTPUTS; i++) {
      for (int j = 0; j < 50; j++) {
        double[][] m = new double[3][3];
        for (int k = 0; k < 3; k++) {
          System.arraycopy(b, (i + k) * UNITS + j, m[k], 0, 3);
        }
        double minor =
            m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
                - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
                + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
        assertThat(minor / scale).isCloseTo(0, Offset.offset(1e-9));
      }
    }
    double[] one = matrix(wide(), 0, 1).toDoubles();
    assertThat(one[0] * one[UNITS + 1]).isCloseTo(one[1] * one[UNITS], Offset.offset(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"1, 10", "3, 4", "2, 7", "10, 1"})
  void ofLowRankEveryOutputIsHeardAndThereAreAsManySets(int connections, int rank) {
    long[] k =
        named(
                new SparseFeedback(connections, rank, 1).attach(wide(), Seed.of(3)).state(),
                "feedback.1.outputs")
            .toLongs();
    assertThat(Arrays.stream(k).distinct().count()).isEqualTo(OUTPUTS);
    Set<Set<Long>> sets = new HashSet<>();
    for (int j = 0; j < UNITS; j++) {
      Set<Long> heard = new HashSet<>();
      for (int m = 0; m < connections; m++) {
        heard.add(k[m * UNITS + j]);
      }
      assertThat(heard).hasSize(connections);
      sets.add(heard);
    }
    assertThat(sets).hasSizeLessThanOrEqualTo(rank);
  }

  @Test
  void aGainMultipliesEveryCase() {
    Network network = wide();
    for (int[] c : new int[][] {{0, 0}, {1, 0}, {0, 2}, {2, 5}}) {
      Tensor one = matrix(network, c[0], c[1]);
      Tensor three =
          new SparseFeedback(c[0], c[1], 3)
              .attach(network, Seed.of(1))
              .paths()
              .matrices()
              .getFirst();
      requireClose(Arrays.toString(c), three, one.scaled(3), 1e-6);
    }
  }

  @Test
  void connectionsThatTheOutputsDoNotAllowAreRefused() {
    Network network = Toy.tanhNet(Precision.FP64);
    assertThatThrownBy(() -> new SparseFeedback(6).attach(network, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule sparse-dfa:connections=6 needs as many outputs, but block 4 (dense 7→5) has 5; use at most that, or connections=0 for all");
    assertThatThrownBy(() -> new SparseFeedback(2, 2, 1).attach(network, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("2 · 2 is less than the 5 of block 4 (dense 7→5); use rank=3");
    assertThatThrownBy(() -> Rules.ALL.parse("sparse-dfa:connections=-1"))
        .hasMessage("connections must be at least 0, but is -1");
  }
}
