package org.plumbline.rule;

import org.plumbline.tensor.Shape;

/** The size σ_l of sign-symmetric feedback. */
public enum Sigma {
  /** √(2/(fan_in + fan_out)), the standard deviation of Xavier: BioTorch. */
  XAVIER,
  /** 1/√fan_in, 1/√n_{l−1} of a dense weight. */
  FAN_IN,
  /** As the code of Xiao: 1/√n_{l−1} of a dense weight, √(2/fan_out) of a kernel. */
  XIAO;

  /**
   * The size. The fans of a kernel are in · kh · kw and out · kh · kw.
   *
   * @param weight the shape of W_l, {@code [out, in]} or {@code [out, in, kh, kw]}
   * @return σ_l
   */
  public double of(Shape weight) {
    double in = (double) weight.size() / weight.axis(0);
    double out = (double) weight.size() / weight.axis(1);
    return switch (this) {
      case XAVIER -> Math.sqrt(2 / (in + out));
      case FAN_IN -> 1 / Math.sqrt(in);
      case XIAO -> weight.rank() == 2 ? 1 / Math.sqrt(in) : Math.sqrt(2 / out);
    };
  }
}
