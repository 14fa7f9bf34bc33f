package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The checked mode holds every intermediate against its proved bound and gives the bits of the fast
 * one, whatever weights and inputs are.
 */
final class CheckedTest {
  @ParameterizedTest
  @EnumSource
  void fast_is_checked_under_any_weights_and_inputs(Arithmetic arithmetic) {
    Random random = new Random(3);
    for (int round = 0; round < 120; round++) {
      Curve curve = List.of(Curve.values()).get(round % 3);
      Cases.Fill fill = List.of(Cases.Fill.values()).get(round / 3 % 3);
      Plan plan = Cases.plan(random, arithmetic, curve);
      Network fast = Cases.network(plan, fill, random);
      Network checked = fast.copy();
      int batch = 1 + random.nextInt(40);
      int rate = 1 + (random.nextInt(1 << 20) >>> random.nextInt(20));
      Samples samples = Cases.samples(plan, batch, fill, random);
      try (Crew crew = Crew.of(1 + round % 2)) {
        Learner one = new Learner(fast, batch, Mode.FAST, crew);
        Learner other = new Learner(checked, batch, Mode.CHECKED, crew);
        for (int step = 0; step < 3; step++) {
          one.step(samples, Cases.order(batch), 0, batch, rate);
          other.step(samples, Cases.order(batch), 0, batch, rate);
          assertThat(Cases.bytes(fast))
              .as("%s, batch %d", plan, batch)
              .isEqualTo(Cases.bytes(checked));
          assertThat(one.updates()).isEqualTo(other.updates());
        }
        assertThat(new Predictor(fast, Mode.FAST, crew).judge(samples))
            .isEqualTo(new Predictor(checked, Mode.CHECKED, crew).judge(samples));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void sums_beyond_32_bits_are_widened(Arithmetic arithmetic) {
    Plan plan = new Plan(arithmetic, Curve.TANH, List.of(784, 3, 2), 1);
    Ranges narrow = Ranges.of(plan, 20);
    assertThat(narrow.layers().get(0).sum()).isGreaterThan(Integer.MAX_VALUE);
    assertThat(narrow.layers().get(0).width()).isEqualTo(Ranges.Width.INT);
    int batch = 2000;
    Ranges.OfLayer range = Ranges.of(plan, batch).layers().get(0);
    assertThat(range.width()).isEqualTo(Ranges.Width.LONG);
    assertThat(range.batchSum()).isGreaterThan(Integer.MAX_VALUE);
    Random random = new Random(1);
    Network fast = Cases.network(plan, Cases.Fill.EXTREME, random);
    Network checked = fast.copy();
    Samples samples = Cases.samples(plan, batch, Cases.Fill.EXTREME, random);
    Learner one = new Learner(fast, batch, Mode.FAST, Crew.of(1));
    Learner other = new Learner(checked, batch, Mode.CHECKED, Crew.of(1));
    for (int step = 0; step < 2; step++) {
      one.step(samples, Cases.order(batch), 0, batch, 1);
      other.step(samples, Cases.order(batch), 0, batch, 1);
    }
    assertThat(Cases.bytes(fast)).isEqualTo(Cases.bytes(checked));
    assertThat(fast.clampedWeights()).isPositive();
  }

  @Test
  void the_bounds_are_those_of_the_papers() {
    Ranges pocket =
        Ranges.of(new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(784, 100, 50, 10), 0), 20);
    assertThat(pocket.layers().get(0).sum()).isEqualTo((784L * 255 + 1) * 32767);
    assertThat(pocket.layers().get(0).error()).isEqualTo(142);
    assertThat(pocket.layers().get(0).told()).isEqualTo(10 * 142 * 21);
    Ranges tifed = Ranges.of(new Plan(Arithmetic.TIFED, Curve.TANH, List.of(784, 200, 10), 0), 25);
    assertThat(tifed.layers().get(0).told()).isEqualTo(10 * 144 * 43);
    assertThat(tifed.layers().get(0).batchSum())
        .isEqualTo(128L * 10 * 144 * 43 * 25)
        .isLessThan(1L << 31);
    assertThat(tifed.layers().get(0).width()).isEqualTo(Ranges.Width.INT);
  }

  @Test
  void a_bound_that_does_not_hold_is_found() {
    Plan plan = new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(4, 3, 2), 1);
    Ranges right = Ranges.of(plan, 2);
    Ranges.OfLayer first = right.layers().get(0);
    Ranges.OfLayer wrong =
        new Ranges.OfLayer(
            first.sum(),
            first.inputsAtOnce(),
            first.error(),
            3,
            first.batchSum(),
            1,
            first.width());
    Network network = Cases.network(plan, Cases.Fill.EXTREME, new Random(1));
    Pass pass =
        new Pass(
            network, new Ranges(plan, 2, List.of(wrong, right.layers().get(1))), Purpose.TRAINING);
    pass.begin(Cases.samples(plan, 2, Cases.Fill.EXTREME, new Random(1)), new int[] {0, 1}, 0, 2);
    java.util.Arrays.fill(pass.errors(), 100);
    assertThatThrownBy(() -> new ExactKernels().signals(pass, 0, 0, 2, new Scratch(plan, 2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("±3");
  }

  @Test
  void what_64_bits_cannot_carry_safely_is_refused() {
    assertThatThrownBy(() -> new Plan(Arithmetic.TIFED, Curve.TANH, List.of(10, 1 << 17, 2), 0))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("131072");
    assertThatThrownBy(() -> Ranges.of(new Plan(Arithmetic.TIFED, Curve.TANH, List.of(4, 2), 0), 0))
        .isInstanceOf(Refused.class);
    Plan many = new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(1, 1, 256), 0);
    assertThatThrownBy(() -> Ranges.of(many, 1))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("32 bits");
  }
}
