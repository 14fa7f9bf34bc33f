package org.plumbline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.BadInput;
import org.plumbline.value.Plugins;

class RunFolderTest {
  private static final Map<String, String> IDENTITY = Map.of("config", "c1");
  private static final String UUID = "0f8fad5b-d9cb-469f-a165-70867728950e";

  @TempDir Path parent;

  private static void start(Path directory) {
    try (RunFolder run = RunFolder.create(directory, IDENTITY)) {
      run.append(
          new Event.Started(
              "one", "dfa", "digits", 1, 9, 6, List.of(), List.of(), OptionalLong.empty()));
      run.save(0, CheckpointsTest.tensors(0), Map.of());
      run.commit("rule: dfa\n");
      run.append(new Event.Step(3, 1, 1, 1, 1));
      run.save(3, CheckpointsTest.tensors(3), Map.of("epoch", 1));
      run.append(new Event.Step(4, 1, 1, 1, 1));
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private static void assertRefused(Path directory, String message) {
    assertThatThrownBy(() -> RunFolder.create(directory, IDENTITY).close())
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void startStopAndGoOn() throws IOException {
    Path directory = parent.resolve("a/b/one");
    start(directory);
    assertThat(RunFolder.configOf(directory)).isEqualTo("rule: dfa\n");
    try (RunFolder run = RunFolder.open(directory)) {
      assertThat(run.config()).isEqualTo("rule: dfa\n");
      assertThatThrownBy(() -> run.append(new Event.Warning(1, "m")))
          .isInstanceOf(IllegalStateException.class);
      Checkpoints.Loaded loaded = run.resume(IDENTITY);
      assertThat(loaded.warnings()).isEmpty();
      assertThat(loaded.checkpoint().step()).isEqualTo(3);
      run.append(new Event.Step(5, 1, 1, 1, 1));
      run.write("report.html", "<p>");
      run.write("model.safetensors", CheckpointsTest.tensors(3), Map.of("rule", "dfa"));
      assertThat(run.has("report.html")).isTrue();
      assertThat(run.has("evaluation.json")).isFalse();
    }
    assertThat(Events.read(directory.resolve(Events.NAME)).events().stream().map(Event.At::event))
        .map(event -> event instanceof Event.Step step ? step.step() : 0L)
        .containsExactly(0L, 3L, 5L);
    assertThat(names(directory))
        .containsExactly(
            ".plumbline.lock",
            "checkpoint-0.json",
            "checkpoint-0.safetensors",
            "checkpoint-3.json",
            "checkpoint-3.safetensors",
            "config.yaml",
            "events.jsonl",
            "model.safetensors",
            "report.html");
  }

  @Test
  void aFolderThatHoldsARunIsRefused() throws IOException {
    Path directory = parent.resolve("one");
    start(directory);
    List<String> before = names(directory);
    assertRefused(directory, "holds a run; go on with it by: ./plumbline resume " + directory);
    assertThat(names(directory)).isEqualTo(before);
  }

  @Test
  void aFolderWithOtherFilesIsRefusedAndUntouched() throws IOException {
    for (String name : List.of("thesis.txt", "events.jsonl", "model.safetensors", ".git")) {
      Path directory = Files.createDirectory(parent.resolve("of-" + name));
      Files.writeString(directory.resolve(name), "mine");
      assertRefused(directory, "must be new or empty to become a run folder, but holds " + name);
      assertThat(names(directory)).containsExactly(name);
    }
    Path many = Files.createDirectory(parent.resolve("many"));
    for (int i = 0; i < 5; i++) {
      Files.writeString(many.resolve("f" + i), "");
    }
    assertRefused(many, "holds f0, f1, f2 and 2 more; name another with --out");
  }

  @Test
  void leftOversOfARunThatWasNotCommittedAreRemoved() throws IOException {
    Path directory = parent.resolve("one");
    try (RunFolder run = RunFolder.create(directory, IDENTITY)) {
      run.append(new Event.Warning(0, "m"));
      run.save(0, CheckpointsTest.tensors(0), Map.of());
      run.write(Provenance.NAME, "{}");
    }
    Files.writeString(directory.resolve("config.yaml.tmp-" + UUID), "half");
    Files.writeString(directory.resolve("checkpoint-0.json.tmp-" + UUID), "half");
    try (RunFolder run = RunFolder.create(directory, IDENTITY)) {
      assertThat(names(directory)).containsExactly(".plumbline.lock");
      assertThat(run.directory()).isEqualTo(directory);
    }
    Files.writeString(directory.resolve("checkpoint-30.json"), "precious");
    assertRefused(directory, "but holds checkpoint-30.json");
  }

  @Test
  void anEmptyFolderIsTaken() throws IOException {
    start(Files.createDirectory(parent.resolve("one")));
  }

  @Test
  void anImpossibleFolderIsRefused() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "");
    assertRefused(file, "cannot be a run folder: not a directory");
    assertRefused(file.resolve("below"), "");
    assertRefused(parent.resolve("n".repeat(300)), "");
    assertRefused(Path.of("/proc/plumbline"), "");
  }

  @Test
  void phasesAreKept() {
    try (RunFolder run = RunFolder.create(parent.resolve("one"), IDENTITY)) {
      assertThatThrownBy(() -> run.commit("")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> run.save(3, Map.of(), Map.of()))
          .isInstanceOf(IllegalStateException.class);
      for (String name : List.of("../x", "/x", "a/b", "", ".hidden", "a\0")) {
        assertThatThrownBy(() -> run.write(name, "")).isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void openSaysWhatIsMissing() throws IOException {
    assertThatThrownBy(() -> RunFolder.open(parent.resolve("none")))
        .isInstanceOf(BadInput.class)
        .hasMessage("there is no folder " + parent.resolve("none"));
    Path directory = parent.resolve("digits-dfa-1");
    start(directory);
    assertThatThrownBy(() -> RunFolder.open(parent.resolve("digit-dfa-1")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("did you mean 'digits-dfa-1'?");
    Files.move(directory.resolve("config.yaml"), directory.resolve("kept"));
    assertThatThrownBy(() -> RunFolder.open(directory))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            directory
                + " holds no run: config.yaml is missing; train one by: plumbline train --out "
                + directory);
    Files.move(directory.resolve("kept"), directory.resolve("config.yaml"));
    for (long step : List.of(0L, 3L)) {
      Files.delete(directory.resolve(Manifest.file(step)));
    }
    assertThatThrownBy(() -> RunFolder.open(directory))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("is incomplete: checkpoint-<step>.json is missing");
  }

  @Test
  void aLogThatIsTooShortIsNotGoneOnWith() throws IOException {
    Path directory = parent.resolve("one");
    start(directory);
    Files.writeString(directory.resolve(Events.NAME), "");
    try (RunFolder run = RunFolder.open(directory)) {
      assertThatThrownBy(() -> run.resume(IDENTITY))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("events.jsonl, length: expected at least ")
          .hasMessageContaining("as at step 3, found 0 bytes");
      assertThatThrownBy(() -> run.resume(Map.of("config", "c2")))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("another config: expected c2, found c1");
    }
  }

  @Test
  void openRemovesHalfWrittenFiles() throws IOException {
    Path directory = parent.resolve("one");
    start(directory);
    Files.writeString(directory.resolve("checkpoint-6.safetensors.tmp-" + UUID), "half");
    RunFolder.open(directory).close();
    assertThat(names(directory)).noneMatch(Durable::isLeftOver);
  }

  @Test
  void aRunIsHeldOnceInAProcess() {
    Path directory = parent.resolve("one");
    start(directory);
    try (RunFolder run = RunFolder.open(directory)) {
      assertThatThrownBy(() -> RunFolder.open(run.directory()))
          .isInstanceOf(BadInput.class)
          .hasMessage(
              "the run folder "
                  + directory
                  + " is in use by another process; wait for it, or stop it first");
    }
    RunFolder.open(directory).close();
  }

  /** Holds a run folder until its standard input ends. */
  public static final class Holder {
    private Holder() {}

    /**
     * Opens and waits.
     *
     * @param arguments the folder
     * @throws IOException if standard input fails
     */
    public static void main(String[] arguments) throws IOException {
      try (RunFolder run = RunFolder.open(Path.of(arguments[0]))) {
        System.out.println("held " + run.directory());
        System.in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  @Test
  void aRunIsHeldByOneProcess() throws Exception {
    Path directory = parent.resolve("one");
    start(directory);
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = child.inputReader()) {
      assertThat(out.readLine()).isEqualTo("held " + directory);
      assertThatThrownBy(() -> RunFolder.open(directory))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("is in use by another process");
    } finally {
      child.destroyForcibly().waitFor();
    }
    RunFolder.open(directory).close(); // a killed process holds nothing
  }

  @Test
  void nextIsTheNextFreeNumber() throws IOException {
    Path runs = parent.resolve("runs");
    assertThat(RunFolder.next(runs, "digits-dfa")).isEqualTo(runs.resolve("digits-dfa-1"));
    Files.createDirectories(runs.resolve("digits-dfa-1"));
    Files.createDirectories(runs.resolve("digits-dfa-9"));
    Files.createDirectories(runs.resolve("digits-bp-20"));
    Files.createDirectories(runs.resolve("digits-dfa-x"));
    assertThat(RunFolder.next(runs, "digits-dfa")).isEqualTo(runs.resolve("digits-dfa-10"));
    assertThat(RunFolder.next(runs, "../My Data: 1/DFA"))
        .isEqualTo(runs.resolve("my-data-1-dfa-1"));
    assertThat(RunFolder.next(runs, "…")).isEqualTo(runs.resolve("run-1"));
  }

  @Test
  void provenanceIsReadAsItWasWritten() throws IOException {
    Provenance provenance =
        Provenance.gather(
            "2.10.0",
            new Provenance.Setting(
                1, "cpu", "fp32", -7, List.of(new Plugins.Jar("my.jar", "cd")), "ef"),
            new Provenance.Data("digits", "ab", 1437, 0, 360),
            Instant.parse("2026-01-02T03:04:05Z"),
            Provenance.Steps.FUSED);
    assertThat(provenance.java()).startsWith("25");
    assertThat(provenance.cores()).isPositive();
    assertThat(provenance.cpu()).isNotBlank();
    assertThat(provenance.print())
        .startsWith("{\"v\":1,\"plumbline\":\"")
        .contains("\"threads\":1,\"device\":\"cpu\",\"precision\":\"fp32\",\"seed\":-7,")
        .contains("\"plugins\":[{\"jar\":\"my.jar\",\"sha256\":\"cd\"}],")
        .contains(
            "\"data\":{\"name\":\"digits\",\"sha256\":\"ab\",\"train\":1437,\"validation\":0,\"test\":360},")
        .endsWith(
            "\"sessions\":[{\"started\":\"2026-01-02T03:04:05Z\",\"from_step\":0,\"steps\":\"fused\"}]}\n");
    Path directory = parent.resolve("one");
    start(directory);
    try (RunFolder run = RunFolder.open(directory)) {
      run.write(Provenance.NAME, provenance.print());
      Provenance resumed = run.provenance().resumed(Instant.EPOCH, 400, Provenance.Steps.LIBTORCH);
      run.write(Provenance.NAME, resumed.print());
      assertThat(run.provenance()).isEqualTo(resumed);
      assertThat(resumed.sessions()).hasSize(2);
      String old = resumed.print().replace(",\"steps\":\"libtorch\"", "");
      run.write(Provenance.NAME, old); // of before there were fused steps
      assertThat(run.provenance()).isEqualTo(resumed);
      run.write(Provenance.NAME, resumed.print().replace("\"steps\":\"fused\"", "\"steps\":\"x\""));
      assertThatThrownBy(run::provenance)
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("fused or libtorch");
    }
    Files.writeString(directory.resolve(Provenance.NAME), "{\"v\":2}");
    assertThatThrownBy(() -> Provenance.read(directory))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("'v': expected 1");
    assertThat(Provenance.cpu(parent.resolve("none"))).isEqualTo("unknown");
  }
}
