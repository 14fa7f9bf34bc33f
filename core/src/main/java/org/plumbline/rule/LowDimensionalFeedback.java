package org.plumbline.rule;

import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Network;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Low-dimensional feedback alignment: the way back passes a few channels, which learn to be the
 * principal subspace of the error.
 *
 * <pre>
 *   u_l = δ_l P_l        s_{l−1} = u_l Q_l        gQ_l = u_lᵀ h_{l−1}        l = L…2
 *   D = (δ_l − column means) / greatest column std
 *   P_l ← P_l + η_P (I − P_l P_lᵀ) Dᵀ D P_l / (N n_l)        P_l: [n_l, r], orthonormal at first
 *   W_l ← (1 − c) W_l + step        Q_l ← (1 − c) Q_l + step        Q_l: [r, n_{l−1}]
 * </pre>
 *
 * <p>Hanut, Kadmon 2025, <a href="https://arxiv.org/abs/2502.20580">arXiv:2502.20580</a>. r is at
 * most n_l, where P loses nothing, as at the output block of the paper. Ours: P starts orthonormal,
 * where Oja's rule leads, instead of Kaiming-uniform, so that P_l P_lᵀ is a projection from the
 * first step; and DᵀD is divided by N n_l, so that its eigenvalues are at most 1 and every rate
 * below 1 is stable, whatever the batch and the width. Of a kernel {@code [out, in, kh, kw]}, P is
 * a convolution of 1 by 1, {@code [out, r]} at every place, and Q {@code [r, in, kh, kw]}; to Oja's
 * rule every place of an image is a row. P mixes all channels, so that a convolution in groups is
 * refused. {@code clamp} bounds the signal of each row, (1/N) clip(N s, ±clamp); the paper's ±1 is
 * an option there and off here. Its direct form (u_l = e P_l) is not here.
 *
 * @param rank r; 0 for the number of outputs
 * @param rate η_P
 * @param decay c, taken off W_l and Q_l at every step, l ≥ 2, beside the optimizer's
 * @param clamp the bound of a row's signal; 0 for none
 */
@About("low-dimensional feedback: a few learned channels on the way back; Hanut, Kadmon 2025")
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Hanut, Kadmon 2025, arXiv:2502.20580",
    backwardChain = true)
public record LowDimensionalFeedback(
    @About("number of channels; 0 for the number of outputs") int rank,
    @About("rate of Oja's rule, in [0, 1)") double rate,
    @About("share taken off W and Q at every step, in [0, 1)") double decay,
    @About("bound of each row's signal; 0 for none") double clamp)
    implements LearningRule {
  /**
   * Checks the numbers.
   *
   * @param rank at least 0
   * @param rate in [0, 1)
   * @param decay in [0, 1)
   * @param clamp at least 0
   */
  public LowDimensionalFeedback {
    Check.atLeast("rank", 0, rank);
    Check.fraction("rate", rate);
    Check.fraction("decay", decay);
    Check.notNegative("clamp", clamp);
  }

  /** As many channels as outputs, rate 0.1, decay 5e-4, no clamp. */
  public LowDimensionalFeedback() {
    this(0, 0.1, 5e-4, 0);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    long channels = rank == 0 ? network.outputs() : rank;
    return new TwoFactors(
        TwoFactors.drawn(
            "ldfa", network, (c, s) -> s.orthonormal(c.out(), Math.min(channels, c.out())), seed),
        clamp == 0 ? UnaryOperator.identity() : this::clamped,
        decay,
        this::oja);
  }

  private Tensor clamped(Tensor signal) {
    double rows = signal.size(0);
    return signal.clamped(-clamp / rows, clamp / rows);
  }

  private void oja(TwoFactors.Pair pair, Gradient gradient) {
    switch (gradient) {
      case Gradient.Factored(Tensor delta, Tensor _) -> oja(pair, delta);
      case Gradient.Convolved convolved -> oja(pair, convolved.signal());
      case Gradient.Summed _, Gradient.Whole _ -> {} // of which no row is known
    }
  }

  /** A place of an image is a row: δ is {@code [batch, n_l]} or {@code [batch, n_l, h, w]}. */
  private void oja(TwoFactors.Pair pair, Tensor delta) {
    Tensor p = pair.p();
    boolean images = delta.shape().rank() == 4;
    double size = (double) delta.size() / p.size(0);
    Tensor mean = columns(delta).multiply(1 / size);
    Tensor d = delta.minus(images ? mean.reshaped(-1, 1, 1) : mean);
    double variance = Arrays.stream(columns(d.squared()).toDoubles()).max().orElse(0) / size;
    if (variance > 0) {
      Tensor mixed = pair.mixed(d);
      Tensor pulled = // DᵀD P, before D is scaled
          images
              ? TwoFactors.ONE_BY_ONE
                  .byKernel(d, mixed, p.reshaped(p.size(0), p.size(1), 1, 1))
                  .reshaped(p.size(0), p.size(1))
              : d.transposed().matmul(mixed);
      pulled.add(p.matmul(p.transposed().matmul(pulled)), -1);
      p.add(pulled, rate / variance / size / p.size(0));
    }
  }

  /** Sums of the columns, over all rows and places: {@code [n_l]}. */
  private static Tensor columns(Tensor delta) {
    Tensor rows = delta;
    while (rows.shape().rank() > 2) {
      rows = rows.sum(rows.shape().rank() - 1);
    }
    return rows.sum(0);
  }
}
