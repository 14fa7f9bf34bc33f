package org.plumbline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Fails the n-th operation, once, in one of the ways a disk fails. */
final class FaultyStorage implements Storage {
  enum Mode {
    /** The operation is not done. */
    BEFORE,
    /** It is done, but reported as failed. */
    AFTER,
    /** Half of a write is done; other operations are not. */
    SHORT,
    /** Half of a write is done, and from then on nothing can be written. */
    NO_SPACE,
    /** It is not done, and the power is cut. */
    POWER_LOSS,
    /** It is done, and the power is cut. */
    POWER_LOSS_AFTER
  }

  /** The power is gone: no code of ours runs after this. */
  static final class PowerLoss extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final MemoryStorage storage;
  private final Mode mode;
  private final int failing;
  private final List<String> operations = new ArrayList<>();
  private boolean full;

  FaultyStorage(MemoryStorage storage, Mode mode, int failing) {
    this.storage = storage;
    this.mode = mode;
    this.failing = failing;
  }

  /** Whether the n-th operation was reached. */
  boolean hasFailed() {
    return operations.size() >= failing;
  }

  /** The name of the n-th operation. */
  String failed() {
    return operations.get(failing - 1);
  }

  /** The disk has room again. */
  void mend() {
    full = false;
  }

  private <T> T does(String name, Runnable half, Supplier<T> whole) {
    if (hasFailed() && isPowerLoss()) {
      throw new PowerLoss();
    }
    operations.add(name);
    boolean writes = name.equals("write") || name.equals("create") || name.equals("append");
    if (full && writes) {
      throw refused("No space left on device");
    }
    if (operations.size() != failing) {
      return whole.get();
    }
    switch (mode) {
      case BEFORE -> throw refused("Input/output error");
      case AFTER -> {
        Object _ = whole.get();
        throw refused("Input/output error");
      }
      case SHORT -> {
        half.run();
        throw refused("Input/output error");
      }
      case NO_SPACE -> {
        half.run();
        full = true;
        throw refused("No space left on device");
      }
      case POWER_LOSS -> {
        storage.losePower();
        throw new PowerLoss();
      }
      case POWER_LOSS_AFTER -> {
        Object _ = whole.get();
        storage.losePower();
        throw new PowerLoss();
      }
    }
    throw new AssertionError(mode);
  }

  private boolean isPowerLoss() {
    return mode == Mode.POWER_LOSS || mode == Mode.POWER_LOSS_AFTER;
  }

  private void does(String name, Runnable whole) {
    does(
        name,
        () -> {},
        () -> {
          whole.run();
          return name;
        });
  }

  private static UncheckedIOException refused(String reason) {
    return new UncheckedIOException(new IOException(reason));
  }

  @Override
  public Output create(Path file) {
    return does("create", () -> {}, () -> output(storage.create(file)));
  }

  @Override
  public Output append(Path file, long length) {
    return does("append", () -> {}, () -> output(storage.append(file, length)));
  }

  private Output output(Output output) {
    return new Output() {
      @Override
      public void write(ByteBuffer bytes) {
        does(
            "write",
            () -> output.write(bytes.slice(bytes.position(), bytes.remaining() / 2)),
            () -> {
              output.write(bytes);
              return bytes;
            });
      }

      @Override
      public void force() {
        does("force", output::force);
      }

      @Override
      public void close() {
        does("close", output::close);
      }
    };
  }

  @Override
  public Input open(Path file) {
    return does("open", () -> {}, () -> input(storage.open(file)));
  }

  private Input input(Input input) {
    return new Input() {
      @Override
      public long size() {
        return input.size();
      }

      @Override
      public void read(ByteBuffer into, long position) {
        does("read", () -> input.read(into, position));
      }

      @Override
      public void close() {
        input.close();
      }
    };
  }

  @Override
  public void move(Path from, Path to) {
    does("move", () -> storage.move(from, to));
  }

  @Override
  public void forceDirectory(Path directory) {
    does("forceDirectory", () -> storage.forceDirectory(directory));
  }

  @Override
  public void delete(Path file) {
    does("delete", () -> storage.delete(file));
  }

  @Override
  public List<String> list(Path directory) {
    return does("list", () -> {}, () -> storage.list(directory));
  }

  @Override
  public void makeDirectories(Path directory) {
    does("makeDirectories", () -> storage.makeDirectories(directory));
  }

  @Override
  public Optional<Lock> lock(Path file) {
    return does("lock", () -> {}, () -> storage.lock(file));
  }
}
