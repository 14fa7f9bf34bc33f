package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.plumbline.train.Watcher.Progress;

/** Progress on a terminal and in a log, with a clock that the test turns. */
final class ProgressViewTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now = TimeUnit.DAYS.toNanos(1);

  private String said() {
    String said = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return said;
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void a_log_has_a_line_a_milestone_but_not_within_five_seconds() {
    ProgressView view = new PlainLines(err, () -> now);
    view.show(0.01, () -> "a");
    assertThat(said()).isEmpty();
    view.milestone(0.1, () -> "b");
    assertThat(said().strip()).isEqualTo("b");
    pass(4999);
    view.milestone(0.2, () -> "c");
    assertThat(said()).isEmpty();
    pass(1);
    view.milestone(0.3, () -> "d");
    assertThat(said().strip()).isEqualTo("d");
    view.milestone(1, () -> "all");
    assertThat(said().strip()).isEqualTo("all");
  }

  @Test
  void a_log_has_a_line_a_minute_where_milestones_are_far_apart() {
    ProgressView view = new PlainLines(err, () -> now);
    view.milestone(0.1, () -> "a");
    said();
    pass(59_999);
    view.show(0.2, () -> "b");
    assertThat(said()).isEmpty();
    pass(1);
    view.show(0.3, () -> "c");
    view.show(0.4, () -> "d");
    assertThat(said().strip()).isEqualTo("c");
  }

  @Test
  void a_terminal_line_is_drawn_again_ten_times_a_second_and_leaves_nothing() {
    ProgressView view = new RedrawnLine(err, Look.TERMINAL, () -> now);
    view.show(0.5, () -> "half");
    assertThat(said())
        .isEqualTo("\r\u001b[?7l" + "━".repeat(10) + "╌".repeat(10) + "  half\u001b[K\u001b[?7h");
    pass(99);
    view.show(0.6, () -> "soon");
    assertThat(said()).isEmpty();
    pass(1);
    view.show(1.2, () -> "now");
    assertThat(said()).contains("━".repeat(20) + "  now").doesNotContain("╌", "\n");
    view.clear();
    assertThat(said()).isEqualTo("\r\u001b[?7l\u001b[K\u001b[?7h\r");
    view.clear();
    assertThat(said()).isEmpty();
  }

  @Test
  void words_hold_the_numbers_and_the_time_that_is_left() {
    Progress from = progress(100, 10);
    assertThat(Training.words(progress(200, 20), from))
        .isEqualTo(
            "epoch 2/30  loss 0.412  accuracy 87.5 %  alignment 0.310  12,345 samples/s  ETA 1:20");
    assertThat(Training.words(from, from)).doesNotContain("ETA");
    Progress blind = new Progress(1, 9, 1, 1, Double.NaN, 0, Map.of(), 0, 0);
    assertThat(Training.words(blind, blind)).contains("loss –").doesNotContain("alignment");
  }

  private static Progress progress(long step, double seconds) {
    return new Progress(
        step, 1000, 2, 30, 0.4123, 0.875, Map.of("alignment/1", 0.31), seconds, 12345.4);
  }
}
