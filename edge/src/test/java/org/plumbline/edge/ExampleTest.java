package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of {@code edge/examples} is compiled for Java 17, run, and learns. */
final class ExampleTest {
  @Test
  void a_device_learns_from_a_stream(@TempDir Path folder) throws Exception {
    Path source = Path.of("examples/LearnFromStream.java");
    assertThat(Files.readAllLines(source)).hasSizeLessThan(80);
    Path classes = Java.compiled(source, folder);
    List<String> said =
        Java.said(
            Path.of(System.getProperty("java.home")),
            classes,
            "LearnFromStream",
            folder.resolve("device.edge").toString());
    assertThat(said).hasSize(5);
    int right = Integer.parseInt(said.get(3).replaceAll(".*right (\\d+) of.*", "$1"));
    assertThat(right).as(said.toString()).isGreaterThan(930);
    assertThat(said.get(0))
        .isEqualTo(
            "bytes: "
                + Budget.training(
                        new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(32, 24, 4), 1), 10, 50, 1)
                    .total());
  }
}
