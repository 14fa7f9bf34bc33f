package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.MaskedDense;
import org.plumbline.value.BadInput;

class BottleneckTest {
  private static final Map<Options, String> SMALL =
      new EnumMap<>(
          Map.of(
              Options.DATA, "two-moons:examples=60",
              Options.NET, "8,6,7",
              Options.RULE, "dfa",
              Options.BATCH, "10",
              Options.EPOCHS, "2"));

  private static Bottleneck sweep(String variant, String units, String... changes) {
    Configuration base = Configuration.defaults();
    Map<Options, String> given = new EnumMap<>(SMALL);
    for (String change : changes) {
      int equals = change.indexOf('=');
      given.put(
          Options.of(change.substring(0, equals)).orElseThrow(), change.substring(equals + 1));
    }
    for (Map.Entry<Options, String> option : given.entrySet()) {
      base = base.with(option.getKey(), option.getValue());
    }
    return Bottleneck.of(new Bottleneck.Wish(base, given.keySet(), variant, units, "2"));
  }

  private static Configuration cell(Bottleneck sweep, String label) {
    return sweep.study().cells().stream()
        .filter(cell -> cell.label().equals(label))
        .findFirst()
        .orElseThrow()
        .configuration();
  }

  @Test
  void theExperimentIsThePublishedOneUnlessToldOtherwise() {
    assertThat(Bottleneck.fallback(Options.DATA)).isEqualTo("cifar10");
    assertThat(Bottleneck.fallback(Options.NET)).isEqualTo("800,800,800");
    assertThat(Bottleneck.fallback(Options.RULE)).isEqualTo("udfa");
    assertThat(Bottleneck.fallback(Options.OPTIMIZER)).isEqualTo("sgd:lr=5e-4");
    assertThat(Bottleneck.fallback(Options.BATCH)).isEqualTo("128");
    assertThat(Bottleneck.fallback(Options.EPOCHS)).isEqualTo("50");
    assertThat(Bottleneck.fallback(Options.ACTIVATION)).isEqualTo("tanh");
    assertThat(sweep("", "", "net=800,800,800").units())
        .containsExactly(1, 3, 5, 8, 11, 18, 28, 46, 73, 118, 191, 308, 496, 800);
    assertThat(sweep("", "").variant()).isEqualTo(Bottleneck.Variant.MASKED);
    assertThat(sweep("", "").units()).as("up to the width").containsExactly(1, 3, 5, 6);
  }

  @Test
  void theNarrowVariantHasSoManyUnitsAndAControlOfEachWidth() {
    Bottleneck sweep = sweep("narrow", "6,2");
    assertThat(sweep.study().labels()).containsExactly("b=2", "b=2 frozen", "b=6", "b=6 frozen");
    assertThat(sweep.study().cells()).hasSize(8);
    assertThat(cell(sweep, "b=2").get(Options.NET)).isEqualTo("8,2,7");
    assertThat(cell(sweep, "b=2 frozen").get(Options.RULE)).isEqualTo("shallow");
    assertThat(cell(sweep("narrow", "1", "net=4"), "b=1").get(Options.NET)).isEqualTo("1");
  }

  @Test
  void theMaskedVariantMasksTheMiddleLayerAndHasOneControl() {
    Bottleneck sweep = sweep("masked", "3,6");
    assertThat(sweep.study().labels()).containsExactly("b=3", "b=6", "frozen");
    assertThat(cell(sweep, "b=3").blocks().orElseThrow())
        .isEqualTo(
            List.of(
                new Dense(8),
                new Activation.Tanh(),
                new MaskedDense(6, 0.5),
                new Activation.Tanh(),
                new Dense(7),
                new Activation.Tanh(),
                new Dense(2)));
    assertThat(cell(sweep, "frozen").get(Options.NET)).isEqualTo("8,6,7");
    assertThat(cell(sweep("masked", "2", "net=4", "data=digits"), "b=2").blocks().orElseThrow())
        .contains(new MaskedDense(4, 0.5));
  }

