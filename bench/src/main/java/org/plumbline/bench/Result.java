package org.plumbline.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What was measured.
 *
 * @param machine where
 * @param rows of the table, one a rule, cell and repetition
 * @param probe what the alignment probe costs
 * @param epoch how much of an epoch is steps
 * @param starts how long the program takes to start
 * @param memory of activations
 * @param notes what was left out and why
 */
public record Result(
    Machine machine,
    List<Row> rows,
    Optional<ProbeCost> probe,
    Optional<Epoch> epoch,
    List<StartTime> starts,
    List<Memory> memory,
    List<String> notes) {
  private static final double QUIET = 1.1;
  private static final double BUSY = 1.4;

  /**
   * What the alignment probe costs.
   *
   * @param shape of the network
   * @param rule that is trained
   * @param stepMs the shortest step without the probe
   * @param probedMs the shortest step with it
   * @param every how many steps it is due
   */
  public record ProbeCost(String shape, String rule, double stepMs, double probedMs, int every) {
    /**
     * Its cost beside the steps between two readings.
     *
     * @return a fraction
     */
    public double share() {
      return (probedMs - stepMs) / (every * stepMs);
    }
  }

  /**
   * One epoch of the command line.
   *
   * @param command what was run
   * @param stepSeconds inside learning steps
   * @param seconds of the epoch
   * @param processSeconds from the start of the process to its end: loading, training, judging,
   *     writing the report
   */
  public record Epoch(String command, double stepSeconds, double seconds, double processSeconds) {
    /**
     * How much of the epoch steps are.
     *
     * @return a fraction
     */
    public double shareOfEpoch() {
      return stepSeconds / seconds;
    }

    /**
     * How much of the whole process steps are.
     *
     * @return a fraction
     */
    public double shareOfProcess() {
      return stepSeconds / processSeconds;
    }
  }

  /**
   * How long the program takes to start.
   *
   * @param command what was run
   * @param until what was waited for
   * @param secondsMin the shortest
   * @param secondsMedian the median
   */
  public record StartTime(String command, String until, double secondsMin, double secondsMedian) {}

  /**
   * What the activations of a step need at most.
   *
   * @param rule that is trained
   * @param layers of the network
   * @param peakBytes the greatest sum
   */
  public record Memory(String rule, int layers, long peakBytes) {}

  /**
   * Copies the lists.
   *
   * @param machine where
   * @param rows of the table
   * @param probe what the alignment probe costs
   * @param epoch how much of an epoch is steps
   * @param starts how long the program takes to start
   * @param memory of activations
   * @param notes what was left out and why
   */
  public Result {
    rows = List.copyOf(rows);
    starts = List.copyOf(starts);
    memory = List.copyOf(memory);
    notes = List.copyOf(notes);
  }

  /**
   * How quiet the machine was: how far the median time of the products is above their shortest, in
   * the worst cell.
   *
   * @return at least 1; nothing if the table was not measured
   */
  public OptionalDouble floorSpread() {
    return rows.stream().mapToDouble(row -> row.floorMedian() / row.floorMs()).max();
  }

  /**
   * The same in words.
   *
   * @return at most one line
   */
  public Stream<String> quietness() {
    return floorSpread().stream()
        .mapToObj(spread ->
            "the products' median time was at most %.2f times their shortest: %s"
                .formatted(
                    spread,
                    spread < QUIET
                        ? "a quiet machine"
                        : spread < BUSY
                            ? "something else ran, but the ratios can be used"
                            : "a busy machine; do not quote these numbers"));
  }
}
