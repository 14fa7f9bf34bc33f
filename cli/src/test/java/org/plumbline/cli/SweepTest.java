package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class SweepTest {
  private static List<String> sweep(Path out, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "sweep",
                "bottleneck",
                "--data",
                "two-moons:examples=80",
                "--net",
                "8,6,7",
                "--rule",
                "dfa",
                "--batch",
                "16",
                "--epochs",
                "2",
                "--seeds",
                "1",
                "--out",
                out.toString()));
    words.addAll(List.of(more));
    return words;
  }

  private static Said said(List<String> words) {
    return Said.by(words.toArray(String[]::new));
  }

  @Test
  void a_sweep_gives_a_page_and_tables_and_goes_on_where_it_was(@TempDir Path dir)
      throws IOException {
    Path out = dir.resolve("out");
    JsonNode answer = said(sweep(out, "--bottleneck", "1,6", "--json")).done().json();
    assertThat(answer.path("rows").size()).as("b=1, b=6, frozen").isEqualTo(3);
    assertThat(answer.path("rows").path(0).path("alignment_3_mean").isNumber()).isTrue();
    String page = Files.readString(out.resolve("bottleneck.html"));
    assertThat(page)
        .contains("Accuracy against b", "Alignment against b", "data-axis=\"LOG\"", "hidden 3")
        .contains("Masked: ");
    assertThat(Files.readAllLines(out.resolve("bottleneck.csv"))).hasSize(3);
    Files.delete(out.resolve("bottleneck.html"));
    assertThat(Said.by("resume", out.toString()).done().out()).contains("b=6", "bottleneck.html");
    assertThat(out.resolve("bottleneck.html")).exists();
    assertThat(said(sweep(out, "--bottleneck", "1,5")).refusal())
        .contains("holds another sweep", "bottleneck is 1,6, not 1,5");
  }

  @Test
  void a_sweep_that_makes_no_sense_is_refused(@TempDir Path dir) {
    Path out = dir.resolve("out");
    assertThat(said(sweep(out, "--bottleneck", "9")).refusal()).contains("1 to 6");
    assertThat(said(sweep(out, "--variant", "maskd")).refusal()).contains("'maskd'", "masked");
    assertThat(Said.by("sweep", "botleneck").refusal()).contains("'botleneck'", "bottleneck");
    assertThat(out).doesNotExist();
  }

  @Test
  void a_kernel_sweep_gives_a_page_a_figure_and_a_table(@TempDir Path dir) throws IOException {
    Path out = dir.resolve("out");
    List<String> words =
        List.of("sweep", "kernel", "--widths", "3,4", "--seeds", "1", "--out", out.toString());
    List<String> json = new ArrayList<>(words);
    json.add("--json");
    JsonNode rows = said(json).done().json().path("rows");
    assertThat(rows.size()).isEqualTo(12);
    assertThat(rows.path(1).path("rule").asString()).isEqualTo("dfa");
    assertThat(Files.readAllLines(out.resolve("kernel.csv"))).hasSize(13);
    assertThat(Files.readString(out.resolve("kernel.svg"))).contains("<svg", "tanh output, dfa");
    assertThat(Files.readString(out.resolve("kernel.md")))
        .contains("--widths 3,4 --seeds 1", "| linear output | bp |", "kernel.svg");
    assertThat(said(words).done().out()).contains("bottleneck", "m = 4");
    List<String> other = new ArrayList<>(words);
    other.addAll(List.of("--rule", "fa"));
    assertThat(said(other).refusal()).contains("--rule", "leave it out");
    assertThat(Said.by("sweep", "bottleneck", "--widths", "3").refusal()).contains("--net");
    assertThat(Said.by("sweep", "kernal").refusal()).contains("'kernal'", "kernel");
  }
}
