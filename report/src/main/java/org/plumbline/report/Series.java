package org.plumbline.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A quantity over time. A value that is not there is NaN: the curve has a gap, not a zero.
 *
 * @param points in the order of x
 */
record Series(List<Point> points) {
  /** No axis can show more than this; a value beyond it has diverged and is not there. */
  private static final double MOST = 1e100;

  /** A moment and the value then; NaN for none. */
  record Point(double x, double y) {
    boolean isThere() {
      return Math.abs(y) <= MOST;
    }
  }

  Series {
    points =
        points.stream()
            .filter(point -> Double.isFinite(point.x()))
            .sorted(Comparator.comparingDouble(Point::x))
            .toList();
  }

  boolean isEmpty() {
    return points.stream().noneMatch(Point::isThere);
  }

  List<Point> there() {
    return points.stream().filter(Point::isThere).toList();
  }

  Optional<Point> last() {
    var there = there();
    return there.isEmpty() ? Optional.empty() : Optional.of(there.getLast());
  }

  Optional<Point> least() {
    return there().stream().min(Comparator.comparingDouble(Point::y));
  }

  Optional<Point> most() {
    return there().stream().max(Comparator.comparingDouble(Point::y));
  }

  /**
   * At most about three points a bucket: its least, its most, and its first gap; and always the two
   * ends. An extreme is never lost, and nothing is averaged.
   */
  Series thinned(int buckets) {
    int n = points.size();
    if (n <= 3 * buckets) {
      return this;
    }
    var kept = new ArrayList<Point>();
    kept.add(points.getFirst());
    for (int b = 0; b < buckets; b++) {
      int from = (int) ((long) n * b / buckets);
      int to = (int) ((long) n * (b + 1) / buckets);
      var bucket = new Series(points.subList(from, to));
      var gap = bucket.points.stream().filter(point -> !point.isThere()).findFirst();
      var chosen = new ArrayList<Point>();
      bucket.least().ifPresent(chosen::add);
      bucket.most().ifPresent(chosen::add);
      gap.ifPresent(chosen::add);
      chosen.sort(Comparator.comparingDouble(Point::x));
      kept.addAll(chosen);
    }
    kept.add(points.getLast());
    return new Series(kept.stream().distinct().toList());
  }

  /** The stretches between gaps. */
  List<List<Point>> stretches() {
    var all = new ArrayList<List<Point>>();
    var current = new ArrayList<Point>();
    for (var point : points) {
      if (point.isThere()) {
        current.add(point);
      } else if (!current.isEmpty()) {
        all.add(List.copyOf(current));
        current.clear();
      }
    }
    if (!current.isEmpty()) {
      all.add(List.copyOf(current));
    }
    return all;
  }
}
