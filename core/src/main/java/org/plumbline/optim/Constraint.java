package org.plumbline.optim;

import java.util.Arrays;
import org.plumbline.value.About;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;

/**
 * A ball in which the weights of every layer are kept: what leaves it by a step is put back to the
 * nearest point of it. A row is one unit's incoming weights with its bias, (W[j,:], b[j]).
 *
 * <p>Weight-normalised nets, bias included: Xu, Wang 2018, <a
 * href="https://arxiv.org/abs/1810.01877">arXiv:1810.01877</a>. They say which class is learned
 * from, not how to stay in it; the projections are the Euclidean ones.
 */
public sealed interface Constraint {
  /** The constraints by name. */
  Catalogue<Constraint> ALL =
      new Catalogue<Constraint>("constraint")
          .with("l1inf", L1Inf.class)
          .with("l2inf", L2Inf.class)
          .with("l22", L22.class);

  /**
   * Puts the rows back.
   *
   * @param rows one a unit; changed in place
   * @param slack how much longer than c counts as inside, as a share: what rounding does must not
   *     be put back for ever
   * @return whether any number has changed
   */
  boolean project(double[][] rows, double slack);

  /**
   * Σ_k |row_k| ≤ c for every unit.
   *
   * <pre>  v ← sign(v) max(|v| − θ, 0)        θ: the only one with Σ = c   </pre>
   *
   * @param c the greatest sum
   */
  @About("every unit's absolute weights and bias sum to at most c")
  record L1Inf(@About("the greatest sum") double c) implements Constraint {
    /**
     * Checks the bound.
     *
     * @param c above 0
     */
    public L1Inf {
      Check.positive("c of l1inf", c);
    }

    /** 4. */
    public L1Inf() {
      this(4);
    }

    @Override
    public boolean project(double[][] rows, double slack) {
      boolean changed = false;
      for (double[] row : rows) {
        double sum = 0;
        for (double v : row) {
          sum += Math.abs(v);
        }
        if (sum > c * (1 + slack)) {
          shrink(row);
          changed = true;
        }
      }
      return changed;
    }

    /** Sorted descending: r = max{j: u_j > (Σ_{i≤j} u_i − c)/j}, θ = (Σ_{i≤r} u_i − c)/r. */
    private void shrink(double[] row) {
      double[] u = new double[row.length];
      for (int k = 0; k < u.length; k++) {
        u[k] = -Math.abs(row[k]);
      }
      Arrays.sort(u);
      double sum = 0;
      double theta = 0;
      for (int j = 1; j <= u.length; j++) {
        sum -= u[j - 1];
        double at = (sum - c) / j;
        if (-u[j - 1] > at) {
          theta = at;
        }
      }
      for (int k = 0; k < row.length; k++) {
        row[k] = Math.copySign(Math.max(Math.abs(row[k]) - theta, 0), row[k]);
      }
    }
  }

  /**
   * √(Σ_k row_k²) ≤ c for every unit.
   *
   * @param c the greatest length
   */
  @About("every unit's weights and bias are at most c long")
  record L2Inf(@About("the greatest length") double c) implements Constraint {
    /**
     * Checks the bound.
     *
     * @param c above 0
     */
    public L2Inf {
      Check.positive("c of l2inf", c);
    }

    /** 2. */
    public L2Inf() {
      this(2);
    }

    @Override
    public boolean project(double[][] rows, double slack) {
      boolean changed = false;
      for (double[] row : rows) {
        double length = Math.sqrt(squares(row));
        if (length > c * (1 + slack)) {
          scale(row, c / length);
          changed = true;
        }
      }
      return changed;
    }
  }

  /**
   * √(Σ_j Σ_k row_jk²) ≤ c for every layer.
   *
   * @param c the greatest length
   */
  @About("all weights and biases of a layer are together at most c long")
  record L22(@About("the greatest length") double c) implements Constraint {
    /**
     * Checks the bound.
     *
     * @param c above 0
     */
    public L22 {
      Check.positive("c of l22", c);
    }

    /** 10. */
    public L22() {
      this(10);
    }

    @Override
    public boolean project(double[][] rows, double slack) {
      double sum = 0;
      for (double[] row : rows) {
        sum += squares(row);
      }
      double length = Math.sqrt(sum);
      if (length <= c * (1 + slack)) {
        return false;
      }
      for (double[] row : rows) {
        scale(row, c / length);
      }
      return true;
    }
  }

  private static double squares(double[] row) {
    double sum = 0;
    for (double v : row) {
      sum += v * v;
    }
    return sum;
  }

  private static void scale(double[] row, double factor) {
    for (int k = 0; k < row.length; k++) {
      row[k] *= factor;
    }
  }
}
