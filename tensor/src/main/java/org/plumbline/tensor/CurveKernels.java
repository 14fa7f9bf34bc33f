package org.plumbline.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The loops of {@link Curves}, over addresses of floats. Loaded only where the Vector API is. */
final class CurveKernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final MemorySegment ALL = everything();

  private CurveKernels() {}

  @SuppressWarnings("restricted") // addresses and lengths come from tensors
  private static MemorySegment everything() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  /** y ← tanh(x). */
  static void tanh(long x, long y, long count) {
    long whole = FLOATS.loopBound(count);
    for (long i = 0; i < whole; i += FLOATS.length()) {
      long at = i * Float.BYTES;
      FloatVector.fromMemorySegment(FLOATS, ALL, x + at, ORDER)
          .lanewise(VectorOperators.TANH)
          .intoMemorySegment(ALL, y + at, ORDER);
    }
    if (whole < count) {
      long at = whole * Float.BYTES;
      VectorMask<Float> rest = FLOATS.indexInRange(whole, count);
      FloatVector.fromMemorySegment(FLOATS, ALL, x + at, ORDER, rest)
          .lanewise(VectorOperators.TANH)
          .intoMemorySegment(ALL, y + at, ORDER, rest);
    }
  }
}
