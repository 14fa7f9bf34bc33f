package org.plumbline.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.plumbline.optim.Adam;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Sgd;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;

/**
 * An optimizer that both sides have. The rate is so small that the numbers stay as they are for
 * hours: what is timed is the arithmetic, and no network drifts into numbers that are slow.
 */
public enum Method {
  /** Stochastic gradient descent without momentum. */
  SGD,
  /** Adam without decay. */
  ADAM;

  static final double RATE = 1e-6;

  /**
   * Reads a name.
   *
   * @param text as a user writes it
   * @return the optimizer
   * @throws BadInput with the nearest name, if it is unknown
   */
  public static Method parse(String text) {
    List<String> names = Arrays.stream(values()).map(Method::word).toList();
    if (!names.contains(text.strip())) {
      throw new BadInput(
          "unknown optimizer '%s' of bench; %s".formatted(text.strip(), Nearest.hint(text, names)));
    }
    return values()[names.indexOf(text.strip())];
  }

  /**
   * Its name.
   *
   * @return as {@link #parse} reads it
   */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Optimizer ours(double rate) {
    return switch (this) {
      case SGD -> new Sgd(rate);
      case ADAM -> new Adam(rate);
    };
  }
}
