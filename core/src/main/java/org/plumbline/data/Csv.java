package org.plumbline.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;

/**
 * Reads a table of numbers with a class in one column, line by line. The first line is a header if
 * a cell of it, other than the label, is text. Features are kept as floats.
 */
final class Csv {
  static final int MAX_CLASSES = 10_000;
  private static final int MAX_LABEL = 256;
  private static final int LEAST_STEPS = 64;
  private static final Set<String> MISSING =
      Set.of("", "nan", "inf", "infinity", "na", "n/a", "null", "none", "?", "-");

  private final Source in;
  private final CsvLines lines;
  private final List<String> expected;
  private final long memory;
  private List<String> header = List.of();
  private int columns;
  private int label;
  private boolean labelIsNamed;

  private Csv(Source in, List<String> expected, long memory) {
    this.in = in;
    this.expected = expected;
    this.lines = new CsvLines(in);
    this.memory = memory;
  }

  /** Reads all rows, originals, with labels 0…classes−1 in the order of the classes' names. */
  static Rows read(Source in, Optional<String> labelColumn, long memory) {
    return new Csv(in, List.of(), memory).rows(labelColumn.orElse("-1"));
  }

  /** Reads rows without a label, {@code [width]} numbers each, as the file gives them. */
  static List<float[]> inputs(Source in, int width, List<String> featureNames, long memory) {
    return new Csv(in, featureNames, memory).inputs(width);
  }

  private Rows rows(String labelColumn) {
    begin(cells -> labelAt(labelColumn, cells));
    FloatStore.Builder rows = new FloatStore.Builder(columns - 1);
    double[] least = new double[columns];
    double[] most = new double[columns];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
    Map<String, Integer> numbers = new HashMap<>();
    int[] labels = new int[1024];
    do {
      expectWidth(columns, "as in the lines before");
      expectMemory(rows.rows() + 1L, columns);
      float[] piece = rows.piece();
      int at = rows.at();
      for (int c = 0; c < columns; c++) {
        if (c != label) {
          double x = number(c);
          piece[at++] = (float) x;
          least[c] = Math.min(least[c], x);
          most[c] = Math.max(most[c], x);
        }
      }
      if (rows.rows() == labels.length) {
        labels = Arrays.copyOf(labels, Math.multiplyExact(2, labels.length));
      }
      labels[rows.rows()] = classNumber(numbers);
      rows.added();
    } while (lines.advance());
    expectSteps(least, most);
    if (numbers.size() < 2) {
      throw new BadInput(
          "%s, %s: at least two classes are needed, but every row says %s; choose the label's column by name or number"
              .formatted(
                  in.file(), labelName(), CsvLines.shown(numbers.keySet().iterator().next())));
    }
    List<String> classes = numbers.keySet().stream().sorted(order(numbers.keySet())).toList();
    int[] place = new int[classes.size()];
    for (int i = 0; i < place.length; i++) {
      place[numbers.getOrDefault(classes.get(i), 0)] = i;
    }
    int[] ordered = Arrays.stream(labels, 0, rows.rows()).map(k -> place[k]).toArray();
    List<String> names =
        IntStream.range(0, columns).filter(c -> c != label).mapToObj(this::columnName).toList();
    String name = String.valueOf(in.file().getFileName());
    return Rows.of(name, Shape.of(columns - 1), classes, names, rows.build(ordered));
  }

  private List<float[]> inputs(int width) {
    begin(cells -> -1);
    List<float[]> rows = new ArrayList<>();
    if (!header.isEmpty() && expected.size() == header.size()) {
      for (int c = 0; c < header.size(); c++) {
        if (!header.get(c).equals(expected.get(c))) {
          throw BadInput.inFile(
              in.file(),
              "header, column " + c,
              "'" + expected.get(c) + "', as the network was trained",
              CsvLines.shown(header.get(c)));
        }
      }
    }
    do {
      expectWidth(width, "one per input of the network and no label");
      expectMemory(rows.size() + 1L, width + 8L);
      float[] row = new float[width];
      for (int c = 0; c < width; c++) {
        row[c] = (float) number(c);
      }
      rows.add(row);
    } while (lines.advance());
    return rows;
  }

  /** How the column of the label follows from the cells of the first line; −1: there is none. */
  private interface LabelFinder {
    int find(List<String> firstLine);
  }

  /** Goes to the first line of data. */
  private void begin(LabelFinder finder) {
    if (!lines.advance()) {
      throw new BadInput(in.file() + " holds no rows");
    }
    columns = lines.columns();
    List<String> first = IntStream.range(0, columns).mapToObj(lines::text).toList();
    label = finder.find(first);
    if (label >= 0 && columns < 2) {
      throw BadInput.inFile(
          in.file(),
          "line " + lines.number(),
          "features and a label, divided by comma, semicolon or tab",
          "one column");
    }
    boolean isHeader = labelIsNamed || looksLikeHeader(first);
    if (isHeader) {
      header = first;
      if (!lines.advance()) {
        throw BadInput.inFile(in.file(), "line 2", "rows below the header", "the end");
      }
    }
  }

  /**
   * Whether the first line names the columns. Without a label in the table a cell of text may be a
   * mistake in the only row, so that there every cell must be text, or be as the network knows it.
   */
  private boolean looksLikeHeader(List<String> first) {
    int words = 0;
    int numbers = 0;
    for (int c = 0; c < columns; c++) {
      boolean number = !Double.isNaN(lines.number(c));
      numbers += number ? 1 : 0;
      words += c == label || number || isMissing(first.get(c)) ? 0 : 1;
    }
    return words > 0 && (label >= 0 || numbers == 0 || first.equals(expected));
  }

