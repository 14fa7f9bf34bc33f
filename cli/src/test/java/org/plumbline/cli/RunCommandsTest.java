package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import tools.jackson.databind.JsonNode;

/** A run from its beginning to a prediction, through the commands and their JSON. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RunCommandsTest {
  private static final List<String> SUMMARY =
      List.of(
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
  private static final int EPOCHS = 3;

  @TempDir Path folder;
  private Path run = Path.of("");
  private Said trained = new Said(0, "", "");

  @BeforeAll
  void train(@TempDir Path home) {
    run = home.resolve("run");
    trained =
        Said.by("train", "--net=32", "--epochs=" + EPOCHS, "--out", run.toString(), "--json")
            .done();
  }

  @Test
  void train_answers_what_came_out_as_one_object() throws IOException {
    JsonNode json = trained.json();
    assertThat(json.propertyNames()).containsExactlyElementsOf(SUMMARY);
    assertThat(json.path("rule").asString()).isEqualTo("dfa");
    assertThat(json.path("epochs").asInt()).isEqualTo(EPOCHS);
    assertThat(json.path("test_accuracy").asDouble()).isBetween(0.6, 1.0);
    assertThat(Path.of(json.path("run").asString())).isEqualTo(run);
    assertThat(Files.readString(run.resolve("report.html"))).startsWith("<!").contains("</html>");
  }

  @Test
  void evaluate_answers_the_gain_of_a_cache_per_layer_and_run() {
    Said said =
        Said.by(
            "evaluate",
            run.toString(),
            run.toString(),
            "--cache=layers=each,theta=80,lambda=0.5",
            "--json");
    JsonNode json = said.done().json();
    assertThat(json.path("rows").size()).isEqualTo(2);
    JsonNode row = json.path("rows").path(0);
    assertThat(row.propertyNames())
        .containsExactly(
            "run",
            "rule",
            "data",
            "seed",
            "layers",
            "names",
            "width",
            "keys",
            "theta",
            "lambda",
            "network",
            "calibrated",
            "cache",
            "mixture",
            "gain");
    assertThat(row.path("network").path("accuracy").asDouble())
        .isEqualTo(trained.json().path("test_accuracy").asDouble());
    assertThat(json.path("means").path(0).path("runs").asInt()).isEqualTo(2);
    assertThat(json.path("means").path(0).path("gain_std").asDouble()).isZero();
    assertThat(Said.by("evaluate", run.toString(), "--cache=theta=80,lambda=0.5").done().out())
        .contains("gain", "mixture", "docs/lenses.md");
    assertThat(Said.by("evaluate", run.toString(), "--cache=layers=each").refusal())
        .contains("or train with --validation 0.1");
  }

  @Test
  void evaluate_answers_what_attacks_leave() {
    Said said =
        Said.by(
            "evaluate", run.toString(), "--attack=fgsm:eps=0/0.2", "--attack-rows=60", "--json");
    JsonNode row = said.done().json().path("rows").path(0);
    assertThat(row.path("name").asString()).isEqualTo("fgsm");
    assertThat(row.path("rows").asInt()).isEqualTo(60);
    assertThat(row.path("points").path(1).path("accuracy").asDouble())
        .isLessThan(row.path("points").path(0).path("accuracy").asDouble());
    assertThat(Said.by("evaluate", run.toString(), "--attack=noise").done().out())
        .contains("strength", "pixels of 0 to 1");
    assertThat(Said.by("evaluate", run.toString(), "--attack=noise", "--cache=layers=1").refusal())
        .contains("--cache and --attack exclude each other");
  }

  @Test
  void train_shows_network_and_progress_on_stderr() {
    assertThat(trained.err())
        .contains("dfa on digits, 3 epochs of 45 steps")
        .containsPattern("feedback \\[10, 32\\], std 0\\.\\d+, rms gain 0\\.\\d+")
        .containsPattern("epoch 3/3  loss .*accuracy .*alignment .* samples/s")
        .doesNotContain("\r", "\u001b");
  }

  @Test
  void quiet_says_nothing_but_the_answer() {
    Said quiet =
        Said.by(
                "--quiet",
                "train",
                "--net=8",
                "--epochs=1",
                "--out",
                folder.resolve("quiet").toString())
            .done();
    assertThat(quiet.err()).isEmpty();
    assertThat(quiet.out().lines()).hasSize(3);
    assertThat(quiet.out()).startsWith("test accuracy ").contains("report.html");
  }

  @Test
  void a_training_that_diverges_is_a_failure_with_a_report() {
    Path out = folder.resolve("diverged");
    Said said =
        Said.by(
            "train",
            "--optimizer=sgd:lr=1e30",
            "--activation=relu",
            "--quiet",
            "--out",
            out.toString());
    assertThat(said.code()).isEqualTo(Ending.FAILED);
    assertThat(said.out()).isEmpty();
    assertThat(said.err().lines()).hasSize(1);
    assertThat(said.err()).startsWith("plumbline: training diverged at step ");
    assertThat(out.resolve("report.html")).exists();
  }

  @Test
  void a_flag_wins_over_the_file() throws IOException {
    Path config = Files.writeString(folder.resolve("c.yaml"), "epochs: 7\nnet: 8\nrule: fa\n");
    Path out = folder.resolve("file");
    JsonNode json =
        Said.by("train", config.toString(), "--epochs", "1", "--out", out.toString(), "--json")
            .done()
            .json();
    assertThat(json.path("rule").asString()).isEqualTo("fa");
    assertThat(json.path("epochs").asInt()).isEqualTo(1);
    assertThat(Files.readString(out.resolve("config.yaml"))).contains("epochs: 1\n", "net: 8\n");
  }

  @Test
  void evaluate_finds_again_what_training_found() {
    JsonNode json = Said.by("evaluate", run.toString(), "--json").done().json();
    assertThat(json.propertyNames()).containsExactlyElementsOf(SUMMARY);
    for (String key : List.of("train_loss", "train_accuracy", "test_loss", "test_accuracy")) {
      assertThat(json.path(key).asDouble()).isEqualTo(trained.json().path(key).asDouble());
    }
    assertThat(Said.by("evaluate", run.toString()).done().out()).startsWith("test accuracy ");
  }

  @Test
  void resume_of_a_finished_run_makes_what_is_missing_and_says_so() throws IOException {
    Path report = run.resolve("report.html");
    Files.delete(report);
    Said resumed = Said.by("resume", run.toString(), "--json", "--quiet").done();
    assertThat(resumed.err()).contains("plumbline: warning: ", "is complete");
    assertThat(resumed.json().path("test_accuracy"))
        .isEqualTo(trained.json().path("test_accuracy"));
    assertThat(report).exists();
  }

  @Test
  void a_folder_that_holds_a_run_is_refused_and_names_resume() {
    assertThat(Said.by("train", "--out", run.toString()).refusal())
        .contains("holds a run", "resume " + run);
  }

  @Test
  void predict_gives_label_and_probabilities_of_each_row() throws IOException {
    Path rows = Files.writeString(folder.resolve("rows.csv"), row(0.1) + row(0.9));
    JsonNode json = Said.by("predict", run.toString(), rows.toString(), "--json").done().json();
    assertThat(json.propertyNames()).containsExactly("run", "input", "rows");
    assertThat(json.path("rows").size()).isEqualTo(2);
    JsonNode second = json.path("rows").path(1);
    assertThat(second.path("row").asInt()).isEqualTo(2);
    assertThat(second.path("probabilities").size()).isEqualTo(10);
    double sum = second.path("probabilities").valueStream().mapToDouble(JsonNode::asDouble).sum();
    double greatest =
        second.path("probabilities").valueStream().mapToDouble(JsonNode::asDouble).max().orElse(0);
    assertThat(sum).isCloseTo(1, within(1e-9));
    assertThat(second.path("probability").asDouble()).isEqualTo(greatest);
    assertThat(second.path("probabilities").path(second.path("label").asString()).asDouble())
        .isEqualTo(greatest);
    assertThat(Said.by("predict", run.toString(), rows.toString()).done().out().lines())
        .hasSize(2)
        .last()
        .asString()
        .matches("row 2  \\d +\\d+\\.\\d %  \\(\\d \\d+\\.\\d %, \\d \\d+\\.\\d %\\)");
  }

  @Test
  void predict_refuses_what_does_not_fit() throws IOException {
    Path narrow = Files.writeString(folder.resolve("narrow.csv"), "1,2,3\n");
    assertThat(Said.by("predict", run.toString(), narrow.toString()).refusal())
        .contains("narrow.csv", "64", "3");
  }

  @Test
  void inspect_shows_a_run_and_a_configuration_alike() throws IOException {
    JsonNode ofRun = Said.by("inspect", run.toString(), "--json").done().json();
    JsonNode block = ofRun.path("blocks").path(0);
    assertThat(ofRun.path("parameters").asLong()).isEqualTo(64 * 32 + 32 + 32 * 10 + 10);
    assertThat(block.propertyNames())
        .containsExactly(
            "block", "name", "output", "parameters", "feedback", "forward", "gradient");
    assertThat(block.path("feedback").propertyNames())
        .containsExactly("shape", "std", "rms_gain", "held", "bytes");
    assertThat(ofRun.path("feedback_bytes").asLong()).isEqualTo(4 * 10 * 32);
    long f = 64 * 32 + 32 * 10;
    assertThat(ofRun.path("cost").path("total").asDouble()).isEqualTo(2.0 * f + 10 * 32);
    assertThat(ofRun.path("bp").path("total").asDouble()).isEqualTo(2.0 * f + 32 * 10);
    assertThat(ofRun.path("blocks").path(1).has("feedback")).isFalse();
    Path config = Files.writeString(folder.resolve("same.yaml"), "net: 32\n");
    assertThat(Said.by("inspect", config.toString(), "--json").done().json()).isEqualTo(ofRun);
    assertThat(Said.by("inspect", config.toString()).done().out())
        .contains("rms gain", "[10, 32]", "2,410 parameters");
  }

  @Test
  void inspect_reads_probes_of_the_checkpoints() {
    JsonNode all =
        Said.by("inspect", run.toString(), "--probe", "alignment,weights,cost", "--json")
            .done()
            .json();
    JsonNode last = all.path("checkpoints").path(all.path("checkpoints").size() - 1);
    assertThat(all.path("mode").asString()).isEqualTo("train");
    assertThat(last.path("of").asString()).isEqualTo("checkpoint, model");
    assertThat(last.path("readings").propertyNames())
        .contains("alignment/1", "alignment/1/null", "update/total", "weights/2", "cost/total");
    assertThat(Said.by("inspect", run.toString(), "--probe", "cost", "--rows", "5").done().out())
        .contains("cost/bp/words", "5 training rows", "step");
  }

  @Test
  void inspect_reads_the_kernel_from_the_start_of_the_run() {
    JsonNode all =
        Said.by("inspect", run.toString(), "--kernel", "--rows", "6", "--json").done().json();
    JsonNode first = all.path("checkpoints").path(0);
    JsonNode last = all.path("checkpoints").path(all.path("checkpoints").size() - 1);
    assertThat(first.path("of").asString()).isEqualTo("start");
    assertThat(first.path("readings").path("kernel/drift").asDouble()).isLessThan(1e-6);
    assertThat(last.path("of").asString()).isEqualTo("checkpoint, model");
    assertThat(last.path("readings").path("kernel/drift").asDouble()).isGreaterThan(0.01);
    assertThat(last.path("readings").propertyNames()).contains("kernel/rule/hidden_share");
    assertThat(Said.by("inspect", run.toString(), "--kernel").done().out())
        .contains("start", "30 training rows", "evaluation mode");
    assertThat(Said.by("inspect", run.toString(), "--kernel", "--rows", "201").refusal())
        .contains("201 x 10 is 2010", "rows=200");
    assertThat(Said.by("inspect", run.toString(), "--kernel", "--probe", "cost").refusal())
        .contains("leave out --probe");
  }

  @Test
  void inspect_shows_the_capacity_of_a_model_and_its_rescaled_twin() {
    JsonNode tanh = Said.by("inspect", run.toString(), "--capacity", "--json").done().json();
    assertThat(tanh.path("readings").path("capacity/applies").asDouble()).isZero();
    assertThat(tanh.path("layers").size()).isZero();
    assertThat(Said.by("inspect", run.toString(), "--capacity").done().out()).contains("no bound");
    Path relu = folder.resolve("relu");
    Said.by(
            "train",
            "--net",
            "12,9",
            "--activation",
            "relu",
            "--epochs",
            "1",
            "--constrain",
            "l1inf:c=3",
            "--out",
            relu.toString())
        .done();
    JsonNode all = Said.by("inspect", relu.toString(), "--capacity", "--json").done().json();
    assertThat(all.path("difference").asDouble()).isLessThan(1e-9);
    for (int l = 0; l < 3; l++) {
      JsonNode layer = all.path("layers").path(l);
      assertThat(layer.path("norm_1_inf").asDouble()).isBetween(1.0, 3 * (1 + 2e-6));
      if (l == 0) {
        assertThat(layer.path("rescaled_1_inf").asDouble())
            .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-9));
      }
    }
    assertThat(all.path("readings").path("capacity/r/2_inf").asDouble()).isPositive();
    assertThat(Said.by("inspect", relu.toString(), "--capacity", "--kernel").refusal())
        .contains("leave out --capacity");
  }

  @Test
  void inspect_refuses_probes_that_cannot_be_read() throws IOException {
    Path config = Files.writeString(folder.resolve("lone.yaml"), "net: 32\n");
    assertThat(Said.by("inspect", config.toString(), "--probe", "cost").refusal())
        .contains("run folder", "lone.yaml");
    assertThat(Said.by("inspect", run.toString(), "--probe", "alignmnt").refusal())
        .contains("'alignmnt'", "alignment");
    assertThat(Said.by("inspect", run.toString(), "--probe", "none").refusal())
        .contains("needs a probe");
    assertThat(Said.by("inspect", run.toString(), "--probe", "cost", "--rows", "0").refusal())
        .contains("rows", "0");
    assertThat(Said.by("inspect", run.toString(), "--rows", "9").refusal()).contains("--probe");
  }

  @Test
  void a_corrupt_run_is_refused() throws IOException {
    Path broken = copied("broken");
    Files.writeString(broken.resolve("config.yaml"), "rule: nonsense\n");
    assertThat(Said.by("resume", broken.toString()).refusal()).contains("'nonsense'");
    Path model = copied("model");
    Files.writeString(model.resolve("model.safetensors"), "no tensors");
    assertThat(Said.by("evaluate", model.toString()).refusal()).contains("model.safetensors");
    Path checkpoints = copied("checkpoints");
    try (Stream<Path> files = Files.list(checkpoints)) {
      for (Path file :
          files
              .filter(f -> f.getFileName().toString().matches("checkpoint-.*\\.safetensors"))
              .toList()) {
        Files.writeString(file, "no tensors");
      }
    }
    assertThat(Said.by("resume", checkpoints.toString()).refusal()).contains("checkpoint");
  }

  @Test
  void trainings_that_start_at_the_same_moment_take_folders_of_their_own() {
    Path runs = folder.resolve("runs");
    assertThat(Train.taken(runs, "digits-dfa")).isEqualTo(runs.resolve("digits-dfa-1"));
    assertThat(Train.taken(runs, "digits-dfa")).isEqualTo(runs.resolve("digits-dfa-2"));
  }

  @Test
  void runs_are_named_after_data_and_rule() throws IOException {
    Path table = Files.writeString(folder.resolve("My Table.v2.csv"), "1,a\n2,b\n3,a\n4,b\n");
    assertThat(table).exists();
    assertThat(Train.name(experiment("digits"))).isEqualTo("digits-dfa");
    assertThat(Train.name(experiment(table.toString()))).isEqualTo("My Table-dfa");
    assertThat(Train.name(experiment("two-moons:noise=0.2"))).isEqualTo("two-moons-dfa");
  }

  private static Experiment experiment(String data) {
    return Experiment.of(Configuration.defaults().with(Options.DATA, data));
  }

  private Path copied(String name) throws IOException {
    Path copy = Files.createDirectory(folder.resolve(name));
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static String row(double pixel) {
    return String.join(",", IntStream.range(0, 64).mapToObj(_ -> "" + pixel).toList()) + "\n";
  }
}
