package org.plumbline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder.request;

import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The project of examples/my-rule, which no build of ours has as a module, passes its own test. */
class ExampleRuleTest {
  private static final Path EXAMPLE = Path.of("..", "examples", "my-rule");

  @TempDir Path classes;

  @Test
  void keepsWhatEveryRuleMustKeep() throws Exception {
    compile();
    Thread thread = Thread.currentThread();
    ClassLoader ours = thread.getContextClassLoader();
    try (var theirs = new URLClassLoader(new URL[] {classes.toUri().toURL()}, ours)) {
      thread.setContextClassLoader(theirs);
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      LauncherFactory.create()
          .execute(
              request()
                  .selectors(selectClass(theirs.loadClass("org.example.RedrawnFeedbackTest")))
                  .build(),
              listener);
      TestExecutionSummary summary = listener.getSummary();
      assertThat(summary.getFailures())
          .extracting(f -> f.getTestIdentifier().getDisplayName() + ": " + f.getException())
          .isEmpty();
      assertThat(summary.getTestsSucceededCount()).isGreaterThan(12);
    } finally {
      thread.setContextClassLoader(ours);
    }
  }

  private void compile() throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        Stream<Path> all = Files.walk(EXAMPLE.resolve("src"))) {
      List<Path> sources = all.filter(file -> file.toString().endsWith(".java")).toList();
      assertThat(sources).hasSize(2);
      List<String> options =
          List.of("-proc:none", "-Xlint:all", "-Werror", "-d", classes.toString(), "-cp", path);
      boolean compiled =
          compiler
              .getTask(
                  messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }
}
