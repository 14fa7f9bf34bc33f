package org.plumbline.data;

import java.security.MessageDigest;

/** Rows of bytes 0…divisor, seen as fractions 0…1: a quarter of the memory of floats. */
final class ByteStore implements Store {
  private final byte[] pixels;
  private final byte[] labels;
  private final int width;
  private final int divisor;
  private final float[] fractions = new float[256];

  /** Takes {@code [rows × width]} pixels and {@code [rows]} labels without copying them. */
  ByteStore(byte[] pixels, byte[] labels, int width, int divisor) {
    this.pixels = pixels;
    this.labels = labels;
    this.width = width;
    this.divisor = divisor;
    for (int i = 0; i < fractions.length; i++) {
      fractions[i] = (float) i / divisor;
    }
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
    int from = row * width;
    for (int i = 0; i < width; i++) {
      into[at + i] = fractions[pixels[from + i] & 0xFF];
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
    digest.update((byte) divisor);
    digest.update(pixels, row * width, width);
  }
}
