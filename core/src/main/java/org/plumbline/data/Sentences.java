package org.plumbline.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.plumbline.tensor.Shape;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;

/**
 * Sentences and pairs of sentences of GLUE, one label each: {@code train.tsv} to learn from, {@code
 * dev.tsv} to be judged by, since {@code test.tsv} has no labels.
 *
 * <p>Wang et al. 2018, <a href="https://arxiv.org/abs/1804.07461">arXiv:1804.07461</a>. Tokens are
 * the bytes of UTF-8, so that nothing is unknown and no vocabulary has to be kept with a model:
 *
 * <pre>
 *   0 padding       1 … 256 a byte plus 1       257 between two sentences         258 in all
 * </pre>
 *
 * <p>What is longer than the context is cut at its end; of a pair, the longer sentence first. Files
 * are split at tabs alone: a quotation mark is a character like others.
 *
 * @param task which of GLUE's
 * @param context tokens of a row
 */
@About("sentences of GLUE with one label each, as bytes: train.tsv to learn from, dev.tsv to test")
public record Sentences(
    @About("cola, sst2, rte, mrpc") Task task, @About("bytes of a row") int context)
    implements Text {
  /** Tokens there are. */
  public static final int VOCABULARY = 258;

  private static final short BETWEEN = 257;

  /** A task of GLUE. */
  public enum Task {
    /** Whether a sentence is one of English. */
    COLA,
    /** Whether a review is friendly. */
    SST2,
    /** Whether the second sentence follows from the first. */
    RTE,
    /** Whether two sentences say the same. */
    MRPC
  }

  /**
   * How the files of a task are written.
   *
   * @param folder that GLUE gives it
   * @param columns between tabs
   * @param label the column of the label, from 0
   * @param header how it begins; empty where there is none
   * @param labels as they are written
   * @param classes as they are called
   * @param sentences their columns, one or two
   */
  private record Format(
      String folder,
      int columns,
      int label,
      String header,
      List<String> labels,
      List<String> classes,
      List<Integer> sentences) {
    static Format of(Task task) {
      List<String> numbers = List.of("0", "1");
      List<String> entailment = List.of("entailment", "not_entailment");
      return switch (task) {
        case COLA ->
            new Format(
                "CoLA", 4, 1, "", numbers, List.of("unacceptable", "acceptable"), List.of(3));
        case SST2 ->
            new Format(
                "SST-2", 2, 1, "sentence\t", numbers, List.of("negative", "positive"), List.of(0));
        case RTE -> new Format("RTE", 4, 3, "index\t", entailment, entailment, List.of(1, 2));
        case MRPC ->
            new Format(
                "MRPC",
                5,
                0,
                "Quality\t",
                numbers,
                List.of("different", "paraphrase"),
                List.of(3, 4));
      };
    }
  }

  /**
   * Checks the length.
   *
   * @param task any
   * @param context 1 to 4096
   */
  public Sentences {
    TextFiles.check(context);
  }

  /** CoLA, 64 bytes. */
  public Sentences() {
    this(Task.COLA, 64);
  }

  private Format format() {
    return Format.of(task);
  }

  @Override
  public List<String> files() {
    return List.of("train.tsv", "dev.tsv");
  }

  @Override
  public String folder() {
    return "glue/" + format().folder();
  }

  @Override
  public Split read(String name, List<Path> files) {
    return new Split(rows(name, files.get(0)), rows(name, files.get(1)));
  }

  private Rows rows(String name, Path file) {
    byte[] bytes = TextFiles.bytes(file, 2);
    int lines = 1;
    for (byte b : bytes) {
      lines += b == '\n' ? 1 : 0;
    }
    Memory.expect(file, bytes.length + (Short.BYTES * (long) context + 1) * lines);
    short[] tokens = new short[Math.multiplyExact(lines, context)];
    byte[] labels = new byte[lines];
    int rows = 0;
    int line = 0;
    for (int from = startOf(bytes); from < bytes.length; ) {
      int to = from;
      while (to < bytes.length && bytes[to] != '\n') {
        to++;
      }
      line++;
      int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
      String text = new String(bytes, from, end - from, StandardCharsets.UTF_8);
      boolean header = line == 1 && !format().header().isEmpty();
      if (header && !text.startsWith(format().header())) {
        throw BadInput.inFile(
            file,
            "line 1",
            "a header that begins with " + format().header().strip(),
            "'" + brief(text) + "'");
      }
      if (!header) {
        labels[rows] = label(file, line, text);
        put(sentences(text), tokens, rows * context);
        rows++;
      }
      from = to + 1;
    }
    if (rows == 0) {
      throw BadInput.inFile(file, "line " + line, "at least one row", "none");
    }
    return Rows.of(
        name,
        Shape.of(context),
        format().classes(),
        TextFiles.places(context),
        new Encoded(tokens, Arrays.copyOf(labels, rows), context));
  }

  /** Behind a byte order mark. */
  private static int startOf(byte[] bytes) {
    boolean marked =
        bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    return marked ? 3 : 0;
  }

  private byte label(Path file, int line, String text) {
    String[] cells = text.split("\t", -1);
    if (cells.length != format().columns()) {
      throw BadInput.inFile(
          file,
          "line " + line,
          "%d columns between tabs, as %s has them"
              .formatted(format().columns(), format().folder()),
          String.valueOf(cells.length));
    }
    int label = format().labels().indexOf(cells[format().label()]);
    if (label < 0) {
      throw BadInput.inFile(
          file,
          "line %d, column %d".formatted(line, format().label() + 1),
          "a label, " + String.join(" or ", format().labels()),
          "'" + brief(cells[format().label()]) + "'");
    }
    return (byte) label;
  }

  private List<byte[]> sentences(String text) {
    String[] cells = text.split("\t", -1);
    return format().sentences().stream()
        .map(column -> cells[column].getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  private static String brief(String text) {
    String plain = text.replaceAll("\\p{C}", "?");
    return plain.length() <= 40 ? plain : plain.substring(0, 40) + "…";
  }

  private void put(List<byte[]> sentences, short[] into, int at) {
    byte[] first = sentences.getFirst();
    if (sentences.size() == 1) {
      put(first, Math.min(first.length, context), into, at);
      return;
    }
    byte[] second = sentences.get(1);
    int room = context - 1;
    int of = Math.min(first.length, Math.max(room / 2, room - second.length));
    put(first, of, into, at);
    into[at + of] = BETWEEN;
    put(second, Math.min(second.length, room - of), into, at + of + 1);
  }

  private static void put(byte[] sentence, int count, short[] into, int at) {
    for (int i = 0; i < count; i++) {
      into[at + i] = (short) ((sentence[i] & 0xFF) + 1);
    }
  }

  /** A line holds a sentence, or two with a tab between them. */
  @Override
  public Question question(String line, List<String> classes) {
    String[] parts = line.split("\t", -1);
    if (parts.length != format().sentences().size()) {
      throw new BadInput(
          "a line for %s must hold %s, but holds %d between tabs"
              .formatted(
                  format().folder(),
                  format().sentences().size() == 1
                      ? "one sentence"
                      : "two sentences with a tab between",
                  parts.length));
    }
    short[] tokens = new short[context];
    put(Arrays.stream(parts).map(p -> p.getBytes(StandardCharsets.UTF_8)).toList(), tokens, 0);
    float[] row = new float[context];
    for (int i = 0; i < context; i++) {
      row[i] = tokens[i];
    }
    return new Question(row, 0);
  }

  /** A pair with a stroke between; what was cut through is shown as the sign for that. */
  @Override
  public String written(float[] tokens, List<String> classes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (float token : tokens) {
      if (token == BETWEEN) {
        bytes.writeBytes(" | ".getBytes(StandardCharsets.UTF_8));
      } else if (token > 0) {
        bytes.write((int) token - 1);
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /**
   * Rows of tokens.
   *
   * @param tokens row by row
   * @param answers one a row
   * @param context tokens of a row
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Encoded(short[] tokens, byte[] answers, int context) implements Store {
    @Override
    public int size() {
      return answers.length;
    }

    @Override
    public int label(int row) {
      return answers[row];
    }

    @Override
    public void copyInput(int row, float[] into, int at) {
      for (int i = 0; i < context; i++) {
        into[at + i] = tokens[row * context + i];
      }
    }

    @Override
    public void copyOriginal(int row, float[] into, int at) {
      copyInput(row, into, at);
    }

    @Override
    public Standardisation standardisation() {
      return Standardisation.none();
    }

    @Override
    public void digest(int row, MessageDigest digest) {
      ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * context);
      bytes.asShortBuffer().put(tokens, row * context, context);
      digest.update(bytes);
    }
  }
}
