package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

class FetchTest {
  @TempDir Path dir;
  private final Map<String, byte[]> served = new ConcurrentHashMap<>();
  private final List<String> asked = new ArrayList<>();
  private HttpServer server;

  /** How the server answers; −1: announces more than it sends. */
  private int announced;

  FetchTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    server.createContext(
        "/",
        exchange -> {
          String name = exchange.getRequestURI().getPath().substring(1);
          synchronized (asked) {
            asked.add(name);
          }
          byte[] body = served.get(name);
          try (exchange) {
            if (body == null) {
              exchange.sendResponseHeaders(404, -1);
            } else {
              exchange.sendResponseHeaders(200, announced == 0 ? body.length : announced - 1);
              exchange.getResponseBody().write(body);
            }
          } catch (IOException e) {
            assertThat(announced).as("a body of the announced length: %s", e).isNotZero();
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private URI mirror() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static byte[] content(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (31 * i);
    }
    return bytes;
  }

  private Remote remote(String name, byte[] bytes) {
    return new Remote(
        name,
        HexFormat.of().formatHex(Hashes.sha256().digest(bytes)),
        bytes.length,
        mirror().resolve("/" + name));
  }

  private Fetch fetch() {
    return new Fetch(
        "set",
        List.of(remote("one", content(200_000)), remote("two", content(3000))),
        Optional.empty());
  }

  private Path run(Fetch fetch) {
    return fetch.into(Optional.of(dir), Optional.of(mirror()), (_, _, _) -> {});
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("set"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void installsEveryFileAndTellsHowFarItIs() throws IOException {
    served.put("one", content(200_000));
    served.put("two", content(3000));
    List<String> told = new ArrayList<>();
    Path folder =
        fetch()
            .into(
                Optional.of(dir),
                Optional.of(mirror()),
                (file, done, total) -> told.add(file + " " + done + "/" + total));
    assertThat(folder).isEqualTo(dir.resolve("set"));
    assertThat(folder.resolve("one")).hasBinaryContent(content(200_000));
    assertThat(left()).containsExactly("one", "two");
    assertThat(told).contains("one 200000/200000", "two 3000/3000");
    assertThat(asked).containsExactly("one", "two");
    run(fetch());
    assertThat(asked).as("files that are right are not asked for again").hasSize(2);
  }

  @Test
  void goesOnWithTheSecondFile() throws IOException {
    served.put("one", content(200_000));
    assertThatThrownBy(() -> run(fetch()))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("/two answered 404, not 200");
    assertThat(left()).containsExactly("one");
    served.put("two", content(3000));
    run(fetch());
    assertThat(asked).containsExactly("one", "two", "two");
    Files.write(dir.resolve("set/one"), new byte[200_000]);
    run(fetch());
    assertThat(dir.resolve("set/one")).hasBinaryContent(content(200_000));
  }

  @Test
  void keepsNothingOfAWrongFile() throws IOException {
    byte[] wrong = content(200_000);
    wrong[7]++;
    served.put("one", wrong);
    assertThatThrownBy(() -> run(fetch()))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("SHA-256 of one must be");
    assertThat(left()).isEmpty();
  }

  @Test
  void keepsNothingOfAFileOfTheWrongLength() throws IOException {
    for (int length : new int[] {199_999, 200_001, 5_000_000}) {
      served.put("one", content(length));
      for (int mode : new int[] {0, 1}) { // with its length announced, and in chunks
        announced = mode;
        assertThatThrownBy(() -> run(fetch()))
            .as("%d bytes, mode %d", length, mode)
            .isInstanceOf(Failure.class)
            .hasMessageContaining("one must have 200,000 bytes, but has");
        assertThat(left()).isEmpty();
      }
    }
  }

  @Test
  void keepsNothingOfATruncatedFile() throws IOException {
    served.put("one", content(150_000));
    announced = 200_001;
    assertThatThrownBy(() -> run(fetch()))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("run it again");
    assertThat(left()).isEmpty();
  }

  @Test
  void refusesServersThatAreNotSafe() {
    for (String uri :
        List.of(
            "http://example.org/x",
            "ftp://example.org/x",
            "file:///etc",
            "http://127.0.0.1.example.org/",
            "mirror",
            "https:///x")) {
      assertThatThrownBy(
              () -> fetch().into(Optional.of(dir), Optional.of(URI.create(uri)), (_, _, _) -> {}))
          .as(uri)
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("https://");
    }
    assertThatThrownBy(() -> Fetch.of("digits"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("known: mnist, fashion-mnist, cifar10");
  }

  static byte[] tar(Map<String, byte[]> members) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    members.forEach((name, bytes) -> {
      byte[] header = new byte[512];
      byte[] text = name.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(text, 0, header, 0, text.length);
      byte[] size = "%011o".formatted(bytes.length).getBytes(StandardCharsets.UTF_8);
      System.arraycopy(size, 0, header, 124, size.length);
      header[156] = (byte) (name.endsWith("/") ? '5' : '0');
      tar.writeBytes(header);
      tar.writeBytes(bytes);
      tar.writeBytes(new byte[-bytes.length & 511]);
    });
    tar.writeBytes(new byte[1024]);
    return tar.toByteArray();
  }

  private Fetch archived(byte[] archive) {
    served.put("set.tar.gz", archive);
    return new Fetch(
        "set",
        List.of(remote("one", content(200_000)), remote("two", content(3000))),
        Optional.of(remote("set.tar.gz", archive)));
  }

  private Path unpack(Fetch fetch) {
    return fetch.into(Optional.of(dir), Optional.empty(), (_, _, _) -> {});
  }

  @Test
  void takesPinnedMembersOutOfAnArchive() throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("set/", new byte[0]);
    members.put("../../etc/evil", content(10));
    members.put("set/one", content(200_000));
    members.put("set/two", content(3000));
    unpack(archived(SourceTest.gzip(tar(members))));
    assertThat(left()).containsExactly("one", "two");
    assertThat(dir.resolve("set/two")).hasBinaryContent(content(3000));
    unpack(archived(SourceTest.gzip(tar(members))));
    assertThat(asked).hasSize(1);
  }

  @Test
  void refusesArchivesWithoutThePinnedMembers() throws IOException {
    assertThatThrownBy(
            () -> unpack(archived(SourceTest.gzip(tar(Map.of("set/one", content(200_000)))))))
        .isInstanceOf(Failure.class)
        .hasMessageEndingWith("holds no two");
    assertThat(left()).containsExactly("one");
    assertThatThrownBy(
            () -> unpack(archived(SourceTest.gzip(tar(Map.of("set/two", content(2999)))))))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("two must have 3,000 bytes");
    assertThatThrownBy(() ->
            unpack(
                archived(
                    SourceTest.gzip("no tar at all ".repeat(99).getBytes(StandardCharsets.UTF_8)))))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("an octal size");
    assertThat(left()).containsExactly("one");
  }

  @Test
  void thePinsAreWellFormed() {
    for (Published set : Published.ALL) {
      assertThat(set.files())
          .allSatisfy(file -> {
            assertThat(file.sha256()).matches("[0-9a-f]{64}");
            assertThat(file.from().getScheme()).isEqualTo("https");
            assertThat(file.bytes()).isPositive();
          });
    }
  }
}
