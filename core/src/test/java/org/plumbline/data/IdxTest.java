package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

class IdxTest {
  private static final Path FILE = Path.of("f");
  @TempDir Path dir;

  static Idx read(byte[] content) {
    try (Source in = Source.of(FILE, content)) {
      return Idx.read(in);
    }
  }

  private static Idx hex(String hex) {
    return read(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  @Test
  void readsWhatItWrites() {
    Idx idx = Idx.of(new byte[] {1, -1, 3, 4, 5, 6}, 2, 3);
    for (byte[] file : new byte[][] {idx.write(), SourceTest.gzip(idx.write())}) {
      Idx again = read(file);
      assertThat(again.bytes()).containsExactly(1, -1, 3, 4, 5, 6);
      assertThat(again.print()).isEqualTo("[2, 3]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          00                                        | byte 1: expected 3 more bytes, the IDX header, found the end
          01 00 08 01 00000001 07                   | byte 0: expected an IDX file, which starts with 00 00, found 01 00
          00 00 0d 01 00000001 07                   | byte 2: expected type 08 (unsigned bytes), found 0d
          00 00 08 00                               | byte 3: expected 1 to 4 axes, found 0
          00 00 08 05 00000001                      | byte 3: expected 1 to 4 axes, found 5
          00 00 08 ff 00000001                      | byte 3: expected 1 to 4 axes, found 255
          00 00 08 01 0000                          | byte 6: expected 2 more bytes, the length of axis 0, found the end
          00 00 08 01 00000000                      | byte 4: expected axes of at least 1 and 2^31 bytes at most, found [0]
          00 00 08 01 80000000                      | byte 4: expected axes of at least 1 and 2^31 bytes at most, found [2147483648]
          00 00 08 01 ffffffff                      | byte 4: expected axes of at least 1 and 2^31 bytes at most, found [4294967295]
          00 00 08 01 7fffffff                      | byte 4: expected axes of at least 1 and 2^31 bytes at most, found [2147483647]
          00 00 08 03 00010000 00010000 00010000    | byte 8: expected axes of at least 1 and 2^31 bytes at most, found [65536, 65536]
          00 00 08 02 00000002 00000002 010203      | byte 12: expected 16 bytes in all, as its axes [2, 2] say, found 15 bytes
          00 00 08 02 00000002 00000002 0102030405  | byte 12: expected 16 bytes in all, as its axes [2, 2] say, found 17 bytes
          00 00 08 01 7fffffef                      | found 8 bytes
          """)
  void refusesMalformedFilesBeforeTakingMemory(String hex, String message) {
    assertThatThrownBy(() -> hex(hex))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("f, ")
        .hasMessageContaining(message);
  }

  @Test
  void refusesPackedFilesThatDoNotHoldWhatTheyDeclare() {
    byte[] valid = Idx.of(new byte[5000], 5000).write();
    valid[7]++;
    assertThatThrownBy(() -> read(SourceTest.gzip(valid)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("1 more bytes");
    valid[7] = (byte) (valid[7] - 2);
    assertThatThrownBy(() -> read(SourceTest.gzip(valid))).hasMessageContaining("found more bytes");
    byte[] huge = Idx.of(new byte[0], 2_000_000_000).write();
    assertThatThrownBy(() -> read(SourceTest.gzip(huge)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("too small for them");
  }

  /** A tiny MNIST: 40 + 20 images of noise. */
  static void writeTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    write(folder, "train", 40, 1);
    write(folder, "t10k", 20, 2);
  }

  private static void write(Path folder, String part, int rows, long seed) throws IOException {
    byte[] pixels = new byte[rows * 784];
    byte[] labels = new byte[rows];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Seed.of(seed).bits(i);
    }
    for (int i = 0; i < rows; i++) {
      labels[i] = (byte) (i % 10);
    }
    Files.write(
        folder.resolve(part + "-images-idx3-ubyte.gz"),
        SourceTest.gzip(Idx.of(pixels, rows, 28, 28).write()));
    Files.write(folder.resolve(part + "-labels-idx1-ubyte"), Idx.of(labels, rows).write());
  }

  private static Split mnist(Path dataDir) {
    return Datasets.open(new DataRequest("mnist", Optional.of(dataDir), Optional.empty(), 0.2, 0));
  }

  @Nested
  class Mnist extends DatasetContract {
    @TempDir Path dir;

    @Override
    Split open(long seed) {
      try {
        writeTo(dir.resolve("mnist"));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
      return mnist(dir);
    }

    @Override
    Division division() {
      return Division.PUBLISHED;
    }
  }

  @Test
  void refusesImagesAndLabelsThatDoNotFit() throws IOException {
    writeTo(dir);
    Split split = mnist(dir);
    assertThat(split.train().size()).isEqualTo(40);
    assertThat(split.train().shape()).isEqualTo(Shape.of(1, 28, 28));
    float[] row = new float[784];
    split.test().copyInput(0, row, 0);
    assertThat(row[1]).isEqualTo((Seed.of(2).bits(1) & 0xFF) / 255f);

    Path labels = dir.resolve("train-labels-idx1-ubyte");
    byte[] bad = Files.readAllBytes(labels);
    bad[8 + 17] = 10;
    Files.write(labels, bad);
    assertThatThrownBy(() -> mnist(dir))
        .hasMessage(labels + ", byte 25 (label 17): expected a label of 0 to 9, found 10");
    Files.write(labels, Idx.of(new byte[39], 39).write());
    assertThatThrownBy(() -> mnist(dir))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("[40], one label for each image")
        .hasMessageEndingWith("found [39]");
    Path images = dir.resolve("train-images-idx3-ubyte.gz");
    Files.write(images, Idx.of(new byte[40 * 64], 40, 8, 8).write());
    assertThatThrownBy(() -> mnist(dir))
        .hasMessageContaining("expected images [n, 28, 28], found [40, 8, 8]");
    Files.delete(images);
    Files.createDirectory(images);
    assertThatThrownBy(() -> mnist(dir)).hasMessage(images + " is a folder, but must be a file");
  }
}
