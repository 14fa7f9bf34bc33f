package org.plumbline.train;

import java.util.List;

/**
 * A step whose loss or gradients are not finite, which was not taken; or one whose update was not
 * finite, which was.
 */
public final class Diverged extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Of the step. */
  private final double loss;

  private final transient List<Norm> norms;

  /** Whether the update had been made before it was found. */
  private final boolean taken;

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
    this.taken = false;
  }

  Diverged(String tensor) {
    super("an update of " + tensor + " is not finite");
    this.loss = Double.NaN;
    this.norms = List.of();
    this.taken = true;
  }

  /** Whether something has moved. */
  boolean taken() {
    return taken;
  }

  /**
   * The loss of the step.
   *
   * @return may be finite; NaN if the step was taken
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
