package org.plumbline.report;

import java.util.ArrayList;
import java.util.List;

/**
 * An axis: which values it spans and where its marks stand.
 *
 * @param kind equal steps or equal ratios
 * @param low the value at its start
 * @param high the value at its end
 * @param ticks the values with a mark
 */
record Scale(Kind kind, double low, double high, List<Double> ticks) {
  /** How distance follows value. */
  enum Kind {
    LINEAR,
    LOG
  }

  /** An axis from the first to the last value exactly, with round marks between. */
  static Scale across(double low, double high, int marks) {
    return low < high
        ? new Scale(Kind.LINEAR, low, high, round(low, high, marks))
        : new Scale(Kind.LINEAR, low - 1, low + 1, List.of(low));
  }

  /** An axis widened to the round marks around the values. */
  static Scale around(double low, double high, int marks) {
    double size = Math.max(Math.abs(low), Math.abs(high));
    double span = high - low > 1e-9 * size ? high - low : Math.max(0.1 * size, 1e-3);
    double step = step(span, marks);
    double from = Math.floor(low / step + 1e-9) * step;
    double to = Math.ceil(high / step - 1e-9) * step;
    return new Scale(
        Kind.LINEAR,
        from,
        to > from ? to : from + step,
        round(from, to > from ? to : from + step, marks));
  }

  /** A logarithmic axis; both values are above zero. */
  static Scale log(double low, double high) {
    double decades = Math.log10(high / low);
    var mantissas = decades > 2.5 ? List.of(1) : List.of(1, 2, 5);
    int first = (int) Math.floor(Math.log10(low));
    int last = (int) Math.ceil(Math.log10(high));
    int every = Math.max(1, (last - first) / 6);
    var ticks = new ArrayList<Double>();
    for (int power = first; power <= last; power += every) {
      for (int mantissa : mantissas) {
        ticks.add(Double.parseDouble(mantissa + "e" + power));
      }
    }
    double from = ticks.stream().filter(tick -> tick <= low).reduce(low, (a, b) -> b);
    double to = ticks.stream().filter(tick -> tick >= high).findFirst().orElse(high);
    return new Scale(
        Kind.LOG, from, to, ticks.stream().filter(tick -> tick >= from && tick <= to).toList());
  }

  /** Where a value stands, from 0 at the start to 1 at the end. */
  double place(double value) {
    return kind == Kind.LOG
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  private static List<Double> round(double low, double high, int marks) {
    double step = step(high - low, marks);
    var ticks = new ArrayList<Double>();
    for (long k = Math.round(Math.ceil(low / step - 1e-6)); k * step <= high + step * 1e-6; k++) {
      ticks.add(k * step);
    }
    return ticks;
  }

  /** The 1, 2 or 5 times a power of ten that makes at most so many intervals. */
  private static double step(double span, int marks) {
    double power = Math.pow(10, Math.floor(Math.log10(span / marks)));
    for (int factor : new int[] {1, 2, 5}) {
      if (span / (factor * power) <= marks) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
