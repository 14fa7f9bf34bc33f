package org.plumbline.rule;

import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;

/**
 * The Hilbert-Schmidt independence criterion of two sets of rows, by Gaussian kernels.
 *
 * <pre>
 *   K_a[i,j] = exp(−‖a_i − a_j‖² / (2σ² d_a))        H = I − 11ᵀ/m        d_a: columns of a, m: rows
 *   normalised: side(a) = (H K_a H) (H K_a H + ε m I)⁻¹ = I − ε m A       A = (H K_a H + ε m I)⁻¹
 *   plain:      side(a) = H K_a H / m
 *   HSIC(a, b) = tr(side(a) side(b))
 * </pre>
 *
 * <p>All of it is reckoned in FP64: the inverse is of condition 1/ε, and K is 1 less little where σ
 * is wide.
 *
 * @param estimate normalised or plain
 * @param sigma σ
 * @param eps ε of the normalised estimate
 */
record Dependence(HsicBottleneck.Estimate estimate, double sigma, double eps) {
  /** K_a of {@code [m, d]}: {@code [m, m]}. */
  Tensor kernel(Tensor a) {
    Tensor squares = a.squared().sum(1);
    Tensor distances = a.matmul(a.transposed()).multiply(-2).add(squares, 1);
    return distances
        .add(squares.reshaped(-1, 1), 1)
        .multiply(-1 / (2 * sigma * sigma * a.size(1)))
        .exp();
  }

  /** H K H. */
  static Tensor centred(Tensor k) {
    double share = 1.0 / k.size(0);
    Tensor rows = k.sum(1).multiply(share);
    Tensor columns = k.sum(0).multiply(share);
    Tensor all = rows.sum().multiply(share);
    return k.minus(rows.reshaped(-1, 1)).add(columns, -1).add(all, 1);
  }

  /** What a set of rows {@code [m, d]} brings into the trace: {@code [m, m]}, FP64. */
  Tensor side(Tensor rows) {
    Tensor centred = centred(kernel(rows.to(Precision.FP64)));
    return switch (estimate) {
      case NORMALISED -> remainder(centred).multiply(-ridge(centred)).add(identity(centred), 1);
      case PLAIN -> centred.multiply(1.0 / centred.size(0));
    };
  }

  /**
   * The gradient of tr(side(h) other) by h.
   *
   * <pre>
   *   normalised: G = ε m H A other A H        plain: G = H other H / m
   *   P = G ⊙ K_h        r = row sums of P        −(2/(σ² d_h)) (diag(r) h − P h)
   * </pre>
   *
   * @param rows h, {@code [m, d_h]}
   * @param other symmetric, {@code [m, m]}, FP64
   * @return {@code [m, d_h]}, in the precision of h
   */
  Tensor gradient(Tensor rows, Tensor other) {
    Tensor h = rows.to(Precision.FP64);
    Tensor k = kernel(h);
    Tensor g =
        switch (estimate) {
          case NORMALISED -> {
            Tensor a = remainder(centred(k));
            yield centred(a.matmul(other).matmul(a)).multiply(ridge(k));
          }
          case PLAIN -> centred(other).multiply(1.0 / k.size(0));
        };
    Tensor p = g.plus(g.transposed()).multiply(0.5).multiply(k);
    return h.times(p.sum(1).reshaped(-1, 1))
        .add(p.matmul(h), -1)
        .multiply(-2 / (sigma * sigma * h.size(1)))
        .to(rows.precision());
  }

  /** A of H K H. */
  private Tensor remainder(Tensor centred) {
    return identity(centred).multiply(ridge(centred)).add(centred, 1).choleskyInverse();
  }

  private double ridge(Tensor k) {
    return eps * k.size(0);
  }

  private static Tensor identity(Tensor like) {
    return like.identity(like.size(0));
  }
}
