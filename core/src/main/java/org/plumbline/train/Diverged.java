package org.plumbline.train;

import java.util.List;

/** A step whose loss or gradients are not finite. It was not taken. */
public final class Diverged extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Of the step. */
  private final double loss;

  private final transient List<Norm> norms;

  /**
   * The size of one gradient's signal.
   *
   * @param parameter {@code 1.weight}
   * @param norm of its left factor, the signal at the pre-activation; of the whole gradient if it
   *     is not factored
   */
  public record Norm(String parameter, double norm) {}

  Diverged(double loss, List<Norm> norms) {
    super(
        Double.isFinite(loss)
            ? "the gradient of "
                + norms.stream()
                    .filter(n -> !Double.isFinite(n.norm))
                    .map(Norm::parameter)
                    .findFirst()
                    .orElse("a block")
                + " is not finite"
            : "the loss is " + loss);
    this.loss = loss;
    this.norms = List.copyOf(norms);
  }

  /**
   * The loss of the step.
   *
   * @return may be finite
   */
  public double loss() {
    return loss;
  }

  /**
   * The norms of the step.
   *
   * @return one a parameter that was told something
   */
  public List<Norm> norms() {
    return norms;
  }
}
