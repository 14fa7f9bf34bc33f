package org.plumbline.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The lengths of the axes of a tensor: {@code [64, 784]}, {@code [batch, channels, height, width]}.
 *
 * @param axes none negative; none at all for a scalar
 */
public record Shape(List<Long> axes) {
  /**
   * Checks and copies the axes.
   *
   * @param axes none negative
   */
  public Shape {
    axes = List.copyOf(axes);
    for (long axis : axes) {
      if (axis < 0) {
        throw new IllegalArgumentException("an axis cannot be negative: " + axes);
      }
    }
  }

  /**
   * A shape of these axes.
   *
   * @param axes none negative
   * @return the shape
   */
  public static Shape of(long... axes) {
    Long[] boxed = new Long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      boxed[i] = axes[i];
    }
    return new Shape(List.of(boxed));
  }

  /** Whether the axes are these. */
  boolean is(long... others) {
    boolean same = others.length == axes.size();
    for (int i = 0; same && i < others.length; i++) {
      same = axes.get(i) == others[i];
    }
    return same;
  }

  /**
   * The number of axes.
   *
   * @return 0 for a scalar
   */
  public int rank() {
    return axes.size();
  }

  /**
   * The length of one axis.
   *
   * @param i 0 is the first; negative counts from the end
   * @return the length
   */
  public long axis(int i) {
    return axes.get(i < 0 ? axes.size() + i : i);
  }

  /**
   * The number of elements.
   *
   * @return the product of the axes, 1 for a scalar
   * @throws ArithmeticException if it exceeds a long
   */
  public long size() {
    long size = 1;
    for (long axis : axes) {
      size = Math.multiplyExact(size, axis);
    }
    return size;
  }

  /**
   * The same shape with an axis in front.
   *
   * @param rows the length of the new first axis
   * @return {@code [rows, axes…]}
   */
  public Shape withRows(long rows) {
    List<Long> all = new ArrayList<>(axes.size() + 1);
    all.add(rows);
    all.addAll(axes);
    return new Shape(all);
  }

  /**
   * The same shape without its first axis.
   *
   * @return the shape of one row
   */
  public Shape withoutRows() {
    return new Shape(axes.subList(1, axes.size()));
  }

  /**
   * The axes as an array.
   *
   * @return a fresh array
   */
  public long[] toArray() {
    return axes.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public String toString() {
    return axes.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }
}
