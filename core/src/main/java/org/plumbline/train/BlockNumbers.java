package org.plumbline.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.value.BadInput;

/**
 * Some blocks of a network: {@code 1-3,5}.
 *
 * @param numbers from 1, in order
 */
public record BlockNumbers(Set<Integer> numbers) {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");
  private static final int MOST = 100_000;

  /**
   * Copies the set.
   *
   * @param numbers from 1
   */
  public BlockNumbers {
    numbers = Collections.unmodifiableSet(new TreeSet<>(numbers));
  }

  /**
   * Reads a list.
   *
   * @param option for messages
   * @param text numbers and ranges, separated by commas; nothing for none
   * @return the numbers
   * @throws BadInput if it is no such list
   */
  static BlockNumbers parse(String option, String text) {
    Set<Integer> numbers = new TreeSet<>();
    for (String part : text.isBlank() ? List.<String>of() : List.of(text.split(",", -1))) {
      Matcher range = RANGE.matcher(part.strip());
      if (!range.matches()) {
        throw refused(option, text);
      }
      int from = Integer.parseInt(range.group(1));
      int to = range.group(2) == null ? from : Integer.parseInt(range.group(2));
      if (from < 1 || to < from || to > MOST) {
        throw refused(option, text);
      }
      for (int number = from; number <= to; number++) {
        numbers.add(number);
      }
    }
    return new BlockNumbers(numbers);
  }

  private static BadInput refused(String option, String text) {
    return new BadInput(
        "%s must be numbers of blocks, counted from 1, like 1-3 or 1,2,5, but is '%s'"
            .formatted(option, text));
  }

  /** As it is read. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    List<Integer> all = List.copyOf(numbers);
    for (int i = 0; i < all.size(); ) {
      int k = i;
      while (k + 1 < all.size() && all.get(k + 1) == all.get(k) + 1) {
        k++;
      }
      parts.add(k == i ? "" + all.get(i) : all.get(i) + "-" + all.get(k));
      i = k + 1;
    }
    return String.join(",", parts);
  }
}
