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
 * <p>The loops call nothing but the Vector API, which is always inlined: a method of ours that the
 * compiler chose not to inline would make an object of every vector. Rounding to BF16 is to
 * nearest, ties to even, and keeps what is not a number, as libtorch does.
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
      FloatVector gradient =
          half
              ? ShortVector.fromMemorySegment(SHORTS, ALL, g + i / 2, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
                  .reinterpretAsInts()
                  .lanewise(VectorOperators.LSHL, 16)
                  .reinterpretAsFloats()
              : FloatVector.fromMemorySegment(FLOATS, ALL, g + i, ORDER);
      FloatVector moved =
          gradient.lanewise(
              VectorOperators.FMA,
              -rate,
              FloatVector.fromMemorySegment(FLOATS, ALL, w + i, ORDER).mul(keep));
      moved.intoMemorySegment(ALL, w + i, ORDER);
      if (w16 != 0) {
        IntVector bits = moved.reinterpretAsInts();
        IntVector nearest = bits.lanewise(VectorOperators.LSHR, 16).and(1).add(0x7FFF);
        bits.add(nearest)
            .lanewise(VectorOperators.LSHR, 16)
            .blend(0x7FC0, moved.test(VectorOperators.IS_NAN).cast(INTS))
            .convertShape(VectorOperators.I2S, SHORTS, 0)
            .intoMemorySegment(ALL, w16 + i / 2, ORDER);
      }
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
      FloatVector gradient =
          half
              ? ShortVector.fromMemorySegment(SHORTS, ALL, g + i / 2, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
                  .reinterpretAsInts()
                  .lanewise(VectorOperators.LSHL, 16)
                  .reinterpretAsFloats()
              : FloatVector.fromMemorySegment(FLOATS, ALL, g + i, ORDER);
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, ALL, w + i, ORDER);
      FloatVector h = weight.lanewise(VectorOperators.FMA, decay, gradient);
      FloatVector mean =
          FloatVector.fromMemorySegment(FLOATS, ALL, m + i, ORDER)
              .lanewise(VectorOperators.FMA, memory, h);
      mean.intoMemorySegment(ALL, m + i, ORDER);
      FloatVector way = h.mul(ofGradient).add(mean.mul(ofMemory));
      FloatVector moved = way.lanewise(VectorOperators.FMA, -rate, weight);
      moved.intoMemorySegment(ALL, w + i, ORDER);
      if (w16 != 0) {
        IntVector bits = moved.reinterpretAsInts();
        IntVector nearest = bits.lanewise(VectorOperators.LSHR, 16).and(1).add(0x7FFF);
        bits.add(nearest)
            .lanewise(VectorOperators.LSHR, 16)
            .blend(0x7FC0, moved.test(VectorOperators.IS_NAN).cast(INTS))
            .convertShape(VectorOperators.I2S, SHORTS, 0)
            .intoMemorySegment(ALL, w16 + i / 2, ORDER);
      }
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
      FloatVector gradient =
          half
              ? ShortVector.fromMemorySegment(SHORTS, ALL, g + i / 2, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
                  .reinterpretAsInts()
                  .lanewise(VectorOperators.LSHL, 16)
                  .reinterpretAsFloats()
              : FloatVector.fromMemorySegment(FLOATS, ALL, g + i, ORDER);
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, ALL, w + i, ORDER);
      FloatVector h = weight.lanewise(VectorOperators.FMA, decay, gradient);
      FloatVector square =
          h.mul(fresh).fma(h, FloatVector.fromMemorySegment(FLOATS, ALL, v + i, ORDER).mul(memory));
      square.intoMemorySegment(ALL, v + i, ORDER);
      FloatVector way = h.div(square.sqrt().add(epsilon));
      FloatVector moved = way.lanewise(VectorOperators.FMA, -rate, weight);
      moved.intoMemorySegment(ALL, w + i, ORDER);
      if (w16 != 0) {
        IntVector bits = moved.reinterpretAsInts();
        IntVector nearest = bits.lanewise(VectorOperators.LSHR, 16).and(1).add(0x7FFF);
        bits.add(nearest)
            .lanewise(VectorOperators.LSHR, 16)
            .blend(0x7FC0, moved.test(VectorOperators.IS_NAN).cast(INTS))
            .convertShape(VectorOperators.I2S, SHORTS, 0)
            .intoMemorySegment(ALL, w16 + i / 2, ORDER);
      }
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
      FloatVector gradient =
          half
              ? ShortVector.fromMemorySegment(SHORTS, ALL, g + i / 2, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0)
                  .reinterpretAsInts()
                  .lanewise(VectorOperators.LSHL, 16)
                  .reinterpretAsFloats()
              : FloatVector.fromMemorySegment(FLOATS, ALL, g + i, ORDER);
      FloatVector weight = FloatVector.fromMemorySegment(FLOATS, ALL, w + i, ORDER);
      FloatVector h = weight.lanewise(VectorOperators.FMA, decay, gradient);
      FloatVector mean = FloatVector.fromMemorySegment(FLOATS, ALL, m + i, ORDER);
      mean = h.sub(mean).lanewise(VectorOperators.FMA, fresh1, mean);
      mean.intoMemorySegment(ALL, m + i, ORDER);
      FloatVector square =
          h.mul(fresh2)
              .fma(h, FloatVector.fromMemorySegment(FLOATS, ALL, v + i, ORDER).mul(memory2));
      square.intoMemorySegment(ALL, v + i, ORDER);
      FloatVector way = mean.div(square.sqrt().add(epsilon));
      FloatVector moved = way.lanewise(VectorOperators.FMA, -rate, weight.mul(keep));
      moved.intoMemorySegment(ALL, w + i, ORDER);
      if (w16 != 0) {
        IntVector bits = moved.reinterpretAsInts();
        IntVector nearest = bits.lanewise(VectorOperators.LSHR, 16).and(1).add(0x7FFF);
        bits.add(nearest)
            .lanewise(VectorOperators.LSHR, 16)
            .blend(0x7FC0, moved.test(VectorOperators.IS_NAN).cast(INTS))
            .convertShape(VectorOperators.I2S, SHORTS, 0)
            .intoMemorySegment(ALL, w16 + i / 2, ORDER);
      }
    }
  }
}
