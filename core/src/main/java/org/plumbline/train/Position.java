package org.plumbline.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.run.Event;

/**
 * Where a training is, and the sums it has open: all that the next step reads beside the tensors.
 */
final class Position {
  long step;
  double seconds;
  double stepSeconds;
  double rateScale = 1;
  long skips;
  long rollbacks;
  double bestLoss = Double.POSITIVE_INFINITY;
  long bestEpoch;
  String finished = "";

  /** Of the epochs so far, weighted by their age; at first 1. */
  double trainError = 1;

  /** Since the last step event, and since the epoch began. */
  final Sums interval = new Sums("interval");

  final Sums epoch = new Sums("epoch");

  /**
   * |signal| / |activation| of each block at the first reading; negative once a growth was told.
   */
  final Map<String, Double> growth = new LinkedHashMap<>();

  /** Loss, hits and rows summed up. */
  static final class Sums {
    private final String name;
    private double loss;
    private long correct;
    private long rows;

    Sums(String name) {
      this.name = name;
    }

    void add(Learner.Stepped stepped) {
      loss += stepped.loss() * stepped.rows();
      correct += stepped.correct();
      rows += stepped.rows();
    }

    double loss() {
      return loss / rows;
    }

    double accuracy() {
      return (double) correct / rows;
    }

    void clear() {
      loss = 0;
      correct = 0;
      rows = 0;
    }

    private void save(Map<String, Object> state) {
      state.put(name + "_loss", loss);
      state.put(name + "_correct", correct);
      state.put(name + "_rows", rows);
    }

    private void load(Map<String, Object> state) {
      loss = number(state, name + "_loss");
      correct = whole(state, name + "_correct");
      rows = whole(state, name + "_rows");
    }
  }

  Map<String, Object> save() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("step", step);
    state.put("seconds", seconds);
    state.put("step_seconds", stepSeconds);
    state.put("rate_scale", rateScale);
    state.put("skips", skips);
    state.put("rollbacks", rollbacks);
    if (Double.isFinite(bestLoss)) {
      state.put("best_loss", bestLoss);
    }
    state.put("best_epoch", bestEpoch);
    state.put("finished", finished);
    state.put("train_error", trainError);
    interval.save(state);
    epoch.save(state);
    growth.forEach((name, value) -> state.put("growth." + name, value));
    return state;
  }

  void load(Map<String, Object> state) {
    step = whole(state, "step");
    seconds = number(state, "seconds");
    stepSeconds = number(state, "step_seconds");
    rateScale = number(state, "rate_scale");
    skips = whole(state, "skips");
    rollbacks = whole(state, "rollbacks");
    bestLoss =
        state.containsKey("best_loss") ? number(state, "best_loss") : Double.POSITIVE_INFINITY;
    bestEpoch = whole(state, "best_epoch");
    finished = state.get("finished") instanceof String text ? text : "";
    trainError = state.containsKey("train_error") ? number(state, "train_error") : 1;
    interval.load(state);
    epoch.load(state);
    growth.clear();
    state.forEach((name, value) -> {
      if (name.startsWith("growth.")) {
        growth.put(name.substring("growth.".length()), number(state, name));
      }
    });
  }

  Event.Step stepEvent(long epochNumber) {
    return new Event.Step(step, epochNumber, interval.loss(), interval.accuracy(), seconds);
  }

  private static double number(Map<String, Object> state, String key) {
    return state.get(key) instanceof Number number ? number.doubleValue() : 0;
  }

  private static long whole(Map<String, Object> state, String key) {
    return state.get(key) instanceof Number number ? number.longValue() : 0;
  }
}
