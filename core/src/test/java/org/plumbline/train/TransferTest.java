package org.plumbline.train;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.run.NonFinite;
import org.plumbline.run.Provenance;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.tensor.Scope;
import org.plumbline.value.BadInput;

/** Weights from another run, and blocks that stay as they are. */
class TransferTest {

  @TempDir Path folder;

  private static Experiment images(String... changes) {
    Configuration c =
        Configuration.parse(
            Path.of("a.yaml"),
            """
            data: digits
            epochs: 1
            batch: 64
            probe: none
            rule: bp
            blocks:
              - conv2d:channels=4,kernel=3
              - batch-norm
              - tanh
              - conv2d:channels=6,kernel=3
              - batch-norm
              - tanh
              - max-pool
              - flatten
              - dense:width=12
              - tanh
              - dense:width=10
            """);
    return Runs.changed(c, changes);
  }

  private static Map<String, byte[]> tensors(Path run) {
    Map<String, byte[]> bytes = new TreeMap<>();
    try (SafetensorsFile file = Safetensors.open(run.resolve(Results.MODEL))) {
      file.entries(NonFinite.REFUSE)
          .forEach((name, entry) -> bytes.put(name, entry.data().toArray(ValueLayout.JAVA_BYTE)));
    }
    return bytes;
  }

  private Path source() {
    Path run = folder.resolve("source");
    if (!Files.exists(run)) {
      Trainer.train(images(), run, Watcher.NOBODY);
    }
    return run;
  }

  @Test
  void takenAndFrozenBlocksEndAsTheyWereAndOthersLearn() {
    Path run = folder.resolve("head");
    Trainer.train(
        images("init-from=" + source() + ":1-2", "freeze=1-2", "rule=sparse-dfa", "seed=7"),
        run,
        Watcher.NOBODY);
    Map<String, byte[]> before = tensors(source());
    Map<String, byte[]> after = tensors(run);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach((name, bytes) ->
        assertThat(Arrays.equals(bytes, before.get(name)))
            .as(name)
            .isEqualTo(name.startsWith("1.") || name.startsWith("2.")));
    assertThat(Provenance.read(run).setting().weights())
        .isEqualTo(Results.sha256(source().resolve(Results.MODEL)));
  }

  @Test
  void warnsWhereInputsArePreparedInAnotherWay() {
    List<String> warnings = new ArrayList<>();
    Trainer.train(
        images("init-from=" + source() + ":1", "prepare=standardise"),
        folder.resolve("other"),
        new Watcher() {
          @Override
          public void warned(String message) {
            warnings.add(message);
          }
        });
    assertThat(warnings).hasSize(1).first().asString().contains("prepared by 'none'");
  }

  @Test
  void aRunThatTookWeightsResumesAndIsReadWithoutItsSource() throws IOException {
    Experiment experiment =
        images("init-from=" + source() + ":1-2", "freeze=1", "rule=dfa", "checkpoint-every=7");
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    Trainer.train(experiment, whole, Watcher.NOBODY);
    try {
      Trainer.train(experiment, killed, Runs.dyingAt(10));
    } catch (Runs.Killed e) {
      Files.move(source(), folder.resolve("gone"));
    }
    Trainer.resume(killed, Watcher.NOBODY);
    assertThat(Runs.bytes(killed.resolve(Results.MODEL)))
        .isEqualTo(Runs.bytes(whole.resolve(Results.MODEL)));
    try (var _ = Scope.open()) {
      assertThat(TrainedModel.open(killed).evaluate().testAccuracy()).isBetween(0.0, 1.0);
    }
  }

  @Test
  void refusesWhatIsNotThereInOneLineAndBeginsNothing() {
    Path run = folder.resolve("none");
    assertThatThrownBy(
            () -> Trainer.train(images("init-from=" + folder.resolve("no")), run, Watcher.NOBODY))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("finished run");
    assertThatThrownBy(
            () -> Trainer.train(images("init-from=" + source() + ":1-9"), run, Watcher.NOBODY))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("block 5");
    assertThatThrownBy(() ->
            Trainer.train(
                Runs.changed(
                    Configuration.parse(Path.of("a"), "data: digits\nnet: 9,8\nrule: bp"),
                    "init-from=" + source() + ":1"),
                run,
                Watcher.NOBODY))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("init-from")
        .hasMessageContaining("1.");
    assertThatThrownBy(() -> Trainer.train(images("freeze=1-4"), run, Watcher.NOBODY))
        .hasMessageContaining("nothing to train");
    assertThat(run).doesNotExist();
  }

  /** Only the model of the source was delivered: no checkpoint, no configuration. */
  @Test
  void takesTheWeightsOfAModelAlone() throws IOException {
    Path delivered = Files.createDirectory(folder.resolve("delivered"));
    Files.copy(source().resolve(Results.MODEL), delivered.resolve(Results.MODEL));
    Path run = folder.resolve("of-model");
    Trainer.train(images("init-from=" + delivered + ":1-2", "freeze=1-2"), run, Watcher.NOBODY);
    assertThat(new String(Runs.bytes(run.resolve(Results.MODEL)), ISO_8859_1))
        .doesNotContain(folder.toString());
  }

  /** A rule that refuses zero weights serves those of another run, then and later. */
  @Test
  void aRunFromZeroWithAllWeightsTakenCanBeOpenedAgain() {
    Path dense = folder.resolve("dense");
    Configuration base =
        Configuration.parse(Path.of("a"), "data: digits\nepochs: 1\nnet: 16,16\nrule: bp");
    Trainer.train(Experiment.of(base), dense, Watcher.NOBODY);
    Path run = folder.resolve("taken");
    Experiment experiment =
        Runs.changed(base, "init=zero", "rule=ifa", "init-from=" + dense, "checkpoint-every=9");
    try {
      Trainer.train(experiment, run, Runs.dyingAt(20));
    } catch (Runs.Killed e) {
      Trainer.resume(run, Watcher.NOBODY);
    }
    try (var _ = Scope.open()) {
      assertThat(TrainedModel.open(run).classes()).hasSize(10);
    }
    assertThat(Hindsight.of(run, Optional.empty(), "weights", 32)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1-3,5", "2", "1-2,4-6"})
  void blockNumbersPrintAsTheyParse(String text) {
    assertThat(BlockNumbers.parse("freeze", text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "3-1", "a", "1,", "1--2", "1-9999999", "-1"})
  void refusesOtherNumbers(String text) {
    assertThatThrownBy(() -> BlockNumbers.parse("freeze", text))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("freeze")
        .hasMessageContaining("1-3");
  }
}
