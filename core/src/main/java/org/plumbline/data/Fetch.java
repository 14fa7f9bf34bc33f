package org.plumbline.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;
import org.plumbline.value.Nearest;

/**
 * Downloads the files of a published data set, on request only. Every file is pinned by length and
 * SHA-256; it gets its name when it is complete and right, so nothing half or wrong is left. Files
 * that are there and right are not downloaded again, files that are there and wrong are replaced.
 */
public final class Fetch {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String folder;
  private final List<Remote> files;
  private final Optional<Remote> archive;

  /** Hears how far a download is. */
  public interface Progress {
    /**
     * Called after every few kilobytes and once for a file that is already there.
     *
     * @param file its name
     * @param done bytes so far
     * @param total bytes in all
     */
    void at(String file, long done, long total);
  }

  /** Files to be had one by one or, without a mirror, as members of one tar.gz archive. */
  Fetch(String folder, List<Remote> files, Optional<Remote> archive) {
    this.folder = folder;
    this.files = files;
    this.archive = archive;
  }

  /**
   * The download of a data set.
   *
   * @param name one of the published sets
   * @return what {@link #into} carries out
   * @throws BadInput if nothing of that name is published
   */
  public static Fetch of(String name) {
    Published set =
        Published.named(name)
            .orElseThrow(() ->
                new BadInput(
                    "no files are published for data set '%s'; %s"
                        .formatted(
                            name,
                            Nearest.hint(
                                name, Published.ALL.stream().map(Published::title).toList()))));
    return new Fetch(
        set.folder(),
        set.files(),
        set.format() == Published.Format.CIFAR
            ? Optional.of(Published.CIFAR10_ARCHIVE)
            : Optional.empty());
  }

  /**
   * Downloads what is missing.
   *
   * @param dataDir where the set's folder goes; otherwise the user's cache
   * @param mirror a folder on a server that holds the very same files; otherwise their publisher.
   *     HTTPS, or HTTP on this machine
   * @param progress hears how far it is
   * @return the folder that now holds all files
   * @throws Failure if a server does not deliver the pinned bytes
   */
  public Path into(Optional<Path> dataDir, Optional<URI> mirror, Progress progress) {
    mirror.ifPresent(Fetch::expectSafe);
    Path target = dataDir.orElseGet(() -> Places.cache(System.getenv())).resolve(folder);
    try {
      Files.createDirectories(target);
      List<Remote> missing =
          files.stream().filter(file -> !isThere(target, file, progress)).toList();
      if (mirror.isEmpty() && archive.isPresent() && !missing.isEmpty()) {
        unpack(archive.get(), missing, target, progress);
        return target;
      }
      for (Remote file : missing) {
        URI from = mirror.map(base -> in(base, file.file())).orElse(file.from());
        Path temporary = temporary(target, file);
        try {
          download(from, file, temporary, progress);
          install(temporary, target.resolve(file.file()));
        } finally {
          Files.deleteIfExists(temporary);
        }
      }
      return target;
    } catch (IOException e) {
      throw new Failure("the download into " + target + " failed: " + e + "; run it again", e);
    }
  }

