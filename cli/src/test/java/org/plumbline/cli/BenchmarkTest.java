package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code plumbline bench}. No time is asserted. */
final class BenchmarkTest {
  @TempDir Path folder;

  @Test
  void answers_with_one_object_and_leaves_its_files() {
    Path out = folder.resolve("bench");
    Said said =
        Said.by(
            "bench",
            "--json",
            "--sections=step,probe,memory",
            "--shapes=6-5-4@3",
            "--rules=dfa,bp",
            "--precisions=fp32",
            "--seconds=0.01",
            "--repetitions=2",
            "--out",
            out.toString());
    JsonNode answer = said.done().json();
    JsonNode rows = answer.path("rows");
    assertThat(rows.size()).isEqualTo(4);
    assertThat(
            rows.valueStream().map(r -> r.path("optimizer").asString() + r.path("rule").asString()))
        .containsExactly("sgddfa", "sgdbp", "adamdfa", "adambp");
    for (JsonNode row : rows) {
      assertThat(row.propertyNames())
          .startsWith(
              "shape",
              "batch",
              "optimizer",
              "precision",
              "rule",
              "ms_min",
              "ms_median",
              "floor_ms",
              "peer_ms",
              "ratio_to_peer",
              "share_of_floor");
      double least = row.path("ms_min").asDouble();
      assertThat(row.path("shape").asString()).isEqualTo("6-5-4");
      assertThat(row.path("batch").asInt()).isEqualTo(3);
      assertThat(row.path("precision").asString()).isEqualTo("fp32");
      assertThat(row.path("ratio_to_peer").asDouble())
          .isEqualTo(row.path("peer_ms").asDouble() / least);
      assertThat(row.path("share_of_floor").asDouble())
          .isEqualTo(row.path("floor_ms").asDouble() / least);
    }
    assertThat(answer.propertyNames())
        .contains("machine", "threads", "versions", "commit", "date", "notes", "probe", "memory");
    assertThat(answer.path("versions").propertyNames())
        .containsExactly("plumbline", "java", "libtorch");
    for (String file : new String[] {"bench.csv", "bench.svg", "bench.md"}) {
      assertThat(out.resolve(file)).isNotEmptyFile();
    }
    assertThat(Said.by("bench", "--smoke", "--out", out.toString()).refusal())
        .contains("holds a benchmark; name another with --out DIR");
  }

  @Test
  void tells_people_what_to_think_of_it() {
    Said said =
        Said.by("bench", "--smoke", "--shapes=6-5-4@3", "--seconds=0.01", "--precisions=fp32");
    assertThat(said.done().out())
        .containsPattern("(?m)^6-5-4 +3 +sgd +fp32 +dfa +[0-9.]+")
        .contains("libtorch's back-propagation / ours", "the products' median time was at most");
    assertThat(said.err()).contains("2 cells in the table", "6-5-4@3 sgd fp32");
    assertThat(
            Said.by("bench", "--quiet", "--smoke", "--shapes=6-5-4@3", "--seconds=0.01")
                .done()
                .err())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--shapes=launay         | unknown shape 'launay'",
        "--rules=dfaa            | did you mean 'dfa'?",
        "--rules=                | a name is missing",
        "--optimizers=rmsprop    | unknown optimizer 'rmsprop' of bench",
        "--precisions=fp16       | unknown precision 'fp16' of bench",
        "--activation=tahn       | did you mean 'tanh'?",
        "--seconds=soon          | --seconds must be a number above 0, but is 'soon'",
        "--seconds=0             | seconds must be",
        "--repetitions=0         | repetitions must be",
        "--repetitions=x         | --repetitions must be a whole number of at least 1",
        "--threads=0             | threads must be",
        "--sections=steps        | did you mean 'step'?",
        "--smok                  | unknown flag '--smok' of bench; did you mean '--smoke'?",
        "digits                  | bench takes no argument 'digits'",
      })
  void refuses_in_one_line(String flag, String reason) {
    assertThat(Said.by("bench", flag).refusal()).contains(reason);
  }
}
