package org.plumbline.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The loops of {@link Curves}, over addresses of floats. Loaded only where the Vector API is. */
final class CurveKernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final MemorySegment ALL = everything();

  private CurveKernels() {}

  @SuppressWarnings("restricted") // addresses and lengths come from tensors
  private static MemorySegment everything() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  /**
   * y ← tanh(x), as x P(x²) / Q(x²) with polynomials fitted on [−9, 9], outside of which tanh is ±1
   * in this precision. Each operation rounds once, as IEEE 754 says, so that the result is the same
   * before and after the compiler has seen the loop, which VectorOperators.TANH does not promise.
   */
  static void tanh(long x, long y, long count) {
    long whole = FLOATS.loopBound(count);
    for (long i = 0; i < whole; i += FLOATS.length()) {
      long at = i * Float.BYTES;
      tanh(FloatVector.fromMemorySegment(FLOATS, ALL, x + at, ORDER))
          .intoMemorySegment(ALL, y + at, ORDER);
    }
    if (whole < count) {
      long at = whole * Float.BYTES;
      VectorMask<Float> rest = FLOATS.indexInRange(whole, count);
      tanh(FloatVector.fromMemorySegment(FLOATS, ALL, x + at, ORDER, rest))
          .intoMemorySegment(ALL, y + at, ORDER, rest);
    }
  }

  private static FloatVector tanh(FloatVector x) {
    FloatVector near = x.max(-9f).min(9f);
    FloatVector u = near.mul(near);
    FloatVector p =
        u.mul(1.8255612e-11f)
            .add(-1.2780602e-8f)
            .fma(u, of(9.26748e-6f))
            .fma(u, of(0.0029207687f))
            .fma(u, of(0.12919235f))
            .fma(u, of(0.99999994f));
    FloatVector q = u.mul(2.2810113e-4f).add(0.023763198f).fma(u, of(0.4625252f)).fma(u, of(1f));
    return near.mul(p).div(q).max(-1f).min(1f);
  }

  private static FloatVector of(float x) {
    return FloatVector.broadcast(FLOATS, x);
  }

  /** The inner product of each row of two matrices whose columns lie one behind the other. */
  static void rowProductsOfColumns(long a, long b, int rows, long columns, double[] into) {
    int i = 0;
    for (; i + DOUBLES.length() <= rows; i += DOUBLES.length()) {
      DoubleVector sum = DoubleVector.zero(DOUBLES);
      for (long j = 0; j < columns; j++) {
        long at = (j * rows + i) * Float.BYTES;
        sum = wide(a + at).fma(wide(b + at), sum);
      }
      sum.intoArray(into, i);
    }
    for (; i < rows; i++) {
      double sum = 0;
      for (long j = 0; j < columns; j++) {
        long at = (j * rows + i) * Float.BYTES;
        sum += (double) number(a + at) * number(b + at);
      }
      into[i] = sum;
    }
  }

  /** The inner product of two rows of numbers. */
  static double product(long a, long b, long count) {
    DoubleVector sum = DoubleVector.zero(DOUBLES);
    long whole = DOUBLES.loopBound(count);
    for (long i = 0; i < whole; i += DOUBLES.length()) {
      sum = wide(a + i * Float.BYTES).fma(wide(b + i * Float.BYTES), sum);
    }
    double all = 0; // reduceLanes may add in any order, and in another one when it is compiled
    for (double lane : sum.toArray()) {
      all += lane;
    }
    for (long i = whole; i < count; i++) {
      all += (double) number(a + i * Float.BYTES) * number(b + i * Float.BYTES);
    }
    return all;
  }

  private static DoubleVector wide(long at) {
    return (DoubleVector)
        FloatVector.fromMemorySegment(HALF, ALL, at, ORDER)
            .convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  private static float number(long at) {
    return ALL.get(ValueLayout.JAVA_FLOAT, at);
  }
}
