package org.plumbline.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Factors worked out by hand, with ten steps an epoch and four epochs. */
class ScheduleTest {
  private static final Offset<Double> TINY = Offset.offset(1e-15);

  private static double at(Schedule schedule, long step) {
    return schedule.factor(step, 10, 4);
  }

  @Test
  void constantIsOne() {
    assertThat(at(new Schedule.Constant(), 39)).isEqualTo(1);
  }

  @Test
  void stairsFallAtTheStartOfAnEpoch() {
    Schedule stairs = new Schedule.Stairs(2, 0.1);
    assertThat(at(stairs, 19)).isEqualTo(1);
    assertThat(at(stairs, 20)).isCloseTo(0.1, TINY);
    assertThat(at(stairs, 39)).isCloseTo(0.1, TINY);
    assertThat(at(stairs, 40)).isCloseTo(0.01, TINY);
  }

  @Test
  void atFallsBehindTheGivenEpochs() {
    Schedule at = new Schedule.At("1/3", 0.25);
    assertThat(at(at, 9)).isEqualTo(1);
    assertThat(at(at, 10)).isEqualTo(0.25);
    assertThat(at(at, 29)).isEqualTo(0.25);
    assertThat(at(at, 30)).isEqualTo(0.0625);
    for (String refused : new String[] {"", "0", "3/2", "2/2", "a", "1.5"}) {
      assertThatThrownBy(() -> new Schedule.At(refused, 0.1)).hasMessageContaining("growing");
    }
  }

  @Test
  void cooldownFallsToZeroInAStraightLine() {
    Schedule cooldown = new Schedule.Cooldown(0.5);
    assertThat(at(cooldown, 20)).isEqualTo(1);
    assertThat(at(cooldown, 30)).isCloseTo(0.5, TINY);
    assertThat(at(cooldown, 39)).isCloseTo(0.05, TINY);
    assertThat(at(cooldown, 50)).isZero();
  }

  @Test
  void exponentialFallsEveryEpoch() {
    Schedule exponential = new Schedule.Exponential(0.5);
    assertThat(at(exponential, 9)).isEqualTo(1);
    assertThat(at(exponential, 10)).isEqualTo(0.5);
    assertThat(at(exponential, 35)).isEqualTo(0.125);
  }

  @Test
  void cosineGoesFromOneToItsFloor() {
    Schedule cosine = new Schedule.Cosine(0.2);
    assertThat(at(cosine, 0)).isEqualTo(1);
    assertThat(at(cosine, 20)).isCloseTo(0.6, TINY);
    assertThat(at(cosine, 40)).isCloseTo(0.2, TINY);
    assertThat(at(cosine, 50)).as("after the plan").isCloseTo(0.2, TINY);
  }

  @Test
  void warmupRisesFromTheFirstStep() {
    Schedule warmup = new Schedule.Warmup(4);
    assertThat(at(warmup, 0)).isEqualTo(0.25);
    assertThat(at(warmup, 2)).isEqualTo(0.75);
    assertThat(at(warmup, 3)).isEqualTo(1);
    assertThat(at(warmup, 30)).isEqualTo(1);
  }

  @Test
  void joinedFactorsMultiplyAndPrintAsTheyParse() {
    Schedule joined = Schedule.parse("warmup:steps=4 + exponential:by=0.5");
    assertThat(at(joined, 0)).isEqualTo(0.25);
    assertThat(at(joined, 10)).isEqualTo(0.5);
    assertThat(Schedule.parse(Schedule.print(joined))).isEqualTo(joined);
    for (String name : Schedule.ALL.names()) {
      assertThat(Schedule.parse(name)).isEqualTo(Schedule.ALL.fallback(name));
      assertThat(Schedule.print(Schedule.parse(name))).isEqualTo(name);
    }
  }

  @Test
  void aNumberWithAPlusIsNotTwoSchedules() {
    assertThat(Schedule.parse("exponential:by=5e+0")).isEqualTo(new Schedule.Exponential(5));
  }

  @Test
  void impossibleNumbersAreRefused() {
    for (String text :
        List.of("step:every=0", "exponential:by=0", "cosine:floor=1", "warmup:steps=0")) {
      assertThatThrownBy(() -> Schedule.parse(text)).hasMessageContaining("must be");
    }
  }
}
