package org.plumbline.papers.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.value.BadInput;

/**
 * The curves of one run.
 *
 * @param names of the columns
 * @param lines a value a column; not a number where there is none
 */
record CurveFile(List<String> names, List<double[]> lines) {
  /** Reads the file of a run, if it is there. */
  static Optional<CurveFile> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      List<String> text = Files.readAllLines(file, StandardCharsets.UTF_8);
      List<String> names = List.of(text.getFirst().split(",", -1));
      List<double[]> lines = new ArrayList<>();
      for (String line : text.subList(1, text.size())) {
        String[] fields = line.split(",", -1);
        double[] values = new double[names.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] =
              i < fields.length && !fields[i].isEmpty()
                  ? Double.parseDouble(fields[i])
                  : Double.NaN;
        }
        lines.add(values);
      }
      return Optional.of(new CurveFile(names, lines));
    } catch (IOException | NumberFormatException e) {
      throw new BadInput(
          "cannot read the curves %s: %s; restore the file, or delete it"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** A column where it has a value, and the epochs that were done before it. */
  List<LinePlot.Point> series(String name) {
    int column = names.indexOf(name);
    List<LinePlot.Point> points = new ArrayList<>();
    for (double[] line : lines) {
      if (column >= 0 && Double.isFinite(line[column])) {
        points.add(new LinePlot.Point(epochs(line), line[column], Double.NaN));
      }
    }
    return points;
  }

  /** 0 for the first step, whose readings are of the start; else the line's epoch. */
  private double epochs(double[] line) {
    int step = names.indexOf("step");
    return step >= 0 && line[step] == 1 ? 0 : line[names.indexOf("epoch")];
  }

  /** The mean of some columns where all have a value. */
  List<LinePlot.Point> mean(List<String> columns) {
    List<LinePlot.Point> points = new ArrayList<>();
    for (double[] line : lines) {
      double sum = 0;
      for (String column : columns) {
        sum += line[names.indexOf(column)];
      }
      if (Double.isFinite(sum)) {
        points.add(new LinePlot.Point(epochs(line), sum / columns.size(), Double.NaN));
      }
    }
    return points;
  }

  /** The columns whose names match. */
  List<String> columns(String pattern) {
    return names.stream().filter(name -> name.matches(pattern)).toList();
  }
}
