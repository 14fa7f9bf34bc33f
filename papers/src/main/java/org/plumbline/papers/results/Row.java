package org.plumbline.papers.results;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one run came to.
 *
 * @param cell by its id in the paper
 * @param seed of the run
 * @param epochs that were done
 * @param testError in percent, of the last epoch and the whole test set; NaN if it diverged
 * @param trainError in percent, of the last epoch and all training rows; NaN if it diverged
 * @param seconds of training, over all sessions
 * @param commit of the program
 * @param machine the processor's model
 * @param threads of the run
 * @param model SHA-256 of the model; empty if it diverged
 * @param planned epochs: fewer than the recipe has make a reduced result
 * @param ended {@code epochs}, {@code early-stopping} or the like, or {@link #DIVERGED}
 * @param recipe the hash of what was run
 * @param reason why it diverged; empty if it did not
 * @param figures further numbers by name
 */
public record Row(
    String cell,
    long seed,
    long epochs,
    double testError,
    double trainError,
    double seconds,
    String commit,
    String machine,
    int threads,
    String model,
    long planned,
    String ended,
    String recipe,
    String reason,
    Map<String, Double> figures) {
  /** How a run ended that has no result. */
  public static final String DIVERGED = "diverged";

  /**
   * Copies the figures.
   *
   * @param cell by its id in the paper
   * @param seed of the run
   * @param epochs that were done
   * @param testError in percent
   * @param trainError in percent
   * @param seconds of training
   * @param commit of the program
   * @param machine the processor's model
   * @param threads of the run
   * @param model SHA-256 of the model
   * @param planned epochs
   * @param ended how
   * @param recipe the hash of what was run
   * @param reason why it diverged
   * @param figures further numbers by name
   */
  public Row {
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /**
   * Whether it has a result.
   *
   * @return false if it diverged
   */
  public boolean isFinished() {
    return !ended.equals(DIVERGED);
  }

  /**
   * Whether a clean checkout of its commit made it.
   *
   * @return false if that was changed, or is not known
   */
  public boolean isOfCommit() {
    return commit.matches("[0-9a-f]{40}");
  }

  /**
   * A number by name.
   *
   * @param name as a {@link org.plumbline.papers.Column} has it
   * @return NaN if it was not measured
   */
  public double figure(String name) {
    return switch (name) {
      case "test_error" -> testError;
      case "test_accuracy" -> 100 - testError;
      case "train_error" -> trainError;
      case "train_accuracy" -> 100 - trainError;
      case "seconds" -> seconds;
      default -> figures.getOrDefault(name, Double.NaN);
    };
  }
}
