package org.plumbline.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.plumbline.value.BadInput;

/**
 * The table as comma-separated values, one line a rule, cell and repetition; what is undefined is
 * empty, numbers have six digits. What it says can be read back, so that pages can be made again.
 */
public final class Csv {
  private static final List<String> MACHINE =
      List.of("date", "commit", "plumbline", "java", "libtorch", "os", "cpu", "cores", "threads");
  private static final List<String> ROW =
      List.of(
          "repetition",
          "shape",
          "batch",
          "optimizer",
          "precision",
          "rule",
          "ms_min",
          "ms_median",
          "floor_ms",
          "floor_median",
          "peer_ms",
          "peer_median",
          "ratio_to_peer",
          "ratio_low",
          "ratio_high",
          "share_of_floor",
          "steps");

  private static final MathContext SIX = new MathContext(6);

  private Csv() {}

  /**
   * A line of a file.
   *
   * @param machine where it was measured
   * @param row what was measured
   */
  public record Entry(Machine machine, Row row) {}

  /**
   * Prints the table.
   *
   * @param result what was measured
   * @return with a line of names
   */
  public static String print(Result result) {
    List<List<String>> lines = new ArrayList<>();
    List<String> head = new ArrayList<>(ROW);
    head.addAll(MACHINE);
    lines.add(head);
    result.rows().forEach(row -> lines.add(cells(result.machine(), row)));
    return lines.stream()
        .map(line -> line.stream().map(Csv::quoted).collect(Collectors.joining(",")) + "\n")
        .collect(Collectors.joining());
  }

  private static List<String> cells(Machine m, Row r) {
    return List.of(
        "" + r.repetition(),
        r.shape(),
        "" + r.batch(),
        r.optimizer(),
        r.precision(),
        r.rule(),
        number(r.msMin()),
        number(r.msMedian()),
        number(r.floorMs()),
        number(r.floorMedian()),
        number(r.peerMs()),
        number(r.peerMedian()),
        number(r.ratioToPeer()),
        number(r.ratioLow()),
        number(r.ratioHigh()),
        number(r.shareOfFloor()),
        "" + r.steps(),
        m.date(),
        m.commit(),
        m.plumbline(),
        m.java(),
        m.libtorch(),
        m.os(),
        m.cpu(),
        "" + m.cores(),
        "" + m.threads());
  }

  private static String number(double value) {
    return Double.isFinite(value) ? BigDecimal.valueOf(value).round(SIX).toPlainString() : "";
  }

  private static String quoted(String cell) {
    return cell.matches("[^,\"\\r\\n]*") ? cell : "\"" + cell.replace("\"", "\"\"") + "\"";
  }

  /**
   * Reads what {@link #print} wrote.
   *
   * @param name of the file, for messages
   * @param text its lines
   * @return one entry a line
   * @throws BadInput if it is no such table
   */
  public static List<Entry> read(String name, String text) {
    List<List<String>> lines = parse(text);
    List<String> head = lines.isEmpty() ? List.of() : lines.getFirst();
    List<Entry> entries = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (int k = 0; k < Math.min(head.size(), lines.get(i).size()); k++) {
        cells.put(head.get(k), lines.get(i).get(k));
      }
      entries.add(entry(new Reader("%s, line %d".formatted(name, i + 1), cells)));
    }
    if (entries.isEmpty()) {
      throw new BadInput(name + " must hold a line of names and at least one row, but does not");
    }
    return entries;
  }

  private record Reader(String place, Map<String, String> cells) {
    String text(String column) {
      String cell = cells.get(column);
      if (cell == null) {
        throw new BadInput("%s: column '%s' is missing".formatted(place, column));
      }
      return cell;
    }

    double number(String column) {
      String cell = text(column);
      try {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
      } catch (NumberFormatException e) {
        throw new BadInput(
            "%s: %s must be a number, but is '%s'".formatted(place, column, cell), e);
      }
    }

    int whole(String column) {
      return (int) number(column);
    }
  }

  private static Entry entry(Reader in) {
    Machine machine =
        new Machine(
            in.text("date"),
            in.text("commit"),
            in.text("plumbline"),
            in.text("java"),
            in.text("libtorch"),
            in.text("os"),
            in.text("cpu"),
            in.whole("cores"),
            in.whole("threads"));
    Row row =
        new Row(
            in.whole("repetition"),
            in.text("shape"),
            in.whole("batch"),
            in.text("optimizer"),
            in.text("precision"),
            in.text("rule"),
            in.number("ms_min"),
            in.number("ms_median"),
            in.number("floor_ms"),
            in.number("floor_median"),
            in.number("peer_ms"),
            in.number("peer_median"),
            in.number("ratio_low"),
            in.number("ratio_high"),
            in.whole("steps"));
    return new Entry(machine, row);
  }

  private static List<List<String>> parse(String text) {
    List<List<String>> lines = new ArrayList<>();
    List<String> line = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c != '"') {
          cell.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          cell.append(text.charAt(++i));
        } else {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == ',' || c == '\n') {
        line.add(cell.toString());
        cell.setLength(0);
        if (c == '\n') {
          lines.add(List.copyOf(line));
          line.clear();
        }
      } else if (c != '\r') {
        cell.append(c);
      }
    }
    if (!line.isEmpty() || !cell.isEmpty()) { // a last line without its end
      line.add(cell.toString());
      lines.add(List.copyOf(line));
    }
    return lines;
  }
}
