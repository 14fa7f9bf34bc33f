package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** One epoch on MNIST at PocketNN's settings; three epochs are in docs/results/edge.md. */
final class RealDataTest {
  @Test
  void mnist_is_learned() throws IOException {
    String data = System.getenv("PLUMBLINE_DATA");
    assumeTrue(data != null, "set PLUMBLINE_DATA to a folder that has mnist");
    Path mnist = Path.of(Objects.requireNonNull(data)).resolve("mnist");
    assumeTrue(Files.isDirectory(mnist), "there is no " + mnist);
    Plan plan = new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(784, 100, 50, 10), 1);
    Network network = new Network(plan);
    Crew alone = Crew.of(1);
    Training training =
        new Training(
            network,
            new Training.Settings(1, 20, new Rate(1000, 10)),
            rows(mnist, "train"),
            Progress.NONE,
            Mode.FAST,
            alone);
    training.advance(Integer.MAX_VALUE);
    Predictor.Score score = new Predictor(network, Mode.FAST, alone).judge(rows(mnist, "t10k"));
    assertThat(score.right()).isBetween(9_400, 9_700);
    assertThat(network.clampedWeights()).isZero();
    assertThat(training.progress().samples()).isEqualTo(60_000);
  }

  private static Samples rows(Path folder, String part) throws IOException {
    return Samples.of(
        bytes(folder.resolve(part + "-images-idx3-ubyte.gz"), 16),
        bytes(folder.resolve(part + "-labels-idx1-ubyte.gz"), 8),
        784,
        10);
  }

  private static byte[] bytes(Path file, int head) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      byte[] all = in.readAllBytes();
      return Arrays.copyOfRange(all, head, all.length);
    }
  }
}
