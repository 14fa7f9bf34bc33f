package org.plumbline.lens;

import java.util.Optional;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Tensor;

/**
 * The simple cache: a memory of what layers said about labelled rows, asked by likeness when a
 * network answers. Nothing is trained.
 *
 * <pre>
 *   k_i = features(x_i) / ‖features(x_i)‖₂        v_i: the label of x_i, one-hot
 *   w_i = exp(θ (⟨q, k_i⟩ − max_j ⟨q, k_j⟩))        q: the features asked about, of length 1 too
 *   p_cache = Σ_i w_i v_i / Σ_i w_i                 p = (1 − λ) p_net + λ p_cache
 * </pre>
 *
 * <p>Orhan 2018, <a href="https://arxiv.org/abs/1805.08709">arXiv:1805.08709</a>. The greatest
 * likeness is subtracted because exp(90) is beyond single precision; p_cache is the same. Features
 * that are all 0 have likeness 0 to everything.
 *
 * <p>Lives in the scope in which it was made: K keys of d numbers in single precision.
 */
public final class SimpleCache {
  private static final double LEAST = 1e-30;

  private final Tensor keys; // [capacity, d]
  private final Tensor values; // [capacity, classes]
  private int size;

  private SimpleCache(Tensor keys, Tensor values) {
    this.keys = keys;
    this.values = values;
  }

  /**
   * An empty cache.
   *
   * @param capacity the most rows that it will hold
   * @param width d, numbers a key
   * @param classes how many
   * @return in the open scope
   */
  public static SimpleCache of(long capacity, long width, long classes) {
    return new SimpleCache(
        Tensor.zeros(Precision.FP32, capacity, width),
        Tensor.zeros(Precision.FP32, capacity, classes));
  }

  /**
   * What a cache takes.
   *
   * @param capacity rows
   * @param width numbers a key
   * @param classes how many
   * @return bytes
   */
  public static long bytes(long capacity, long width, long classes) {
    return Math.multiplyExact(
        Math.multiplyExact(capacity, Math.addExact(width, classes)), (long) Float.BYTES);
  }

  /**
   * Remembers rows.
   *
   * @param features {@code [rows, d]}, of any length
   * @param labels one a row
   */
  public void add(Tensor features, int[] labels) {
    int classes = Math.toIntExact(values.size(1));
    float[] oneHot = new float[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      oneHot[i * classes + labels[i]] = 1;
    }
    try (var _ = Scope.open()) {
      keys.rows(size, labels.length).copyFrom(unit(features));
      values.rows(size, labels.length).copyFrom(Tensor.of(oneHot, labels.length, classes));
    }
    size += labels.length;
  }

  /**
   * How many rows it remembers.
   *
   * @return K
   */
  public int size() {
    return size;
  }

  /**
   * Compares rows with all that is remembered.
   *
   * @param features {@code [rows, d]}, of any length
   * @param nearest how many of the likest keys have a say; 0 for all
   * @return in the open scope
   */
  public Neighbours neighbours(Tensor features, int nearest) {
    Tensor likeness = unit(features).matmul(keys.rows(0, size).transposed()); // [rows, K]
    Tensor labels = values.rows(0, size);
    if (nearest == 0 || nearest >= size) {
      Tensor greatest = likeness.gathered(likeness.argmax().reshaped(-1, 1));
      return new Neighbours(likeness.add(greatest, -1), Optional.empty(), labels);
    }
    Tensor.Greatest found = likeness.greatest(nearest);
    Tensor closeness = found.values().minus(found.values().columns(0, 1));
    return new Neighbours(
        closeness, Optional.of(labels.rowsAt(found.places().reshaped(-1))), labels);
  }

  private static Tensor unit(Tensor features) {
    Tensor x = features.to(Precision.FP32);
    Tensor length = x.squared().sum(1).sqrt().clamped(LEAST, Float.MAX_VALUE);
    return x.over(length.reshaped(-1, 1));
  }

  /**
   * How like the remembered rows some rows are.
   *
   * @param closeness likeness less the greatest of the row, at most 0: {@code [rows, K]}, or {@code
   *     [rows, nearest]}
   * @param chosen the labels of the nearest, {@code [rows · nearest, classes]}; empty if all count
   * @param labels of all, {@code [K, classes]}
   */
  public record Neighbours(Tensor closeness, Optional<Tensor> chosen, Tensor labels) {
    /**
     * What the cache says.
     *
     * @param theta θ, at least 0; 0 gives the shares of the classes among those that count
     * @return {@code [rows, classes]}, FP64; each row sums to 1
     */
    public Tensor shares(double theta) {
      Tensor weights = closeness.scaled(theta).exp();
      Tensor sums;
      if (chosen.isEmpty()) {
        sums = weights.matmul(labels);
      } else {
        long rows = weights.size(0);
        Tensor each = chosen.get().times(weights.reshaped(-1, 1));
        sums = each.reshaped(rows, -1, labels.size(1)).sum(1);
      }
      Tensor shares = sums.to(Precision.FP64);
      return shares.over(shares.sum(1).reshaped(-1, 1));
    }
  }

  /**
   * The answer of network and cache together.
   *
   * @param network p_net, {@code [rows, classes]}
   * @param cache p_cache, shaped like it
   * @param lambda λ, from 0, the network alone, to 1
   * @return shaped like both
   */
  public static Tensor mixed(Tensor network, Tensor cache, double lambda) {
    return network.scaled(1 - lambda).add(cache, lambda);
  }
}
