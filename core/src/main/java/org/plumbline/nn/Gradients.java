package org.plumbline.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * The gradients by the parameters of one block.
 *
 * @param entries one a parameter, in the order of {@link Block#parameters}
 */
public record Gradients(List<Entry> entries) {
  /** A block without parameters. */
  public static final Gradients NONE = new Gradients(List.of());

  /**
   * One gradient.
   *
   * @param parameter by which
   * @param gradient shaped like it
   */
  public record Entry(Parameter parameter, Gradient gradient) {}

  /**
   * Copies the list.
   *
   * @param entries one a parameter
   */
  public Gradients {
    entries = List.copyOf(entries);
  }

  /**
   * These and others.
   *
   * @param others of the layers behind
   * @return all, these first
   */
  public Gradients and(Gradients others) {
    if (others.entries.isEmpty()) {
      return this;
    }
    List<Entry> all = new ArrayList<>(entries);
    all.addAll(others.entries);
    return new Gradients(all);
  }

  /**
   * All times a number.
   *
   * @param factor the number
   * @return gradients, still factored
   */
  public Gradients scaled(double factor) {
    return new Gradients(
        entries.stream().map(e -> new Entry(e.parameter, e.gradient.scaled(factor))).toList());
  }
}
