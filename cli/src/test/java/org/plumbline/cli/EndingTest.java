package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/** Whatever is thrown: one line and the exit code that scripts rely on. */
final class EndingTest {
  @Test
  void every_kind_has_its_code() {
    assertThat(Ending.of(new BadInput("b"))).isEqualTo(new Ending(2, "b"));
    assertThat(Ending.of(new Failure("f"))).isEqualTo(new Ending(1, "f"));
    assertThat(Ending.of(new StoppedBySignal(143, "s"))).isEqualTo(new Ending(143, "s"));
  }

  @Test
  void what_nobody_expected_is_called_so() {
    Ending ending = Ending.of(new IllegalStateException("a signal\nis lost"));
    assertThat(ending.code()).isEqualTo(1);
    assertThat(ending.line())
        .isEqualTo(
            "internal error: IllegalStateException: a signal (run with --debug for the stack trace)");
    assertThat(Ending.of(new StackOverflowError()).line()).contains("StackOverflowError");
  }

  @Test
  void too_little_memory_says_what_to_lower() {
    assertThat(Ending.of(new OutOfMemoryError("Java heap space")))
        .isEqualTo(
            new Ending(
                1,
                "out of memory: Java heap space; lower --batch or --net, or give Java more with PLUMBLINE_JAVA_OPTS=-Xmx8g"));
    assertThat(Ending.of(new RuntimeException("[enforce fail] can't allocate memory: 9")).line())
        .startsWith("out of memory; lower --batch");
  }

  @Test
  void a_line_is_one_line_and_orders_nothing() {
    assertThat(Ending.oneLine("a\r\nb\u001b[31m\u2028c\t\n")).isEqualTo("a b?[31m c");
  }

  @Test
  void debug_shows_the_stack_trace_below_the_line() {
    Said said = Said.by("train", "--rule", "dfq", "--debug");
    assertThat(said.code()).isEqualTo(2);
    assertThat(said.err().lines().toList().getFirst()).startsWith("plumbline: unknown rule");
    assertThat(said.err()).contains("\tat org.plumbline.");
  }

  @Test
  void only_a_terminal_without_NO_COLOR_is_coloured() {
    assertThat(Look.of(true, Map.of("TERM", "xterm"))).isEqualTo(Look.COLOURED);
    assertThat(Look.of(true, Map.of("TERM", "xterm", "NO_COLOR", "1"))).isEqualTo(Look.TERMINAL);
    assertThat(Look.of(true, Map.of("TERM", "dumb"))).isEqualTo(Look.PLAIN);
    assertThat(Look.of(false, Map.of("TERM", "xterm"))).isEqualTo(Look.PLAIN);
    assertThat(Said.by(Look.COLOURED, "trian").err()).startsWith("\u001b[31mplumbline:\u001b[0m ");
    assertThat(Said.by(Look.TERMINAL, "trian").err()).startsWith("plumbline: ");
    assertThat(Said.by(Look.COLOURED, "--help").out()).contains("\u001b[");
    assertThat(Said.by(Look.TERMINAL, "--help").out()).doesNotContain("\u001b");
  }
}
