package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.lens.Attacks;
import org.plumbline.lens.CacheRecipe;
import org.plumbline.run.Event;
import org.plumbline.tensor.Scope;
import org.plumbline.value.BadInput;

/** Runs of the small Transformer on text. */
class TextRunsTest {
  private static final String NET = "transformer-small:layers=2,width=16,heads=2";

  @TempDir Path folder;

  @BeforeEach
  void text() throws IOException {
    Files.writeString(folder.resolve("input.txt"), "to be, or not to be: that is it.\n".repeat(60));
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      rows.append("x\t%d\t\t%s %d\n".formatted(i % 2, i % 2 == 0 ? "dry" : "wet", i));
    }
    Files.writeString(folder.resolve("train.tsv"), rows);
    Files.writeString(folder.resolve("dev.tsv"), rows);
  }

  private Experiment characters(String... changes) {
    return Runs.changed(
        Configuration.defaults()
            .with(Options.DATA, "characters:context=8")
            .with(Options.DATA_DIR, folder.toString())
            .with(Options.ARCH, NET)
            .with(Options.OPTIMIZER, "adam:lr=0.01")
            .with(Options.VALIDATION, "0.2")
            .with(Options.BATCH, "16")
            .with(Options.EPOCHS, "2")
            .with(Options.THREADS, "1")
            .with(Options.CHECKPOINT_EVERY, "3"),
        changes);
  }

  @ParameterizedTest
  @CsvSource({
    "bp, macro, serial, fp32",
    "dfa, macro, serial, fp32",
    "dfa, micro, parallel, fp32",
    "shallow, macro, serial, fp32",
    "dfa, macro, serial, bf16",
    "dfa, micro, serial, fp64"
  })
  void resumesBitForBit(String rule, String feedback, String update, String precision) {
    Experiment experiment =
        characters(
            "rule=" + rule,
            "arch=" + NET + ",feedback=" + feedback,
            "update=" + update,
            "precision=" + precision,
            "probe-every=5");
    Path straight = folder.resolve("straight");
    Summary expected = Trainer.train(experiment, straight, Watcher.NOBODY);
    assertThat(expected.trainAccuracy()).isBetween(0.0, 1.0);
    try (var _ = Scope.open()) {
      assertThat(TrainedModel.open(straight).evaluate()).isEqualTo(expected);
    }
    for (int k : new int[] {2, 13}) {
      Path run = folder.resolve("killed-" + k);
      Watcher dying = Runs.dyingAt(k);
      assertThatThrownBy(() -> Trainer.train(experiment, run, dying))
          .isInstanceOf(Runs.Killed.class);
      Trainer.resume(run, Watcher.NOBODY);
      assertThat(Runs.bytes(run.resolve(Results.MODEL)))
          .isEqualTo(Runs.bytes(straight.resolve(Results.MODEL)));
      assertThat(Runs.log(run)).isEqualTo(Runs.log(straight));
    }
  }

  @Test
  void learnsCharactersAndGoesOn() {
    Path run = folder.resolve("run");
    Trainer.train(characters("rule=bp", "epochs=12"), run, Watcher.NOBODY);
    List<Event.Epoch> epochs =
        Runs.log(run).stream()
            .filter(Event.Epoch.class::isInstance)
            .map(Event.Epoch.class::cast)
            .toList();
    assertThat(epochs.getLast().validationAccuracy()).isGreaterThan(0.8);
    assertThat(epochs.getLast().validationLoss()).isLessThan(epochs.getFirst().validationLoss());
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run);
      double[] shares = model.answers(List.of("o be: tha", "to b")).get(1);
      assertThat(model.classes().get(best(shares))).isEqualTo("e");
    }
  }

  private static int best(double[] shares) {
    int best = 0;
    for (int i = 1; i < shares.length; i++) {
      best = shares[i] > shares[best] ? i : best;
    }
    return best;
  }

  @ParameterizedTest
  @ValueSource(strings = {"bp", "dfa", "shallow"})
  void learnsSentences(String rule) {
    Path run = folder.resolve("run");
    Experiment experiment =
        characters(
            "data=sentences:task=cola,context=8",
            "rule=" + rule,
            "epochs=20",
            "arch=" + NET + ",task=sentence,vocabulary=258,feedback=micro");
    Summary summary = Trainer.train(experiment, run, Watcher.NOBODY);
    assertThat(summary.testAccuracy()).isGreaterThan(rule.equals("shallow") ? 0.5 : 0.9);
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run);
      assertThat(model.evaluate()).isEqualTo(summary);
      assertThat(model.answers(List.of("wet 7")).getFirst()).hasSize(2);
    }
  }

  @Test
  void refusesWhatDoesNotFitInALine() {
    refused(characters("arch=mlp", "net=8"), "ask for 8 answers a row, but the network gives 1");
    refused(
        characters("arch=" + NET + ",task=sentence"),
        "ask for 8 answers a row, but the network gives 1");
    refused(
        characters("data=sentences:context=8", "arch=" + NET + ",vocabulary=258"),
        "ask for 1 answer a row, but the network gives 8");
    refused(characters("arch=lenet"), "takes images");
    refused(characters("data=digits"), "takes text");
    refused(characters("probe=kernel"), "probe kernel is of rows that stand for themselves");
    refused(characters("rule=ff"), "rule ff changes the rows that the network is shown");
    assertThatThrownBy(() -> characters("prepare=standardise"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("are tokens, which cannot be changed as numbers, but prepare is");
    assertThatThrownBy(() -> characters("adversarial=0.1"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("but adversarial is 0.1");
  }

  @Test
  void tokensAreNeitherAttackedNorCached() {
    Path run = folder.resolve("run");
    Trainer.train(characters("epochs=1"), run, Watcher.NOBODY);
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run);
      for (String name : Attacks.ALL.names()) {
        assertThatThrownBy(() -> model.attacked(Attacks.ALL.fallback(name), 0))
            .isInstanceOf(BadInput.class)
            .hasMessageContaining("attack " + name + " is for rows that are features or images");
      }
      assertThatThrownBy(() -> model.cached(CacheRecipe.parse("layers=each,theta=20,lambda=0.5")))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("learned from text, 8 tokens a row");
    }
  }

  private void refused(Experiment experiment, String message) {
    Path run = folder.resolve("refused");
    assertThatThrownBy(() -> Trainer.train(experiment, run, Watcher.NOBODY))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message);
    assertThat(run).doesNotExist();
  }
}
