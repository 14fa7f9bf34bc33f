package org.plumbline.tensor;

import java.nio.charset.StandardCharsets;

/**
 * A source of random numbers that is a value: it is passed and split by name, and never used up.
 *
 * <p>Draw {@code i} of a seed is a fixed function of its key and {@code i} (two rounds of the
 * SplitMix64 finaliser, Steele, Lea, Flood 2014), so order, threads and interruptions do not change
 * what is drawn. Give every purpose its own child: {@code seed.child("order").child(epoch)}. Not
 * for secrets.
 *
 * @param key all that determines the draws
 */
public record Seed(long key) {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /**
   * The seed of a run.
   *
   * @param number as a user gives it
   * @return a seed; neighbouring numbers give unrelated draws
   */
  public static Seed of(long number) {
    return new Seed(mix(number ^ 0x706C756D626C696EL));
  }

  /**
   * The seed of a purpose.
   *
   * @param name what it is for
   * @return a seed unrelated to this one and to its other children
   */
  public Seed child(String name) {
    long hash = 0xCBF29CE484222325L;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return new Seed(mix(mix(hash) ^ Long.rotateLeft(key, 17)));
  }

  /**
   * The seed of one of a numbered series.
   *
   * @param index a layer, an epoch, a step
   * @return a seed unrelated to this one and to its other children
   */
  public Seed child(long index) {
    return new Seed(mix(mix(index + GOLDEN) + Long.rotateLeft(key, 41)));
  }

  /**
   * Draw number {@code i}: 64 fair bits.
   *
   * @param i which draw
   * @return the bits
   */
  public long bits(long i) {
    return mix(mix(i * GOLDEN + key) ^ Long.rotateLeft(key, 32));
  }

  /**
   * Draw number {@code i} as a number in [0, 1), a multiple of 2⁻⁵³.
   *
   * @param i which draw
   * @return the number
   */
  public double uniform(long i) {
    return (bits(i) >>> 11) * 0x1p-53;
  }

  /**
   * Draw number {@code i} as a standard normal number (Box and Muller, with the same bits on every
   * JVM).
   *
   * @param i which draw; draws 2k and 2k+1 share a radius, as the method has it
   * @return the number
   */
  public double normal(long i) {
    long pair = i & ~1L;
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(pair)));
    double angle = 2 * Math.PI * uniform(pair | 1);
    return radius * ((i & 1) == 0 ? StrictMath.cos(angle) : StrictMath.sin(angle));
  }

  /**
   * A fair order of n things (Fisher and Yates).
   *
   * @param n how many
   * @return each of 0…n−1 once
   */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = (int) Math.multiplyHigh(bits(i) >>> 1, 2L * (i + 1));
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /**
   * Numbers drawn evenly from an interval around zero.
   *
   * @param bound the interval is [−bound, bound)
   * @param axes the shape
   * @return {@code [axes…]}, FP32
   */
  public Tensor uniform(double bound, long... axes) {
    float[] values = new float[Math.toIntExact(Shape.of(axes).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (bound * (2 * uniform(i) - 1));
    }
    return Tensor.of(values, axes);
  }

  /**
   * Numbers drawn from a normal distribution around zero.
   *
   * @param std its standard deviation
   * @param axes the shape
   * @return {@code [axes…]}, FP32
   */
  public Tensor normal(double std, long... axes) {
    float[] values = new float[Math.toIntExact(Shape.of(axes).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (std * normal(i));
    }
    return Tensor.of(values, axes);
  }

  /**
   * Fair signs, 64 of them from each draw.
   *
   * @param axes the shape
   * @return −1 or 1, {@code [axes…]}, FP32
   */
  public Tensor signs(long... axes) {
    float[] values = new float[Math.toIntExact(Shape.of(axes).size())];
    long bits = 0;
    for (int i = 0; i < values.length; i++) {
      bits = (i & 63) == 0 ? bits(i >> 6) : bits >>> 1;
      values[i] = (bits & 1) == 0 ? -1 : 1;
    }
    return Tensor.of(values, axes);
  }

  /**
   * A matrix with orthonormal rows or columns, whichever are fewer, drawn evenly from all of them.
   *
   * @param rows how many
   * @param columns how many
   * @return {@code [rows, columns]}, FP32
   */
  public Tensor orthonormal(long rows, long columns) {
    return rows >= columns
        ? normal(1, rows, columns).orthonormal()
        : normal(1, columns, rows).orthonormal().transposed().contiguous();
  }

  /**
   * Inverted dropout's mask: 0 with the given probability, else 1 / (1 − probability).
   *
   * @param probability of 0, in [0, 1), kept to 2⁻³²
   * @param axes the shape
   * @return {@code [axes…]}, FP32
   */
  public Tensor mask(double probability, long... axes) {
    float[] values = new float[Math.toIntExact(Shape.of(axes).size())];
    long threshold = (long) (probability * 0x1p32);
    float kept = (float) (1 / (1 - probability));
    for (int i = 0; i < values.length; i++) {
      long bits = bits(i >> 1);
      long draw = (i & 1) == 0 ? bits >>> 32 : bits & 0xFFFFFFFFL;
      values[i] = draw < threshold ? 0 : kept;
    }
    return Tensor.of(values, axes);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