  private int labelAt(String column, List<String> first) {
    int named = first.indexOf(column);
    if (named >= 0 && Double.isNaN(lines.number(named))) {
      if (named != first.lastIndexOf(column)) {
        throw new BadInput(
            "%s: label-column '%s' stands in the header twice, at %d and %d; give its number"
                .formatted(in.file(), column, named, first.lastIndexOf(column)));
      }
      labelIsNamed = true;
      return named;
    }
    try {
      int given = Integer.parseInt(column);
      if (given >= -1 && given < columns) {
        return given < 0 ? columns - 1 : given;
      }
      throw new BadInput(
          "%s: label-column must be −1 (the last) or 0 to %d, but is %d"
              .formatted(in.file(), columns - 1, given));
    } catch (NumberFormatException e) {
      List<String> few = first.stream().filter(cell -> cell.length() <= 60).limit(50).toList();
      throw new BadInput(
          "%s: no column is called %s; %s"
              .formatted(in.file(), CsvLines.shown(column), Nearest.hint(shorter(column), few)),
          e);
    }
  }

  private static String shorter(String text) {
    return text.substring(0, Math.min(text.length(), 60));
  }

  private double number(int column) {
    double x = lines.number(column);
    if (!Float.isFinite((float) x)) {
      String cell = lines.shown(column);
      String cure =
          Double.isNaN(x) && isMissing(lines.text(column))
              ? "a number in every cell (fill or drop missing values)"
              : cell.contains(",") ? "a number with a decimal point" : "a finite number";
      throw BadInput.inFile(in.file(), place(column), cure, cell);
    }
    return x;
  }

  private static boolean isMissing(String cell) {
    String plain = cell.startsWith("-") || cell.startsWith("+") ? cell.substring(1) : cell;
    return MISSING.contains(plain.toLowerCase(Locale.ROOT));
  }

  private int classNumber(Map<String, Integer> numbers) {
    String name = lines.text(label);
    if (name.isEmpty() || name.length() > MAX_LABEL) {
      throw BadInput.inFile(
          in.file(),
          place(label),
          "a label of 1 to " + MAX_LABEL + " characters",
          name.isEmpty() ? "nothing" : name.length() + " characters");
    }
    Integer known = numbers.get(name);
    if (known != null) {
      return known;
    }
    if (numbers.size() == MAX_CLASSES) {
      throw BadInput.inFile(
          in.file(),
          place(label),
          "at most " + MAX_CLASSES + " classes",
          "one more, "
              + lines.shown(label)
              + "; a column of real numbers cannot be the label, choose another or sort it into bins");
    }
    numbers.put(name, numbers.size());
    return numbers.size() - 1;
  }

  /** Integers by value, all else by characters. */
  private static Comparator<String> order(Set<String> names) {
    boolean integers = names.stream().allMatch(name -> name.matches("[+-]?[0-9]{1,18}"));
    Comparator<String> byText = Comparator.naturalOrder();
    return integers
        ? Comparator.<String>comparingLong(Long::parseLong).thenComparing(byText)
        : byText;
  }

  private void expectWidth(int expected, String why) {
    if (lines.columns() != expected) {
      throw BadInput.inFile(
          in.file(),
          "line " + lines.number(),
          expected + " columns, " + why,
          lines.columns() + " (divided by " + lines.delimiter() + ")");
    }
  }

  private void expectMemory(long rows, long width) {
    Memory.expect(in.file(), rows * width * 4, memory);
  }

  /** Refuses a column whose changes floats would blur: they hold seven digits. */
  private void expectSteps(double[] least, double[] most) {
    for (int c = 0; c < columns; c++) {
      float largest = (float) Math.max(Math.abs(least[c]), Math.abs(most[c]));
      double range = (float) most[c] - (float) least[c];
      if (c != label && most[c] > least[c] && range < LEAST_STEPS * (double) Math.ulp(largest)) {
        throw BadInput.inFile(
            in.file(),
            "column " + c + named(c),
            "values that differ within seven digits",
            least[c] + " to " + most[c] + "; subtract a constant or drop the column");
      }
    }
  }

  private String place(int column) {
    return lines.place(column) + named(column);
  }

  private String named(int column) {
    return column < header.size() ? " (" + CsvLines.shown(header.get(column)) + ")" : "";
  }

  private String labelName() {
    return "column " + label + named(label);
  }

  private String columnName(int column) {
    return column < header.size() ? header.get(column) : "column " + column;
  }

  /** Refuses classes that a split cannot put in both of its parts. */
  static void expectSplittable(Rows rows, Path file) {
    int[] counts = Stratified.counts(rows);
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] < 2) {
        String name = rows.classes().get(c);
        boolean real = name.matches("[+-]?[0-9]*\\.[0-9]+");
        throw new BadInput(
            "%s: every class needs 2 rows, one to learn from and one to test, but class %s of %d has %d; %s"
                .formatted(
                    file,
                    CsvLines.shown(name),
                    counts.length,
                    counts[c],
                    real
                        ? "a column of real numbers cannot be the label, choose another or sort it into bins"
                        : "add rows, drop the class or choose another label-column"));
      }
    }
  }
}
