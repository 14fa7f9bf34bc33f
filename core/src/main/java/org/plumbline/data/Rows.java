package org.plumbline.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.tensor.Shape;

/** Some rows of what was read, in an order of their own. Rows of rows share the memory. */
public final class Rows implements Dataset {
  private final String name;
  private final Shape shape;
  private final List<String> classes;
  private final List<String> featureNames;
  private final Store store;
  private final int[] rows;

  private Rows(
      String name,
      Shape shape,
      List<String> classes,
      List<String> featureNames,
      Store store,
      int[] rows) {
    this.name = name;
    this.shape = shape;
    this.classes = List.copyOf(classes);
    this.featureNames = List.copyOf(featureNames);
    this.store = store;
    this.rows = rows;
  }

  /** All rows of a store, whose labels must be 0…classes−1. */
  static Rows of(
      String name, Shape shape, List<String> classes, List<String> featureNames, Store store) {
    int[] all = IntStream.range(0, store.size()).toArray();
    return new Rows(name, shape, classes, featureNames, store, all);
  }

  /** Some rows of a data set, each 0…size−1. */
  static Rows pick(Dataset from, int[] rows) {
    for (int row : rows) {
      if (row < 0 || row >= from.size()) {
        throw new IllegalArgumentException(
            "row must be 0…" + (from.size() - 1) + " of " + from.name() + ", but is " + row);
      }
    }
    if (from instanceof Rows inner) {
      int[] direct = IntStream.of(rows).map(row -> inner.rows[row]).toArray();
      return inner.with(inner.store, direct);
    }
    return new Rows(
        from.name(),
        from.shape(),
        from.classes(),
        from.featureNames(),
        new Foreign(from),
        rows.clone());
  }

  /** The same rows, standardised by what the rows of a part measure. */
  Rows standardisedBy(Rows part) {
    return store instanceof FloatStore floats ? with(floats.standardisedBy(part.rows), rows) : this;
  }

  private Rows with(Store store, int[] rows) {
    return new Rows(name, shape, classes, featureNames, store, rows);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return rows.length;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int row) {
    return store.label(rows[row]);
  }

  @Override
  public int labels() {
    return store.labels();
  }

  @Override
  public int label(int row, int place) {
    return store.label(rows[row], place);
  }

  @Override
  public void copyInput(int row, float[] into, int at) {
    store.copyInput(rows[row], into, at);
  }

  @Override
  public void copyOriginal(int row, float[] into, int at) {
    store.copyOriginal(rows[row], into, at);
  }

  @Override
  public List<String> featureNames() {
    return featureNames;
  }

  @Override
  public Standardisation standardisation() {
    return store.standardisation();
  }

  @Override
  public String sha256() {
    MessageDigest digest = Hashes.sha256();
    digest.update((shape + " " + classes.size()).getBytes(StandardCharsets.UTF_8));
    byte[] label = new byte[4];
    for (int row : rows) {
      for (int place = 0; place < store.labels(); place++) {
        ByteBuffer.wrap(label).putInt(store.label(row, place));
        digest.update(label);
      }
      store.digest(row, digest);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String toString() {
    return name + ": " + size() + " rows of " + shape + ", " + classes.size() + " classes";
  }

  /** Rows of a data set that somebody else wrote. */
  private record Foreign(Dataset rows) implements Store {
    @Override
    public int size() {
      return rows.size();
    }

    @Override
    public int label(int row) {
      return rows.label(row);
    }

    @Override
    public int labels() {
      return rows.labels();
    }

    @Override
    public int label(int row, int place) {
      return rows.label(row, place);
    }

    @Override
    public void copyInput(int row, float[] into, int at) {
      rows.copyInput(row, into, at);
    }

    @Override
    public void copyOriginal(int row, float[] into, int at) {
      rows.copyOriginal(row, into, at);
    }

    @Override
    public Standardisation standardisation() {
      return rows.standardisation();
    }

    @Override
    public void digest(int row, MessageDigest digest) {
      float[] input = new float[Math.toIntExact(rows.shape().size())];
      rows.copyInput(row, input, 0);
      ByteBuffer bytes = ByteBuffer.allocate(4 * input.length);
      bytes.asFloatBuffer().put(input);
      digest.update(bytes);
    }
  }
}
