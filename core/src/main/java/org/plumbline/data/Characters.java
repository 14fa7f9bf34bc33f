package org.plumbline.data;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.plumbline.tensor.Shape;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;

/**
 * The characters of a text, to say of each what follows it.
 *
 * <pre>
 *   row i: tokens x[i c … i c + c − 1], labels x[i c + 1 … i c + c]      c: context
 * </pre>
 *
 * <p>Windows lie one behind the other; an epoch draws them all in an order of its seed. The last
 * tenth of the text is the test set; what is held back for validation is the end of what comes
 * before. The vocabulary is that of all but the last tenth: a character that stands only there is
 * refused.
 *
 * @param context characters of a window
 */
@About("the characters of a text file, to say what follows each; the last tenth is the test set")
public record Characters(@About("characters of a window") int context) implements Text {
  private static final int TENTHS = 10;
  private static final int MOST = 4096; // of distinct characters

  /**
   * Checks the length.
   *
   * @param context 1 to 4096
   */
  public Characters {
    TextFiles.check(context);
  }

  /** Windows of 128 characters. */
  public Characters() {
    this(128);
  }

  @Override
  public List<String> files() {
    return List.of("input.txt");
  }

  @Override
  public String folder() {
    return "shakespeare";
  }

  @Override
  public Split read(String name, List<Path> files) {
    Path file = files.getFirst();
    int[] points = decoded(file, TextFiles.bytes(file, 8));
    int cut = points.length - points.length / TENTHS;
    if (points.length - cut < context + 1) {
      throw BadInput.inFile(
          file,
          "length",
          "at least %d characters, so that a tenth of them holds a window of %d and what follows it"
              .formatted(TENTHS * (context + 1), context),
          String.valueOf(points.length));
    }
    int[] vocabulary = Arrays.stream(points, 0, cut).distinct().sorted().toArray();
    if (vocabulary.length < 2 || vocabulary.length > MOST) {
      throw BadInput.inFile(
          file,
          "its first nine tenths",
          "text of 2 to %d distinct characters".formatted(MOST),
          String.valueOf(vocabulary.length));
    }
    short[] tokens = new short[points.length];
    for (int i = 0; i < tokens.length; i++) {
      int token = Arrays.binarySearch(vocabulary, points[i]);
      if (token < 0) {
        throw BadInput.inFile(
            file,
            "character " + (i + 1) + " (of the last tenth, the test set)",
            "one of the %d that stand before it".formatted(vocabulary.length),
            "'" + printed(points[i]) + "'; replace it, or take another text");
      }
      tokens[i] = (short) token;
    }
    List<String> classes = Arrays.stream(vocabulary).mapToObj(Characters::printed).toList();
    return new Split(
        rows(name, classes, tokens, 0, cut), rows(name, classes, tokens, cut, tokens.length));
  }

  private Rows rows(String name, List<String> classes, short[] tokens, int from, int to) {
    return Rows.of(
        name,
        Shape.of(context),
        classes,
        TextFiles.places(context),
        new Windows(tokens, from, (to - from - 1) / context, context));
  }

  /** What is asked is what follows the line; of a long one its end is seen. */
  @Override
  public Question question(String line, List<String> classes) {
    int[] points = line.codePoints().toArray();
    if (points.length == 0) {
      throw new BadInput("a line to go on from must have at least one character, but has none");
    }
    int from = Math.max(0, points.length - context);
    float[] tokens = new float[context]; // what follows the end is seen by nobody
    for (int i = from; i < points.length; i++) {
      int token = classes.indexOf(printed(points[i]));
      if (token < 0) {
        throw new BadInput(
            "the model knows %d characters, but '%s' is none of them; leave it out"
                .formatted(classes.size(), printed(points[i])));
      }
      tokens[i - from] = token;
    }
    return new Question(tokens, points.length - from - 1);
  }

  @Override
  public String written(float[] tokens, List<String> classes) {
    StringBuilder text = new StringBuilder();
    for (float token : tokens) {
      text.append(classes.get((int) token));
    }
    return text.toString();
  }

  /** A character as the name of a class: one that would not be seen is escaped, as in Java. */
  static String printed(int point) {
    return switch (point) {
      case ' ' -> "\\s";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\\' -> "\\\\";
      default ->
          Character.isISOControl(point) || Character.isWhitespace(point)
              ? "\\u%04X".formatted(point)
              : Character.toString(point);
    };
  }

  private static int[] decoded(Path file, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      throw BadInput.inFile(
          file,
          "byte " + in.position(),
          "text in UTF-8",
          "0x%02X".formatted(bytes[in.position()] & 0xFF));
    }
    return out.flip().codePoints().toArray();
  }

  /**
   * Windows of a text.
   *
   * @param tokens of the whole text
   * @param from the first of the first window
   * @param size how many windows
   * @param context tokens of a window
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Windows(short[] tokens, int from, int size, int context) implements Store {
    @Override
    public int label(int row) {
      return label(row, context - 1);
    }

    @Override
    public int labels() {
      return context;
    }

    @Override
    public int label(int row, int place) {
      return tokens[from + row * context + place + 1];
    }

    @Override
    public void copyInput(int row, float[] into, int at) {
      for (int i = 0; i < context; i++) {
        into[at + i] = tokens[from + row * context + i];
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
      bytes.asShortBuffer().put(tokens, from + row * context, context);
      digest.update(bytes);
    }
  }
}
