package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How answers look to programs and to people. */
final class JsonTest {
  record Measured(double testLoss, Path run) {}

  @Test
  void what_is_undefined_is_left_out() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("nan", Double.NaN);
    object.put("none", Optional.empty());
    object.put("some", Optional.of(List.of(1, 2L, 0.5, true)));
    object.put("text", "ß\n\"");
    assertThat(Json.print(object)).isEqualTo("{\"some\":[1,2,0.5,true],\"text\":\"ß\\n\\\"\"}");
  }

  @Test
  void components_of_records_are_in_snake_case() {
    assertThat(Json.print(Json.fields(new Measured(0.25, Path.of("runs", "a")))))
        .isEqualTo("{\"test_loss\":0.25,\"run\":\"runs/a\"}");
  }

  @Test
  void columns_of_numbers_stand_to_the_right() {
    assertThat(
            new Table()
                .row("name", "count", "")
                .row("a", "1,000", "x")
                .row("long name", "–", "xyz")
                .lines())
        .containsExactly("name       count", "a          1,000  x", "long name      –  xyz");
  }

  @Test
  void durations_are_read_at_a_glance() {
    assertThat(Words.duration(3.21)).isEqualTo("3.2 s");
    assertThat(Words.duration(245)).isEqualTo("4:05");
    assertThat(Words.duration(3723)).isEqualTo("1:02:03");
    assertThat(Words.percent(Double.NaN)).isEqualTo("–");
  }

  @Test
  void paths_below_here_are_short() {
    Path below = Path.of("runs", "a");
    assertThat(Words.path(below.toAbsolutePath())).isEqualTo(below.toString());
    assertThat(Words.path(Path.of("/elsewhere"))).isEqualTo("/elsewhere");
  }
}
