package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import org.plumbline.train.Stopped;
import org.plumbline.train.Trainer;
import org.plumbline.train.Watcher;

/** What the README of examples/my-rule tells a user to type, typed. */
final class ExampleRuleTest {
  private static final Path EXAMPLE = Path.of("..", "examples", "my-rule");

  @TempDir Path folder;

  private Path jars() {
    return folder.resolve("my-rule/target");
  }

  /** The project without what was built in it. */
  @BeforeEach
  void copy() throws IOException {
    try (Stream<Path> files = Files.walk(EXAMPLE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path inside = EXAMPLE.relativize(file);
        if (!inside.startsWith("target")) {
          Path to = folder.resolve("my-rule").resolve(inside);
          Files.createDirectories(to.resolve(".."));
          Files.copy(file, to);
        }
      }
    }
  }

  /** The lines of the README's blocks, as they must be typed here. */
  private List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    boolean inside = false;
    for (String line : Files.readAllLines(EXAMPLE.resolve("README.md"))) {
      if (line.startsWith("```")) {
        inside = !inside;
      } else if (inside) {
        commands.add(
            line.replace("examples/my-rule", folder.resolve("my-rule").toString())
                .replace("runs/redrawn", folder.resolve("run").toString())
                .replace("'lib/*'", System.getProperty("java.class.path")));
      }
    }
    return commands;
  }

  private List<Said> typed(String program) throws IOException {
    List<Said> said = new ArrayList<>();
    for (String command : commands()) {
      String[] words = command.split(" ", 2);
      if (words[0].equals(program)) {
        String[] arguments = words[1].split(" ");
        said.add(program.startsWith("./") ? Said.by(arguments) : tool(program, arguments));
        assertThat(said.getLast().code()).as(command + ": " + said.getLast().err()).isZero();
      }
    }
    return said;
  }

  private static Said tool(String name, String... arguments) {
    StringWriter out = new StringWriter();
    int code =
        ToolProvider.findFirst(name)
            .orElseThrow()
            .run(new PrintWriter(out), new PrintWriter(out), arguments);
    return new Said(code, "", out.toString());
  }

  @Test
  void the_commands_of_its_readme_do_what_they_should() throws IOException {
    assertThat(typed("javac")).hasSize(1);
    assertThat(typed("jar")).hasSize(1);
    assertThat(jars().resolve("my-rule.jar")).exists();
    List<Said> said = typed("./plumbline");
    assertThat(said).hasSize(5);
    assertThat(said.get(1).out())
        .startsWith("redrawn-dfa: direct feedback")
        .contains("family  direct", "every=1000", "gain=1");
    assertThat(said.get(2).out()).contains("test accuracy 9");
    assertThat(said.get(3).out()).startsWith(said.get(2).out().substring(0, 20));
    assertThat(said.get(4).err()).contains("is complete");
    assertThat(commands().stream().filter(line -> line.startsWith("mvn")))
        .containsExactly(
            "mvn -q -DskipTests install -pl core -am",
            "mvn -q -f " + folder.resolve("my-rule") + " package");
    assertThat(Files.readString(EXAMPLE.resolve("pom.xml")))
        .contains("<finalName>my-rule</finalName>")
        .contains("<plumbline.version>" + Version.number() + "</plumbline.version>");
  }

  /** Its matrices and its count of steps are in the checkpoint. */
  @Test
  void stopped_between_two_draws_and_resumed_it_ends_with_the_same_bytes() throws IOException {
    typed("javac");
    typed("jar");
    Experiment experiment =
        Experiment.of(
            Configuration.defaults()
                .with(Options.PLUGINS, jars().toString())
                .with(Options.RULE, "redrawn-dfa:every=40")
                .with(Options.NET, "16")
                .with(Options.EPOCHS, "3"));
    Path straight = folder.resolve("straight");
    Trainer.train(experiment, straight, Watcher.NOBODY);
    Path run = folder.resolve("stopped");
    Watcher stopping =
        new Watcher() {
          private long step;

          @Override
          public void stepped(Progress progress) {
            step = progress.step();
          }

          @Override
          public boolean stopRequested() {
            return step == 50;
          }
        };
    assertThatThrownBy(() -> Trainer.train(experiment, run, stopping)).isInstanceOf(Stopped.class);
    Said.by("resume", run.toString()).done();
    assertThat(run.resolve("model.safetensors"))
        .hasSameBinaryContentAs(straight.resolve("model.safetensors"));
  }
}
