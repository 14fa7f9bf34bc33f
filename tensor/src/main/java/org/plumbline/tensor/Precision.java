package org.plumbline.tensor;

import org.bytedeco.pytorch.global.torch;

/** The number format of a tensor. */
public enum Precision {
  /** IEEE 754 double: identities and finite differences. */
  FP64(8),
  /** IEEE 754 single: training. */
  FP32(4),
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

  torch.ScalarType libtorch() {
    return switch (this) {
      case FP64 -> torch.ScalarType.Double;
      case FP32 -> torch.ScalarType.Float;
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
