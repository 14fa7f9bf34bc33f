package org.plumbline.tensor;

/**
 * A copy in BF16 of a tensor that changes in place. It cannot go stale: every change in place
 * raises libtorch's version number of the tensor, and whoever asks for the copy gets it made anew
 * if that number is not the one of the last time. {@link Fused} writes tensor and copy together.
 */
public final class WorkingCopy {
  private final Tensor of;
  private final Tensor copy;
  private long version;

  private WorkingCopy(Tensor of) {
    this.of = of;
    this.copy = of.to(Precision.BF16);
    this.version = of.version();
  }

  /**
   * Makes the copy, in the open scope.
   *
   * @param tensor of floating-point numbers, changed only by the methods of {@link Tensor} and by
   *     {@link Fused}
   * @return with the numbers of now
   */
  public static WorkingCopy of(Tensor tensor) {
    return new WorkingCopy(tensor);
  }

  /**
   * The copy.
   *
   * @return in BF16, shaped like the tensor, each number the nearest one; valid until the tensor
   *     changes
   */
  public Tensor current() {
    long now = of.version();
    if (now != version) {
      copy.copyFrom(of);
      version = now;
    }
    return copy;
  }

  /** The copy, which the caller will write whole, together with the tensor. */
  Tensor room() {
    return copy;
  }

  /** Takes note that the copy holds the numbers that the tensor has now. */
  void written() {
    version = of.version();
  }
}
