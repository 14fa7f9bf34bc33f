package org.plumbline.cli;

import java.nio.file.Path;
import org.plumbline.train.Summary;

/** Numbers and paths as people read them. */
final class Words {
  private static final int MINUTE = 60;
  private static final int HOUR = 3600;

  private Words() {}

  /** What came out of a run, in a line. */
  static String result(Summary summary) {
    return "test accuracy %s, loss %s (training data: %s, %s); %,d epochs, %,d steps, %,d parameters, %s, %s samples/s"
        .formatted(
            percent(summary.testAccuracy()),
            number(summary.testLoss()),
            percent(summary.trainAccuracy()),
            number(summary.trainLoss()),
            summary.epochs(),
            summary.steps(),
            summary.parameters(),
            duration(summary.seconds()),
            whole(summary.samplesPerSecond()));
  }

  /** A fraction of one: {@code 97.2 %}. */
  static String percent(double share) {
    return Double.isFinite(share) ? "%.1f %%".formatted(100 * share) : "–";
  }

  /** Some three digits: {@code 0.0512}. */
  static String number(double value) {
    return Double.isFinite(value) ? "%.3g".formatted(value) : "–";
  }

  /** With separators: {@code 12,345}. */
  static String whole(double value) {
    return "%,.0f".formatted(value);
  }

  /** {@code 3.2 s}, {@code 4:05}, {@code 1:02:03}. */
  static String duration(double seconds) {
    if (seconds < MINUTE) {
      return "%.1f s".formatted(seconds);
    }
    return clock(seconds);
  }

  /** {@code 0:07}, {@code 4:05}, {@code 1:02:03}. */
  static String clock(double seconds) {
    long all = Math.round(seconds);
    return all < HOUR
        ? "%d:%02d".formatted(all / MINUTE, all % MINUTE)
        : "%d:%02d:%02d".formatted(all / HOUR, all % HOUR / MINUTE, all % MINUTE);
  }

  /** As short as it can be typed here. */
  static String path(Path path) {
    Path here = Path.of("").toAbsolutePath();
    Path whole = path.toAbsolutePath().normalize();
    return whole.startsWith(here) && !whole.equals(here)
        ? here.relativize(whole).toString()
        : path.toString();
  }
}