  private static void unpack(Remote archive, List<Remote> files, Path target, Progress progress)
      throws IOException {
    Path temporary = temporary(target, archive);
    try {
      download(archive.from(), archive, temporary, progress);
      try (Source in = Source.open(temporary)) {
        Tar.extract(
            in,
            (member, content) -> {
              Optional<Remote> wanted =
                  files.stream().filter(file -> member.endsWith("/" + file.file())).findFirst();
              if (wanted.isPresent()) {
                Path part = temporary(target, wanted.get());
                try {
                  copy(content, wanted.get(), archive.from(), part, (_, _, _) -> {});
                  install(part, target.resolve(wanted.get().file()));
                } finally {
                  Files.deleteIfExists(part);
                }
              }
            });
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
    for (Remote file : files) {
      if (!Files.exists(target.resolve(file.file()))) {
        throw new Failure(archive.from() + " holds no " + file.file());
      }
    }
  }

  private static Path temporary(Path target, Remote file) {
    return target.resolve(file.file() + ".tmp-" + UUID.randomUUID());
  }

  private static void install(Path temporary, Path name) throws IOException {
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(temporary, name, StandardCopyOption.ATOMIC_MOVE);
  }

  private static boolean isThere(Path target, Remote file, Progress progress) {
    Path path = target.resolve(file.file());
    try {
      if (!Files.isRegularFile(path) || Files.size(path) != file.bytes()) {
        return false;
      }
      MessageDigest digest = Hashes.sha256();
      try (InputStream in = Files.newInputStream(path)) {
        byte[] piece = new byte[1 << 16];
        for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
          digest.update(piece, 0, n);
        }
      }
      boolean right = hex(digest).equals(file.sha256());
      if (right) {
        progress.at(file.file(), file.bytes(), file.bytes());
      }
      return right;
    } catch (IOException e) {
      throw new Failure(path + " cannot be read: " + e, e);
    }
  }

  private static void download(URI from, Remote file, Path into, Progress progress)
      throws IOException {
    expectSafe(from);
    try (HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NORMAL) // never from HTTPS to HTTP
            .build()) {
      HttpRequest request = HttpRequest.newBuilder(from).timeout(PATIENCE).GET().build();
      HttpResponse<InputStream> response = client.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw new Failure(
              "%s answered %d, not 200; give another server with --mirror or put %s in place yourself"
                  .formatted(from, response.statusCode(), file.file()));
        }
        long announced = response.headers().firstValueAsLong("content-length").orElse(file.bytes());
        if (announced != file.bytes()) {
          throw wrong(from, file, "%,d bytes".formatted(announced));
        }
        copy(body, file, from, into, progress);
      } finally {
        client.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("the download of " + from + " was interrupted", e);
    }
  }

  /** Writes exactly the pinned bytes or throws. */
  private static void copy(InputStream from, Remote file, URI server, Path into, Progress progress)
      throws IOException {
    MessageDigest digest = Hashes.sha256();
    long done = 0;
    try (OutputStream out = Files.newOutputStream(into, StandardOpenOption.CREATE_NEW)) {
      byte[] piece = new byte[1 << 16];
      for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
        done += n;
        if (done > file.bytes()) {
          throw wrong(server, file, "more");
        }
        digest.update(piece, 0, n);
        out.write(piece, 0, n);
        progress.at(file.file(), done, file.bytes());
      }
    }
    if (done < file.bytes()) {
      throw wrong(server, file, "%,d bytes".formatted(done));
    }
    if (!hex(digest).equals(file.sha256())) {
      throw new Failure(
          "%s: SHA-256 of %s must be %s, but is %s; nothing was kept"
              .formatted(server, file.file(), file.sha256(), hex(digest)));
    }
  }

  private static Failure wrong(URI from, Remote file, String found) {
    return new Failure(
        "%s: %s must have %,d bytes, but has %s; nothing was kept"
            .formatted(from, file.file(), file.bytes(), found));
  }

  private static String hex(MessageDigest digest) {
    try {
      return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static URI in(URI base, String file) {
    String text = base.toString();
    return URI.create(text.endsWith("/") ? text + file : text + "/" + file);
  }

  private static void expectSafe(URI uri) {
    String host = String.valueOf(uri.getHost());
    boolean here =
        host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.[0-9]{1,3}){3}");
    boolean safe =
        "https".equalsIgnoreCase(uri.getScheme())
            || ("http".equalsIgnoreCase(uri.getScheme()) && here);
    if (!safe || uri.getHost() == null || uri.getQuery() != null) {
      throw new BadInput(
          "mirror must be https://… (or http:// on this machine) and end in a folder, but is "
              + uri);
    }
  }
}
