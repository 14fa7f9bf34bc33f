package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.BadInput;

class SourceTest {
  @TempDir Path dir;

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  static byte[] all(Source in) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[1000];
    for (int n = in.read(piece, 0, 1000); n >= 0; n = in.read(piece, 0, 1000)) {
      out.write(piece, 0, n);
    }
    return out.toByteArray();
  }

  private static Source source(byte[] content) {
    return Source.of(Path.of("f"), content);
  }

  @Test
  void unpacksGzipByItsContentAndNotByItsName() throws IOException {
    byte[] content = new byte[5000];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) ((i * i) >> 3);
    }
    try (Source plain = source(content);
        Source packed = source(gzip(content))) {
      assertThat(all(plain)).isEqualTo(content);
      assertThat(all(packed)).isEqualTo(content);
      assertThat(packed.position()).isEqualTo(5000);
    }
    Path file = Files.write(dir.resolve("named.gz"), content);
    try (Source in = Source.open(file)) {
      assertThat(all(in)).isEqualTo(content);
    }
  }

  @Test
  void refusesWhatIsNoReadableFile() throws IOException {
    assertThatThrownBy(() -> Source.open(dir))
        .isInstanceOf(BadInput.class)
        .hasMessage(dir + " is a folder, but must be a file");
    assertThatThrownBy(() -> Source.open(dir.resolve("absent")))
        .hasMessage(dir.resolve("absent") + " does not exist");
    Path empty = Files.createFile(dir.resolve("empty"));
    assertThatThrownBy(() -> Source.open(empty)).hasMessage(empty + " is empty");
    assertThatThrownBy(() -> Source.open(Path.of("/dev/zero")))
        .hasMessage("/dev/zero is not a regular file");
  }

  @Test
  void refusesFilesWithoutPermission() throws IOException {
    Path secret = Files.writeString(dir.resolve("secret"), "x");
    assertThat(secret.toFile().setReadable(false)).isTrue();
    assumeFalse(Files.isReadable(secret), "skipped: this user may read every file");
    assertThatThrownBy(() -> Source.open(secret)).hasMessageContaining("may not be read");
  }

  @Test
  void refusesDamagedGzipAtEveryLength() {
    byte[] packed =
        gzip(
            "some text that is long enough to be packed, packed, packed"
                .getBytes(StandardCharsets.UTF_8));
    for (int n = 2; n < packed.length; n++) {
      byte[] cut = Arrays.copyOf(packed, n);
      assertThatThrownBy(() -> drain(cut)).as("cut at %d", n).isInstanceOf(BadInput.class);
    }
    byte[] wrongSum = packed.clone();
    wrongSum[packed.length - 6] ^= 1;
    assertThatThrownBy(() -> drain(wrongSum))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("intact gzip data");
  }

  private static int drain(byte[] content) {
    try (Source in = source(content)) {
      return all(in).length;
    }
  }

  @Test
  void letsWellPackedSmallFilesPassAndStopsBombs() {
    assertThat(drain(gzip(new byte[60_008]))).isEqualTo(60_008);
    byte[] bomb = gzip(new byte[20 << 20]);
    assertThat((20 << 20) / bomb.length).isGreaterThan(500);
    assertThatThrownBy(() -> drain(bomb))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("made to fill memory");
  }
}
