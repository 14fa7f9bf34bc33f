package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.train.Comparison;
import org.plumbline.train.Configuration;
import org.plumbline.train.Options;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Rules side by side, through the command, its JSON and its files. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CompareTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path folder;
  private Path out = Path.of("");
  private Said compared = new Said(0, "", "");

  private static Said compare(Path out, String... more) {
    return Said.by(
        Stream.of(Stream.of("compare", "--net=16", "--out", out.toString()), Stream.of(more))
            .flatMap(s -> s)
            .toArray(String[]::new));
  }

  @BeforeAll
  void compareTwo(@TempDir Path home) {
    out = home.resolve("two");
    compared =
        compare(out, "--rules=bp,dfa:gain=2,law=normal", "--seeds=2", "--epochs=2", "--json")
            .done();
  }

  @Test
  void answers_rows_and_runs_as_one_object() {
    JsonNode json = compared.json();
    assertThat(json.propertyNames()).containsExactly("out", "report", "rows", "runs");
    assertThat(json.path("rows").size()).isEqualTo(2);
    assertThat(json.path("runs").size()).isEqualTo(4);
    JsonNode row = json.path("rows").path(1);
    assertThat(row.path("rule").asString()).isEqualTo("dfa:gain=2,law=normal");
    assertThat(row.path("seeds").asInt()).isEqualTo(2);
    assertThat(row.path("feedback_bytes").asInt()).isEqualTo(10 * 16 * 4);
    for (String key :
        List.of("test_accuracy_mean", "test_accuracy_std", "train_accuracy_mean", "seconds_mean")) {
      assertThat(row.path(key).isNumber()).as(key).isTrue();
    }
    double a = json.path("runs").path(0).path("test_accuracy").asDouble();
    double b = json.path("runs").path(2).path("test_accuracy").asDouble();
    assertThat(json.path("runs").path(2).path("seed").asInt()).isEqualTo(2);
    assertThat(json.path("rows").path(0).path("test_accuracy_mean").asDouble())
        .isCloseTo((a + b) / 2, within(1e-12));
  }

  @Test
  void shows_progress_over_all_runs_and_says_what_is_lacking() {
    assertThat(compared.err())
        .contains("the comparison lacks its control, shallow")
        .containsPattern("run 1/4  bp seed 1  epoch 1/2  accuracy .* %")
        .containsPattern("run 4/4  dfa:gain=2,law=normal seed 2: test accuracy \\d")
        .doesNotContain("\r", "\u001b");
  }

  @Test
  void leaves_run_folders_tables_and_pages() throws IOException {
    for (String run : List.of("bp-seed-1", "dfa-gain-2-law-normal-seed-2")) {
      Path report = out.resolve("runs").resolve(run).resolve("report.html");
      assertThat(Files.readString(report)).startsWith("<!").contains("</html>");
    }
    JsonNode json = JSON.readTree(out.resolve("comparison.json"));
    assertThat(json.path("rows")).isEqualTo(compared.json().path("rows"));
    assertThat(json.path("complete").asBoolean()).isTrue();
    assertThat(Files.readAllLines(out.resolve("comparison.csv"))).hasSize(3);
    assertThat(Files.readString(out.resolve("comparison.html")))
        .contains("2 rules", "4 runs, all ended", "dfa:gain=2,law=normal", "epoch 2");
    assertThat(Files.readString(out.resolve("compare.yaml")))
        .contains("seeds: 2\n", "probe-every: 45\n", "probe: alignment")
        .doesNotContain("rule: ");
  }

  @Test
  void attacks_every_network_once_and_draws_their_curves() throws IOException {
    Path attacked = folder.resolve("attacked");
    String[] command = {
      "--rules=bp,ff",
      "--seeds=1",
      "--epochs=1",
      "--attack=noise:sigma=0/0.3,fgsm:eps=0/0.1",
      "--attack-rows=50",
      "--json"
    };
    JsonNode json = compare(attacked, command).done().json();
    JsonNode bp = json.path("rows").path(0);
    assertThat(bp.path("attack_noise_0_mean").asDouble())
        .isGreaterThan(bp.path("attack_fgsm_0.1_mean").asDouble());
    assertThat(json.path("rows").path(1).has("attack_noise_0.3_mean")).isTrue();
    assertThat(json.path("rows").path(1).has("attack_fgsm_0.1_mean")).isFalse();
    assertThat(Files.readString(attacked.resolve("comparison.html")))
        .contains("Under attack", "fgsm has no curve for ff");
    assertThat(Files.readString(attacked.resolve("compare.yaml"))).contains("attack-rows: 50");
    Path file = attacked.resolve("runs/bp-seed-1/robustness.json");
    assertThat(Files.readString(attacked.resolve("runs/ff-seed-1/robustness.json")))
        .contains("\"refused\":\"attack fgsm follows the gradient");
    byte[] before = Files.readAllBytes(file);
    Files.delete(file); // as if killed before it was written
    Said.by("resume", attacked.toString(), "--quiet").done();
    assertThat(file).hasBinaryContent(before);
    assertThat(compare(attacked, "--rules=bp,ff", "--seeds=1", "--epochs=1").refusal())
        .contains(
            "holds another comparison: its attack is noise:sigma=0/0.3,fgsm:eps=0/0.1 on 50 rows, not none");
  }

  @Test
  void again_nothing_is_trained_and_the_page_is_made_anew() throws IOException {
    byte[] model = Files.readAllBytes(out.resolve("runs/bp-seed-1/model.safetensors"));
    Files.delete(out.resolve("comparison.html"));
    Said again = compare(out, "--rules=bp,dfa:gain=2,law=normal", "--seeds=2", "--epochs=2").done();
    assertThat(again.err()).contains("4 of 4 runs were done before").doesNotContain("epoch");
    assertThat(again.out().lines().toList().getFirst()).startsWith("rule ");
    assertThat(again.out())
        .containsPattern("bp +2 +\\d+\\.\\d % +\\d+\\.\\d %")
        .contains("report: ");
    assertThat(out.resolve("comparison.html")).exists();
    assertThat(out.resolve("runs/bp-seed-1/model.safetensors")).hasBinaryContent(model);
    assertThat(Said.by("resume", out.toString(), "--quiet").done().err()).isEmpty();
  }

  @Test
  void another_configuration_in_the_same_folder_is_refused() {
    assertThat(
            compare(out, "--rules=bp,dfa:gain=2,law=normal", "--seeds=2", "--epochs=3").refusal())
        .contains("holds another comparison: its epochs is 2, not 3");
    assertThat(Said.by("train", "--out", out.toString()).refusal())
        .contains("must be new or empty");
  }

  @Test
  void nothing_is_made_for_a_command_that_cannot_be() {
    Path none = folder.resolve("none");
    assertThat(compare(none, "--rules=bp,dfq").refusal()).contains("did you mean 'dfa'?");
    assertThat(compare(none).refusal()).contains("compare needs at least one rule");
    assertThat(compare(none, "--rules=bp,bp").refusal()).contains("given twice");
    assertThat(compare(none, "--rules=bp", "--rule=bp").refusal())
        .contains("unknown flag '--rule'");
    assertThat(none).doesNotExist();
  }

  @Test
  void a_rule_that_fails_is_told_and_does_not_stop_the_others() throws IOException {
    Path mixed = folder.resolve("mixed");
    Said said =
        compare(mixed, "--rules=shallow,dfa", "--seeds=1", "--epochs=1", "--init=zero", "--json");
    assertThat(said.code()).isEqualTo(Ending.FAILED);
    assertThat(said.err())
        .contains(
            "warning: run 1/2  shallow seed 1 failed: init zero cannot be learned by rule shallow")
        .contains("plumbline: no run of shallow finished; the reasons are in ");
    JsonNode json = said.json();
    assertThat(json.path("runs").path(0).path("state").asString()).isEqualTo("failed");
    assertThat(json.path("runs").path(0).path("reason").asString()).contains("init zero");
    assertThat(json.path("rows").path(0).path("seeds").asInt()).isZero();
    assertThat(json.path("runs").path(1).path("state").asString()).isEqualTo("finished");
    assertThat(Files.readString(mixed.resolve("comparison.html")))
        .contains("shallow", "seed 1: init zero cannot be learned");
  }

  @Test
  void a_divergence_is_told_and_is_not_run_again() {
    Path wild = folder.resolve("wild");
    String[] flags = {
      "--rules=bp", "--seeds=1", "--epochs=1", "--optimizer=sgd:lr=1e30", "--activation=relu"
    };
    Said said = compare(wild, flags);
    assertThat(said.code()).isEqualTo(Ending.FAILED);
    assertThat(said.out()).contains("failed: bp seed 1: training diverged at step ");
    assertThat(wild.resolve("runs/bp-seed-1/report.html")).exists();
    assertThat(compare(wild, flags).err())
        .contains("1 of 1 runs were done before")
        .doesNotContain("warning");
  }

  /** Killed in the middle of a run, stopped in the middle of a run, and then left alone. */
  @Test
  @EnabledIf("org.plumbline.cli.KillTest#signalsCanBeSent")
  void killed_and_interrupted_it_goes_on() throws Exception {
    Path often = folder.resolve("often");
    String[] command = {
      "compare", "--rules=bp,dfa", "--seeds=2", "--net=16", "--epochs=30", "--out", often.toString()
    };
    Child killed =
        Child.start(folder, List.of(), command).untilErrContains("run 1/4").signalled("KILL");
    assertThat(killed.end().code()).isEqualTo(137);
    Said interrupted =
        Child.start(folder, List.of(), command)
            .untilErrContains("seed 1  epoch ")
            .signalled("INT")
            .end();
    assertThat(interrupted.code()).as(interrupted.err()).isEqualTo(130);
    assertThat(interrupted.out()).isEmpty();
    assertThat(interrupted.err().lines().toList().getLast())
        .startsWith("plumbline: stopped ")
        .endsWith("saved; go on with: ./plumbline resume " + often);
    assertThat(Files.readString(often.resolve("comparison.html"))).contains("Unfinished: ");
    JsonNode json = Said.by("resume", often.toString(), "--json", "--quiet").done().json();
    assertThat(json.path("runs").valueStream().map(run -> run.path("state").asString()))
        .hasSize(4)
        .containsOnly("finished");
  }

  @Test
  void without_a_folder_the_newest_unfinished_one_of_the_same_comparison_is_found()
      throws IOException {
    Path runs = folder.resolve("runs");
    Comparison one = comparison("bp");
    Comparison other = comparison("dfa");
    assertThat(Compare.begun(runs, "compare-digits", one)).isEmpty();
    one.open(runs.resolve("compare-digits-1")).close();
    other.open(runs.resolve("compare-digits-2")).close();
    one.open(runs.resolve("compare-digits-9")).close();
    one.open(runs.resolve("compare-digits-10")).close();
    one.open(runs.resolve("compare-mnist-11")).close();
    Files.createDirectory(runs.resolve("compare-digits-12"));
    Files.writeString(
        runs.resolve("compare-digits-10/comparison.json"), "{\"v\":1,\"complete\":true}");
    assertThat(Compare.begun(runs, "compare-digits", one))
        .contains(runs.resolve("compare-digits-9"));
    assertThat(Compare.begun(runs, "compare-digits", other))
        .contains(runs.resolve("compare-digits-2"));
  }

  private static Comparison comparison(String rules) {
    return Comparison.of(
        new Comparison.Wish(Configuration.defaults(), Set.of(Options.PROBE_EVERY), rules, "1"));
  }

  @Test
  void a_forecast_is_made_of_what_was_measured() {
    Forecast forecast = new Forecast(List.of("a", "b", "a", "b"));
    assertThat(forecast.left(0)).isNaN();
    forecast.running(0, 6, 10);
    assertThat(forecast.left(0)).isEqualTo(6 + 3 * 10, within(1e-9));
    assertThat(forecast.share(0, 0.4)).isEqualTo(0.1, within(1e-9));
    forecast.ended(0, 10);
    assertThat(forecast.left(1)).isEqualTo(30, within(1e-9));
    forecast.running(1, 1, 2);
    assertThat(forecast.left(1)).isEqualTo(1 + 10 + 2, within(1e-9));
    forecast.passed(1); // it failed: the next of its label is expected to take as long as all do
    assertThat(forecast.left(2)).isEqualTo(10 + 10, within(1e-9));
    forecast.ended(2, 20);
    assertThat(forecast.left(3)).isEqualTo(15, within(1e-9));
    assertThat(forecast.share(3, 1)).isEqualTo(1);
  }
}
