package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.run.StudyFolder;
import org.plumbline.train.CellResult.State;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs in a row: each once, whatever happens in between. */
class StudyTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String PLAN = "plan.yaml";

  @TempDir Path folder;

  /** Counts what is trained; dies or stops at a step of a cell. */
  private static final class Recorder implements Study.Follower {
    private final List<String> begun = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final int cell;
    private final Runnable then;
    private int index = -1;
    private boolean stop;

    Recorder() {
      this(-1, () -> {});
    }

    /** Does something at the fifth step of a cell. */
    Recorder(int cell, Runnable then) {
      this.cell = cell;
      this.then = then;
    }

    @Override
    public void begins(int index, Study.Cell begins) {
      this.index = index;
      begun.add(begins.label() + begins.seed());
    }

    @Override
    public void ended(int index, CellResult result) {
      ended.add(result.cell().label() + result.cell().seed() + " " + result.state().word());
    }

    @Override
    public void stepped(Progress progress) {
      if (index == cell && progress.step() == 5) {
        then.run();
        stop = true;
      }
    }

    @Override
    public boolean stopRequested() {
      return stop;
    }
  }

  private static Study study(String... changes) {
    Map<String, Configuration> labels = new LinkedHashMap<>();
    for (String rule : List.of("bp", "dfa:gain=2")) {
      labels.put(
          rule,
          Runs.small(changes)
              .configuration()
              .with(Options.RULE, rule)
              .with(Options.CHECKPOINT_EVERY, "4"));
    }
    return Study.crossed(labels, 1, 2);
  }

  /** Not those of the matrices multiplied out: two factors, a seed. */
  @Test
  void theBytesOfFeedbackAreThoseThatTheRuleKeeps() {
    Map<String, Configuration> labels = new LinkedHashMap<>();
    for (String rule : List.of("bp", "dfa", "dfa:rank=1", "dfa:storage=regenerated")) {
      labels.put(rule, Runs.small("probe=none").configuration().with(Options.RULE, rule));
    }
    List<CellResult> results = carriedOut(Study.crossed(labels, 1, 1), "b", new Recorder());
    assertThat(results.stream().map(result -> result.figures().get("feedback_bytes")))
        .containsExactly(0.0, 4.0 * (8 + 6) * 2, 4.0 * (8 + 2 + 6 + 2), 8.0);
  }

  private List<CellResult> carriedOut(Study study, String out, Study.Follower follower) {
    try (StudyFolder open = StudyFolder.open(folder.resolve(out), PLAN, "x: 1\n")) {
      return study.carryOut(open, follower);
    }
  }

  private static List<byte[]> models(Path out) throws IOException {
    try (Stream<Path> runs = Files.list(out.resolve("runs"))) {
      return runs.sorted().map(run -> Runs.bytes(run.resolve(Results.MODEL))).toList();
    }
  }

  @Test
  void seedsAreInterleavedAndNamesAreDistinct() {
    Configuration any = Configuration.defaults();
    Map<String, Configuration> labels = new LinkedHashMap<>();
    List.of("a:b", "a b", "Ü", "a-b").forEach(label -> labels.put(label, any));
    Study study = Study.crossed(labels, -1, 2);
    assertThat(study.names())
        .doesNotHaveDuplicates()
        .startsWith("a-b-seed--1", "a-b--2-seed--1", "run-seed--1", "a-b--3-seed--1", "a-b-seed-0");
    assertThat(study.labels()).containsExactly("a:b", "a b", "Ü", "a-b");
    assertThatThrownBy(() -> new Study(List.of(study.cells().get(0), study.cells().get(0))))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("there twice");
    assertThatThrownBy(() -> new Study(List.of())).isInstanceOf(BadInput.class);
  }

  @Test
  void everyCellIsTrainedOnceAndItsResultsAreWritten() throws IOException {
    Recorder first = new Recorder();
    List<CellResult> results = carriedOut(study(), "s", first);
    assertThat(first.begun).containsExactly("bp1", "dfa:gain=21", "bp2", "dfa:gain=22");
    assertThat(results).allMatch(r -> r.state() == State.FINISHED);
    Recorder again = new Recorder();
    assertThat(carriedOut(study(), "s", again)).isEqualTo(results);
    assertThat(again.begun).isEmpty();

    JsonNode json = JSON.readTree(folder.resolve("s").resolve(Study.JSON));
    assertThat(json.path("complete").asBoolean()).isTrue();
    JsonNode run = json.path("runs").path(3);
    assertThat(run.path("label").asString()).isEqualTo("dfa:gain=2");
    assertThat(run.path("run").asString()).isEqualTo("runs/dfa-gain-2-seed-2");
    JsonNode evaluation =
        JSON.readTree(folder.resolve("s/runs/dfa-gain-2-seed-2").resolve(Results.EVALUATION));
    assertThat(run.path("test_accuracy")).isEqualTo(evaluation.path("test").path("accuracy"));
    assertThat(run.path("validation_loss").asDouble()).isPositive();
    assertThat(run.path("feedback_bytes").asLong()).isEqualTo((8 + 6) * 2 * 4);
    assertThat(run.has("alignment_2")).isTrue();
    assertThat(json.path("runs").path(0).path("feedback_bytes").asLong()).isZero();

    JsonNode row = json.path("rows").path(1);
    double a = json.path("runs").path(1).path("test_loss").asDouble();
    double b = json.path("runs").path(3).path("test_loss").asDouble();
    assertThat(row.path("seeds").asInt()).isEqualTo(2);
    assertThat(row.path("test_loss_mean").asDouble()).isCloseTo((a + b) / 2, within(1e-12));
    assertThat(row.path("test_loss_std").asDouble())
        .isCloseTo(Math.abs(a - b) / Math.sqrt(2), within(1e-12));
    assertThat(row.has("parameters_std")).isFalse();
    List<String> csv = Files.readAllLines(folder.resolve("s").resolve(Study.CSV));
    assertThat(csv).hasSize(3);
    assertThat(csv.getFirst()).startsWith("label,rule,seeds,failed,test_accuracy_mean,");
    assertThat(csv.getLast()).startsWith("dfa:gain=2,dfa:gain=2,2,0,");
  }

  @Test
  void diedAndStoppedInTheMiddleItEndsWithTheSameModels() throws IOException {
    carriedOut(study(), "straight", new Recorder());
    assertThatThrownBy(() ->
            carriedOut(
                study(),
                "s",
                new Recorder(
                    1,
                    () -> {
                      throw new Runs.Killed();
                    })))
        .isInstanceOf(Runs.Killed.class);
    Recorder stopping = new Recorder(2, () -> {});
    assertThatThrownBy(() -> carriedOut(study(), "s", stopping))
        .isInstanceOf(Stopped.class)
        .hasMessageMatching(
            "stopped at step 5 of run 3 of 4, bp seed 2; saved; go on with: ./plumbline resume .*/s");
    assertThat(stopping.begun).containsExactly("dfa:gain=21", "bp2");
    assertThat(Tally.isComplete(folder.resolve("s").resolve(Study.JSON))).isFalse();
    assertThat(Files.readString(folder.resolve("s").resolve(Study.JSON)))
        .contains("\"unfinished\"", "\"pending\"");
    Recorder last = new Recorder();
    carriedOut(study(), "s", last);
    assertThat(last.begun).containsExactly("bp2", "dfa:gain=22");
    assertThat(models(folder.resolve("s")))
        .usingRecursiveComparison()
        .isEqualTo(models(folder.resolve("straight")));
  }

  @Test
  void aCellThatFailsIsRecordedAndTheOthersGoOn() {
    String[] wild = {
      "loss=squared",
      "activation=identity",
      "dropout=0",
      "schedule=constant",
      "epochs=60",
      "checkpoint-every=500"
    };
    Configuration base = Runs.small(wild).configuration();
    Map<String, Configuration> labels = new LinkedHashMap<>();
    labels.put("diverges", base.with(Options.RULE, "bp").with(Options.OPTIMIZER, "sgd:lr=1000"));
    labels.put("refused", base.with(Options.RULE, "bp").with(Options.INIT, "zero"));
    labels.put("learns", base.with(Options.RULE, "bp").with(Options.EPOCHS, "1"));
    Study study = Study.crossed(labels, 1, 1);
    Recorder first = new Recorder();
    List<CellResult> results = carriedOut(study, "s", first);
    assertThat(first.ended)
        .containsExactly("diverges1 failed", "refused1 failed", "learns1 finished");
    assertThat(results.get(0).reason()).startsWith("training diverged at step ");
    assertThat(results.get(1).reason()).contains("init zero cannot be learned");
    assertThat(Tally.isComplete(folder.resolve("s").resolve(Study.JSON))).isTrue();
    // A divergence would come again; a refusal costs nothing and may be mended by a new version.
    Recorder again = new Recorder();
    assertThat(carriedOut(study, "s", again)).isEqualTo(results);
    assertThat(again.begun).containsExactly("refused1");
  }

  @Test
  void aRunOfAnotherConfigurationIsRefused() {
    carriedOut(study(), "s", new Recorder());
    assertThatThrownBy(() -> carriedOut(study("epochs=3"), "s", new Recorder()))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("bp-seed-1 is not the one of bp seed 1: its epochs is 2, not 3");
  }

  @Test
  void runsOnOtherDataAreNotMixed() throws IOException {
    Path table = folder.resolve("t.csv");
    Files.writeString(table, rows("1.5"));
    String[] changes = {"data=" + table, "test-fraction=0.25"};
    assertThatThrownBy(() -> carriedOut(study(changes), "s", new Recorder(1, () -> {})))
        .isInstanceOf(Stopped.class);
    Files.writeString(table, rows("2.5"));
    Recorder again = new Recorder();
    assertThatThrownBy(() -> carriedOut(study(changes), "s", again))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("must be those that run bp-seed-1 was trained on");
    assertThat(again.begun).isEmpty();
  }

  private static String rows(String odd) {
    StringBuilder rows = new StringBuilder("x,y,class\n");
    for (int i = 0; i < 60; i++) {
      rows.append(i % 7).append(',').append(i == 30 ? odd : i % 5).append(i % 2 == 0 ? ",a" : ",b");
      rows.append('\n');
    }
    return rows.toString();
  }

  @Test
  void aFolderIsHeldByOneAndHoldsNothingElse() throws IOException {
    Path out = folder.resolve("s");
    try (StudyFolder open = StudyFolder.open(out, PLAN, "x: 1\n")) {
      assertThat(open.plan()).isEqualTo("x: 1\n");
      assertThatThrownBy(() -> StudyFolder.open(out, PLAN, "x: 1\n"))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("in use by another process");
    }
    try (StudyFolder again = StudyFolder.open(out, PLAN, "x: 2\n")) {
      assertThat(again.plan()).isEqualTo("x: 1\n");
    }
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("config.yaml"), "");
    assertThatThrownBy(() -> StudyFolder.open(other, PLAN, "x: 1\n"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("must be new or empty, or hold plan.yaml, but holds config.yaml");
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> StudyFolder.open(file, PLAN, "x: 1\n"))
        .isInstanceOf(BadInput.class)
        .hasMessageNotContaining("\n");
  }

  @Test
  void aDiskThatIsFullEndsTheWhole() throws IOException {
    try (StudyFolder open = StudyFolder.open(folder.resolve("s"), PLAN, "x: 1\n")) {
      Files.createDirectories(folder.resolve("s").resolve(Study.JSON).resolve("in the way"));
      Recorder recorder = new Recorder();
      assertThatThrownBy(() -> study().carryOut(open, recorder)).isInstanceOf(Failure.class);
      assertThat(recorder.begun).isEmpty();
    }
  }
}
