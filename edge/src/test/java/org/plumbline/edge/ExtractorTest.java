package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.plumbline.edge.Extractor.Convolution;
import org.plumbline.edge.Extractor.Image;
import org.plumbline.edge.Extractor.Pool;
import org.plumbline.edge.Extractor.Pooling;
import org.plumbline.edge.Extractor.Scaling;
import org.plumbline.edge.Extractor.Table;
import org.plumbline.edge.Extractor.Window;

final class ExtractorTest {
  /** Takes 5 × 4 bytes, gives 6. */
  static Extractor example(Random random) {
    byte[] weights = new byte[6 * 9];
    random.nextBytes(weights);
    byte[] values = new byte[256];
    random.nextBytes(values);
    return new Extractor(
        List.of(
            new Convolution(
                new Image(1, 5, 4),
                6,
                new Window(3, 2, 1),
                new Scaling(3, 1 << 20, 28, 100),
                weights,
                new int[6]),
            new Table(36, values),
            new Pool(Pooling.MAX, new Image(6, 3, 2), new Window(3, 3, 1)),
            new Pool(Pooling.AVERAGE, new Image(6, 1, 1), new Window(1, 1, 0))));
  }

  @Test
  void a_convolution_is_its_definition() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      Image image = new Image(1 + random.nextInt(3), 1 + random.nextInt(7), 1 + random.nextInt(7));
      int side = 1 + random.nextInt(3);
      Window window = new Window(side, 1 + random.nextInt(2), side - 1);
      int channels = 1 + random.nextInt(3);
      byte[] weights = new byte[channels * image.channels() * side * side];
      byte[] in = new byte[image.channels() * image.height() * image.width() + 2];
      random.nextBytes(weights);
      random.nextBytes(in);
      int[] biases = random.ints(channels, -10_000, 10_000).toArray();
      Scaling scaling =
          new Scaling(random.nextInt(256), 1 + random.nextInt(1 << 20), 24, random.nextInt(256));
      Convolution convolution = new Convolution(image, channels, window, scaling, weights, biases);
      byte[] out = new byte[convolution.outputs()];
      convolution.run(in, 2, out);
      int rows = window.positions(image.height());
      int columns = window.positions(image.width());
      for (int place = 0; place < out.length; place++) {
        int o = place / (rows * columns);
        int r = place / columns % rows;
        int k = place % columns;
        long sum = biases[o];
        for (int c = 0; c < image.channels(); c++) {
          for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
              int row = r * window.stride() + y - window.padding();
              int column = k * window.stride() + x - window.padding();
              if (row >= 0 && row < image.height() && column >= 0 && column < image.width()) {
                int u = in[2 + (c * image.height() + row) * image.width() + column] & 0xFF;
                sum +=
                    (u - scaling.inputZero())
                        * weights[((o * image.channels() + c) * side + y) * side + x];
              }
            }
          }
        }
        long rounded = Math.floorDiv(sum * scaling.factor() + (1 << 23), 1L << 24);
        assertThat(out[place] & 0xFF)
            .isEqualTo((int) Math.max(0, Math.min(255, rounded + scaling.outputZero())));
      }
    }
  }

  @Test
  void pools_by_hand() {
    byte[] in = {9, 1, 2, (byte) 200, 4, 5, 6, 7, 8, 9};
    byte[] out = new byte[4];
    new Pool(Pooling.MAX, new Image(1, 3, 3), new Window(2, 2, 1)).run(in, 1, out);
    assertThat(out).containsExactly(1, (byte) 200, 7, 9);
    new Pool(Pooling.AVERAGE, new Image(1, 3, 3), new Window(2, 2, 1)).run(in, 1, out);
    assertThat(out).containsExactly(1, 101, 5, 7); // 202/2, (4+7)/2, (5+6+8+9)/4 = 28/4
  }

  @Test
  void steps_that_do_not_fit_and_sums_that_overflow_are_refused() {
    assertThatThrownBy(
            () -> new Extractor(List.of(new Table(3, new byte[256]), new Table(4, new byte[256]))))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("takes 4");
    assertThatThrownBy(() ->
            new Convolution(
                new Image(65_536, 1, 1),
                1,
                new Window(2, 1, 1),
                new Scaling(0, 1, 1, 0),
                new byte[4 * 65_536],
                new int[1]))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("sum");
  }

  @Test
  void features_of_rows_keep_their_labels_for_any_number_of_threads() {
    Extractor extractor = example(new Random(3));
    Samples rows = Cases.stripes(37, 20, 4, 1);
    try (Crew crew = Crew.of(3)) {
      Samples features = extractor.features(rows, crew);
      assertThat(features.inputs()).isEqualTo(extractor.features(rows, Crew.of(1)).inputs());
      assertThat(features.width()).isEqualTo(6);
      assertThat(features.label(36)).isEqualTo(rows.label(36));
    }
    assertThat(extractor.workingBytes()).isEqualTo(72);
    assertThat(extractor.bytes()).isEqualTo(54 + 24 + 256);
  }
}
