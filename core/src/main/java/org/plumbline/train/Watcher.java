package org.plumbline.train;

import java.nio.file.Path;
import java.util.Map;

/** Who watches a training. Called on the training thread, so it must be quick. */
public interface Watcher {
  /**
   * A training that begins or goes on.
   *
   * @param run its folder
   * @param experiment what is trained
   * @param firstStep steps done before; 0 for a new run
   * @param steps planned
   * @param stepsPerEpoch planned
   * @param anatomy of the network
   */
  record Started(
      Path run,
      Experiment experiment,
      long firstStep,
      long steps,
      long stepsPerEpoch,
      Anatomy anatomy) {}

  /**
   * A step that was taken.
   *
   * @param step from 1
   * @param steps planned
   * @param epoch from 1
   * @param epochs planned
   * @param loss the mean of the epoch so far
   * @param accuracy the mean of the epoch so far, 0…1
   * @param readings of the last time the probes were due
   * @param seconds of training, over all sessions
   * @param samplesPerSecond in this session
   */
  record Progress(
      long step,
      long steps,
      long epoch,
      long epochs,
      double loss,
      double accuracy,
      Map<String, Double> readings,
      double seconds,
      double samplesPerSecond) {}

  /** Watches nothing and never stops. */
  Watcher NOBODY = new Watcher() {};

  /**
   * A preparation is about to measure the training rows, which can take a minute.
   *
   * @param experiment what is trained
   * @param rows how many there are
   */
  default void measuring(Experiment experiment, int rows) {}

  /**
   * The number of threads was found by trial.
   *
   * @param choice and what it is made of
   */
  default void chose(Threads.Choice choice) {}

  /**
   * Training begins.
   *
   * @param started what
   */
  default void started(Started started) {}

  /**
   * A step was taken.
   *
   * @param progress how far
   */
  default void stepped(Progress progress) {}

  /**
   * Something a user should know.
   *
   * @param message one line
   */
  default void warned(String message) {}

  /**
   * Whether training should save and stop. Asked after every step.
   *
   * @return true to stop
   */
  default boolean stopRequested() {
    return false;
  }
}
