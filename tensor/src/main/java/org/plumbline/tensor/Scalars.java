package org.plumbline.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Scalar;
import org.jspecify.annotations.Nullable;

/**
 * libtorch's numbers, each thread's last ones kept: to make one takes longer than many operations
 * on a small tensor.
 */
final class Scalars {
  private static final int SLOTS = 64;
  private static final AtomicInteger KEPT = new AtomicInteger();
  private static final ThreadLocal<Scalars> OF_THREAD = ThreadLocal.withInitial(Scalars::new);

  private final @Nullable Scalar[] scalars = new Scalar[SLOTS];
  private final long[] bits = new long[SLOTS];
  private @Nullable Scalar retired; // may be the other number of the same call

  private Scalars() {}

  /** A number for the next call of libtorch on this thread; not to be closed. */
  static Scalar of(double value) {
    return OF_THREAD.get().get(value);
  }

  /** How many are kept, by all threads that ever were. */
  static int kept() {
    return KEPT.get();
  }

  private Scalar get(double value) {
    long wanted = Double.doubleToRawLongBits(value);
    int slot = (int) ((wanted * 0x9E3779B97F4A7C15L) >>> 58);
    Scalar found = scalars[slot];
    if (found != null && bits[slot] == wanted) {
      return found;
    }
    Scalar made = new Scalar(value);
    made.retainReference(); // survives the scope that it was made in
    if (found == null) {
      KEPT.incrementAndGet();
    } else {
      if (retired == null) {
        KEPT.incrementAndGet();
      } else {
        retired.releaseReference();
      }
      retired = found;
    }
    scalars[slot] = made;
    bits[slot] = wanted;
    return made;
  }
}
