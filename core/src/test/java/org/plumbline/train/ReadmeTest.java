package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in the README compiles, runs and learns. */
class ReadmeTest {
  private static final List<String> IMPORTS =
      List.of(
          "java.util.List",
          "org.plumbline.data.*",
          "org.plumbline.nn.*",
          "org.plumbline.nn.Activation.Tanh",
          "org.plumbline.objective.*",
          "org.plumbline.optim.*",
          "org.plumbline.rule.*",
          "org.plumbline.tensor.*",
          "org.plumbline.train.*");

  @TempDir Path folder;

  @Test
  void theExampleLearns() throws Exception {
    String readme = Files.readString(Path.of("..", "README.md"));
    int begin = readme.indexOf("```java\n") + "```java\n".length();
    String example = readme.substring(begin, readme.indexOf("```", begin));
    assertThat(example.lines().count()).isLessThanOrEqualTo(12);
    StringBuilder source = new StringBuilder();
    IMPORTS.forEach(name -> source.append("import ").append(name).append(";\n"));
    source.append("public class Example {\n  public static void main(String[] args) {\n");
    source.append(example).append("  }\n}\n");

    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Example.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-d", folder.toString(), "-classpath", path),
                null,
                List.of(file))
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();

    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Example")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    String last = printed.toString(StandardCharsets.UTF_8).lines().toList().getLast();
    assertThat(Double.parseDouble(last.substring(last.lastIndexOf(' ')))).isGreaterThan(0.95);
  }
}
