package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Network;
import org.plumbline.optim.Adam;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class HsicBottleneckTest extends LocalContract {
  private static final HsicBottleneck WELL_CONDITIONED =
      of(1e-2, HsicBottleneck.Estimate.NORMALISED);
  private static final HsicBottleneck PLAIN = of(1e-5, HsicBottleneck.Estimate.PLAIN);

  private static HsicBottleneck of(double eps, HsicBottleneck.Estimate estimate) {
    return new HsicBottleneck(1.3, 7, eps, estimate, HsicBottleneck.Training.FORMAT, 0);
  }

  private static HsicBottleneck formatFrom(long step) {
    return new HsicBottleneck(
        5, 50, 1e-5, HsicBottleneck.Estimate.NORMALISED, HsicBottleneck.Training.FORMAT, step);
  }

  @Override
  protected LearningRule rule() {
    return new HsicBottleneck();
  }

  @Override
  protected LearningRule other() {
    return new HsicBottleneck(
        2, 100, 1e-3, HsicBottleneck.Estimate.PLAIN, HsicBottleneck.Training.SIGMA_NETWORK, 150);
  }

  @Override
  protected boolean draws() {
    return false;
  }

  @Override
  protected List<LearningRule> differentiated() {
    return List.of(WELL_CONDITIONED, of(1e-5, HsicBottleneck.Estimate.NORMALISED), PLAIN);
  }

  @Override
  protected double tolerance(LearningRule rule) {
    return rule.equals(of(1e-5, HsicBottleneck.Estimate.NORMALISED)) ? 1e-3 : 1e-7;
  }

  @Override
  protected double loss(
      LearningRule rule, Training training, Training.Told told, int block, Tensor h) {
    return Oracle.bottleneck(
        (HsicBottleneck) rule, 1, h, told.trace().input(), told.outcome().target());
  }

  /** The statistic in plain arrays, with K H in place of H K H, as in the author's code. */
  static final class Oracle {
    static double bottleneck(HsicBottleneck rule, double width, Tensor h, Tensor x, Tensor t) {
      return trace(product(side(rule, width, h), side(rule, width, x)))
          - rule.lambda() * trace(product(side(rule, width, h), side(rule, width, t)));
    }

    static double[][] side(HsicBottleneck rule, double width, Tensor rows) {
      double[][] k = kernel(rows, rule.sigma() * width);
      int m = k.length;
      double[][] kh = product(k, centring(m));
      return rule.estimate() == HsicBottleneck.Estimate.PLAIN
          ? scaled(kh, 1.0 / m)
          : product(kh, inverse(ridged(kh, rule.eps() * m)));
    }

    static double[][] kernel(Tensor tensor, double sigma) {
      int m = (int) tensor.size(0);
      double[] a = tensor.toDoubles();
      int d = a.length / m;
      double[][] k = new double[m][m];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < m; j++) {
          double square = 0;
          for (int c = 0; c < d; c++) {
            square += Math.pow(a[i * d + c] - a[j * d + c], 2);
          }
          k[i][j] = Math.exp(-square / (2 * sigma * sigma * d));
        }
      }
      return k;
    }

    static double[][] centring(int m) {
      double[][] h = new double[m][m];
      for (int i = 0; i < m; i++) {
        Arrays.fill(h[i], -1.0 / m);
        h[i][i] += 1;
      }
      return h;
    }

    static double[][] product(double[][] a, double[][] b) {
      double[][] c = new double[a.length][b[0].length];
      for (int i = 0; i < a.length; i++) {
        for (int k = 0; k < b.length; k++) {
          for (int j = 0; j < b[0].length; j++) {
            c[i][j] += a[i][k] * b[k][j];
          }
        }
      }
      return c;
    }

    static double[][] scaled(double[][] a, double factor) {
      return Arrays.stream(a)
          .map(row -> Arrays.stream(row).map(x -> x * factor).toArray())
          .toArray(double[][]::new);
    }

    static double[][] ridged(double[][] a, double ridge) {
      double[][] b = scaled(a, 1);
      for (int i = 0; i < b.length; i++) {
        b[i][i] += ridge;
      }
      return b;
    }

    /** Gauss and Jordan, with pivots: for matrices that need not be symmetric. */
    static double[][] inverse(double[][] matrix) {
      double[][] a = scaled(matrix, 1);
      double[][] b = ridged(scaled(matrix, 0), 1);
      int m = a.length;
      for (int c = 0; c < m; c++) {
        int pivot = c;
        for (int i = c; i < m; i++) {
          pivot = Math.abs(a[i][c]) > Math.abs(a[pivot][c]) ? i : pivot;
        }
        for (double[][] x : List.of(a, b)) {
          double[] row = x[c];
          x[c] = x[pivot];
          x[pivot] = row;
        }
        double by = a[c][c];
        for (int j = 0; j < m; j++) {
          a[c][j] /= by;
          b[c][j] /= by;
        }
        for (int i = 0; i < m; i++) {
          double factor = a[i][c];
          for (int j = 0; i != c && j < m; j++) {
            a[i][j] -= factor * a[c][j];
            b[i][j] -= factor * b[c][j];
          }
        }
      }
      return b;
    }

    static double trace(double[][] a) {
      double trace = 0;
      for (int i = 0; i < a.length; i++) {
        trace += a[i][i];
      }
      return trace;
    }

    private Oracle() {}
  }

  private static Tensor rows(long seed, long columns) {
    return Seed.of(seed).normal(1, 8, columns).to(Precision.FP64);
  }

  /** nHSIC(a, b) as the rule reckons it, and by the oracle. */
  private static double statistic(HsicBottleneck rule, Tensor a, Tensor b) {
    Dependence dependence = new Dependence(rule.estimate(), rule.sigma(), rule.eps());
    return dependence.side(a).dot(dependence.side(b)).item();
  }

  @Test
  void withHKHIsTheSameTraceAsWithKH() {
    for (LearningRule each : differentiated()) {
      HsicBottleneck rule = (HsicBottleneck) each;
      double found = statistic(rule, rows(1, 5), rows(2, 3));
      double expected =
          Oracle.trace(
              Oracle.product(Oracle.side(rule, 1, rows(1, 5)), Oracle.side(rule, 1, rows(2, 3))));
      assertThat(found).isCloseTo(expected, Offset.offset(1e-9 * Math.abs(expected)));
      assertThat(expected).isGreaterThan(1e-6);
    }
  }

  @Test
  void reorderingAllRowsLeavesTheStatistic() {
    int[] order = Seed.of(4).permutation(8);
    Tensor a = rows(1, 5);
    Tensor b = rows(2, 3);
    for (LearningRule each : differentiated()) {
      HsicBottleneck rule = (HsicBottleneck) each;
      double straight = statistic(rule, a, b);
      assertThat(statistic(rule, ordered(a, order), ordered(b, order)))
          .isCloseTo(straight, Offset.offset(1e-10 * straight));
      assertThat(Math.abs(statistic(rule, ordered(a, order), b) - straight))
          .isGreaterThan(1e-7 * straight);
    }
  }

  private static Tensor ordered(Tensor rows, int[] order) {
    int columns = (int) rows.size(1);
    double[] from = rows.toDoubles();
    double[] to = new double[from.length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(from, order[i] * columns, to, i * columns, columns);
    }
    return Tensor.of(to, order.length, columns);
  }

  @Test
  void alikeRowsTellFiniteNumbers() {
    Tensor same = Tensor.zeros(Precision.FP64, 8, 5);
    Dependence dependence = new Dependence(HsicBottleneck.Estimate.NORMALISED, 5, 1e-5);
    assertThat(dependence.gradient(same, dependence.side(rows(2, 3))).norm().item()).isZero();
    Tensor twice = rows(1, 5);
    twice.rows(4, 4).copyFrom(twice.rows(0, 4));
    assertThat(dependence.gradient(twice, dependence.side(rows(2, 3))).norm().item())
        .isFinite()
        .isPositive();
  }

  /** A run that diverges is stopped by its guard, which must get to see the numbers. */
  @Test
  void numbersThatAreNotFiniteGiveSuchNumbersNotAnException() {
    Dependence dependence = new Dependence(HsicBottleneck.Estimate.NORMALISED, 5, 1e-5);
    for (double bad : List.of(Double.NaN, Double.POSITIVE_INFINITY)) {
      Tensor h = rows(1, 5);
      h.rows(2, 1).fill(bad);
      assertThat(dependence.gradient(h, dependence.side(rows(2, 3))).norm().item()).isNaN();
    }
  }

  @Test
  void aSingleRowSilencesHiddenBlocks() {
    Network network = Toy.tanhNet(Precision.FP32);
    Toy.Batch batch = Toy.batch(network, Precision.FP32);
    var one = new Toy.Batch(batch.inputs().rows(0, 1), batch.targets().rows(0, 1));
    var told = on(network, rule()).tell(one, 0);
    assertThat(told.signals().subList(0, 3)).containsOnly(Signal.SILENT);
    assertThat(told.signals().getLast()).isInstanceOf(Signal.Told.class);
  }

  @Test
  void formattingFreezesHiddenBlocksAndStartsTheOutput() {
    Network network = Toy.tanhNet(Precision.FP32);
    Toy.Batch batch = Toy.batch(network, Precision.FP32);
    Training training = on(network, formatFrom(2));
    assertThat(named(training.feedback().state(), "steps").item()).isZero();
    List<List<Long>> output = new ArrayList<>();
    List<List<Long>> hidden = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      output.add(bits(named(network.state(), "4.weight")));
      hidden.add(bits(named(network.state(), "2.weight")));
      training.step(batch, i);
    }
    assertThat(output.get(2)).isEqualTo(output.get(0));
    assertThat(output.get(3)).isNotEqualTo(output.get(2));
    assertThat(hidden.get(1)).isNotEqualTo(hidden.get(0));
    assertThat(hidden.get(2)).isNotEqualTo(hidden.get(1));
    assertThat(hidden.get(3)).isEqualTo(hidden.get(2));
    assertThat(named(training.feedback().state(), "steps").item()).isEqualTo(4);
  }

  @Test
  void labelsDrawTheRowsOfAClassTogether() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = on(network, rule());
    double first = loss(rule(), training, training.tell(batch, 0), 0, hidden(training, batch));
    Training fast = Training.of(network, rule(), new Adam(0.01), Seed.of(1));
    for (int i = 0; i < 100; i++) {
      fast.step(batch, i);
    }
    double last = loss(rule(), training, training.tell(batch, 0), 0, hidden(training, batch));
    assertThat(last).isLessThan(first - 10);
    requireClose(
        "output error",
        told(fast.tell(batch, 0), 3).gradient(),
        fast.tell(batch, 0).outcome().error(),
        0);
  }

  private static Tensor hidden(Training training, Toy.Batch batch) {
    return training.tell(batch, 0).trace().steps().getFirst().output();
  }

  @Test
  void aRidgeTooThinIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("hsic:eps=1e-12"))
        .hasMessage("eps must be at least 1e-10 and at most 1, but is 1.0E-12");
  }

  @Test
  void formattingWhatIsNotFormattedIsRefused() {
    assertThatThrownBy(() -> Rules.ALL.parse("hsic:training=unformatted,format-from=10"))
        .hasMessage("format-from must be 0 where training is unformatted, but is 10; leave it out");
  }
}
