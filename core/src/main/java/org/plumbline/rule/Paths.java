package org.plumbline.rule;

import java.util.Collections;
import java.util.List;
import org.plumbline.tensor.Tensor;

/**
 * The matrices through which the error comes to the hidden blocks, for those who look at them.
 *
 * @param kind where they begin
 * @param matrices one a hidden block, {@code [from, n_l]}, or the kernel of a convolution, {@code
 *     [from, in, kh, kw]}; none where the rule has none
 * @param further where layered feedback passes a block of several weights: for each hidden block
 *     those that stand for the second weight behind it, the third …; as long as {@code matrices}
 */
public record Paths(Kind kind, List<Tensor> matrices, List<List<Tensor>> further) {
  /** Where the matrix of hidden block l begins. */
  public enum Kind {
    /** The rule has no such matrices. */
    NONE,
    /** At block l+1: V_{l+1} {@code [n_{l+1}, n_l]} stands for its weight. */
    LAYERED,
    /** At the output: B_l {@code [outputs, n_l]} stands for all weights above. */
    DIRECT
  }

  /** No matrices. */
  public static final Paths NONE = new Paths(Kind.NONE, List.of());

  /**
   * Copies the lists.
   *
   * @param kind where they begin
   * @param matrices one a hidden block
   * @param further as many lists
   */
  public Paths {
    matrices = List.copyOf(matrices);
    further = further.stream().map(List::copyOf).toList();
  }

  /**
   * Of blocks of one weight each, or direct.
   *
   * @param kind where they begin
   * @param matrices one a hidden block
   */
  public Paths(Kind kind, List<Tensor> matrices) {
    this(kind, matrices, Collections.nCopies(matrices.size(), List.of()));
  }
}
