package org.plumbline.train;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.nn.Activation;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Pool2d;
import org.plumbline.run.Entry;
import org.plumbline.run.Event;
import org.plumbline.run.NonFinite;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.value.BadInput;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs of conv nets whose images are prepared and augmented, in an order of their own. */
class PresentedRunTest {
  private static final int STEPS = 18;

  @TempDir Path folder;

  /** 18 steps of a small conv net on 144 digits, everything of this kind switched on. */
  private static Experiment images(String... changes) {
    List<Layer> blocks =
        List.of(
            new Conv2d(4, 3, 1, 1),
            new BatchNorm(),
            new Activation.Tanh(),
            new Pool2d.Max(2, 2, 0),
            new Flatten(),
            new Dense(10));
    Configuration base =
        Runs.small(
                "data=digits",
                "test-fraction=0.9",
                "batch=15",
                "last-batch=dropped",
                "prepare=standardise",
                "augment=crop:padding=1+flip",
                "dropout=0",
                "net=" + Options.NET.fallback(),
                "checkpoint-every=4")
            .configuration();
    return Runs.changed(new Configuration(base.values(), Optional.of(blocks)), changes);
  }

  private static void same(Path straight, Path run, long steps) {
    for (String file :
        List.of(Results.MODEL, "checkpoint-" + steps + ".safetensors", Results.EVALUATION)) {
      assertThat(run.resolve(file)).hasBinaryContent(Runs.bytes(straight.resolve(file)));
    }
    assertThat(Runs.log(run)).isEqualTo(Runs.log(straight));
  }

