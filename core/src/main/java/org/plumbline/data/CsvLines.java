package org.plumbline.data;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.plumbline.value.BadInput;

/**
 * The lines of a CSV file, one at a time, cut into cells: UTF-8, any line end, cells divided by
 * comma, semicolon or tab (whichever the first line has most), quotes around a cell dropped and
 * doubled quotes in it halved, spaces around a cell dropped, empty lines skipped. A cell stays on
 * its line.
 */
final class CsvLines {
  static final int MAX_LINE = 1 << 20;
  static final int MAX_COLUMNS = 100_000;

  private final Source in;
  private final byte[] buffer = new byte[1 << 16];
  private int next;
  private int end;
  private byte[] line = new byte[256];
  private int length;
  private int[] starts = new int[16];
  private int[] ends = new int[16];
  private int columns;
  private long number;
  private byte delimiter;

  CsvLines(Source in) {
    this.in = in;
  }

  /** Goes to the next line that is not empty; false at the end of the file. */
  boolean advance() {
    do {
      if (!readLine()) {
        return false;
      }
    } while (isBlank());
    if (delimiter == 0) {
      delimiter = detect();
    }
    cut();
    return true;
  }

  /** The number of the line, from 1. */
  long number() {
    return number;
  }

  int columns() {
    return columns;
  }

  /** The name of the delimiter, for messages. */
  String delimiter() {
    return switch (delimiter) {
      case ';' -> "semicolon";
      case '\t' -> "tab";
      default -> "comma";
    };
  }

  /** A cell as text. */
  String text(int column) {
    int from = starts[column];
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line, from, ends[column] - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw BadInput.inFile(in.file(), place(column), "UTF-8 text", "other bytes");
    }
  }

  /** A cell as a number; NaN unless it is a plain decimal number such as {@code -1.5e3}. */
  double number(int column) {
    int at = starts[column];
    int to = ends[column];
    boolean negative = at < to && line[at] == '-';
    if (at < to && (line[at] == '-' || line[at] == '+')) {
      at++;
    }
    long digits = 0;
    int count = 0;
    int decimals = -1;
    for (int i = at; i < to; i++) {
      byte b = line[i];
      if (b >= '0' && b <= '9' && count < 15) {
        digits = 10 * digits + (b - '0');
        count++;
        decimals += decimals >= 0 ? 1 : 0;
      } else if (b == '.' && decimals < 0) {
        decimals = 0;
      } else {
        return slowNumber(column);
      }
    }
    if (count == 0) {
      return Double.NaN;
    }
    double value = digits / POWERS[Math.max(decimals, 0)]; // both exact: rounded once
    return negative ? -value : value;
  }

  private static final double[] POWERS = {
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
  };

  private double slowNumber(int column) {
    for (int i = starts[column]; i < ends[column]; i++) {
      byte b = line[i];
      if ((b < '0' || b > '9') && b != '.' && b != '-' && b != '+' && b != 'e' && b != 'E') {
        return Double.NaN;
      }
    }
    try {
      return Double.parseDouble(
          new String(
              line, starts[column], ends[column] - starts[column], StandardCharsets.US_ASCII));
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** A cell for a message: at most 40 printable characters, in quotes. */
  String shown(int column) {
    int from = starts[column];
    return shown(
        new String(line, from, Math.min(ends[column] - from, 200), StandardCharsets.UTF_8));
  }

  static String shown(String text) {
    String plain = text.replaceAll("\\p{C}", "?");
    int most = Math.min(plain.length(), 40);
    return "'" + plain.substring(0, most) + (most < plain.length() ? "…'" : "'");
  }

  /** Where a cell of this line is. */
  String place(int column) {
    return "line " + number + ", column " + column;
  }

  private boolean readLine() {
    length = 0;
    boolean any = false;
    while (next < end || fill()) {
      any = true;
      byte b = buffer[next++];
      if (b == '\n' || b == '\r') {
        if (b == '\r' && (next < end || fill()) && buffer[next] == '\n') {
          next++;
        }
        break;
      }
      if (length == MAX_LINE) {
        throw BadInput.inFile(
            in.file(), "line " + (number + 1), "at most " + MAX_LINE + " bytes a line", "more");
      }
      if (length == line.length) {
        line = Arrays.copyOf(line, Math.min(2 * length, MAX_LINE));
      }
      line[length++] = b;
    }
    if (!any) {
      return false;
    }
    number++;
    if (number == 1) {
      dropMark();
    }
    return true;
  }

  private boolean fill() {
    next = 0;
    end = Math.max(in.read(buffer, 0, buffer.length), 0);
    return end > 0;
  }

  private void dropMark() {
    if (length >= 2 && (line[0] == (byte) 0xFF || line[0] == (byte) 0xFE) && line[1] <= -2) {
      throw BadInput.inFile(in.file(), "first bytes", "UTF-8 text", "UTF-16; save it as UTF-8");
    }
    if (length >= 3 && line[0] == (byte) 0xEF && line[1] == (byte) 0xBB && line[2] == (byte) 0xBF) {
      System.arraycopy(line, 3, line, 0, length - 3);
      length -= 3;
    }
  }

  private boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  private byte detect() {
    int commas = 0;
    int semicolons = 0;
    int tabs = 0;
    boolean quoted = false;
    for (int i = 0; i < length; i++) {
      byte b = line[i];
      quoted ^= b == '"';
      if (!quoted) {
        commas += b == ',' ? 1 : 0;
        semicolons += b == ';' ? 1 : 0;
        tabs += b == '\t' ? 1 : 0;
      }
    }
    if (tabs > 0 && tabs >= Math.max(commas, semicolons)) {
      return '\t';
    }
    return (byte) (semicolons > 0 && semicolons >= commas ? ';' : ',');
  }

  private void cut() {
    columns = 0;
    int at = 0;
    do {
      at = cell(at);
    } while (at <= length);
  }

  /** Cuts the cell that starts at a place; gives the place after its delimiter. */
  private int cell(int at) {
    int from = skipSpaces(at);
    int to = from;
    int after;
    if (from < length && line[from] == '"') {
      int write = from;
      int i = from + 1;
      while (i < length && (line[i] != '"' || (i + 1 < length && line[i + 1] == '"'))) {
        i += line[i] == '"' ? 1 : 0;
        line[write++] = line[i++];
      }
      if (i >= length) {
        throw BadInput.inFile(
            in.file(), place(columns), "a closing quote on the same line", "none");
      }
      to = write;
      after = skipSpaces(i + 1);
      if (after < length && line[after] != delimiter) {
        throw BadInput.inFile(
            in.file(), place(columns), "a " + delimiter() + " after the closing quote", "text");
      }
      while (from < to && isSpace(line[from])) {
        from++;
      }
    } else {
      after = from;
      while (after < length && line[after] != delimiter) {
        after++;
      }
      to = after;
    }
    while (to > from && isSpace(line[to - 1])) {
      to--;
    }
    add(from, to);
    return after + 1;
  }

  private void add(int from, int to) {
    if (columns == MAX_COLUMNS) {
      throw BadInput.inFile(
          in.file(), "line " + number, "at most " + MAX_COLUMNS + " columns", "more");
    }
    if (columns == starts.length) {
      starts = Arrays.copyOf(starts, 2 * columns);
      ends = Arrays.copyOf(ends, 2 * columns);
    }
    starts[columns] = from;
    ends[columns++] = to;
  }

  private int skipSpaces(int at) {
    int i = at;
    while (i < length && line[i] != delimiter && isSpace(line[i])) {
      i++;
    }
    return i;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t';
  }
}
