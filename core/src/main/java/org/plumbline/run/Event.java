package org.plumbline.run;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.plumbline.tensor.Shape;

/**
 * Something that happened in a run: one line of {@code events.jsonl}. Steps, epochs and blocks
 * count from 1; accuracies are fractions from 0 to 1; a number that is NaN or infinite is undefined
 * and absent from the line, and NaN when read back.
 */
public sealed interface Event {
  /**
   * Training begins.
   *
   * @param run the name of the run
   * @param rule the learning rule, as it prints
   * @param data the name of the data set
   * @param epochs how many are to be done
   * @param stepsPerEpoch how many steps each of them has
   * @param parameters how many numbers are trained
   * @param blocks from input to output
   * @param feedback the matrices through which blocks hear the error; none for some rules
   * @param feedbackBytes all that the rule keeps: matrices, heads, counters, a seed; absent in
   *     files of runs that did not record it
   */
  record Started(
      String run,
      String rule,
      String data,
      long epochs,
      long stepsPerEpoch,
      long parameters,
      List<Block> blocks,
      List<Feedback> feedback,
      OptionalLong feedbackBytes)
      implements Event {
    /**
     * Copies the lists.
     *
     * @param run the name of the run
     * @param rule the learning rule, as it prints
     * @param data the name of the data set
     * @param epochs how many are to be done
     * @param stepsPerEpoch how many steps each of them has
     * @param parameters how many numbers are trained
     * @param blocks from input to output
     * @param feedback the matrices through which blocks hear the error
     * @param feedbackBytes all that the rule keeps
     */
    public Started {
      blocks = List.copyOf(blocks);
      feedback = List.copyOf(feedback);
    }
  }

  /**
   * A block of the network.
   *
   * @param block its number
   * @param name as a person reads it: {@code dense 64→128, tanh}
   * @param parameters how many numbers are trained in it
   */
  record Block(int block, String name, long parameters) {}

  /**
   * A feedback matrix.
   *
   * @param block the number of the block that hears through it
   * @param shape its axes
   * @param std the standard deviation of its entries
   * @param rmsGain how much longer it makes the error, in the mean
   */
  record Feedback(int block, Shape shape, double std, double rmsGain) {}

  /**
   * Some steps were done; numbers are the mean over those since the last such event.
   *
   * @param step the last of them
   * @param epoch the epoch it belongs to
   * @param loss of the training batches
   * @param accuracy of the training batches
   * @param seconds since the run began, pauses left out
   */
  record Step(long step, long epoch, double loss, double accuracy, double seconds)
      implements Event {}

  /**
   * Something was measured.
   *
   * @param step after which step
   * @param epoch the epoch it belongs to
   * @param readings by name, the block's number after a slash: {@code alignment/1}
   */
  record Probe(long step, long epoch, Map<String, Double> readings) implements Event {
    /**
     * Copies the readings, leaving out what is undefined.
     *
     * @param step after which step
     * @param epoch the epoch it belongs to
     * @param readings by name
     */
    public Probe {
      readings = defined(readings);
    }
  }

  /**
   * An epoch was done.
   *
   * @param epoch which
   * @param step its last step
   * @param trainLoss the running mean over the epoch
   * @param trainAccuracy the running mean over the epoch
   * @param validationLoss at its end; undefined without validation data
   * @param validationAccuracy at its end; undefined without validation data
   * @param rate the learning rate at its end
   * @param seconds that training took so far, pauses left out
   * @param stepSeconds those of them inside learning steps; undefined in old files
   */
  record Epoch(
      long epoch,
      long step,
      double trainLoss,
      double trainAccuracy,
      double validationLoss,
      double validationAccuracy,
      double rate,
      double seconds,
      double stepSeconds)
      implements Event {}

  /**
   * The test set was judged before the end, as {@code test-at} asked; nothing is chosen by it.
   *
   * @param epoch after which
   * @param step its last step
   * @param loss the mean over the test set
   * @param accuracy of the test set
   * @param readings of the probes, on the first batch of the test set in evaluation mode; by name
   */
  record Tested(long epoch, long step, double loss, double accuracy, Map<String, Double> readings)
      implements Event {
    /**
     * Copies the readings, leaving out what is undefined.
     *
     * @param epoch after which
     * @param step its last step
     * @param loss the mean over the test set
     * @param accuracy of the test set
     * @param readings by name
     */
    public Tested {
      readings = defined(readings);
    }
  }

  private static Map<String, Double> defined(Map<String, Double> readings) {
    Map<String, Double> copy = new LinkedHashMap<>(readings);
    copy.values().removeIf(value -> !Double.isFinite(value));
    return Collections.unmodifiableMap(copy);
  }

  /**
   * Something is not as it should be; the run goes on.
   *
   * @param step after which step
   * @param message one line
   */
  record Warning(long step, String message) implements Event {}

  /**
   * Training ended.
   *
   * @param step the last one
   * @param reason {@code epochs}, {@code early-stopping} or {@code training-error}
   * @param seconds since the run began, pauses left out
   */
  record Finished(long step, String reason, double seconds) implements Event {}

  /**
   * An event and its moment: all that a line says.
   *
   * @param time when it was logged
   * @param event what happened
   */
  record At(Instant time, Event event) {}
}
