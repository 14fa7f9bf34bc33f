package org.plumbline.toy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.plumbline.nn.Gradients;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;

/** Comparisons of numbers, and derivatives by differences. */
public final class Numbers {
  private static final double EPSILON = 1e-6;

  private Numbers() {}

  /** What a map must hold under a name. */
  public static <T> T named(Map<String, T> map, String name) {
    T value = map.get(name);
    if (value == null) {
      throw new AssertionError("no '" + name + "' among " + map.keySet());
    }
    return value;
  }

  /** ‖a − b‖ / ‖b‖; the plain ‖a‖ where b is zero. */
  public static double relativeError(double[] a, double[] b) {
    assertThat(a).hasSameSizeAs(b);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < a.length; i++) {
      difference += (a[i] - b[i]) * (a[i] - b[i]);
      size += b[i] * b[i];
    }
    return Math.sqrt(size == 0 ? difference : difference / size);
  }

  /** Requires ‖actual − expected‖ ≤ tolerance ‖expected‖ and the same shape. */
  public static void requireClose(String what, Tensor actual, Tensor expected, double tolerance) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    assertThat(relativeError(actual.toDoubles(), expected.toDoubles()))
        .as(what + ": relative error")
        .isLessThanOrEqualTo(tolerance);
  }

  /** Requires of all gradients what {@link #requireClose} requires of one. */
  public static void requireSameGradients(
      Gradients actual, List<Tensor> expected, double tolerance) {
    assertThat(actual.entries()).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      Gradients.Entry entry = actual.entries().get(i);
      String what = "gradient %d, by a %s".formatted(i, entry.parameter().name());
      requireClose(what, entry.gradient().value(), expected.get(i), tolerance);
    }
  }

  /** All gradients multiplied out. */
  public static List<Tensor> products(Gradients gradients) {
    return gradients.entries().stream().map(e -> e.gradient().value()).toList();
  }

  /** What blocks are told; an empty array for a silent one. */
  public static List<double[]> numbers(List<Signal> signals) {
    List<double[]> values = new ArrayList<>();
    for (Signal signal : signals) {
      values.add(
          switch (signal) {
            case Signal.Told told -> told.gradient().toDoubles();
            case Signal.Taught taught ->
                products(taught.gradients()).stream()
                    .flatMapToDouble(t -> Arrays.stream(t.toDoubles()))
                    .toArray();
            case Signal.Silent _ -> new double[0];
          });
    }
    return values;
  }

  /** All numbers of a state, to compare bit for bit. */
  public static Map<String, List<Long>> bits(Map<String, Tensor> state) {
    Map<String, List<Long>> bits = new LinkedHashMap<>();
    state.forEach((name, tensor) -> bits.put(name, bits(tensor)));
    return bits;
  }

  /** The numbers of a tensor, to compare bit for bit. */
  public static List<Long> bits(Tensor tensor) {
    List<Long> bits = new ArrayList<>();
    for (double value : tensor.toDoubles()) {
      bits.add(Double.doubleToRawLongBits(value));
    }
    return bits;
  }

  /**
   * The derivative of a number by every element of a tensor, by central differences of step 1e-6.
   * The tensor is changed and put back.
   */
  public static Tensor differences(Tensor by, DoubleSupplier number) {
    assertThat(by.precision()).isEqualTo(Precision.FP64);
    double[] at = by.toDoubles();
    double[] slopes = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      double x = at[i];
      at[i] = x + EPSILON;
      by.copyFrom(Tensor.of(at, by.shape().toArray()));
      double above = number.getAsDouble();
      at[i] = x - EPSILON;
      by.copyFrom(Tensor.of(at, by.shape().toArray()));
      double below = number.getAsDouble();
      at[i] = x;
      slopes[i] = (above - below) / (2 * EPSILON);
    }
    by.copyFrom(Tensor.of(at, by.shape().toArray()));
    return Tensor.of(slopes, by.shape().toArray());
  }
}
