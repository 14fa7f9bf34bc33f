package org.plumbline.tensor;

import org.bytedeco.pytorch.global.torch;

/** The number format of a tensor. */
public enum Precision {
  /** IEEE 754 double: identities and finite differences. */
  FP64(8),
  /** IEEE 754 single: training. */
  FP32(4),
  /**
   * The upper half of FP32, "brain float": operands of the great products of a network whose
   * numbers are FP32 everywhere else, see {@link WorkingCopy}.
   */
  BF16(2),
  /** 64-bit whole numbers: counters, indices. */
  INT64(8);

  private final int bytes;

  Precision(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The size of one element.
   *
   * @return in bytes
   */
  public int bytes() {
    return bytes;
  }

  /**
   * In what parameters, activations and signals are kept where products are in this precision.
   *
   * @return FP32 for BF16, else this one
   */
  public Precision kept() {
    return this == BF16 ? FP32 : this;
  }

  torch.ScalarType libtorch() {
    return switch (this) {
      case FP64 -> torch.ScalarType.Double;
      case FP32 -> torch.ScalarType.Float;
      case BF16 -> torch.ScalarType.BFloat16;
      case INT64 -> torch.ScalarType.Long;
    };
  }

  static Precision of(torch.ScalarType type) {
    for (Precision precision : values()) {
      if (precision.libtorch().value == type.value) {
        return precision;
      }
    }
    throw new IllegalStateException("no precision for libtorch's type " + type);
  }
}
