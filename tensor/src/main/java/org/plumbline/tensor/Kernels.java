package org.plumbline.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link Fused}, over addresses of floats. Loaded only where the module
 * jdk.incubator.vector is. Every count is a multiple of {@link #lanes}.
 *
 * <p>w16 is where w is written in BF16 too, 0 if nowhere; {@code half} says that g is in BF16.
 *
 * <p>Each operation rounds once, as IEEE 754 says, so that neither the number of lanes nor the
 * compiler changes a bit.
 */
final class Kernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  private static final int STEP = FLOATS.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final MemorySegment ALL = everything();

  private Kernels() {}

  @SuppressWarnings("restricted") // addresses come from tensors, lengths are checked by Fused
  private static MemorySegment everything() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  /** Of how many floats counts are multiples. */
  static int lanes() {
    return FLOATS.length();
  }

  /** w ← keep w − rate g. */
  static void sgd(long w, long w16, long g, boolean half, long count, float keep, float rate) {
    long end = count * Float.BYTES;
    for (long i = 0; i < end; i += STEP) {
      put(
          gradient(g, i, half).lanewise(VectorOperators.FMA, -rate, get(w + i).mul(keep)),
          w,
          w16,
          i);
    }
  }

  /** h ← g + decay w; m ← memory m + h; w ← w − rate (ofGradient h + ofMemory m). */
  static void momentum(
      long w,
      long w16,
      long m,
      long g,
      boolean half,
      long count,
      float decay,
      float memory,
      float rate,
      float ofGradient,
      float ofMemory) {
    long end = count * Float.BYTES;
    for (long i = 0; i < end; i += STEP) {
      FloatVector weight = get(w + i);
      FloatVector h = weight.lanewise(VectorOperators.FMA, decay, gradient(g, i, half));
      FloatVector mean = get(m + i).lanewise(VectorOperators.FMA, memory, h);
      put(mean, m + i);
      FloatVector way = h.mul(ofGradient).add(mean.mul(ofMemory));
      put(way.lanewise(VectorOperators.FMA, -rate, weight), w, w16, i);
    }
  }

  /** h ← g + decay w; v ← memory v + (1 − memory) h²; w ← w − rate h / (√v + epsilon). */
  static void rms(
      long w,
      long w16,
      long v,
      long g,
      boolean half,
      long count,
      float decay,
      float memory,
      float fresh,
      float epsilon,
      float rate) {
    long end = count * Float.BYTES;
    for (long i = 0; i < end; i += STEP) {
      FloatVector weight = get(w + i);
      FloatVector h = weight.lanewise(VectorOperators.FMA, decay, gradient(g, i, half));
      FloatVector square = h.mul(fresh).fma(h, get(v + i).mul(memory));
      put(square, v + i);
      FloatVector way = h.div(square.sqrt().add(epsilon));
      put(way.lanewise(VectorOperators.FMA, -rate, weight), w, w16, i);
    }
  }

  /**
   * h ← g + decay w; m ← m + fresh1 (h − m); v ← memory2 v + fresh2 h²; w ← keep w − rate m / (√v +
   * epsilon).
   */
  static void adam(
      long w,
      long w16,
      long m,
      long v,
      long g,
      boolean half,
      long count,
      float decay,
      float keep,
      float fresh1,
      float memory2,
      float fresh2,
      float epsilon,
      float rate) {
    long end = count * Float.BYTES;
    for (long i = 0; i < end; i += STEP) {
      FloatVector weight = get(w + i);
      FloatVector h = weight.lanewise(VectorOperators.FMA, decay, gradient(g, i, half));
      FloatVector mean = get(m + i);
      mean = h.sub(mean).lanewise(VectorOperators.FMA, fresh1, mean);
      put(mean, m + i);
      FloatVector square = h.mul(fresh2).fma(h, get(v + i).mul(memory2));
      put(square, v + i);
      FloatVector way = mean.div(square.sqrt().add(epsilon));
      put(way.lanewise(VectorOperators.FMA, -rate, weight.mul(keep)), w, w16, i);
    }
  }

  private static FloatVector gradient(long g, long i, boolean half) {
    return half ? widened(g + i / 2) : get(g + i);
  }

  private static void put(FloatVector moved, long w, long w16, long i) {
    put(moved, w + i);
    if (w16 != 0) {
      narrowed(moved).intoMemorySegment(ALL, w16 + i / 2, ORDER);
    }
  }

  private static FloatVector get(long address) {
    return FloatVector.fromMemorySegment(FLOATS, ALL, address, ORDER);
  }

  private static void put(FloatVector numbers, long address) {
    numbers.intoMemorySegment(ALL, address, ORDER);
  }

  private static FloatVector widened(long address) {
    return ShortVector.fromMemorySegment(SHORTS, ALL, address, ORDER)
        .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
        .reinterpretAsInts()
        .lanewise(VectorOperators.LSHL, 16)
        .reinterpretAsFloats();
  }

  /** To nearest, ties to even. */
  private static ShortVector narrowed(FloatVector numbers) {
    IntVector bits = numbers.reinterpretAsInts();
    IntVector half = bits.lanewise(VectorOperators.LSHR, 16).and(1).add(0x7FFF);
    IntVector upper = bits.add(half).lanewise(VectorOperators.LSHR, 16);
    IntVector safe =
        upper.blend(0x7FC0, numbers.test(VectorOperators.IS_NAN).cast(INTS)); // as libtorch
    return (ShortVector) safe.convertShape(VectorOperators.I2S, SHORTS, 0);
  }
}
