package org.plumbline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

class DurableTest {
  @TempDir Path directory;
  private final Durable disk = new Durable(Storage.disk());

  @Test
  void writesAndReplaces() throws IOException {
    Path file = directory.resolve("a.json");
    disk.write(file, "old");
    assertThat(disk.write(file, "neü").bytes()).isEqualTo(4);
    assertThat(disk.read(file, 4)).isEqualTo("neü");
    try (var names = Files.list(directory)) {
      assertThat(names).containsExactly(file);
    }
  }

  @Test
  void digestIsThatOfTheBytes() {
    assertThat(disk.write(directory.resolve("abc"), "abc"))
        .isEqualTo(
            new Durable.Digest(
                3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  }

  @Test
  void modeIsThatOfTheUmaskOrOfTheTarget() throws IOException {
    Path plain = Files.writeString(directory.resolve("plain"), "");
    Path file = directory.resolve("a.json");
    disk.write(file, "1");
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(plain));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    disk.write(file, "2");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void noticesWhatADiskDidNotKeep() {
    MemoryStorage memory = new MemoryStorage();
    Path file = Path.of("/a/b");
    memory.makeDirectories(Path.of("/a"));
    new Durable(memory).write(file, "old");
    // a write that claims to have written, and has not
    Durable.Content lost =
        sink -> {
          sink.accept(ByteBuffer.wrap(new byte[] {1, 2, 3}));
          memory.list(Path.of("/a")).stream()
              .filter(Durable::isLeftOver)
              .forEach(name -> memory.append(Path.of("/a", name), 2).close());
        };
    assertThatThrownBy(() -> new Durable(memory).write(file, lost))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("but read back")
        .hasMessageEndingWith("what stood there before is unchanged");
    assertThat(new Durable(memory).read(file, 9)).isEqualTo("old");
    assertThat(memory.list(Path.of("/a"))).containsExactly("b");
  }

  @Test
  void aContentThatThrowsLeavesNothing() throws IOException {
    assertThatThrownBy(() ->
            disk.write(
                directory.resolve("x"),
                sink -> {
                  throw new BadInput("no");
                }))
        .isInstanceOf(BadInput.class);
    try (var names = Files.list(directory)) {
      assertThat(names).isEmpty();
    }
  }

  @Test
  void leftOversAreRemovedAndNothingElse() throws IOException {
    Files.writeString(directory.resolve("a.tmp-0f8fad5b-d9cb-469f-a165-70867728950e"), "half");
    Files.writeString(directory.resolve("a.tmp-notes"), "mine");
    disk.removeLeftOvers(directory);
    try (var names = Files.list(directory)) {
      assertThat(names).containsExactly(directory.resolve("a.tmp-notes"));
    }
  }

  @Test
  void readsOnlyWhatItShould() throws IOException {
    Path file = Files.write(directory.resolve("a"), new byte[] {'a', (byte) 0xC3});
    assertThatThrownBy(() -> disk.read(file, 10))
        .isInstanceOf(BadInput.class)
        .hasMessageEndingWith("expected UTF-8, found other bytes");
    assertThatThrownBy(() -> disk.read(file, 1))
        .isInstanceOf(BadInput.class)
        .hasMessageEndingWith("expected at most 1 bytes, found 2 bytes");
    assertThatThrownBy(() -> disk.read(directory.resolve("none"), 1))
        .isInstanceOf(BadInput.class)
        .hasMessageEndingWith("none: no such file or directory");
    assertThatThrownBy(() -> disk.write(directory.resolve("none/x"), "1"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("no such file or directory");
  }

  @Test
  void diskIsWhatStorageSays() throws IOException {
    Storage storage = Storage.disk();
    Path file = directory.resolve("log");
    try (Storage.Output output = storage.append(file, 0)) {
      output.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      output.force();
    }
    try (Storage.Output output = storage.append(file, 2)) {
      output.write(ByteBuffer.wrap(new byte[] {9}));
    }
    assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 9);
    assertThatThrownBy(() -> storage.append(file, 4)).hasMessageContaining("3 of 4 bytes");
    assertThatThrownBy(() -> storage.create(file)).hasMessageContaining("log");
    storage.makeDirectories(directory.resolve("x/y"));
    storage.makeDirectories(directory.resolve("x/y"));
    assertThat(storage.list(directory)).containsExactly("log", "x");
    assertThatThrownBy(() -> storage.makeDirectories(file.resolve("z")))
        .isInstanceOf(java.io.UncheckedIOException.class);
    storage.delete(file);
    storage.delete(file);
    assertThat(storage.list(directory)).containsExactly("x");
  }
}
