package org.plumbline.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.tensor.Tensor;

/**
 * What one forward pass did: for every block its step, from the input to the output.
 *
 * @param steps one a block; the last is the output block, the others are hidden
 * @param mode of the pass: another pass in it has the same dropout masks
 */
public record Trace(List<Step> steps, Mode mode) {
  /**
   * Copies the list.
   *
   * @param steps at least one
   * @param mode of the pass
   */
  public Trace {
    steps = List.copyOf(steps);
  }

  /**
   * What the pass did with its first rows.
   *
   * @param rows of the input, at most as many as there are
   * @return a trace of {@code [rows, …]}; nothing where rows are mixed
   */
  public Optional<Trace> first(long rows) {
    List<Step> first = new ArrayList<>(steps.size());
    Tensor x = input().firstRows(rows);
    for (Step step : steps) {
      Optional<Step> part = step.first(x.size(0), x); // an embedding makes more rows
      if (part.isEmpty()) {
        return Optional.empty();
      }
      first.add(part.get());
      x = part.get().output();
    }
    return Optional.of(new Trace(first, mode));
  }

  /**
   * What the network was shown.
   *
   * @return {@code [batch, in…]}
   */
  public Tensor input() {
    return steps.getFirst().input();
  }

  /**
   * What the network answered.
   *
   * @return {@code [batch, outputs]}
   */
  public Tensor output() {
    return steps.getLast().output();
  }

  /**
   * The steps of the hidden blocks.
   *
   * @return all but the last
   */
  public List<Step> hidden() {
    return steps.subList(0, steps.size() - 1);
  }
}
