package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a process of its own shows: which classes it loads, and what a signal does to it. */
final class ChildProcessTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--help",
        "train --help",
        "--version",
        "rules",
        "presets",
        "rules dfa --json",
        "datasets",
        "completion",
        "validate CONFIG",
        "train --rule dfq",
        "compare --help",
        "compare --rules bp,dfq"
      })
  void short_commands_do_not_load_libtorch(String arguments) throws Exception {
    Path config = folder.resolve("c.yaml");
    Files.writeString(config, "blocks:\n  - flatten\n  - dense:width=10\n");
    String[] given =
        arguments.isEmpty()
            ? new String[0]
            : arguments.replace("CONFIG", config.toString()).split(" ");
    Path log = folder.resolve("classes");
    Child.start(folder, List.of("-Xlog:class+load:file=" + log), given).end();
    assertThat(Files.readString(log))
        .contains("org.plumbline.cli.Plumbline ")
        .doesNotContain("org.bytedeco.", "ch.qos.logback.", "org.jline.");
  }

  @Test
  void a_signal_stops_a_training_that_can_be_resumed() throws Exception {
    Path run = folder.resolve("run");
    Said interrupted =
        Child.start(
                folder, List.of(), "train", "--net=8", "--epochs=1000000", "--out", run.toString())
            .untilErrContains("epoch 1/")
            .signalled("INT")
            .end();
    assertThat(interrupted.code()).as(interrupted.err()).isEqualTo(130);
    assertThat(interrupted.out()).isEmpty();
    long first = stopped(interrupted, run);
    Said terminated =
        Child.start(folder, List.of(), "resume", run.toString())
            .untilErrContains("epoch ")
            .signalled("TERM")
            .end();
    assertThat(terminated.code()).as(terminated.err()).isEqualTo(143);
    assertThat(terminated.err()).contains("going on after step %,d".formatted(first));
    assertThat(stopped(terminated, run)).isGreaterThan(first);
  }

  /** The step at which it says it stopped, for which there is a checkpoint. */
  private static long stopped(Said said, Path run) {
    String last = said.err().lines().toList().getLast();
    assertThat(last)
        .matches("plumbline: stopped at step \\d+; saved; resume with: ./plumbline resume " + run);
    long step = Long.parseLong(last.replaceAll("\\D*(\\d+);.*", "$1"));
    assertThat(run.resolve("checkpoint-" + step + ".json")).exists();
    return step;
  }

  @Test
  void a_second_signal_ends_the_process_at_once() throws Exception {
    Child stubborn =
        Child.start(folder, List.of(), Stubborn.class)
            .untilErrContains("listening")
            .signalled("INT")
            .untilErrContains("heard 130");
    assertThat(stubborn.signalled("TERM").end().code()).isEqualTo(143);
  }

  /** Hears of a signal and does not stop. */
  static final class Stubborn {
    private Stubborn() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (StopSignals signals = StopSignals.listen()) {
        System.err.println("listening");
        while (!signals.requested()) {
          Thread.sleep(10);
        }
        System.err.println("heard " + signals.exitCode());
        Thread.sleep(Duration.ofMinutes(10));
      }
    }
  }

  @Test
  void a_reader_that_has_had_enough_is_not_noticed() throws Exception {
    Said said = redirected("| true; exit ${PIPESTATUS[0]}");
    assertThat(said.err()).isEmpty();
    assertThat(said.code()).isZero();
  }

  @Test
  @EnabledIf("hasFullDevice")
  void an_answer_that_cannot_be_written_is_a_failure() throws Exception {
    Said said = redirected("> /dev/full");
    assertThat(said.err().strip())
        .isEqualTo("plumbline: cannot write the answer to stdout: No space left on device");
    assertThat(said.code()).isEqualTo(Ending.FAILED);
  }

  static boolean hasFullDevice() {
    return Files.exists(Path.of("/dev/full"));
  }

  /** What a long answer says when bash redirects it. */
  private static Said redirected(String redirection) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String line =
        "'%s' -cp '%s' %s completion %s"
            .formatted(
                java,
                System.getProperty("java.class.path"),
                Plumbline.class.getName(),
                redirection);
    Process process = new ProcessBuilder("bash", "-c", line).start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(process.waitFor(), "", err);
  }
}
