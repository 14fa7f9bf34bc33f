package org.plumbline.data;

import java.nio.file.Path;
import java.util.Optional;
import org.plumbline.value.BadInput;

/**
 * What the user asked for.
 *
 * @param data a name ({@code mnist}), a generator ({@code two-moons:noise=0.2}) or a CSV file
 * @param dataDir the only folder to look in; otherwise the usual ones
 * @param labelColumn of a CSV file: the header's name of it or its number from 0, −1 for the last
 * @param testFraction the part of each class that is held back, above 0 and below 1; not used by
 *     data that come with a test set
 * @param seed draws which rows are held back
 */
public record DataRequest(
    String data,
    Optional<Path> dataDir,
    Optional<String> labelColumn,
    double testFraction,
    long seed) {
  /** The part that is held back unless something else is asked for. */
  public static final double TEST_FRACTION = 0.2;

  /**
   * Checks the fraction.
   *
   * @param data a name, a generator or a CSV file
   * @param dataDir the only folder to look in
   * @param labelColumn name or number of the label's column
   * @param testFraction above 0 and below 1
   * @param seed draws which rows are held back
   */
  public DataRequest {
    if (!(testFraction > 0 && testFraction < 1)) {
      throw new BadInput("test-fraction must be above 0 and below 1, but is " + testFraction);
    }
  }

  /**
   * A request with nothing but a name.
   *
   * @param data a name, a generator or a CSV file
   * @return a fifth held back by seed 0
   */
  public static DataRequest of(String data) {
    return new DataRequest(data, Optional.empty(), Optional.empty(), TEST_FRACTION, 0);
  }
}
