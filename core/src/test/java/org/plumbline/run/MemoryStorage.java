package org.plumbline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Files that forget at a power loss what a disk may forget: bytes that were not forced, and names
 * whose directory was not.
 */
final class MemoryStorage implements Storage {
  /** A file: what a reader sees, and what a power loss leaves of it. */
  private static final class Node {
    private byte[] seen = {};
    private byte[] lasting = {};
  }

  private final Set<Path> directories = new HashSet<>();
  private final Map<Path, Node> seen = new TreeMap<>();
  private final Map<Path, Node> lasting = new TreeMap<>();
  private final Set<Path> locks = new HashSet<>();

  /** Cuts the power. */
  void losePower() {
    seen.clear();
    seen.putAll(lasting);
    seen.values().forEach(node -> node.seen = node.lasting.clone());
    endProcess();
  }

  /** Ends the process that held the locks. */
  void endProcess() {
    locks.clear();
  }

  byte[] bytes(Path file) {
    return node(file).seen.clone();
  }

  /** Puts a file as if it had always been there. */
  void put(Path file, byte[] bytes) {
    Node node = new Node();
    node.seen = bytes.clone();
    node.lasting = bytes.clone();
    makeDirectories(Durable.folder(file));
    seen.put(file, node);
    lasting.put(file, node);
  }

  /** A copy that shares nothing. */
  MemoryStorage copy() {
    MemoryStorage copy = new MemoryStorage();
    copy.directories.addAll(directories);
    seen.forEach((file, node) -> copy.put(file, node.seen));
    return copy;
  }

  @Override
  public Output create(Path file) {
    if (seen.containsKey(file)) {
      throw new UncheckedIOException(new FileAlreadyExistsException(file.toString()));
    }
    Node node = new Node();
    seen.put(file, node);
    return output(node);
  }

  @Override
  public Output append(Path file, long length) {
    Node node = seen.computeIfAbsent(file, any -> new Node());
    if (node.seen.length < length) {
      throw new UncheckedIOException(new IOException("too short"));
    }
    node.seen = Arrays.copyOf(node.seen, (int) length);
    return output(node);
  }

  private static Output output(Node node) {
    return new Output() {
      @Override
      public void write(ByteBuffer bytes) {
        int length = node.seen.length;
        node.seen = Arrays.copyOf(node.seen, length + bytes.remaining());
        bytes.get(node.seen, length, bytes.remaining());
      }

      @Override
      public void force() {
        node.lasting = node.seen.clone();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Input open(Path file) {
    Node node = node(file);
    return new Input() {
      @Override
      public long size() {
        return node.seen.length;
      }

      @Override
      public void read(ByteBuffer into, long position) {
        int count = (int) Math.min(into.remaining(), Math.max(0, node.seen.length - position));
        into.put(node.seen, (int) Math.min(position, node.seen.length), count);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void move(Path from, Path to) {
    seen.put(to, node(from));
    seen.remove(from);
  }

  @Override
  public void forceDirectory(Path directory) {
    lasting.keySet().removeIf(file -> Durable.folder(file).equals(directory));
    seen.forEach((file, node) -> {
      if (Durable.folder(file).equals(directory)) {
        lasting.put(file, node);
      }
    });
  }

  @Override
  public void delete(Path file) {
    seen.remove(file);
  }

  @Override
  public List<String> list(Path directory) {
    if (!directories.contains(directory)) {
      throw new UncheckedIOException(new NoSuchFileException(directory.toString()));
    }
    return seen.keySet().stream()
        .filter(file -> Durable.folder(file).equals(directory))
        .map(file -> String.valueOf(file.getFileName()))
        .sorted()
        .toList();
  }

  @Override
  public void makeDirectories(Path directory) {
    for (Path each = directory; each != null; each = each.getParent()) {
      directories.add(each);
    }
  }

  @Override
  public Optional<Lock> lock(Path file) {
    seen.computeIfAbsent(file, any -> new Node());
    return locks.add(file) ? Optional.of(() -> locks.remove(file)) : Optional.empty();
  }

  private Node node(Path file) {
    Node node = seen.get(file);
    if (node == null) {
      throw new UncheckedIOException(new NoSuchFileException(file.toString()));
    }
    return node;
  }
}
