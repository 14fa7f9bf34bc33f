package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Programs compiled for Java 17 and run by any Java. */
final class Java {
  private Java() {}

  private static String main() {
    return Path.of("target", "classes").toAbsolutePath().toString();
  }

  static Path compiled(Path source, Path folder) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int result =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
            .run(
                null,
                null,
                null,
                "--release",
                "17",
                "-proc:none",
                "-cp",
                main(),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(result).as("compiling %s", source).isZero();
    return classes;
  }

  static List<String> said(Path home, Path classes, String... command) throws Exception {
    List<String> line = new ArrayList<>();
    line.add(home.resolve("bin/java").toString());
    line.addAll(List.of("-cp", classes + File.pathSeparator + main()));
    line.addAll(List.of(command));
    Path out = Files.createTempFile(classes, "said", ".txt");
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    int code = process.waitFor();
    assertThat(code).as("%s said %s", line, Files.readString(out)).isZero();
    return Files.readAllLines(out);
  }

  /** A JDK or JRE of a version, where Linux keeps them or JAVA_HOME_&lt;version&gt;_X64 says. */
  static Optional<Path> home(String version) {
    List<Path> homes = new ArrayList<>();
    for (String variable : List.of("JAVA" + version + "_HOME", "JAVA_HOME_" + version + "_X64")) {
      Optional.ofNullable(System.getenv(variable)).map(Path::of).ifPresent(homes::add);
    }
    homes.add(Path.of(System.getProperty("java.home")));
    Path all = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(all)) {
      try (Stream<Path> folders = Files.list(all)) {
        folders.sorted().forEach(homes::add);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return homes.stream().filter(home -> is(home, version)).findFirst();
  }

  private static boolean is(Path home, String version) {
    try {
      return Files.isExecutable(home.resolve("bin/java"))
          && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + version);
    } catch (IOException e) {
      return false;
    }
  }
}
