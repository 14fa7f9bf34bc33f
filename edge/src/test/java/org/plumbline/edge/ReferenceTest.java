package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every bit of the weights is that of another implementation, in NumPy, which was written from the
 * papers' definitions: {@code src/test/python/reference.py} prints these checksums.
 */
final class ReferenceTest {
  private static final List<Integer> SIZES = List.of(40, 16, 12, 4);

  @ParameterizedTest
  @CsvSource({"POCKETNN, 1002435241", "TIFED, 1707555593"})
  void training_ends_with_the_bits_of_the_reference(Arithmetic arithmetic, long checksum) {
    Network network = new Network(new Plan(arithmetic, Curve.TANH, SIZES, 5));
    requireBits(
        checksum,
        new Training(
            network,
            new Training.Settings(3, 20, new Rate(1000, 0), Order.STORED),
            stripes(600),
            Progress.NONE,
            Mode.FAST,
            Crew.of(1)));
  }

  @ParameterizedTest
  @CsvSource({"FULL, 3715148392", "SINGLE_LAYER, 1199317029"})
  void a_federation_ends_with_the_bits_of_the_reference(Federation.Share share, long checksum) {
    Network network = new Network(new Plan(Arithmetic.TIFED, Curve.TANH, SIZES, 5));
    requireBits(
        checksum,
        new Federation(
            network,
            new Federation.Settings(6, share, 20, 5, 8, 1, new Rate(300, 0), Order.STORED),
            stripes(600),
            Progress.NONE,
            Mode.FAST,
            Crew.of(1)));
  }

  /** They are those of a network that has learned. */
  private static void requireBits(long checksum, Course course) {
    while (course.advance(Integer.MAX_VALUE) > 0) {}
    Network network = course.network();
    assertThat(checksum(network)).isEqualTo(checksum);
    assertThat(new Predictor(network, Mode.FAST, Crew.of(1)).judge(stripes(600)).right())
        .isEqualTo(600);
  }

  /** Rows of a class are alike; any implementation of SplitMix64 can make them. */
  private static Samples stripes(int rows) {
    int width = SIZES.get(0);
    int classes = SIZES.get(SIZES.size() - 1);
    byte[] inputs = new byte[rows * width];
    byte[] labels = new byte[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = (byte) (row % classes);
      for (int i = 0; i < width; i++) {
        int bright = i * classes / width == labels[row] ? 128 : 0;
        inputs[row * width + i] = (byte) (bright + (Draws.at(7, row * width + i) >>> 57));
      }
    }
    return Samples.of(inputs, labels, width, classes);
  }

  /** Of 16-bit numbers, high byte first: weights row by row, then biases, layer by layer. */
  private static long checksum(Network network) {
    CRC32 checksum = new CRC32();
    for (int l = 0; l < network.plan().layers(); l++) {
      checksum.update(bytes(network.weights(l)));
      checksum.update(bytes(network.biases(l)));
    }
    return checksum.getValue();
  }

  private static byte[] bytes(short[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * values.length);
    buffer.asShortBuffer().put(values);
    return buffer.array();
  }
}
