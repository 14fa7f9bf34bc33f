package org.plumbline.data;

import java.util.List;
import org.plumbline.tensor.Shape;

/** Labelled rows in memory. Nothing changes once it is read; any thread may read. */
public interface Dataset {
  /**
   * What it is called in messages and reports.
   *
   * @return for example {@code mnist} or the name of the file
   */
  String name();

  /**
   * The number of rows.
   *
   * @return at least 0
   */
  int size();

  /**
   * The shape of one input.
   *
   * @return {@code [features]}, {@code [channels, height, width]} or {@code [context]}, tokens
   */
  Shape shape();

  /**
   * The names of the classes; the number of a class is its place in the list.
   *
   * @return at least two
   */
  List<String> classes();

  /**
   * The class of a row; of a sequence that has several, the last.
   *
   * @param row 0…size−1
   * @return 0…classes−1
   */
  int label(int row);

  /**
   * How many labels a row has: one, or one a token.
   *
   * @return 1 but for sequences of which every token is judged
   */
  default int labels() {
    return 1;
  }

  /**
   * One of the labels of a row.
   *
   * @param row 0…size−1
   * @param place 0…labels−1
   * @return 0…classes−1
   */
  default int label(int row, int place) {
    return label(row);
  }

  /**
   * Copies a row as training sees it: images in [0, 1], features standardised.
   *
   * @param row 0…size−1
   * @param into takes {@code shape().size()} numbers, all finite, last axis fastest
   * @param at where the first one goes
   */
  void copyInput(int row, float[] into, int at);

  /**
   * Copies a row as people know it: images in [0, 1], features as the file gave them.
   *
   * @param row 0…size−1
   * @param into takes {@code shape().size()} numbers, all finite, last axis fastest
   * @param at where the first one goes
   */
  void copyOriginal(int row, float[] into, int at);

  /**
   * The names of the features.
   *
   * @return one per feature; empty for images
   */
  List<String> featureNames();

  /**
   * What turns an original row into an input.
   *
   * @return one mean and deviation per feature; {@link Standardisation#none} for images
   */
  Standardisation standardisation();

  /**
   * The hash of shape, labels and inputs: equal hashes train equal networks.
   *
   * @return SHA-256, 64 hexadecimal digits
   */
  String sha256();
}
