package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java 17 and Java 25 train the same bits, on any number of threads, interpreted or compiled. */
final class JavaVersionsTest {
  private static final String PROGRAM =
      """
      import java.util.*;
      import org.plumbline.edge.*;

      public final class Fingerprint {
        public static void main(String[] threads) {
          for (Arithmetic arithmetic : Arithmetic.values()) {
            for (Curve curve : Curve.values()) {
              for (String count : threads) {
                System.out.println(arithmetic + " " + curve + " " + trained(arithmetic, curve, Integer.parseInt(count)));
              }
            }
          }
        }

        static String trained(Arithmetic arithmetic, Curve curve, int threads) {
          Plan plan = new Plan(arithmetic, curve, List.of(100, 33, 20, 5), 9);
          byte[] inputs = new byte[400 * 100];
          byte[] labels = new byte[400];
          new Random(1).nextBytes(inputs);
          for (int row = 0; row < 400; row++) {
            labels[row] = (byte) (row % 5);
            inputs[row * 100 + row % 5] = (byte) 255;
          }
          Samples samples = Samples.of(inputs, labels, 100, 5);
          Network network = new Network(plan);
          try (Crew crew = Crew.of(threads)) {
            Training training = new Training(network, new Training.Settings(12, 20, new Rate(200, 3)), samples, Progress.NONE, Mode.FAST, crew);
            while (training.advance(1000) > 0) {}
            Network server = new Network(plan);
            Federation federation = new Federation(server, new Federation.Settings(3, Federation.Share.SINGLE_LAYER, 20, 3, 10, 2, new Rate(200, 0)), samples, Progress.NONE, Mode.FAST, crew);
            while (federation.advance(1000) > 0) {}
            Predictor predictor = new Predictor(network, Mode.FAST, crew);
            return hash(network, training.progress()) + " " + hash(server, federation.progress()) + " " + predictor.judge(samples);
          }
        }

        static int hash(Network network, Progress progress) {
          return Arrays.hashCode(new Model(network, progress, Map.of(), Optional.empty()).bytes());
        }
      }
      """;

  @Test
  void java_17_and_25_give_the_same_bits_at_any_thread_count(@TempDir Path folder)
      throws Exception {
    Optional<Path> old = Java.home("17");
    Optional<Path> now = Java.home("25");
    assumeTrue(
        old.isPresent(),
        "there is no Java 17 here: install openjdk-17-jre-headless, or set JAVA17_HOME");
    assumeTrue(now.isPresent(), "there is no Java 25 here: set JAVA25_HOME");
    Path source = Files.writeString(folder.resolve("Fingerprint.java"), PROGRAM);
    Path classes = Java.compiled(source, folder);
    List<String> first = Java.said(old.get(), classes, "Fingerprint", "1");
    assertThat(first).hasSize(6).doesNotHaveDuplicates();
    for (Path home : List.of(old.get(), now.get())) {
      List<String> said = Java.said(home, classes, "Fingerprint", "1", "2", "7");
      List<String> expected = new ArrayList<>();
      first.forEach(line -> expected.addAll(List.of(line, line, line)));
      assertThat(said).as("%s", home).isEqualTo(expected);
    }
  }
}
