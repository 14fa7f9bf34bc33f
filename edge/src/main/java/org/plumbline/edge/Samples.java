package org.plumbline.edge;

/** Rows of bytes with a label each. Nothing is copied: who gives the arrays leaves them alone. */
public final class Samples {
  private final byte[] inputs;
  private final byte[] labels;
  private final int width;

  private Samples(byte[] inputs, byte[] labels, int width) {
    this.inputs = inputs;
    this.labels = labels;
    this.width = width;
  }

  /**
   * Rows in memory.
   *
   * @param inputs one row after the other, every byte 0…255
   * @param labels one a row, 0…classes−1
   * @param width bytes of a row
   * @param classes their number
   * @return the rows
   * @throws Refused if these do not fit together
   */
  public static Samples of(byte[] inputs, byte[] labels, int width, int classes) {
    Refused.within("the width of a row", width, 1, Plan.MOST_UNITS);
    if (inputs.length != (long) labels.length * width) {
      throw new Refused(
          labels.length
              + " rows of "
              + width
              + " bytes are "
              + (long) labels.length * width
              + " bytes, but there are "
              + inputs.length);
    }
    for (int row = 0; row < labels.length; row++) {
      if ((labels[row] & 0xFF) >= classes) {
        throw new Refused(
            "the label of row "
                + (row + 1)
                + " must be below "
                + classes
                + ", the number of classes, but is "
                + (labels[row] & 0xFF));
      }
    }
    return new Samples(inputs, labels, width);
  }

  /**
   * The number of rows.
   *
   * @return 0 or more
   */
  public int size() {
    return labels.length;
  }

  /**
   * The bytes of a row.
   *
   * @return at least 1
   */
  public int width() {
    return width;
  }

  /**
   * The label of a row.
   *
   * @param row from 0
   * @return 0…classes−1
   */
  public int label(int row) {
    return labels[row] & 0xFF;
  }

  byte[] inputs() {
    return inputs;
  }

  /** The same labels with other inputs. */
  Samples with(byte[] others, int otherWidth) {
    return new Samples(others, labels, otherWidth);
  }

  void replace(int row, byte[] input, int at, int label) {
    System.arraycopy(input, at, inputs, row * width, width);
    labels[row] = (byte) label;
  }
}
