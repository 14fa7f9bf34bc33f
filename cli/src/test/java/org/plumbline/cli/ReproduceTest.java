package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code plumbline reproduce} as it is called. */
final class ReproduceTest {
  private static final String KP = "akrout-2019/mnist-kp";

  @TempDir Path folder;

  private Said reproduce(String... arguments) {
    return Said.by(with(arguments));
  }

  private String[] with(String... arguments) {
    List<String> all = new ArrayList<>(List.of("reproduce"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--results", folder.resolve("results").toString()));
    all.addAll(List.of("--runs", folder.resolve("runs").toString()));
    return all.toArray(String[]::new);
  }

  @Test
  void lists_every_cell_with_null_where_there_is_no_value() {
    JsonNode cells = reproduce("--json").done().json().path("cells");
    assertThat(cells.size()).isGreaterThan(30);
    JsonNode bp = cell(cells, "akrout-2019", "mnist-bp");
    assertThat(bp.propertyNames())
        .startsWith("paper", "cell", "published", "ours_mean", "ours_std", "seeds", "state");
    assertThat(bp.path("published").doubleValue()).isEqualTo(98.5);
    assertThat(bp.path("ours_mean").isNull()).isTrue();
    assertThat(bp.path("state").asString("")).isEqualTo("open");
    assertThat(cell(cells, "akrout-2019", "mnist-shallow").path("published").isNull()).isTrue();
    assertThat(reproduce().done().out()).contains("akrout-2019/mnist-kp", "98.45", " open ");
  }

  private static JsonNode cell(JsonNode cells, String paper, String id) {
    for (JsonNode cell : cells) {
      if (cell.path("paper").asString("").equals(paper)
          && cell.path("cell").asString("").equals(id)) {
        return cell;
      }
    }
    throw new AssertionError("no cell " + id);
  }

  @Test
  void says_what_would_be_run() {
    JsonNode json = reproduce(KP, "--dry-run", "--seeds", "2", "--json").done().json();
    assertThat(json.path("rows").size()).isEqualTo(2);
    assertThat(json.path("rows").get(0).path("epochs").intValue()).isEqualTo(400);
    assertThat(json.path("minutes").doubleValue()).isPositive();
    assertThat(reproduce("all", "--dry-run").done().out()).contains("runs, about");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "noklund-2016 | unknown paper 'noklund-2016'; did you mean 'nokland-2016'?",
        "akrout-2019/mnist-pk | akrout-2019 has no cell 'mnist-pk'; did you mean 'mnist-kp'?",
        "akrout-2019 --cells mnist-kp,mnist-fb | no cell 'mnist-fb'; did you mean",
        "akrout-2019 --epochs-fraction 0 | epochs-fraction must be above 0 and at most 1, but is '0'",
        "akrout-2019 --seeds none | seeds must be a whole number from 1 to 1000, but is 'none'",
        "akrout-2019/mnist-kp --cells mnist-kp | exclude each other",
        "--seeds 3 | --seeds needs a paper",
        "akrout-2019 --verify | --verify needs one cell: plumbline reproduce akrout-2019/CELL --verify",
        "akrout-2019/mnist-kp --seed 3 | --seed is of --verify; seeds of runs are --seeds N",
        "akrout-2019/mnist-kp --verify | no row of mnist-kp seed 1 to verify",
        "akrout-2019 --data-dir /nowhere | /nowhere",
      })
  void says_in_one_line_what_is_wrong(String arguments, String said) {
    assertThat(reproduce(arguments.split(" ")).refusal()).contains(said);
  }

  @Test
  void makes_the_pages() throws IOException {
    reproduce("--page").done();
    assertThat(folder.resolve("results/README.md")).content().contains("from 10 papers");
    assertThat(folder.resolve("results/akrout-2019.md")).content().contains("Nothing was run yet.");
    assertThat(reproduce("akrout-2019", "--page").refusal()).contains("leave out the name");
    assertThat(Said.by("reproduce", "--quick", "--keep").refusal()).contains("exclude each other");
  }

  /** Some two minutes on an idle core. */
  @Test
  @Tag("slow")
  void a_small_version_of_every_paper_does_what_it_must() {
    assumeTrue(
        Map.copyOf(System.getenv()).containsKey("PLUMBLINE_DATA"),
        "skipped: PLUMBLINE_DATA must name a folder that holds mnist/ and cifar-10-batches-bin/");
    Said said = Said.by("reproduce", "--quick", "--json").done();
    for (JsonNode row : said.json().path("rows")) {
      assertThat(row.path("complaints").size()).as(row.toString()).isZero();
      assertThat(row.path("test_accuracy").doubleValue())
          .isGreaterThanOrEqualTo(row.path("floor").doubleValue());
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(named = "PLUMBLINE_DATA", matches = ".+")
  @Tag("slow")
  void stopped_by_a_signal_it_says_143_and_the_same_command_goes_on_and_verifies()
      throws IOException, InterruptedException {
    String[] command = with(KP, "--seeds", "1", "--epochs-fraction", "0.0075");
    Said stopped =
        Child.start(folder, List.of(), command)
            .untilErrContains("epoch 1/3")
            .signalled("TERM")
            .end();
    assertThat(stopped.code()).as(stopped.err()).isEqualTo(143);
    assertThat(stopped.err()).contains("saved; the same command goes on");
    assertThat(folder.resolve("results/akrout-2019.csv")).doesNotExist();
    List<String> json = new ArrayList<>(List.of(command));
    json.add("--json");
    JsonNode answer = Said.by(json.toArray(String[]::new)).done().json();
    assertThat(answer.path("rows").get(0).path("epochs").intValue()).isEqualTo(3);
    assertThat(answer.path("rows").get(0).path("test_error").doubleValue()).isBetween(5.0, 12.0);
    assertThat(answer.path("cells").get(0).path("state").asString("")).isEqualTo("reduced");
    assertThat(Files.readAllLines(folder.resolve("results/akrout-2019.csv"))).hasSize(2);
    assertThat(Said.by(command).done().out()).contains("nothing was run");
    JsonNode verified = reproduce(KP, "--verify", "--json").done().json();
    assertThat(verified.path("verdict").asString("")).isEqualTo("same_model");
  }
}
