package org.plumbline.rule;

import java.util.List;
import org.plumbline.tensor.Tensor;

/**
 * The matrices through which the error comes to the hidden blocks, for those who look at them.
 *
 * @param kind where they begin
 * @param matrices one a hidden block, {@code [from, n_l]}; none where the rule has none
 */
public record Paths(Kind kind, List<Tensor> matrices) {
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
   * Copies the list.
   *
   * @param kind where they begin
   * @param matrices one a hidden block
   */
  public Paths {
    matrices = List.copyOf(matrices);
  }
}