  /** The published b = 800: a mask that keeps everything is no mask. */
  @Test
  void keptWholeTheMaskedRunIsTheUnmaskedOneBitForBit(@TempDir Path dir) {
    Bottleneck sweep = sweep("masked", "3,6");
    Trainer.train(Experiment.of(cell(sweep, "b=6")), dir.resolve("whole"), new Watcher() {});
    Trainer.train(Experiment.of(cell(sweep, "b=3")), dir.resolve("half"), new Watcher() {});
    Trainer.train(Experiment.of(sweep.base()), dir.resolve("plain"), new Watcher() {});
    Map<String, Double> plain = readings(dir.resolve("plain"));
    assertThat(readings(dir.resolve("whole"))).isEqualTo(plain);
    assertThat(readings(dir.resolve("half"))).isNotEqualTo(plain);
    assertThat(model(dir.resolve("whole"))).isEqualTo(model(dir.resolve("plain")));
    assertThat(model(dir.resolve("half"))).isNotEqualTo(model(dir.resolve("plain")));
  }

  private static Map<String, Double> readings(Path run) {
    return Hindsight.of(run, Optional.empty(), "alignment", 10).readings().getLast().readings();
  }

  /** The bytes of the tensors, behind the header. */
  private static List<Byte> model(Path run) {
    byte[] file = Runs.bytes(run.resolve(Results.MODEL));
    long header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    List<Byte> bytes = new ArrayList<>();
    for (int i = (int) header + 8; i < file.length; i++) {
      bytes.add(file[i]);
    }
    return bytes;
  }

  @Test
  void aSweepReadsItselfBack(@TempDir Path dir) {
    for (String variant : List.of("narrow", "masked")) {
      Bottleneck sweep = sweep(variant, "2,6");
      Path folder = dir.resolve(variant);
      sweep.open(folder).close();
      assertThat(Bottleneck.in(folder)).isEqualTo(sweep);
      assertThat(sweep.isUnfinishedIn(folder)).isTrue();
      assertThatThrownBy(() -> sweep(variant, "2,5").open(folder))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("bottleneck is 2,6, not 2,5");
      assertThatThrownBy(() -> sweep(variant, "2,6", "batch=11").open(folder))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("batch is 10, not 11");
    }
  }

  @Test
  void theTableHasALineForEachB(@TempDir Path dir) {
    Bottleneck sweep = sweep("masked", "2,6", "epochs=1");
    try (var folder = sweep.open(dir.resolve("out"))) {
      List<CellResult> results = sweep.study().carryOut(folder, new Study.Follower() {});
      List<String> lines = sweep.csv(Tally.of(results, folder.directory())).lines().toList();
      assertThat(lines).hasSize(3);
      List<String> head = List.of(lines.getFirst().split(",", -1));
      List<String> first = List.of(lines.get(1).split(",", -1));
      assertThat(first).hasSameSizeAs(head);
      assertThat(head)
          .contains(
              "bottleneck",
              "test_accuracy_mean",
              "alignment_3_mean",
              "alignment_3_null_mean",
              "frozen_test_accuracy_mean");
      assertThat(first.getFirst()).isEqualTo("2");
      for (String name :
          List.of("test_accuracy_mean", "alignment_1_null_std_mean", "frozen_test_accuracy_mean")) {
        assertThat(first.get(head.indexOf(name))).as(name).isNotEmpty();
      }
      assertThat(named(results.getFirst().figures(), "alignment_2_null")).isFinite();
    }
  }

  @Test
  void whatCannotBeSweptIsRefused() {
    assertThatThrownBy(() -> sweep("wide", "1")).hasMessageContaining("'wide'");
    assertThatThrownBy(() -> sweep("", "7")).hasMessageContaining("1 to 6");
    assertThatThrownBy(() -> sweep("", "0")).hasMessageContaining("1 to 6");
    assertThatThrownBy(() -> sweep("", "few")).hasMessageContaining("'few'");
    assertThatThrownBy(() -> sweep("", "1", "net=none")).hasMessageContaining("hidden layer");
  }
}
