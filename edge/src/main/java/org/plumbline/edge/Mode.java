package org.plumbline.edge;

/** How sums are computed; the bits are the same. */
public enum Mode {
  /** In the narrowest width that was proved to do. */
  FAST,
  /** In 64 bits with exact arithmetic, every intermediate held against its proved bound. */
  CHECKED;

  Kernels kernels(Plan plan) {
    return this == FAST ? new FastKernels(plan) : new ExactKernels();
  }
}
