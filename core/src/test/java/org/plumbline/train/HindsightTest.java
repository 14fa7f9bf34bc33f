package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.BadInput;

class HindsightTest {
  private static Path trained(Path dir, String... changes) {
    Path run = dir.resolve("run");
    Trainer.train(Runs.small(changes), run, new Watcher() {});
    return run;
  }

  private static Map<String, byte[]> files(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.collect(Collectors.toMap(f -> f.getFileName().toString(), Runs::bytes));
    }
  }

  @Test
  void everyCheckpointIsReadOnTheSameRowsAndTheRunIsLeftAlone(@TempDir Path dir)
      throws IOException {
    Path run = trained(dir);
    Map<String, byte[]> before = files(run);
    Hindsight one = Hindsight.of(run, Optional.empty(), "alignment,weights,cost", 16);
    Hindsight again = Hindsight.of(run, Optional.empty(), "alignment,weights,cost", 16);
    assertThat(again).isEqualTo(one);
    assertThat(one.rows()).isEqualTo(16);
    List<Long> steps = one.readings().stream().map(Hindsight.At::step).toList();
    assertThat(steps).hasSize(2).isSorted();
    assertThat(one.readings().getLast().of()).isEqualTo("checkpoint, model");
    for (Hindsight.At at : one.readings()) {
      assertThat(at.readings()).containsKeys("alignment/1", "weights/2", "cost/total");
    }
    assertThat(named(one.readings().getFirst().readings(), "alignment/1"))
        .as("training went on in between")
        .isNotEqualTo(named(one.readings().getLast().readings(), "alignment/1"));
    assertThat(files(run)).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void theModelOfEarlyStoppingIsReadBesideTheLastCheckpoint(@TempDir Path dir) {
    Path run = trained(dir, "epochs=6", "patience=1", "optimizer=sgd:lr=3", "schedule=constant");
    List<Hindsight.At> readings = Hindsight.of(run, Optional.empty(), "weights", 4).readings();
    assertThat(readings.getLast().of()).isEqualTo("model");
    assertThat(readings.get(readings.size() - 2).of()).isEqualTo("checkpoint");
    assertThat(readings.getLast().readings())
        .isNotEqualTo(readings.get(readings.size() - 2).readings());
  }

  @Test
  void aDamagedCheckpointIsRefused(@TempDir Path dir) throws IOException {
    Path run = trained(dir);
    long step = Hindsight.of(run, Optional.empty(), "cost", 4).readings().getFirst().step();
    Files.writeString(run.resolve("checkpoint-" + step + ".safetensors"), "no tensors");
    assertThatThrownBy(() -> Hindsight.of(run, Optional.empty(), "cost", 4))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("checkpoint-" + step + ".safetensors");
  }
}
