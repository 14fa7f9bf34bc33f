package org.plumbline.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as a person reads them, the same in every locale. */
final class Numbers {
  /** What stands where a reading is undefined. */
  static final String NONE = "–";

  private Numbers() {}

  /** 26122 is 26,122. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  static String plural(long value, String noun) {
    return count(value) + " " + noun + (value == 1 ? "" : "s");
  }

  /** Three significant digits: 0.0123, 1.93, 12,300, 4.1e-7. */
  static String of(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e7)) {
      return minus(String.format(Locale.ROOT, "%.2e", value).replaceAll("e([+-])0?", "e$1"));
    }
    if (size >= 1000) {
      return minus(count(Math.round(value)));
    }
    int places = size == 0 ? 0 : 2 - (int) Math.floor(Math.log10(size));
    return minus(
        new BigDecimal(value)
            .setScale(Math.max(0, places), RoundingMode.HALF_EVEN)
            .toPlainString());
  }

  /** The mark of an axis, without needless zeros. */
  static String tick(double value) {
    var words = of(value);
    return words.contains(".") && !words.contains("e")
        ? words.replaceAll("0+$", "").replaceAll("\\.$", "")
        : words;
  }

  static String of(OptionalDouble value) {
    return of(value.orElse(Double.NaN));
  }

  /** A cosine or the like: always three places, so that columns line up. */
  static String places(double value) {
    return Double.isFinite(value) ? minus(String.format(Locale.ROOT, "%.3f", value)) : NONE;
  }

  /** A fraction as a percentage. */
  static String percent(double fraction) {
    return Double.isFinite(fraction)
        ? minus(String.format(Locale.ROOT, "%.1f %%", 100 * fraction))
        : NONE;
  }

  /** A fraction as a percentage with two decimals. */
  static String finePercent(double fraction) {
    return Double.isFinite(fraction)
        ? minus(String.format(Locale.ROOT, "%.2f %%", 100 * fraction))
        : NONE;
  }

  static String percent(OptionalDouble fraction) {
    return percent(fraction.orElse(Double.NaN));
  }

  /** A time in seconds: 3.2 s, 4 min 12 s, 2 h 5 min. */
  static String duration(double seconds) {
    if (!Double.isFinite(seconds) || seconds < 0) {
      return NONE;
    }
    if (seconds < 99.95) {
      return seconds < 0.001
          ? "0 s"
          : new BigDecimal(seconds).round(new MathContext(2)).toPlainString() + " s";
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? whole / 60 + " min " + whole % 60 + " s"
        : count(whole / 3600) + " h " + whole % 3600 / 60 + " min";
  }

  /** The shortest digits that keep a value to six figures, for data inside the page. */
  static String compact(double value) {
    return new BigDecimal(value)
        .round(new MathContext(6, RoundingMode.HALF_EVEN))
        .stripTrailingZeros()
        .toString()
        .replace("E+", "e")
        .replace("E", "e");
  }

  /** A coordinate, to a tenth. */
  static String tenth(double value) {
    return new BigDecimal(value)
        .setScale(1, RoundingMode.HALF_EVEN)
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String minus(String number) {
    return number.replace('-', '\u2212');
  }
}
