package org.plumbline.probe;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Capacity: the L_{p,q} norms of the layers, a bound on the Rademacher complexity of all networks
 * with such norms, and the margins that stand against it.
 *
 * <pre>
 *   row j of V~_l = (b_l[j], W_l[j,:])        ‖V~‖_{p,q} = (Σ_j ‖row_j‖_p^q)^(1/q);  q = ∞: the greatest row
 *   error ≤ share of margins below ρ + (4 C / ρ) R + 3 √(ln(2/δ) / (2 n))      with probability 1 − δ
 * </pre>
 *
 * <p>Xu, Wang 2018, <a href="https://arxiv.org/abs/1810.01877">arXiv:1810.01877</a>, have the norms
 * with the bias in them. The bound R and its constants are this project's ({@link ReluNet}); the
 * norms of a trained net are no constants, so it is an indicator, to be compared between rules.
 *
 * <p>Readings: {@code capacity/l/1_inf}, {@code …/2_inf}, {@code …/2_2}, {@code …/1_1} of every
 * block of one weight; {@code capacity/rows}, n; {@code capacity/margin/10}, {@code /50}, {@code
 * /90}, the quantiles over the rows, in evaluation mode, of the output of the right class above the
 * greatest other. Of nets of dense layers and ReLU alone {@code capacity/m/1_inf} … and {@code
 * capacity/r/1_inf} …, M and R on the rows of the batch, and {@code capacity/bound/1_inf} …, the
 * right side above; of all others {@code capacity/applies} is 0 and these are absent: tanh is not
 * homogeneous, kernels share weights, a norm undoes every scale.
 *
 * @param margin ρ
 * @param delta δ
 */
@About("L_{p,q} norms, a capacity bound for dense ReLU nets, and margins")
public record Capacity(
    @About("rho, the margin of the bound") double margin,
    @About("delta, how likely the bound may fail") double delta)
    implements Probe {
  /** The norms that are read. */
  public enum Norm {
    /** Each unit's absolute weights; the greatest sum. */
    L1_INF(1, Double.POSITIVE_INFINITY),
    /** Each unit's length; the greatest. */
    L2_INF(2, Double.POSITIVE_INFINITY),
    /** Frobenius. */
    L2_2(2, 2),
    /** All absolute weights. */
    L1_1(1, 1);

    private final int p;
    private final double q;

    Norm(int p, double q) {
      this.p = p;
      this.q = q;
    }

    /**
     * Within a unit.
     *
     * @return 1 or 2
     */
    public int p() {
      return p;
    }

    /**
     * Over the units.
     *
     * @return 1, 2 or infinity
     */
    public double q() {
      return q;
    }

    /**
     * As readings have it.
     *
     * @return {@code 1_inf}
     */
    public String word() {
      return p + "_" + (Double.isInfinite(q) ? "inf" : Long.toString(Math.round(q)));
    }
  }

  /**
   * Checks the numbers.
   *
   * @param margin above 0
   * @param delta above 0 and below 1
   */
  public Capacity {
    Check.positive("margin of capacity", margin);
    Check.positive("delta of capacity", delta);
    if (delta >= 1) {
      throw new BadInput("delta of capacity must be below 1, but is " + delta);
    }
  }

  /** Margin 1, failing one time in twenty. */
  public Capacity() {
    this(1, 0.05);
  }

  @Override
  public Reading attach(Network network, LearningRule rule, Feedback feedback, Seed seed) {
    return (trace, outcome, signals) -> {
      try (var _ = Scope.open()) {
        Tensor rows = trace.input();
        Tensor output = network.trace(rows, Mode.EVAL).output();
        return read(network, rows, output, outcome.target());
      }
    };
  }

  /**
   * Reads a network.
   *
   * @param network live
   * @param rows {@code [rows, in…]}, prepared
   * @param output of the network in evaluation mode, {@code [rows, outputs]}
   * @param target {@code [rows, outputs]}
   * @return the readings
   */
  public Map<String, Double> read(Network network, Tensor rows, Tensor output, Tensor target) {
    Map<String, Double> readings = new LinkedHashMap<>();
    for (int l = 0; l < network.blocks().size(); l++) {
      Optional<UnitNorms> units = UnitNorms.of(network.blocks().get(l));
      for (Norm norm : Norm.values()) {
        String name = "capacity/%d/%s".formatted(l + 1, norm.word());
        units.ifPresent(u -> Cosines.put(name, u.norm(norm), readings));
      }
    }
    double n = (double) rows.size(0);
    readings.put("capacity/rows", n);
    double[] margins = margins(output, target);
    int classes = Math.toIntExact(output.size(1));
    for (int share : new int[] {10, 50, 90}) {
      if (margins.length > 0) {
        Cosines.put("capacity/margin/" + share, quantile(margins, share), readings);
      }
    }
    Optional<ReluNet> net = ReluNet.of(network, rows, output);
    if (net.isEmpty()) {
      readings.put("capacity/applies", 0.0);
      return readings;
    }
    double below = Arrays.stream(margins).filter(m -> m < margin).count() / n;
    for (Norm norm : Norm.values()) {
      double r = net.get().complexity(norm, rows);
      Cosines.put("capacity/m/" + norm.word(), net.get().product(norm), readings);
      Cosines.put("capacity/r/" + norm.word(), r, readings);
      if (margins.length > 0) {
        Cosines.put(
            "capacity/bound/" + norm.word(),
            below + 4.0 * classes / margin * r + 3 * Math.sqrt(Math.log(2 / delta) / (2 * n)),
            readings);
      }
    }
    return readings;
  }

  /** Rising; none where there is no other class. */
  private static double[] margins(Tensor output, Tensor target) {
    int classes = Math.toIntExact(output.size(1));
    if (classes < 2) {
      return new double[0];
    }
    double[] y = output.toDoubles();
    long[] right = target.argmax().toLongs();
    double[] margins = new double[right.length];
    for (int i = 0; i < margins.length; i++) {
      double other = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < classes; c++) {
        other = c == right[i] ? other : Math.max(other, y[i * classes + c]);
      }
      margins[i] = y[i * classes + (int) right[i]] - other;
    }
    Arrays.sort(margins);
    return margins;
  }

  /** The least that so many per cent do not exceed. */
  private static double quantile(double[] rising, int share) {
    int at = (int) Math.ceil(rising.length * share / 100.0) - 1;
    return rising[Math.clamp(at, 0, rising.length - 1)];
  }
}
