package org.plumbline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** How long the runs of a study still take, told from those that have ended. */
final class Forecast {
  private final List<String> labels;
  private final double[] took;
  private final boolean[] passed;
  private double rest = Double.NaN;
  private double whole = Double.NaN;

  /** Of runs with these labels, in order; those of one label take about the same time. */
  Forecast(List<String> labels) {
    this.labels = List.copyOf(labels);
    this.took = new double[labels.size()];
    this.passed = new boolean[labels.size()];
  }

  /** A run took so many seconds from its beginning to its end. */
  void ended(int index, double seconds) {
    took[index] = seconds;
    passed(index);
  }

  /** A run is not to be waited for any more. */
  void passed(int index) {
    passed[index] = true;
    rest = Double.NaN;
    whole = Double.NaN;
  }

  /** A run is under way: seconds that it still takes, and that it takes in all; NaN if unknown. */
  void running(int index, double rest, double whole) {
    passed[index] = false;
    this.rest = rest;
    this.whole = whole;
  }

  /** Done of all, 0…1. */
  double share(int index, double inRun) {
    int done = 0;
    for (boolean run : passed) {
      done += run ? 1 : 0;
    }
    return (done + (passed[index] ? 0 : inRun)) / passed.length;
  }

  /** Seconds until all have ended; NaN as long as nothing tells. */
  double left(int running) {
    double left = Double.isFinite(rest) ? rest : expected(running, running);
    for (int i = 0; i < passed.length; i++) {
      if (!passed[i] && i != running) {
        left += expected(i, running);
      }
    }
    return left;
  }

  /** As those of its label; without one, as all. */
  private double expected(int index, int running) {
    List<Double> alike = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    for (int i = 0; i < took.length; i++) {
      double seconds = i == running ? whole : took[i];
      if (seconds > 0) {
        all.add(seconds);
        if (labels.get(i).equals(labels.get(index))) {
          alike.add(seconds);
        }
      }
    }
    OptionalDouble mean = (alike.isEmpty() ? all : alike).stream().mapToDouble(x -> x).average();
    return mean.orElse(Double.NaN);
  }
}
