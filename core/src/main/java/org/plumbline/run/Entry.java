package org.plumbline.run;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import org.plumbline.tensor.Shape;

/**
 * A tensor as bytes.
 *
 * @param dtype the type of its numbers
 * @param shape its axes
 * @param data its numbers, row by row, little-endian; not copied
 */
public record Entry(DType dtype, Shape shape, MemorySegment data) {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Checks that the data fit the shape.
   *
   * @param dtype the type of its numbers
   * @param shape its axes
   * @param data its numbers
   */
  public Entry {
    long bytes = Math.multiplyExact(shape.size(), (long) dtype.bytes());
    if (data.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "data of %s %s must be %d bytes, but are %d"
              .formatted(dtype, shape, bytes, data.byteSize()));
    }
  }

  /**
   * A float32 tensor.
   *
   * @param shape its axes
   * @param values its numbers, row by row
   * @return a copy of them
   */
  public static Entry float32(Shape shape, float... values) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 4)]);
    MemorySegment.copy(values, 0, data, FLOAT, 0, values.length);
    return new Entry(DType.F32, shape, data);
  }

  /**
   * An int64 tensor; a counter is one of shape {@code []}.
   *
   * @param shape its axes
   * @param values its numbers, row by row
   * @return a copy of them
   */
  public static Entry int64(Shape shape, long... values) {
    MemorySegment data = MemorySegment.ofArray(new byte[Math.multiplyExact(values.length, 8)]);
    MemorySegment.copy(values, 0, data, LONG, 0, values.length);
    return new Entry(DType.I64, shape, data);
  }

  /**
   * Where the first NaN or infinity stands.
   *
   * @return an index into the numbers, from 0; nothing if all are finite
   */
  OptionalLong firstNonFinite() {
    if (dtype.special == 0) {
      return OptionalLong.empty();
    }
    for (long at = 0; at < data.byteSize(); at += dtype.part) {
      long bits =
          switch (dtype.part) {
            case 1 -> data.get(ValueLayout.JAVA_BYTE, at);
            case 2 -> data.get(SHORT, at);
            case 4 -> data.get(INT, at);
            default -> data.get(LONG, at);
          };
      if ((bits & dtype.special) == dtype.special) {
        return OptionalLong.of(at / dtype.bytes());
      }
    }
    return OptionalLong.empty();
  }
}
