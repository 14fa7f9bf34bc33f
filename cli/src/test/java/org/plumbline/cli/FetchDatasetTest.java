package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Downloads, from a server on this machine. */
final class FetchDatasetTest {
  @TempDir Path folder;

  @Test
  void a_server_that_lacks_a_file_is_a_failure_and_leaves_nothing() throws IOException {
    Said said = fetched(Files.createDirectory(folder.resolve("empty")));
    assertThat(said.code()).isEqualTo(Ending.FAILED);
    assertThat(said.out()).isEmpty();
    assertThat(said.err().lines()).hasSize(1);
    assertThat(said.err()).contains("answered 404", "--mirror");
    assertThat(folder.resolve("data").resolve("mnist")).isEmptyDirectory();
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "PLUMBLINE_DATA", matches = ".+")
  void a_set_that_is_fetched_is_found() {
    Said said = fetched(Path.of(System.getenv("PLUMBLINE_DATA"), "mnist")).done();
    assertThat(said.err().lines())
        .hasSize(4)
        .allMatch(line -> line.matches("\\S+  ([\\d,]+) of \\1 bytes"));
    assertThat(Path.of(said.json().path("folder").asString()))
        .isEqualTo(folder.resolve("data").resolve("mnist"));
    assertThat(Said.by("datasets", "--data-dir", folder.resolve("data").toString()).out())
        .containsPattern("(?m)^mnist +found ");
  }

  private Said fetched(Path served) {
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            served.toAbsolutePath(),
            OutputLevel.NONE);
    server.start();
    try {
      String mirror = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      String data = folder.resolve("data").toString();
      return Said.by(
          "datasets", "fetch", "mnist", "--json", "--data-dir", data, "--mirror", mirror);
    } finally {
      server.stop(0);
    }
  }
}
