package org.plumbline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With a clock that only the contenders move. */
final class RoundsTest {
  private static final long MILLI = 1_000_000;

  private final List<String> order = new ArrayList<>();
  private long now;

  private Contender of(String name, long millis) {
    return () -> {
      order.add(name);
      now += millis * MILLI;
    };
  }

  @Test
  void short_steps_are_grouped_into_turns_and_the_first_of_a_turn_is_not_counted() {
    List<Samples> samples = Rounds.of(List.of(of("a", 1), of("b", 5)), 1, () -> now);
    // A turn of a: one step to warm the caches and ten that count; of b: one and two.
    String all = String.join("", order);
    String counted = all.substring(all.length() / 2);
    assertThat(counted).contains("a".repeat(11) + "bbb").doesNotContain("a".repeat(23));
    int turns = samples.getFirst().size() / 10;
    assertThat(samples.getFirst().size()).isEqualTo(10 * turns);
    assertThat(samples.getLast().size()).isEqualTo(2 * turns);
    assertThat(samples.getFirst().least()).isEqualTo(1);
    assertThat(samples.getLast().median()).isEqualTo(5);
    assertThat(now).isBetween(1000 * MILLI, 1030 * MILLI); // the budget, and at most a round more
  }

  @Test
  void every_round_begins_with_another() {
    Rounds.of(List.of(of("a", 100), of("b", 100), of("c", 100)), 4, () -> now);
    // Long steps: one a turn, none of them left out. Nine steps (three rounds) warm up.
    assertThat(String.join("", order)).matches("(abc){4}(abcbcacab)+(abc(bca)?)?");
  }

  @Test
  void each_has_three_rounds_however_long_its_steps_are() {
    List<Samples> samples = Rounds.of(List.of(of("a", 7000), of("b", 100)), 1, () -> now);
    assertThat(samples).allSatisfy(one -> assertThat(one.size()).isEqualTo(3));
  }

  @Test
  void samples_tell_least_median_and_thirds() {
    Samples samples = new Samples();
    for (long time : new long[] {5, 3, 4, 9, 8, 7}) {
      samples.add(time * MILLI);
    }
    assertThat(samples.least()).isEqualTo(3);
    assertThat(samples.median()).isEqualTo(6);
    assertThat(samples.thirds()).containsExactly(3, 4, 7);
    assertThat(new Samples().least()).isNaN();
    assertThat(new Samples().median()).isNaN();
  }
}
