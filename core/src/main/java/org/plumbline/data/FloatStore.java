package org.plumbline.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** Rows of floats in pieces, so that they grow without being copied and may exceed one array. */
final class FloatStore implements Store {
  private final List<float[]> pieces;
  private final int rowsInPiece;
  private final int width;
  private final int[] labels;
  private final Standardisation standardisation;
  private final double[] means;
  private final double[] deviations;

  private FloatStore(
      List<float[]> pieces, int rowsInPiece, int width, int[] labels, Standardisation s) {
    this.pieces = pieces;
    this.rowsInPiece = rowsInPiece;
    this.width = width;
    this.labels = labels;
    this.standardisation = s;
    this.means = s.means().stream().mapToDouble(Double::doubleValue).toArray();
    this.deviations = s.deviations().stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Collects rows of floats, none standardised. */
  static final class Builder {
    private static final int PIECE = 1 << 16;
    private final List<float[]> pieces = new ArrayList<>();
    private final int rowsInPiece;
    private final int width;
    private int rows;

    Builder(int width) {
      this.width = width;
      this.rowsInPiece = Math.max(1, PIECE / width);
    }

    int rows() {
      return rows;
    }

    /** The piece to write the next row into, at {@link #at}; count it with {@link #added}. */
    float[] piece() {
      if (rows % rowsInPiece == 0 && rows / rowsInPiece == pieces.size()) {
        pieces.add(new float[rowsInPiece * width]);
      }
      return pieces.getLast();
    }

    int at() {
      return rows % rowsInPiece * width;
    }

    void added() {
      rows++;
    }

    FloatStore build(int[] labels) {
      return new FloatStore(pieces, rowsInPiece, width, labels, Standardisation.none());
    }
  }

  /**
   * The same rows, standardised by what some of them measure. Sums of equal floats are exact in
   * doubles up to 2²⁹ rows, so that a constant column has deviation 0.
   */
  FloatStore standardisedBy(int[] rows) {
    double[] mean = new double[width];
    double[] square = new double[width];
    for (int row : rows) {
      float[] piece = pieces.get(row / rowsInPiece);
      int from = row % rowsInPiece * width;
      for (int i = 0; i < width; i++) {
        mean[i] += piece[from + i];
      }
    }
    for (int i = 0; i < width; i++) {
      mean[i] /= rows.length;
    }
    for (int row : rows) {
      float[] piece = pieces.get(row / rowsInPiece);
      int from = row % rowsInPiece * width;
      for (int i = 0; i < width; i++) {
        double d = piece[from + i] - mean[i];
        square[i] += d * d;
      }
    }
    List<Double> means = new ArrayList<>(width);
    List<Double> deviations = new ArrayList<>(width);
    for (int i = 0; i < width; i++) {
      means.add(mean[i]);
      deviations.add(Math.sqrt(square[i] / rows.length));
    }
    return new FloatStore(
        pieces, rowsInPiece, width, labels, new Standardisation(means, deviations));
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public int label(int row) {
    return labels[row];
  }

  @Override
  public void copyInput(int row, float[] into, int at) {
    copyOriginal(row, into, at);
    for (int i = 0; i < means.length; i++) {
      into[at + i] = Standardisation.standardise(into[at + i], means[i], deviations[i]);
    }
  }

  @Override
  public void copyOriginal(int row, float[] into, int at) {
    System.arraycopy(pieces.get(row / rowsInPiece), row % rowsInPiece * width, into, at, width);
  }

  @Override
  public Standardisation standardisation() {
    return standardisation;
  }

  @Override
  public void digest(int row, MessageDigest digest) {
    float[] input = new float[width];
    copyInput(row, input, 0);
    ByteBuffer bytes = ByteBuffer.allocate(4 * width).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(input);
    digest.update(bytes);
  }
}
