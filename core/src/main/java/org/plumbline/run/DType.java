package org.plumbline.run;

/**
 * The types of numbers that safetensors knows, as far as one of them fills whole bytes. All are
 * little-endian.
 */
public enum DType {
  /** float64. */
  F64(8, 8, 0x7FF0_0000_0000_0000L),
  /** int64. */
  I64(8, 8, 0),
  /** Unsigned int64. */
  U64(8, 8, 0),
  /** complex64: two float32. */
  C64(8, 4, 0x7F80_0000L),
  /** float32. */
  F32(4, 4, 0x7F80_0000L),
  /** int32. */
  I32(4, 4, 0),
  /** Unsigned int32. */
  U32(4, 4, 0),
  /** float16. */
  F16(2, 2, 0x7C00),
  /** bfloat16. */
  BF16(2, 2, 0x7F80),
  /** int16. */
  I16(2, 2, 0),
  /** Unsigned int16. */
  U16(2, 2, 0),
  /** float8, 5 bits of exponent. */
  F8_E5M2(1, 1, 0x7C),
  /** float8, 4 bits of exponent; has NaN, but no infinity. */
  F8_E4M3(1, 1, 0x7F),
  /** float8, exponent only; has NaN, but no infinity. */
  F8_E8M0(1, 1, 0xFF),
  /** int8. */
  I8(1, 1, 0),
  /** Unsigned int8. */
  U8(1, 1, 0),
  /** One byte, 0 or 1. */
  BOOL(1, 1, 0);

  private final int bytes;

  /** The bytes of one part: half of a complex number, all of any other. */
  final int part;

  /** A part is NaN or infinite when all these bits are set; 0 for types that never are. */
  final long special;

  DType(int bytes, int part, long special) {
    this.bytes = bytes;
    this.part = part;
    this.special = special;
  }

  /**
   * The size of one number.
   *
   * @return in bytes
   */
  public int bytes() {
    return bytes;
  }
}
