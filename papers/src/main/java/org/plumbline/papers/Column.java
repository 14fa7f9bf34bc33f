package org.plumbline.papers;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A further number of a cell's runs.
 *
 * <p>Its name says what it is: {@code test_error}, {@code test_accuracy}, {@code train_error},
 * {@code train_accuracy} in percent, of the last epoch; the same with {@code @10}: after epoch 10
 * (the configuration must have it in {@code test-at}); or a reading of a probe, {@code
 * alignment/2}, {@code weights/2}, {@code local_delta_angle/1}: the last one of the run, with
 * {@code @10} the last one in epoch 10, with {@code @0} that of the first step. With {@code test/}
 * before it the reading is that of the first batch of the test set, at epochs of {@code test-at}.
 *
 * @param figure its name
 * @param about as people read it
 * @param published what ours is held to, if anything was published
 */
public record Column(String figure, String about, Optional<Published> published) {
  private static final Pattern NAME =
      Pattern.compile("[a-z][a-z0-9_]*(/[a-z0-9_.]+)*(@(0|[1-9][0-9]*))?");

  /**
   * Checks the name.
   *
   * @param figure its name
   * @param about as people read it
   * @param published if anything was
   */
  public Column {
    if (!NAME.matcher(figure).matches()) {
      throw new IllegalArgumentException(
          "a column is named like test_error@10 or alignment/2, but is '" + figure + "'");
    }
  }
}
