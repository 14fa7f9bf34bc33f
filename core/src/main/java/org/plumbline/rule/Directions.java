package org.plumbline.rule;

import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/** The law of the random directions of a forward-mode derivative; both have E[u uᵀ] = 1. */
public enum Directions {
  /** N(0, 1). */
  NORMAL,
  /** −1 or 1, fair: the least variance, and quick to draw. */
  SIGNS;

  /** Directions shaped like a tensor, a function of the seed. */
  Tensor like(Tensor shaped, Seed seed) {
    long[] axes = shaped.shape().toArray();
    Tensor u =
        switch (this) {
          case NORMAL -> seed.normal(1, axes);
          case SIGNS -> seed.signs(axes);
        };
    return u.to(shaped.precision()).to(shaped.device());
  }
}
