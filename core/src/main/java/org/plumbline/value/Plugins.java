package org.plumbline.value;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Values that are not ours: from the jars of a folder, as {@link java.util.ServiceLoader} finds
 * them. A jar lists its classes in {@code META-INF/services/} under the name of the kind, for
 * example {@code org.plumbline.rule.LearningRule}; a class is a value like those of a {@link
 * Catalogue}, and {@link Key} names it. Jars that list nothing are libraries of the others.
 *
 * <p>A folder is read once a process, whole: a jar that is built again while a training runs
 * changes nothing in it, and the hashes are those of the code that runs. The services are read here
 * and not by {@code ServiceLoader}, since a refusal must name the jar.
 */
public final class Plugins {
  /** No jars. */
  public static final Plugins NONE = new Plugins(Path.of(""), List.of(), Map.of());

  private static final Map<Path, Plugins> READ = new ConcurrentHashMap<>();
  private static final String SERVICES = "META-INF/services/";
  private static final String OURS = SERVICES + "org.plumbline.";
  private static final long LIMIT = 256L << 20;
  private static final int JAVA_0 = 44; // major version of a class file, less its Java's

  private final Path folder;
  private final List<Content> contents;
  private final PluginLoader loader;

  /**
   * A jar that was read.
   *
   * @param name of the file
   * @param sha256 of its bytes
   */
  public record Jar(String name, String sha256) {}

  /** A jar and what it holds, by path in it. */
  private record Content(Path file, Jar jar, Map<String, byte[]> entries) {
    List<String> services(String name) {
      byte[] text = entries.getOrDefault(SERVICES + name, new byte[0]);
      return new String(text, StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .distinct()
          .toList();
    }
  }

  private Plugins(Path folder, List<Content> contents, Map<String, byte[]> entries) {
    this.folder = folder;
    this.contents = contents;
    this.loader = new PluginLoader(Plugins.class.getClassLoader(), entries);
  }

  /**
   * Reads every {@code *.jar} of a folder; what this process has read before it does not read
   * again.
   *
   * @param folder where they are
   * @return in the order of their names
   * @throws BadInput if there is no such folder, a jar is damaged, or none has a value for us
   */
  public static Plugins in(Path folder) {
    return READ.computeIfAbsent(folder.toAbsolutePath().normalize(), Plugins::read);
  }

