package org.plumbline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.Failure;

/** With a shell script in the place of the program. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the script needs a shell")
final class ChildrenTest {
  @TempDir Path folder;
  private Children children = new Children(List.of());

  @BeforeEach
  void launcher() throws IOException {
    Path script =
        Files.writeString(
            folder.resolve("plumbline"),
            """
            echo "$*" >>'%s'
            while [ $# -gt 0 ]; do [ "$1" = --out ] && out=$2; [ "$1" = --data ] && data=$2; shift; done
            [ -n "$out" ] || exit 0
            [ "$data" != missing ] || { echo 'plumbline: data is not here' >&2; exit 2; }
            mkdir "$out"
            echo '{"v":1,"event":"started"}' >"$out/events.jsonl"
            [ "$data" != digits ] || echo '{"v":1,"event":"step","step":1}' >>"$out/events.jsonl"
            echo '{"v":1,"event":"epoch","epoch":1,"seconds":8.5,"step_seconds":7.5e0}' >>"$out/events.jsonl"
            [ "$data" != digits ] || exec sleep 100
            """
                .formatted(folder.resolve("log")));
    children = new Children(List.of("sh", script.toString()));
  }

  @Test
  void starts_are_timed_five_times_after_one_that_warms_the_caches() throws IOException {
    List<Result.StartTime> starts = children.starts();
    assertThat(starts).extracting(Result.StartTime::command).startsWith("--help", "rules");
    assertThat(starts)
        .last()
        .satisfies(start -> {
          assertThat(start.command()).startsWith("train --data digits");
          assertThat(start.until()).isEqualTo("the first step");
        });
    assertThat(starts)
        .allSatisfy(start ->
            assertThat(start.secondsMin()).isPositive().isLessThanOrEqualTo(start.secondsMedian()));
    List<String> log = Files.readAllLines(folder.resolve("log"));
    assertThat(log.stream().filter("--help"::equals)).hasSize(6);
    assertThat(log.stream().filter("rules"::equals)).hasSize(6);
    assertThat(log.stream().filter(line -> line.startsWith("train"))).hasSize(6);
  }

  @Test
  void an_epoch_is_read_of_its_event() {
    Result.Epoch epoch = children.epoch("mnist", List.of("800", "800"));
    assertThat(epoch.command()).startsWith("train --data mnist --net 800,800 --batch 64");
    assertThat(epoch.stepSeconds()).isEqualTo(7.5);
    assertThat(epoch.seconds()).isEqualTo(8.5);
    assertThat(epoch.shareOfEpoch()).isEqualTo(7.5 / 8.5);
    assertThat(epoch.shareOfProcess()).isEqualTo(7.5 / epoch.processSeconds());
  }

  @Test
  void a_program_that_fails_is_told_of_in_its_own_words() {
    assertThatThrownBy(() -> children.epoch("missing", List.of("8")))
        .isInstanceOf(Failure.class)
        .hasMessage("plumbline: data is not here");
    assertThatThrownBy(() -> new Children(List.of("false")).starts())
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("'--help' failed");
  }
}
