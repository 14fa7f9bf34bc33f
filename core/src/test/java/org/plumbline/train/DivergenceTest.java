package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Batch;
import org.plumbline.data.Preparation;
import org.plumbline.nn.Mode;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Adam;
import org.plumbline.optim.Timing;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.toy.Numbers;
import org.plumbline.toy.Toy;
import org.plumbline.value.Failure;

/** Numbers that stop being finite are never silent. */
class DivergenceTest {
  private static final String[] WILD = {
    "loss=squared", "activation=identity", "dropout=0", "rule=bp", "schedule=constant", "epochs=60"
  };

  @TempDir Path folder;

  @Test
  void failsWithADiagnosisAndKeepsTheLastCheckpoint() throws IOException {
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> train(run, "optimizer=sgd:lr=1000"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("training diverged at step")
        .hasMessageContaining("diagnosis.json")
        .hasMessageNotContaining("\n");
    assertThat(Files.readString(run.resolve("diagnosis.json"))).contains("\"signal_norms\"");
    assertThat(run.resolve(Results.MODEL)).doesNotExist();
    // What is on disk is finite and loads; the same steps diverge again.
    assertThatThrownBy(() -> Trainer.resume(run, Watcher.NOBODY)).isInstanceOf(Failure.class);
  }

  /** Taught gradients are guarded as those of signals are, heads among them. */
  @ParameterizedTest
  @ValueSource(strings = {"pepita", "ff"})
  void gradientsThatARuleMadeItselfAreGuardedToo(String rule) throws IOException {
    Path run = folder.resolve("run");
    List<String> warnings = new ArrayList<>();
    assertThatThrownBy(() ->
            train(run, warnings, "rule=" + rule, "optimizer=sgd:lr=1e30", "on-divergence=skip"))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("training diverged at step");
    assertThat(warnings).filteredOn(w -> w.contains("skipped")).hasSize(10);
    String diagnosis = Files.readString(run.resolve("diagnosis.json"));
    assertThat(diagnosis).contains("\"1.weight\"", "\"2.bias\"");
    assertThat(diagnosis.contains("\"readout.2\"")).isEqualTo(rule.equals("ff"));
  }

  @Test
  void rollsBackWithHalfTheRateUntilItLearns() {
    List<String> warnings = new ArrayList<>();
    Path run = folder.resolve("run");
    Summary summary =
        train(
            run, warnings, "optimizer=sgd:lr=8", "on-divergence=rollback", "checkpoint-every=1000");
    assertThat(warnings).anyMatch(w -> w.contains("half the rate"));
    assertThat(summary.testLoss()).isFinite();
  }

  @Test
  void skipsAtMostTenTimes() {
    List<String> warnings = new ArrayList<>();
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> train(run, warnings, "optimizer=sgd:lr=1000", "on-divergence=skip"))
        .isInstanceOf(Failure.class);
    assertThat(warnings).filteredOn(w -> w.contains("skipped")).hasSize(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"serial", "parallel", "async:delay=1", "async:delay=3"})
  void aStoppedRunGoesBackAsFarAsOneThatWasNot(String update) {
    String[] changes = {
      "optimizer=sgd:lr=8",
      "on-divergence=rollback",
      "checkpoint-every=1000",
      "validation=0",
      "update=" + update,
      "threads=2"
    };
    Path straight = folder.resolve("straight");
    List<String> warnings = new ArrayList<>();
    train(straight, warnings, changes);
    assertThat(warnings).anyMatch(w -> w.contains("half the rate"));
    Path stopped = folder.resolve("stopped");
    Experiment experiment = wild(changes);
    assertThatThrownBy(() -> Trainer.train(experiment, stopped, Runs.stoppingAt(2)))
        .isInstanceOf(Stopped.class);
    assertThatThrownBy(() -> Trainer.resume(stopped, Runs.stoppingAt(3)))
        .isInstanceOf(Stopped.class);
    Trainer.resume(stopped, Watcher.NOBODY);
    assertThat(stopped.resolve(Results.MODEL))
        .hasBinaryContent(Runs.bytes(straight.resolve(Results.MODEL)));
    assertThat(Runs.log(stopped)).isEqualTo(Runs.log(straight));
  }

  /** The loss and the signals are finite, their squares in the optimizer are not. */
  @ParameterizedTest
  @ValueSource(strings = {"fail", "skip", "rollback"})
  void anUpdateThatOverflowsIsNoBadInput(String policy) {
    List<String> warnings = new ArrayList<>();
    assertThatThrownBy(() ->
            train(
                folder.resolve("run"),
                warnings,
                "rule=dfa",
                "loss=softmax",
                "optimizer=adam:lr=3e10",
                "checkpoint-every=1",
                "on-divergence=" + policy))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("an update of optimizer.slot.")
        .hasMessageContaining("is not finite");
    assertThat(warnings).hasSize(policy.equals("rollback") ? 10 : 0);
  }

  /** Nothing has moved, and what was begun before is finished as if the step had not been. */
  @ParameterizedTest
  @ValueSource(strings = {"serial", "parallel", "async:delay=2"})
  void aStepThatIsRefusedChangesNothing(String update) {
    try (var _ = Scope.open();
        Learner learner = learner(update);
        Learner other = learner(update)) {
      for (int i = 0; i < 4; i++) {
        learner.step(batch(i, 1), Mode.train(Seed.of(i)), 1, List.of());
        other.step(batch(i, 1), Mode.train(Seed.of(i)), 1, List.of());
        Map<String, List<Long>> before = Numbers.bits(learner.state());
        assertThatThrownBy(
                () -> learner.step(batch(9, Double.NaN), Mode.train(Seed.of(9)), 1, List.of()))
            .isInstanceOf(Diverged.class);
        assertThat(Numbers.bits(learner.state())).isEqualTo(before);
      }
      assertThat(Numbers.bits(learner.state())).isEqualTo(Numbers.bits(other.state()));
    }
  }

  private static Learner learner(String update) {
    return new Learner(
        Toy.tanhNet(Precision.FP32),
        Preparation.Prepared.NOTHING,
        new SoftmaxCrossEntropy(),
        new DirectFeedback(),
        new Adam(),
        Learner.Beside.NONE,
        Timing.ALL.parse(update),
        2,
        Seed.of(5));
  }

  private static Batch batch(int number, double factor) {
    Seed seed = Seed.of(6).child(number);
    return new Batch(
        Toy.inputs(Precision.FP32, seed, 8, Shape.of(12)).multiply(factor),
        Toy.targets(Precision.FP32, seed, 8, 5),
        new int[8]);
  }

  private static Experiment wild(String... changes) {
    List<String> all = new ArrayList<>(List.of(WILD));
    all.addAll(List.of(changes));
    return Runs.small(all.toArray(String[]::new));
  }

  private static Summary train(Path run, String... changes) {
    return train(run, new ArrayList<>(), changes);
  }

  private static Summary train(Path run, List<String> warnings, String... changes) {
    return Trainer.train(
        wild(changes),
        run,
        new Watcher() {
          @Override
          public void warned(String message) {
            warnings.add(message);
          }
        });
  }
}
