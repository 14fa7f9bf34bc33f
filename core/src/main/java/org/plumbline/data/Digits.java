package org.plumbline.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.tensor.Shape;

/**
 * 1,797 handwritten digits of 8 × 8 pixels with 17 shades, part of Plumbline: the test part of
 * "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak 1998, UCI, CC BY 4.0).
 */
final class Digits {
  static final List<String> CLASSES = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
  private static final int WIDTH = 64;
  private static final int SHADES = 16;

  private Digits() {}

  static Rows read() {
    try (InputStream in = Digits.class.getResourceAsStream("digits.csv.gz")) {
      if (in == null) {
        throw new IllegalStateException("digits.csv.gz is missing from the jar");
      }
      return read(Source.of(Path.of("digits.csv.gz"), in.readAllBytes()));
    } catch (IOException e) {
      throw new IllegalStateException("digits.csv.gz in the jar is damaged", e);
    }
  }

  private static Rows read(Source source) {
    Rows table = Csv.read(source, Optional.empty(), Memory.limit());
    byte[] pixels = new byte[table.size() * WIDTH];
    byte[] labels = new byte[table.size()];
    float[] row = new float[WIDTH];
    for (int i = 0; i < labels.length; i++) {
      table.copyOriginal(i, row, 0);
      labels[i] = (byte) table.label(i);
      for (int k = 0; k < WIDTH; k++) {
        pixels[i * WIDTH + k] = (byte) row[k];
      }
    }
    return Rows.of(
        "digits",
        Shape.of(1, 8, 8),
        CLASSES,
        List.of(),
        new ByteStore(pixels, labels, WIDTH, SHADES));
  }
}
