package org.plumbline.papers.page;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Values along a line of the drawing.
 *
 * @param low the value at its beginning
 * @param high the value at its end
 * @param from where it begins
 * @param to where it ends
 * @param kind how it is divided
 */
record Axis(double low, double high, double from, double to, Kind kind) {
  /** How an axis is divided. */
  enum Kind {
    EVEN,
    POWERS
  }

  /** Around values, with some room. */
  static Axis around(double low, double high, double from, double to) {
    double room = high > low ? 0.06 * (high - low) : Math.max(0.5, 0.1 * Math.abs(high));
    return new Axis(low - room, high + room, from, to, Kind.EVEN);
  }

  /** Around values above zero, by powers. */
  static Axis powers(double low, double high, double from, double to) {
    return new Axis(low / 1.25, high * 1.25, from, to, Kind.POWERS);
  }

  double at(double value) {
    double share =
        kind == Kind.EVEN
            ? (value - low) / (high - low)
            : Math.log(Math.max(value, low) / low) / Math.log(high / low);
    return from + share * (to - from);
  }

  /** Round values on it. */
  List<Double> ticks(int about) {
    List<Double> ticks = new ArrayList<>();
    if (kind == Kind.POWERS) {
      double[] parts = high / low > 3000 ? new double[] {1} : new double[] {1, 2, 5};
      for (int e = (int) Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); e++) {
        for (double part : parts) {
          double tick = part * Math.pow(10, e);
          if (tick >= low && tick <= high) {
            ticks.add(tick);
          }
        }
      }
      return ticks;
    }
    double raw = (high - low) / about;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = 10 * power;
    for (double nice : new double[] {1, 2, 5}) {
      if (nice * power >= raw) {
        step = nice * power;
        break;
      }
    }
    for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** A tick in words. */
  static String words(double tick) {
    BigDecimal round = BigDecimal.valueOf(tick).round(new MathContext(6));
    return round.signum() == 0 ? "0" : round.stripTrailingZeros().toPlainString();
  }
}
