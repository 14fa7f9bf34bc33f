package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.tensor.Seed;
import org.plumbline.value.BadInput;

class CifarTest extends DatasetContract {
  @TempDir Path dir;

  static byte[] records(int count, long seed) {
    byte[] file = new byte[count * Cifar.RECORD];
    for (int i = 0; i < file.length; i++) {
      file[i] = (byte) Seed.of(seed).bits(i);
    }
    for (int r = 0; r < count; r++) {
      file[r * Cifar.RECORD] = (byte) (r % 10);
    }
    return file;
  }

  private void write() {
    try {
      for (int b = 1; b <= 5; b++) {
        Files.write(dir.resolve("data_batch_" + b + ".bin"), records(10, b));
      }
      Files.write(dir.resolve("test_batch.bin"), records(20, 6));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Split read() {
    return Datasets.open(new DataRequest("cifar10", Optional.of(dir), Optional.empty(), 0.2, 0));
  }

  @Override
  Split open(long seed) {
    write();
    return read();
  }

  @Override
  Division division() {
    return Division.PUBLISHED;
  }

  @Test
  void keepsBatchesAndPlanesInOrder() {
    Split split = open(0);
    assertThat(split.train().size()).isEqualTo(50);
    assertThat(split.train().classes().get(9)).isEqualTo("truck");
    float[] row = input(split.train(), 10);
    assertThat(row[1024]).isEqualTo((records(10, 2)[1 + 1024] & 0xFF) / 255f);
  }

  @Test
  void refusesMalformedFiles() throws IOException {
    write();
    Path file = dir.resolve("data_batch_3.bin");
    byte[] valid = records(2, 1);
    Files.write(file, java.util.Arrays.copyOf(valid, 3073 + 5));
    assertThatThrownBy(this::read)
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(file + ", byte 3073: expected whole records of 3073 bytes")
        .hasMessageEndingWith("found 5 bytes (3078 in all)");
    valid[3073] = 10;
    Files.write(file, valid);
    assertThatThrownBy(this::read)
        .hasMessage(file + ", byte 3073 (record 1): expected a label of 0 to 9, found 10");
    valid[3073] = -1;
    Files.write(file, valid);
    assertThatThrownBy(this::read).hasMessageEndingWith("found 255");
    Files.write(file, new byte[0]);
    assertThatThrownBy(this::read).hasMessage(file + " is empty");
    Files.delete(file);
    assertThatThrownBy(this::read)
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "cifar10: "
                + dir
                + " lacks data_batch_3.bin; add it or run 'plumbline datasets fetch cifar10'");
  }
}
