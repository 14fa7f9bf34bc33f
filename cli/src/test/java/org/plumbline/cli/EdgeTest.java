package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.edge.Arithmetic;
import org.plumbline.edge.Budget;
import org.plumbline.edge.Curve;
import org.plumbline.edge.Plan;
import tools.jackson.databind.JsonNode;

/** {@code edge} from a training to a prediction, through the commands and their JSON. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EdgeTest {
  private Path run = Path.of("");
  private Said trained = new Said(0, "", "");

  @BeforeAll
  void train(@TempDir Path home) {
    run = home.resolve("run");
    trained =
        Said.by("edge", "train", "--net=32", "--epochs=4", "--out", run.toString(), "--json")
            .done();
  }

  @Test
  void train_answers_with_the_keys_of_train_and_its_own() {
    JsonNode json = trained.json();
    List<String> keys = new ArrayList<>();
    json.propertyNames().forEach(keys::add);
    assertThat(keys.subList(0, 12))
        .containsExactly(
            "rule",
            "data",
            "epochs",
            "steps",
            "parameters",
            "train_loss",
            "train_accuracy",
            "test_loss",
            "test_accuracy",
            "seconds",
            "samples_per_second",
            "run");
    assertThat(json.path("test_accuracy").asDouble()).isBetween(0.85, 1.0);
    assertThat(json.path("parameters").asInt()).isEqualTo(65 * 32 + 33 * 10);
    assertThat(json.path("zero_updates").asDouble()).isBetween(0.05, 0.95);
    assertThat(json.path("largest_weight").asInt()).isBetween(100, 32_767);
    assertThat(run).isDirectoryContaining("glob:**/model.edge");
    assertThat(trained.err()).contains("bytes", "weights and biases, 16 bit");
  }

  @Test
  void evaluate_and_resume_of_a_finished_run_find_the_same() throws IOException {
    byte[] model = Files.readAllBytes(run.resolve("model.edge"));
    for (String command : new String[] {"evaluate", "resume"}) {
      JsonNode json = Said.by("edge", command, run.toString(), "--json").done().json();
      assertThat(json).as(command).isEqualTo(trained.json());
    }
    assertThat(Files.readAllBytes(run.resolve("model.edge"))).isEqualTo(model);
  }

  @Test
  void predict_names_the_class_of_each_row(@TempDir Path folder) throws IOException {
    String row =
        IntStream.range(0, 64).mapToObj(i -> "0.5").collect(Collectors.joining(",")) + "\n";
    Path rows = Files.writeString(folder.resolve("rows.csv"), row + row);
    JsonNode json =
        Said.by("edge", "predict", run.toString(), rows.toString(), "--json").done().json();
    assertThat(json.path("rows").size()).isEqualTo(2);
    JsonNode second = json.path("rows").path(1);
    assertThat(second.path("outputs").size()).isEqualTo(10);
    int most = second.path("outputs").valueStream().mapToInt(JsonNode::asInt).max().orElse(-1);
    assertThat(second.path("outputs").path(second.path("label").asString()).asInt())
        .isEqualTo(most);
  }

  @Test
  void steps_that_drive_weights_to_their_bound_are_told_of(@TempDir Path folder) {
    String out = folder.resolve("run").toString();
    Said said =
        Said.by("edge", "train", "--net=16", "--epochs=1", "--inverse-rate=1", "--out", out).done();
    assertThat(said.out()).contains("updates were clamped", "--inverse-rate above 1 ");
    assertThat(trained.json().path("clamped_updates").asDouble()).isZero();
  }

  @Test
  void inspect_computes_the_bytes_in_advance() {
    JsonNode json =
        Said.by("edge", "inspect", "--net=100,50", "--batch=20", "--json").done().json();
    Plan plan = new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(784, 100, 50, 10), 1);
    assertThat(json.path("training").path("total").asLong())
        .isEqualTo(Budget.training(plan, 20, 0, 1).total());
    assertThat(json.path("ranges").path(0).path("sum").asLong())
        .isEqualTo((784L * 255 + 1) * 32767);
    assertThat(Said.by("edge", "inspect", run.toString()).done().out())
        .contains("in all", "32 bits", "%,d".formatted(2 * (65 * 32 + 33 * 10)));
  }

  @Test
  void workers_train_and_threads_change_nothing(@TempDir Path folder) throws IOException {
    List<byte[]> models = new ArrayList<>();
    for (String threads : new String[] {"1", "3"}) {
      Path out = folder.resolve(threads);
      Said.by(
              "edge",
              "train",
              "--net=32",
              "--arithmetic=tifed",
              "--workers=4",
              "--mode=single-layer",
              "--inverse-rate=2048",
              "--batch=25",
              "--epochs=2",
              "--threads=" + threads,
              "--out",
              out.toString(),
              "--json")
          .done();
      byte[] model = Files.readAllBytes(out.resolve("model.edge"));
      models.add(
          java.util.Arrays.copyOfRange(
              model, model.length - 2 * (65 * 32 + 33 * 10) - 4, model.length - 4));
    }
    assertThat(models.get(1)).isEqualTo(models.get(0));
  }

  @ParameterizedTest
  @CsvSource({"relu, tanh", "batch-norm, 'batch-norm: {affine: without}'"})
  void the_blocks_of_a_run_are_quantised_and_a_head_learns(
      String first, String second, @TempDir Path folder) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("conv.yaml"),
            """
            blocks:
              - conv2d: {channels: 4, kernel: 3, padding: 1}
              - %s
              - relu
              - max-pool: {window: 2, stride: 2}
              - flatten
              - dense: {width: 24}
              - %s
              - tanh
              - dense: {width: 10}
            epochs: 4
            rule: bp
            probe: none
            """
                .formatted(first, second));
    Path floats = folder.resolve("floats");
    Said.by("train", config.toString(), "--out", floats.toString(), "--json").done();
    Path front = folder.resolve("front");
    JsonNode quantised =
        Said.by("edge", "quantize", floats.toString(), "--out", front.toString(), "--json")
            .done()
            .json();
    assertThat(quantised.path("features").asInt()).isEqualTo(24);
    assertThat(quantised.path("relative_error").asDouble()).isBetween(1e-6, 0.1);
    JsonNode head =
        Said.by(
                "edge",
                "train",
                "--features",
                front.toString(),
                "--net=20",
                "--arithmetic=tifed",
                "--inverse-rate=2048",
                "--out",
                folder.resolve("head").toString(),
                "--epochs=4",
                "--json")
            .done()
            .json();
    assertThat(head.path("test_accuracy").asDouble()).isGreaterThan(0.75);
    assertThat(Said.by("edge", "quantize", floats.toString(), "--blocks=3").refusal())
        .contains("from 1 to 2", "is 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"relu, batch-norm", "'batch-norm:evaluation=batch', relu"})
  void only_running_normalisation_right_behind_weights_is_quantised(
      String layers, @TempDir Path folder) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("late.yaml"),
            """
            blocks: [flatten, 'dense:width=9', %s, 'dense:width=10']
            epochs: 1
            probe: none
            """
                .formatted(layers));
    Path floats = folder.resolve("floats");
    Said.by("train", config.toString(), "--out", floats.toString(), "--json").done();
    assertThat(Said.by("edge", "quantize", floats.toString()).refusal())
        .contains("batch-norm of running statistics right behind them", "but the run has");
  }

  @Test
  void bench_times_both_engines() {
    JsonNode json = Said.by("edge", "bench", "--net=16", "--rounds=1", "--json").done().json();
    for (String engine : new String[] {"integers", "floats"}) {
      for (String work : new String[] {"training", "prediction"}) {
        assertThat(json.path(engine + "_" + work + "_samples_per_second").asDouble()).isPositive();
      }
    }
    assertThat(json.path("integers_weight_bytes").asInt()).isEqualTo(2 * (65 * 16 + 17 * 10));
  }

  @Test
  void what_cannot_be_is_refused(@TempDir Path folder) {
    assertThat(Said.by("edge", "train", "--out", run.toString()).refusal())
        .contains("edge resume " + run);
    assertThat(Said.by("edge", "train", "--arithmetic=pocketn").refusal()).contains("pocketnn");
    assertThat(Said.by("edge", "train", "--batch=0").refusal()).contains("batch", "'0'");
    assertThat(Said.by("edge", "train", "--data=two-moons").refusal()).contains("0 to 1");
    assertThat(Said.by("edge", "evaluate", folder.toString()).refusal()).contains("model.edge");
    assertThat(Said.by("edge", "train", "--workers=4000").refusal()).contains("4000 workers");
  }
}
