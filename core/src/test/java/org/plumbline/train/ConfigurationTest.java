package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Augmentation;
import org.plumbline.data.Preparation;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Residual;
import org.plumbline.probe.Alignment;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

class ConfigurationTest {
  private static final Path FILE = Path.of("a.yaml");

  @Test
  void whatIsPrintedIsReadBackTheSame() {
    Configuration defaults = Experiment.of(Configuration.defaults()).configuration();
    assertThat(Configuration.parse(FILE, defaults.yaml())).isEqualTo(defaults);
    Configuration odd =
        Configuration.defaults()
            .with(Options.DATA, "a \"b\": c#d \\ é.csv")
            .with(Options.LABEL_COLUMN, "-1")
            .with(Options.DATA_DIR, "~");
    assertThat(Configuration.parse(FILE, odd.yaml())).isEqualTo(odd);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "NULL", "~", "a\u0080b", "true", "=", "#", "a: b", "- a", "1_0"})
  void everyTextIsReadBackTheSame(String text) {
    Configuration odd = Configuration.defaults().with(Options.LABEL_COLUMN, text);
    assertThat(Configuration.parse(FILE, odd.yaml())).isEqualTo(odd);
  }

  @Test
  void linearNetsMayStartAtZeroWhateverTheActivation() {
    assertThat(Runs.small("net=none", "activation=relu", "init=zero").mlp().widths()).isEmpty();
  }

  @Test
  void namedArchitecturesCannotStartAtZeroThroughRelu() {
    assertThatThrownBy(() -> Runs.small("arch=lenet:activation=relu", "init=zero"))
        .hasMessageContaining("init zero cannot be learned through relu");
    assertThatThrownBy(() -> Runs.small("arch=lenet", "init=zero", "rule=bp"))
        .hasMessageContaining("init zero cannot be learned by rule bp");
    assertThat(Runs.small("arch=lenet", "init=zero").arch()).isPresent();
  }

  /** The example of the page about networks, residual block and all, prints as it parses. */
  @Test
  void theExampleOfThePageAboutNetworksIsANetwork() throws IOException {
    String page = Files.readString(Path.of("../docs/networks.md"));
    int from = page.indexOf("```yaml\n") + "```yaml\n".length();
    Configuration example =
        Configuration.parse(FILE, page.substring(from, page.indexOf("```", from)));
    Experiment experiment = Experiment.of(example);
    assertThat(experiment.layers(Shape.of(3, 32, 32), 10)).hasSize(7);
    Configuration complete = experiment.configuration();
    assertThat(Configuration.parse(FILE, complete.yaml())).isEqualTo(complete);
    assertThat(complete.blocks().orElseThrow()).anyMatch(Residual.class::isInstance);
  }

  @Test
  void residualsAreReadFromListsAndRefuseOtherThings() {
    Configuration list =
        Configuration.parse(FILE, "blocks: [{residual: [tanh]}, {dense: {width: 2}}]");
    assertThat(list.blocks().orElseThrow().getFirst())
        .isEqualTo(new Residual(List.of(new Activation.Tanh())));
    for (String bad :
        List.of(
            "residual: tanh",
            "residual: {bodi: [tanh]}",
            "residual: {body: tanh}",
            "residual: {body: [tanh], shortcut: tanh}")) {
      assertThatThrownBy(() -> Configuration.parse(FILE, "blocks: [{" + bad + "}]"))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("residual");
    }
  }

  @Test
  void architecturesAreListsOfLayers() {
    Configuration c =
        Configuration.parse(
            FILE,
            """
            rule: fa
            optimizer: {}
            blocks:
              - flatten
              - sequential: [dense:width=32, relu, {dropout: {rate: 0.5}}]
              - dense: {width: 16, bias: without}
              - leaky-relu:slope=0.2
              - dense:width=3
            """
                .replace("optimizer: {}\n", ""));
    Experiment e = Experiment.of(c);
    assertThat(e.layers(Shape.of(1, 8, 8), 3)).hasSize(5);
    assertThat(Configuration.parse(FILE, e.configuration().yaml())).isEqualTo(e.configuration());
    assertThatThrownBy(() -> e.layers(Shape.of(1, 8, 8), 4))
        .hasMessageContaining("blocks must end with one output a class, [4], but end with [3]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "epoch: 3 | unknown key 'epoch'; did you mean 'epochs'?",
        "epochs: -3 | epochs must be at least 1, but is -3",
        "epochs: many | epochs must be a whole number",
        "rule: dfq | unknown rule 'dfq'; did you mean 'dfa'?",
        "rule: dfa:gian=2 | did you mean 'gain'?",
        "rule: dfa:gain=-1 | gain must be above 0, but is -1",
        "optimizer: adam:lr=NaN | lr must be above 0",
        "batch: 0 | batch must be at least 1",
        "dropout: 1 | dropout must be at least 0 and below 1, but is 1",
        "net: 10,x | net must be widths like 800,800",
        "net: 10,-5 | a width of net must be at least 1, but is -5",
        "patience: 3 | needs validation data",
        "device: gpu | unknown device 'gpu'",
        "precision: fp16 | did you mean 'fp32'?",
        "{precision: bf16, device: cuda} | precision bf16 needs device cpu, but device is cuda",
        "prepare: standardize | unknown preparation 'standardize'; did you mean 'standardise'?",
        "prepare: zca:epsilon=-1 | epsilon of zca must be above 0, but is -1",
        "augment: crop+flop | unknown augmentation 'flop'; did you mean 'flip'?",
        "order: random | unknown order 'random'; known: shuffled, stored",
        "last-batch: drop | unknown last-batch 'drop'; known: kept, dropped",
        "schedule: cosin | did you mean 'cosine'?",
        "optimizer: sgd:lr=1e39 | lr must be at most 3.4e38, but is 1e39",
        "threads: 100000 | threads must be at most",
        "seed: x | seed must be a whole number",
        "test-fraction: 0 | test-fraction must be above 0 and below 1",
        "{init: zero, rule: bp} | hidden weights that are all zero stay so",
        "{init: zero, activation: relu} | whose slope at 0 is 0",
        "{net: 10, blocks: [dense]} | exclude each other",
        "blocks: dense | blocks must be a list",
        "blocks: [dens] | unknown layer 'dens'; did you mean 'dense'?",
        "blocks: [{sequential: []}] | at least one layer",
        "{epochs: 1, epochs: 2} | a.yaml",
        "epochs: {a: 1} | must be one value",
        "epochs: !!int 3 | a tag, an anchor or an alias",
        "{seed: &a 3, epochs: *a} | a tag, an anchor or an alias",
        "[1, 2] | expected 'key: value' lines",
        "'epochs: [1' | expected YAML",
      })
  void refusesInOneLine(String yaml, String message) {
    assertThatThrownBy(() -> Experiment.of(Configuration.parse(FILE, yaml)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void probesAreSeparatedByCommasOrPluses() {
    for (String text : List.of("alignment:draws=3,alignment", "alignment:draws=3+alignment")) {
      assertThat(Experiment.of(Configuration.defaults().with(Options.PROBE, text)).probes())
          .containsExactly(new Alignment(3), new Alignment());
    }
    assertThat(Experiment.of(Configuration.parse(FILE, "probe: [alignment]")).probes()).hasSize(1);
  }

  @Test
  void whatIsDoneToTheRowsIsKeptWhole() {
    String yaml =
        "prepare: scale:mean=0.49/0.48/0.45\naugment: crop+flip\norder: stored\nlast-batch: dropped\n";
    Configuration normal = Experiment.of(Configuration.parse(FILE, yaml)).configuration();
    assertThat(normal.yaml())
        .contains("prepare: scale:mean=0.49/0.48/0.45,deviation=0.5\n")
        .contains("augment: crop:padding=4+flip\n")
        .contains("order: stored\n", "last-batch: dropped\n");
    assertThat(Configuration.parse(FILE, normal.yaml())).isEqualTo(normal);
    assertThat(Experiment.of(normal).presentation())
        .isEqualTo(
            new Presentation(
                new Preparation.Scale("0.49/0.48/0.45", "0.5"),
                new Augmentation.Chain(List.of(new Augmentation.Crop(4), new Augmentation.Flip())),
                Presentation.Order.STORED,
                Presentation.LastBatch.DROPPED));
  }

  @Test
  void refusesDepthAndLength() {
    assertThatThrownBy(() -> Configuration.parse(FILE, "blocks: " + "[".repeat(10_000)))
        .isInstanceOf(BadInput.class);
    assertThatThrownBy(() -> Configuration.parse(FILE, "#" + "x".repeat(1 << 20)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("at most 1 MiB");
  }

  @Test
  void nothingOnTheOptionsListIsMissing() {
    String yaml = Configuration.defaults().yaml();
    for (Options option : Options.values()) {
      assertThat(yaml).contains(option.key() + ": ");
      assertThat(option.about()).isNotBlank().doesNotEndWith(".");
    }
  }

  /** Mutated files: the declared exception, or a configuration that prints as it parses. */
  @Test
  void survivesMutation() {
    Seed seed = Seed.of(7);
    String blocks = "blocks: [{sequential: [dense:width=3, tanh]}, dropout, dense:width=2]";
    List<String> starts =
        List.of(Configuration.parse(FILE, blocks).yaml(), Configuration.defaults().yaml());
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = starts.get(i % 2).getBytes(StandardCharsets.UTF_8);
      for (int k = 0; k <= i % 4; k++) {
        int at = (int) Long.remainderUnsigned(seed.child(i).bits(2L * k), bytes.length);
        long draw = seed.child(i).bits(2L * k + 1);
        bytes[at] = (byte) (i % 8 == 0 ? draw : '0' + Long.remainderUnsigned(draw, 75));
      }
      try {
        Configuration c = Configuration.parse(FILE, new String(bytes, StandardCharsets.UTF_8));
        Configuration normal = Experiment.of(c).configuration();
        assertThat(Configuration.parse(FILE, normal.yaml())).isEqualTo(normal);
      } catch (BadInput e) {
        refused++;
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(refused).isBetween(100, 2999);
  }
}
