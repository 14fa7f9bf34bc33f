package org.plumbline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file system as it is. */
record Disk() implements Storage {
  @Override
  public Output create(Path file) {
    return asking(() ->
        new Written(
            FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)));
  }

  @Override
  public Output append(Path file, long length) {
    return asking(() -> {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.size() < length) {
          throw new IOException("it has " + channel.size() + " of " + length + " bytes");
        }
        channel.truncate(length).position(length);
        return new Written(channel);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    });
  }

  @Override
  public Input open(Path file) {
    return asking(() -> new Read(FileChannel.open(file, StandardOpenOption.READ)));
  }

  @Override
  public void move(Path from, Path to) {
    asking(() -> {
      var before = Files.getFileAttributeView(to, PosixFileAttributeView.class);
      if (before != null && Files.exists(to)) {
        Files.setPosixFilePermissions(from, before.readAttributes().permissions());
      }
      return Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    });
  }

  @Override
  public void forceDirectory(Path directory) {
    asking(() -> {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
      return directory;
    });
  }

  @Override
  public void delete(Path file) {
    asking(() -> Files.deleteIfExists(file));
  }

  @Override
  public List<String> list(Path directory) {
    return asking(() -> {
      try (var entries = Files.newDirectoryStream(directory)) {
        List<String> names = new ArrayList<>();
        entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        return names.stream().sorted().toList();
      }
    });
  }

  @Override
  public void makeDirectories(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    Path above = absolute.getParent();
    if (Files.isDirectory(absolute) || above == null) {
      return;
    }
    makeDirectories(above);
    asking(() -> {
      try {
        Files.createDirectory(absolute);
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(absolute)) {
          throw e;
        }
      }
      return absolute;
    });
    forceDirectory(above);
  }

  @Override
  public Optional<Lock> lock(Path file) {
    return asking(() -> {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return Optional.of(new Held(channel));
        }
      } catch (OverlappingFileLockException e) {
        // held by this process: closed and refused like the other case
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      channel.close();
      return Optional.empty();
    });
  }

  /** Closing the channel gives the lock back. */
  private record Held(FileChannel channel) implements Lock {
    @Override
    public void close() {
      asking(() -> closed(channel));
    }
  }

  private record Written(FileChannel channel) implements Output {
    @Override
    public void write(ByteBuffer bytes) {
      asking(() -> {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        return bytes;
      });
    }

    @Override
    public void force() {
      asking(() -> {
        channel.force(true);
        return channel;
      });
    }

    @Override
    public void close() {
      asking(() -> closed(channel));
    }
  }

  private record Read(FileChannel channel) implements Input {
    @Override
    public long size() {
      return asking(channel::size);
    }

    @Override
    public void read(ByteBuffer into, long position) {
      asking(() -> {
        long at = position;
        while (into.hasRemaining()) {
          int count = channel.read(into, at);
          if (count < 0) {
            break;
          }
          at += count;
        }
        return at;
      });
    }

    @Override
    public void close() {
      asking(() -> closed(channel));
    }
  }

  private interface Asked<T> {
    T answer() throws IOException;
  }

  private static <T> T asking(Asked<T> asked) {
    try {
      return asked.answer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileChannel closed(FileChannel channel) throws IOException {
    channel.close();
    return channel;
  }
}
