package org.plumbline.papers;

import java.util.List;

/**
 * A figure that a paper asks for: a number of several cells over something that differs between
 * them.
 *
 * @param name of its file
 * @param title above it
 * @param across what the horizontal axis is
 * @param up what the vertical axis is
 * @param scale of the horizontal axis
 * @param lines what is drawn
 */
public record Figure(
    String name, String title, String across, String up, Scale scale, List<Line> lines) {
  /** How the horizontal axis is divided. */
  public enum Scale {
    /** Evenly. */
    LINEAR,
    /** By powers. */
    LOGARITHMIC
  }

  /**
   * One line.
   *
   * @param name in the legend
   * @param figure which number, see {@link Column}
   * @param points from left to right
   */
  public record Line(String name, String figure, List<Point> points) {
    /**
     * Copies the points.
     *
     * @param name in the legend
     * @param figure which number
     * @param points from left to right
     */
    public Line {
      points = List.copyOf(points);
    }
  }

  /**
   * One point.
   *
   * @param x where it stands
   * @param cell whose number it is, by its id in the paper
   */
  public record Point(double x, String cell) {}

  /**
   * Copies the lines.
   *
   * @param name of its file
   * @param title above it
   * @param across what the horizontal axis is
   * @param up what the vertical axis is
   * @param scale of the horizontal axis
   * @param lines what is drawn
   */
  public Figure {
    lines = List.copyOf(lines);
  }
}
