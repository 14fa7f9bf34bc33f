package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The published files, where {@code PLUMBLINE_DATA} names a folder that holds them. */
class RealDataTest {
  private static Split open(String name, String folder) {
    Path place =
        Path.of(Map.copyOf(System.getenv()).getOrDefault("PLUMBLINE_DATA", "unset"))
            .resolve(folder);
    assumeTrue(
        Files.isDirectory(place),
        "skipped: PLUMBLINE_DATA must name a folder that holds " + folder + ", found " + place);
    return Datasets.open(new DataRequest(name, Optional.of(place), Optional.empty(), 0.2, 0));
  }

  @Test
  void mnist() {
    Split split = open("mnist", "mnist");
    assertThat(Stratified.counts(split.train()))
        .containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
    assertThat(Stratified.counts(split.test()))
        .containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
    double sum = 0;
    float[] row = new float[784];
    for (int i = 0; i < split.train().size(); i++) {
      split.train().copyInput(i, row, 0);
      for (float x : row) {
        sum += x;
      }
    }
    assertThat(sum / 60_000 / 784).isBetween(0.13065, 0.13067); // as everybody measures it
  }

  @Test
  void cifar10() {
    Split split = open("cifar10", "cifar-10-batches-bin");
    for (int count : Stratified.counts(split.train())) {
      assertThat(count).isEqualTo(5000);
    }
    for (int count : Stratified.counts(split.test())) {
      assertThat(count).isEqualTo(1000);
    }
    double[] sum = new double[3];
    float[] row = new float[3072];
    for (int i = 0; i < split.train().size(); i++) {
      split.train().copyInput(i, row, 0);
      for (int k = 0; k < 3072; k++) {
        sum[k / 1024] += row[k];
      }
    }
    assertThat(sum[0] / 50_000 / 1024).isBetween(0.4913, 0.4915); // the usual channel means
    assertThat(sum[1] / 50_000 / 1024).isBetween(0.4821, 0.4823);
    assertThat(sum[2] / 50_000 / 1024).isBetween(0.4464, 0.4466);
  }

  @Test
  void theDigitsAreTheTestPartOfOptdigits() {
    Path place =
        Path.of(Map.copyOf(System.getenv()).getOrDefault("PLUMBLINE_DATA", "unset"))
            .resolve("optdigits/optdigits.tes");
    assumeTrue(
        Files.isRegularFile(place),
        "skipped: PLUMBLINE_DATA must name a folder that holds optdigits/optdigits.tes");
    Rows digits = Digits.read();
    try (Source in = Source.open(place)) {
      Rows table = Csv.read(in, Optional.empty(), Memory.limit());
      assertThat(table.size()).isEqualTo(digits.size());
      float[] row = new float[64];
      for (int i = 0; i < table.size(); i++) {
        table.copyOriginal(i, row, 0);
        for (int k = 0; k < row.length; k++) {
          row[k] /= 16;
        }
        assertThat(DatasetContract.input(digits, i)).isEqualTo(row);
        assertThat(digits.label(i)).isEqualTo(table.label(i));
      }
    }
  }

  @Test
  void fashionMnistAndNeverMistakenForMnist() {
    Path place = Path.of("/usr/share/datasets/fashion-mnist");
    assumeTrue(
        Files.isDirectory(place),
        "skipped: Debian's package dataset-fashion-mnist is not installed");
    Split split =
        Datasets.open(
            new DataRequest("fashion-mnist", Optional.of(place), Optional.empty(), 0.2, 0));
    for (int count : Stratified.counts(split.train())) {
      assertThat(count).isEqualTo(6000);
    }
    assertThat(split.test().classes().get(split.test().label(0))).isEqualTo("ankle boot");
    assertThatThrownBy(() ->
            Datasets.open(new DataRequest("mnist", Optional.of(place), Optional.empty(), 0.2, 0)))
        .hasMessageContaining("belongs to fashion-mnist, not to mnist");
  }
}
