package org.plumbline.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lines whose columns stand below each other. */
final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a line. */
  Table row(String... cells) {
    rows.add(List.of(cells));
    return this;
  }

  /** All lines, each column as wide as its widest cell; columns of numbers stand to the right. */
  List<String> lines() {
    return rows.stream().map(this::line).toList();
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      String space = " ".repeat(width(i) - cell.length());
      line.append(i == 0 ? "" : GAP).append(isNumeric(i) ? space + cell : cell + space);
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return column(column).mapToInt(String::length).max().orElse(0);
  }

  /** All but the first cell, which may be a heading. */
  private boolean isNumeric(int column) {
    return column(column).skip(1).allMatch(cell -> cell.matches("-?[0-9][0-9,.]*( %)?|–"));
  }

  private Stream<String> column(int column) {
    return rows.stream().filter(row -> row.size() > column).map(row -> row.get(column));
  }
}
