package org.plumbline.data;

import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.plumbline.tensor.Shape;

/** Small data sets by hand. */
final class Tiny {
  private Tiny() {}

  /** Images of bytes, pixel after pixel, as fractions of 255; the labels alternate. */
  static Rows images(Shape shape, int... pixels) {
    int width = (int) shape.size();
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) pixels[i];
    }
    byte[] labels = new byte[bytes.length / width];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (i % 2);
    }
    return Rows.of(
        "tiny", shape, List.of("even", "odd"), List.of(), new ByteStore(bytes, labels, width, 255));
  }

  /** A table of numbers, not standardised. */
  static Rows table(int rows, int features, IntToDoubleFunction number) {
    FloatStore.Builder store = new FloatStore.Builder(features);
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < features; k++) {
        store.piece()[store.at() + k] = (float) number.applyAsDouble(i * features + k);
      }
      labels[i] = i % 2;
      store.added();
    }
    return Rows.of(
        "tiny", Shape.of(features), List.of("even", "odd"), List.of(), store.build(labels));
  }
}