  private static void requireNoThread() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain(Feed.THREAD);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prepare=standardise | order=shuffled",
        "prepare=zca:epsilon=1e-3 | patience=1",
        "prepare=scale:mean=0.3,deviation=0.4 | order=stored",
      })
  void killedAndStoppedRunsEndWithTheSameBytes(String first, String second) {
    Experiment experiment = images(first, second);
    Path straight = folder.resolve("straight");
    Summary expected = Trainer.train(experiment, straight, Watcher.NOBODY);
    requireNoThread();
    assertThat(expected.steps()).isEqualTo(STEPS);
    for (int k : new int[] {1, 6, 9, 13}) { // 9 ends an epoch
      Path killed = folder.resolve("killed-" + k);
      Watcher dying = Runs.dyingAt(k);
      assertThatThrownBy(() -> Trainer.train(experiment, killed, dying))
          .isInstanceOf(Runs.Killed.class);
      requireNoThread();
      Trainer.resume(killed, Watcher.NOBODY);
      same(straight, killed, STEPS);
    }
    Path stopped = folder.resolve("stopped");
    assertThatThrownBy(() -> Trainer.train(experiment, stopped, Runs.stoppingAt(7)))
        .isInstanceOf(Stopped.class);
    requireNoThread();
    Trainer.resume(stopped, Watcher.NOBODY);
    same(straight, stopped, STEPS);
    try (var _ = Scope.open()) {
      assertThat(TrainedModel.open(straight).evaluate()).isEqualTo(expected);
    }
  }

  @Test
  void whatIsSwitchedOnChangesTheRun() {
    List<Double> losses = new ArrayList<>();
    for (String change :
        List.of(
            "seed=1",
            "augment=none",
            "augment=flip",
            "order=stored",
            "prepare=scale",
            "last-batch=kept")) {
      Path run = folder.resolve("run-" + losses.size());
      Trainer.train(images(change, "epochs=1"), run, Watcher.NOBODY);
      for (Event event : Runs.log(run)) {
        if (event instanceof Event.Epoch epoch) {
          assertThat(losses).as(change).doesNotContain(epoch.trainLoss());
          losses.add(epoch.trainLoss());
        }
      }
    }
    assertThat(losses).hasSize(6);
  }

  /** A rollback jumps back while the batch after the divergence is being made. */
  @Test
  void aRollbackFindsItsBatchesAgain() {
    String[] wild = {
      "optimizer=sgd:lr=1e30", "on-divergence=rollback", "prepare=scale", "schedule=constant"
    };
    List<String> warnings = new ArrayList<>();
    Watcher listening =
        new Watcher() {
          @Override
          public void warned(String message) {
            warnings.add(message);
          }
        };
    for (String name : List.of("one", "two")) {
      assertThatThrownBy(() -> Trainer.train(images(wild), folder.resolve(name), listening))
          .hasMessageContaining("diverged");
      requireNoThread();
    }
    assertThat(warnings).hasSize(20);
    assertThat(warnings.subList(0, 10)).isEqualTo(warnings.subList(10, 20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"standardise", "scale:mean=0.3,deviation=0.4", "zca:epsilon=1e-3"})
  void theModelHoldsItsPreparationAndPredictsFromImagesAsTheyAre(String prepare)
      throws IOException {
    Experiment experiment = images("prepare=" + prepare);
    Path run = folder.resolve("run");
    Summary summary = Trainer.train(experiment, run, Watcher.NOBODY);
    try (SafetensorsFile model = Safetensors.open(run.resolve(Results.MODEL))) {
      Map<String, Entry> entries = model.entries(NonFinite.REFUSE);
      assertThat(entries).containsKey("input.mean");
      assertThat(entries)
          .containsKey(prepare.startsWith("zca") ? "input.matrix" : "input.deviation");
      assertThat(named(entries, "1.weight").shape().rank()).isEqualTo(4);
    }
    try (SafetensorsFile checkpoint =
        Safetensors.open(run.resolve("checkpoint-" + STEPS + ".safetensors"))) {
      assertThat(checkpoint.entries(NonFinite.REFUSE).keySet())
          .noneMatch(name -> name.contains("input."));
    }
    Dataset test = Parts.of(experiment).test();
    JsonNode mistakes =
        JsonMapper.builder().build().readTree(run.resolve(Results.EVALUATION)).path("mistakes");
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run);
      List<float[]> rows = new ArrayList<>();
      for (int i = 0; i < test.size(); i++) {
        float[] row = new float[64];
        test.copyOriginal(i, row, 0);
        rows.add(row);
      }
      List<double[]> shares = model.probabilities(rows);
      int right = 0;
      for (int i = 0; i < rows.size(); i++) {
        right += best(shares.get(i)) == test.label(i) ? 1 : 0;
      }
      assertThat((double) right / rows.size()).isEqualTo(summary.testAccuracy());
      JsonNode mistake = mistakes.path(0);
      int row = mistake.path("row").asInt() - 1;
      int predicted = mistake.path("predicted").asInt();
      assertThat(shares.get(row)[predicted]).isEqualTo(mistake.path("confidence").asDouble());
      for (int k = 0; k < 64; k++) { // the image itself, not what became of it
        assertThat(mistake.path("input").path(k).asDouble())
            .isEqualTo(Double.parseDouble(Float.toString(rows.get(row)[k])));
      }
    }
  }

  private static int best(double[] shares) {
    int best = 0;
    for (int c = 1; c < shares.length; c++) {
      best = shares[c] > shares[best] ? c : best;
    }
    return best;
  }

  /** Validation rows are held back before anything is measured. */
  @Test
  void thePreparationIsFittedToTheTrainingRowsAlone() {
    Experiment experiment = images();
    Parts parts = Parts.of(experiment);
    assertThat(parts.validation()).isNotEmpty();
    Path run = folder.resolve("run");
    Trainer.train(experiment, run, Watcher.NOBODY);
    double sum = 0;
    float[] row = new float[64];
    for (int i = 0; i < parts.train().size(); i++) {
      parts.train().copyInput(i, row, 0);
      for (float x : row) {
        sum += x;
      }
    }
    try (var _ = Scope.open()) {
      Learner learner = Trainer.learner(experiment, parts.train().shape(), 10);
      try (SafetensorsFile model = Safetensors.open(run.resolve(Results.MODEL))) {
        Tensors.restore("model", model.entries(NonFinite.REFUSE), learner.model());
      }
      assertThat(named(learner.model(), "input.mean").item())
          .isEqualTo((float) (sum / (64.0 * parts.train().size())));
    }
  }

  /** A rule and the network behind it see prepared inputs, probes too. */
  @Test
  void theTraceBeginsWithPreparedInputs() {
    Experiment experiment = images("prepare=scale:mean=0.3,deviation=0.4", "precision=fp64");
    Dataset train = Parts.of(experiment).train();
    try (var _ = Scope.open()) {
      Learner learner = Trainer.learner(experiment, train.shape(), 10);
      Batch batch = Batch.of(train, new int[] {0, 1, 2}, 0, 3, Precision.FP64, Device.CPU);
      double[] seen = learner.trace(batch.inputs(), Mode.EVAL).input().toDoubles();
      double[] given = batch.inputs().toDoubles();
      for (int i = 0; i < seen.length; i++) {
        assertThat(seen[i]).isEqualTo((given[i] - 0.3) / 0.4);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ff, standardise",
    "ff, zca:epsilon=1e-3",
    "pepita, standardise",
    "hsic, zca:epsilon=1e-3",
  })
  void rulesThatReadTheInputLearnFromPreparedOnes(String rule, String prepare) {
    Configuration mlp =
        new Configuration(images("prepare=" + prepare).configuration().values(), Optional.empty())
            .with(Options.NET, "24,16")
            .with(Options.RULE, rule);
    Path run = folder.resolve("run");
    Summary summary = Trainer.train(Experiment.of(mlp), run, Watcher.NOBODY);
    try (var _ = Scope.open()) {
      assertThat(TrainedModel.open(run).evaluate()).isEqualTo(summary);
    }
    assertThat(Hindsight.of(run, Optional.empty(), "alignment", 20).readings()).isNotEmpty();
  }

  /** The probes read after the fact what they read in training. */
  @Test
  void hindsightSeesThePreparedInputsToo() {
    Path scaled = folder.resolve("scaled");
    Trainer.train(images("prepare=zca:epsilon=1e-3"), scaled, Watcher.NOBODY);
    Hindsight once = Hindsight.of(scaled, Optional.empty(), "alignment", 20);
    assertThat(Hindsight.of(scaled, Optional.empty(), "alignment", 20)).isEqualTo(once);
    assertThat(once.readings().getLast().of()).isEqualTo("checkpoint, model");
  }

  @Test
  void schedulesAndEarlyStoppingCountTheStepsThatThereAre() {
    Path run = folder.resolve("run");
    Summary summary =
        Trainer.train(
            images("schedule=exponential:by=0.5", "epochs=4", "optimizer=sgd:lr=0.1"),
            run,
            Watcher.NOBODY);
    assertThat(summary.steps()).isEqualTo(4 * 9);
    assertThat(summary.epochs()).isEqualTo(4);
    List<Event.Epoch> epochs =
        Runs.log(run).stream()
            .filter(Event.Epoch.class::isInstance)
            .map(Event.Epoch.class::cast)
            .toList();
    assertThat(epochs).extracting(Event.Epoch::step).containsExactly(9L, 18L, 27L, 36L);
    assertThat(epochs).extracting(Event.Epoch::rate).containsExactly(0.1, 0.05, 0.025, 0.0125);
    Summary patient =
        Trainer.train(
            images("patience=1", "epochs=50", "optimizer=sgd:lr=3"),
            folder.resolve("patient"),
            Watcher.NOBODY);
    assertThat(patient.epochs()).isLessThan(50);
    assertThat(patient.steps()).isEqualTo(9 * patient.epochs());
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeAFolderIsMade() {
    for (String[] changes :
        new String[][] {
          {"batch=150", "leaves no step"},
          {"augment=crop:padding=8", "padding of crop must be below the side"},
          {"prepare=scale:mean=1/2/3", "of which the inputs have 1, but it is 3 numbers"},
        }) {
      Path run = folder.resolve("run");
      Experiment experiment = images(changes[0]);
      assertThatThrownBy(() -> Trainer.train(experiment, run, Watcher.NOBODY))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining(changes[1]);
      assertThat(Files.exists(run)).isFalse();
    }
    assertThatThrownBy(() ->
            Trainer.train(Runs.small("augment=flip"), folder.resolve("table"), Watcher.NOBODY))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("the rows are [2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prepare=zca", "prepare=standardise", "prepare=scale:mean=0/1"})
  void tablesCanBePreparedToo(String prepare) {
    Path run = folder.resolve("run");
    Summary summary = Trainer.train(Runs.small(prepare, "order=stored"), run, Watcher.NOBODY);
    try (var _ = Scope.open()) {
      assertThat(TrainedModel.open(run).evaluate()).isEqualTo(summary);
    }
  }

  /** What was measured is read again, not measured again; without its file it is. */
  @Test
  void resumeReadsWhatWasMeasured() throws IOException {
    Path straight = folder.resolve("straight");
    Trainer.train(images(), straight, Watcher.NOBODY);
    Path other = folder.resolve("other");
    Trainer.train(images("test-fraction=0.8"), other, Watcher.NOBODY);
    for (boolean replaced : new boolean[] {false, true}) {
      Path run = folder.resolve("killed-" + replaced);
      assertThatThrownBy(() -> Trainer.train(images(), run, Runs.dyingAt(9)))
          .isInstanceOf(Runs.Killed.class);
      Path measured = run.resolve(Trainer.PREPARATION);
      if (replaced) {
        Files.copy(other.resolve(Trainer.PREPARATION), measured, REPLACE_EXISTING);
      } else {
        Files.delete(measured);
      }
      Trainer.resume(run, Watcher.NOBODY);
      assertThat(input(run)).isEqualTo(input(replaced ? other : straight));
    }
    assertThat(input(other)).isNotEqualTo(input(straight));
  }

  private static Map<String, List<Byte>> input(Path run) {
    Map<String, List<Byte>> tensors = new TreeMap<>();
    try (SafetensorsFile file = Safetensors.open(run.resolve(Results.MODEL))) {
      file.entries(NonFinite.REFUSE)
          .forEach((name, entry) -> {
            if (name.startsWith("input.")) {
              List<Byte> bytes = new ArrayList<>();
              for (byte b : entry.data().toArray(ValueLayout.JAVA_BYTE)) {
                bytes.add(b);
              }
              tensors.put(name, bytes);
            }
          });
    }
    return tensors;
  }
}
