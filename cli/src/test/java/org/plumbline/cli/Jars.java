package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles what a user would, and packs it as a user would. */
final class Jars {
  static final String SERVICE = "META-INF/services/org.plumbline.rule.LearningRule";

  private Jars() {}

  /** Compiles sources, as text by simple class name, against the classes under test. */
  static Map<String, byte[]> compiled(Path work, Map<String, String> sources) throws IOException {
    Path in = Files.createTempDirectory(work, "sources");
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Files.writeString(in.resolve(source.getKey() + ".java"), source.getValue());
    }
    try (Stream<Path> files = Files.list(in)) {
      return compiled(work, files.toList());
    }
  }

  /** Compiles source files against the classes under test: class files by path. */
  static Map<String, byte[]> compiled(Path work, List<Path> files) throws IOException {
    Path out = Files.createTempDirectory(work, "classes");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean done =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  List.of(
                      "-proc:none",
                      "-Xlint:all",
                      "-Werror",
                      "-d",
                      out.toString(),
                      "-cp",
                      System.getProperty("java.class.path")),
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(done).as(messages.toString()).isTrue();
    }
    Map<String, byte[]> classes = new LinkedHashMap<>();
    try (Stream<Path> all = Files.walk(out)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        classes.put(out.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return classes;
  }

  /** Writes a jar that lists classes as learning rules. */
  static Path jar(Path file, Map<String, byte[]> classes, String... rules) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
        put(zip, entry.getKey(), entry.getValue());
      }
      if (rules.length > 0) {
        put(zip, SERVICE, String.join("\n", rules).getBytes(StandardCharsets.UTF_8));
      }
    }
    return file;
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0); // the same classes make the same jar
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }
}
