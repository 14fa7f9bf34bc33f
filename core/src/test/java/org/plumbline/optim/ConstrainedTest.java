package org.plumbline.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Network;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

@ExtendWith(InScope.class)
class ConstrainedTest {
  private static double[][] rows() {
    double[][] rows = new double[5][];
    for (int j = 0; j < rows.length; j++) {
      rows[j] = Seed.of(j).normal(1, 7).toDoubles();
    }
    rows[2][3] = 0;
    return rows;
  }

  private static double[][] copied(double[][] rows) {
    double[][] copy = new double[rows.length][];
    for (int j = 0; j < rows.length; j++) {
      copy[j] = rows[j].clone();
    }
    return copy;
  }

  private static double norm(Constraint constraint, double[][] rows) {
    double most = 0;
    double all = 0;
    for (double[] row : rows) {
      double sum = 0;
      double squares = 0;
      for (double v : row) {
        sum += Math.abs(v);
        squares += v * v;
      }
      most = Math.max(most, constraint instanceof Constraint.L1Inf ? sum : Math.sqrt(squares));
      all += squares;
    }
    return constraint instanceof Constraint.L22 ? Math.sqrt(all) : most;
  }

  @ParameterizedTest
  @ValueSource(strings = {"l1inf", "l2inf", "l22"})
  void projectionsAreIdempotentStayInTheBallAndLeaveWhatIsInside(String name) {
    Constraint ball = Constraint.ALL.parse(name + ":c=1.3");
    double[][] rows = rows();
    assertThat(norm(ball, rows)).isGreaterThan(1.4);
    assertThat(ball.project(rows, 1e-12)).isTrue();
    assertThat(norm(ball, rows)).isCloseTo(1.3, Offset.offset(1e-12));
    double[][] once = copied(rows);
    assertThat(ball.project(rows, 1e-12)).isFalse();
    assertThat(rows).isDeepEqualTo(once);
    Constraint wide = Constraint.ALL.parse(name + ":c=100");
    double[][] inside = rows();
    assertThat(wide.project(inside, 1e-12)).isFalse();
    assertThat(inside).isDeepEqualTo(rows());
  }

  /** The nearest point: v − P(v) makes no acute angle with any z − P(v), z in the ball. */
  @ParameterizedTest
  @ValueSource(strings = {"l1inf", "l2inf", "l22"})
  void whatIsPutBackIsTheNearestPoint(String name) {
    Constraint ball = Constraint.ALL.parse(name + ":c=1.3");
    double[][] v = rows();
    double[][] p = copied(v);
    ball.project(p, 1e-12);
    for (int draw = 0; draw < 200; draw++) {
      double[][] z = new double[v.length][];
      double inner = 0;
      for (int j = 0; j < v.length; j++) {
        z[j] = Seed.of(900 + draw).child(j).normal(2, v[j].length).toDoubles();
      }
      ball.project(z, 0);
      for (int j = 0; j < v.length; j++) {
        for (int k = 0; k < v[j].length; k++) {
          inner += (v[j][k] - p[j][k]) * (z[j][k] - p[j][k]);
        }
      }
      assertThat(inner).isLessThan(1e-9);
    }
  }

  /** v = (3, 1), c = 2: θ = 1, so (2, 0); of (2, 1) θ = 0.5, so (1.5, 0.5). */
  @Test
  void theL1BallByHand() {
    double[][] rows = {{3, -1}, {-2, 1}};
    new Constraint.L1Inf(2).project(rows, 0);
    assertThat(rows[0]).containsExactly(2, -0.0);
    assertThat(rows[1]).containsExactly(-1.5, 0.5);
  }

  /** Also where nothing but the output block is told, heads learn, and gradients are clipped. */
  @ParameterizedTest
  @ValueSource(
      strings = {"bp", "dfa", "fa", "kp", "shallow", "mono-forward", "pepita", "drtp", "dkp"})
  void everyUnitThatLearnsStaysWithinC(String rule) {
    Clusters problem = new Clusters(Seed.of(72));
    Network net =
        Toy.net(
            List.of(10L, 9L, 8L, 7L, 4L), new Activation.Tanh(), new Toy.Normal(), Precision.FP32);
    Training training =
        Training.of(
            net,
            Rules.ALL.parse(rule),
            new Clipped(new Constrained(new Adam(0.01), new Constraint.L1Inf(1.5)), 10),
            Seed.of(1));
    double[] head = net.parameters().getFirst().value().toDoubles();
    training.steps(problem, 0, 12);
    boolean hidden = !rule.equals("shallow");
    for (int l = hidden ? 1 : 4; l <= 4; l++) {
      var w = named(net.state(), l + ".weight");
      var b = named(net.state(), l + ".bias").toDoubles();
      double[] sums = w.abs().sum(1).toDoubles();
      double most = 0;
      for (int j = 0; j < sums.length; j++) {
        most = Math.max(most, sums[j] + Math.abs(b[j]));
      }
      assertThat(most).as("block %d", l).isLessThan(1.5 * (1 + 2e-6)).isGreaterThan(1);
    }
    if (!hidden) {
      assertThat(net.parameters().getFirst().value().toDoubles()).isEqualTo(head);
    }
    training
        .feedback()
        .heads()
        .forEach((name, value) -> assertThat(value.abs().sum().item()).as(name).isNotZero());
  }

  @Test
  void namesAndBoundsAreChecked() {
    assertThatThrownBy(() -> Constraint.ALL.parse("l1inf:c=0")).hasMessageContaining("above 0");
    assertThatThrownBy(() -> Constraint.ALL.parse("l1")).hasMessageContaining("l1inf");
    assertThat(List.copyOf(Constraint.ALL.names())).containsExactly("l1inf", "l2inf", "l22");
  }
}