  private static Plugins read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new BadInput(
          "plugins: folder %s %s; bring it back, or name another with --plugins DIR"
              .formatted(folder, Files.exists(folder) ? "is a file" : "does not exist"));
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new BadInput("plugins: cannot read folder " + folder + ": " + e, e);
    }
    if (files.isEmpty()) {
      throw new BadInput(
          "plugins: folder %s holds no .jar; build one into it, or name another folder with --plugins DIR"
              .formatted(folder));
    }
    List<Content> contents = new ArrayList<>();
    Map<String, byte[]> together = new LinkedHashMap<>();
    for (Path file : files) {
      Content content = content(file, LIMIT - size(together));
      contents.add(content);
      content.entries.forEach(together::putIfAbsent); // the first wins, as on a class path
    }
    if (together.keySet().stream().noneMatch(name -> name.startsWith(OURS))) {
      throw new BadInput(
          "plugins: no jar of %s lists a class in %sorg.plumbline.rule.LearningRule; add that file to the jar"
              .formatted(folder, SERVICES));
    }
    return new Plugins(folder, List.copyOf(contents), together);
  }

  private static long size(Map<String, byte[]> entries) {
    return entries.values().stream().mapToLong(bytes -> bytes.length).sum();
  }

  private static Content content(Path file, long limit) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    long left = limit;
    try (JarFile jar = new JarFile(file.toFile(), true, ZipFile.OPEN_READ, Runtime.version())) {
      for (JarEntry entry : jar.versionedStream().filter(e -> !e.isDirectory()).toList()) {
        try (InputStream in = jar.getInputStream(entry)) {
          byte[] bytes = in.readNBytes((int) left + 1);
          left -= bytes.length;
          if (left >= 0 && crc(bytes) != entry.getCrc()) { // which JarFile does not look at
            throw new ZipException("entry " + entry.getName() + " is damaged");
          }
          entries.put(entry.getName(), bytes);
        }
        if (left < 0) {
          throw new BadInput(
              "plugins: the jars of %s must hold at most %d MiB unpacked, but %s makes it more; keep what the rules need"
                  .formatted(file.getParent(), LIMIT >> 20, file.getFileName()));
        }
      }
      return new Content(
          file, new Jar(String.valueOf(file.getFileName()), sha256(file)), Map.copyOf(entries));
    } catch (IOException | SecurityException e) {
      throw new BadInput(
          "plugins: %s is not a whole jar: %s; build it again".formatted(file, e.getMessage()), e);
    }
  }

  private static long crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The jars.
   *
   * @return in the order of their names
   */
  public List<Jar> jars() {
    return contents.stream().map(Content::jar).toList();
  }

  /**
   * Our values of a kind and those of the jars.
   *
   * @param ours is left as it is
   * @param kind the type that the jars list their classes under
   * @param <T> the kind
   * @return ours first
   * @throws BadInput naming jar and class, if one cannot be loaded or is no value
   */
  public <T> Catalogue<T> joined(Catalogue<T> ours, Class<T> kind) {
    Map<String, Content> homes = new LinkedHashMap<>();
    for (Content content : contents) {
      for (String name : content.services(kind.getName())) {
        Content other = homes.putIfAbsent(name, content);
        if (other != null) {
          throw new BadInput(
              "plugin class %s is in %s and in %s of %s; keep one of them"
                  .formatted(name, other.jar.name, content.jar.name, folder));
        }
      }
    }
    Catalogue<T> all = homes.isEmpty() ? ours : ours.copied();
    homes.forEach((name, home) -> add(all, kind, name, home));
    return all;
  }

  private <T> void add(Catalogue<T> all, Class<T> kind, String name, Content home) {
    String who = "plugin %s: class %s ".formatted(home.file, name);
    try {
      Class<?> type = Class.forName(name, true, loader);
      if (!kind.isAssignableFrom(type)) {
        throw new BadInput(who + "is listed as a " + kind.getSimpleName() + ", but is none");
      }
      all.with(type.asSubclass(kind));
      requirePrintable(all, all.names().stream().toList().getLast());
    } catch (ClassNotFoundException e) {
      throw new BadInput(
          who + "is listed in " + SERVICES + kind.getName() + ", but is not in the jar", e);
    } catch (UnsupportedClassVersionError e) {
      throw new BadInput(
          who
              + "was compiled for a newer Java%s than this one, which is %d; compile it with --release %d"
                  .formatted(
                      java(name, home), Runtime.version().feature(), Runtime.version().feature()),
          e);
    } catch (ExceptionInInitializerError e) {
      throw new BadInput(who + "cannot be initialised: " + e.getCause(), e);
    } catch (LinkageError e) {
      throw new BadInput(who + misfit(e), e);
    } catch (IllegalArgumentException e) {
      throw new BadInput(who + e.getMessage(), e);
    }
  }

  /** What is printed must parse to the same, or a run could not be resumed. */
  private static <T> void requirePrintable(Catalogue<T> all, String name) {
    String found;
    try {
      String printed = all.printAll(all.fallback(name));
      if (all.parse(printed).equals(all.fallback(name))) {
        return;
      }
      found = "'" + printed + "' parses to another value";
    } catch (RuntimeException e) {
      found = String.valueOf(e.getMessage());
    }
    throw new IllegalArgumentException("cannot be written down with its defaults: " + found);
  }

  /**
   * The Java that a class was compiled for, which may be that of another it needs: then nothing.
   */
  private static String java(String name, Content home) {
    byte[] bytes = home.entries.getOrDefault(PluginLoader.path(name), new byte[0]);
    int java = bytes.length < 8 ? 0 : ByteBuffer.wrap(bytes).getShort(6) - JAVA_0;
    return java > Runtime.version().feature() ? " (" + java + ")" : "";
  }

  /**
   * What to say of code that was compiled against other classes than it meets.
   *
   * @param error the JVM's
   * @return the end of a message
   */
  private static String misfit(LinkageError error) {
    return "does not fit what it meets here: %s: %s; put the jars that it needs beside it, or compile it against this Plumbline's lib/"
        .formatted(error.getClass().getSimpleName(), error.getMessage());
  }

  /**
   * Finds a plugin's part in an error.
   *
   * @param thrown anything
   * @return the end of a message about it that begins with the class of a plugin; none if no code
   *     of a plugin was running
   */
  public static Optional<String> blamed(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(frame -> PluginLoader.NAME.equals(frame.getClassLoaderName()))
        .findFirst()
        .map(frame ->
            "plugin class %s %s"
                .formatted(
                    frame.getClassName(),
                    thrown instanceof LinkageError misfit
                        ? misfit(misfit)
                        : "failed: " + thrown.getClass().getSimpleName() + ": " + said(thrown)));
  }

  private static String said(Throwable thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
  }
}
