package org.plumbline.lens;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.plumbline.value.BadInput;

/** Numbers separated by {@code /}: a curve's strengths. */
final class Strengths {
  private static final int MOST = 100;

  private Strengths() {}

  /** Rising, each once. */
  static List<Double> of(String name, String text) {
    TreeSet<Double> numbers = new TreeSet<>();
    for (String part : text.split("/", -1)) {
      double number;
      try {
        number = Double.parseDouble(part.strip());
      } catch (NumberFormatException e) {
        throw malformed(name, text, e);
      }
      if (!(number >= 0 && number <= Float.MAX_VALUE)) {
        throw malformed(name, text, new ArithmeticException(part + " is below 0 or not finite"));
      }
      numbers.add(number + 0.0); // which makes −0 the same as 0
    }
    if (numbers.size() > MOST) {
      throw new BadInput(
          "%s may be at most %d numbers, but is %d".formatted(name, MOST, numbers.size()));
    }
    return List.copyOf(numbers);
  }

  /** As it parses, in one form. */
  static String printed(String name, String text) {
    return of(name, text).stream().map(Strengths::word).collect(Collectors.joining("/"));
  }

  /** {@code 0.1}, {@code 2}. */
  static String word(double number) {
    return Double.toString(number).replaceAll("\\.0(?=E|$)", "").replace('E', 'e');
  }

  private static BadInput malformed(String name, String text, Exception cause) {
    return new BadInput(
        "%s must be a number of at least 0, or several separated by '/' like 0/0.1/0.2, but is '%s'"
            .formatted(name, text),
        cause);
  }
}
