package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

  @Test
  void aStoppedRunGoesBackAsFarAsOneThatWasNot() {
    String[] changes = {
      "optimizer=sgd:lr=8", "on-divergence=rollback", "checkpoint-every=1000", "validation=0"
    };
    Path straight = folder.resolve("straight");
    train(straight, changes);
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
