package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ArithmeticTest {
  @Test
  void one_truncates_and_the_other_floors() {
    assertThat(Arithmetic.POCKETNN.divide(-1, 1000)).isZero();
    assertThat(Arithmetic.TIFED.divide(-1, 1000)).isEqualTo(-1);
    assertThat(Arithmetic.POCKETNN.divide(-2001, 1000)).isEqualTo(-2);
    assertThat(Arithmetic.TIFED.divide(-2001, 1000)).isEqualTo(-3);
  }

  @Test
  void a_multiplication_and_a_shift_divide_exactly() {
    Random random = new Random(1);
    for (int round = 0; round < 20_000; round++) {
      int by = round < 64 ? round / 2 + 1 : 1 + (random.nextInt(1 << 30) >>> random.nextInt(30));
      Divisor divisor = Divisor.of(by);
      int near =
          (int)
              Math.max(
                  -Integer.MAX_VALUE,
                  Math.min(Integer.MAX_VALUE, (long) by * (random.nextInt(2001) - 1000)));
      for (int n :
          new int[] {
            0,
            1,
            -1,
            by,
            -by,
            by - 1,
            1 - by,
            near,
            near > 0 ? near - 1 : near + 1,
            Integer.MAX_VALUE,
            -Integer.MAX_VALUE,
            random.nextInt() | 1
          }) {
        assertThat(divisor.truncated(n)).as("%d / %d", n, by).isEqualTo(n / by);
        assertThat(divisor.floored(n)).as("%d // %d", n, by).isEqualTo(Math.floorDiv(n, by));
      }
    }
    Divisor most = Divisor.of(Divisor.MOST);
    assertThat(most.truncated(Integer.MAX_VALUE)).isEqualTo(1);
    assertThat(most.floored(-1)).isEqualTo(-1);
    assertThatThrownBy(() -> Divisor.of(0)).isInstanceOf(Refused.class).hasMessageContaining("0");
  }

  @Test
  void the_published_bounds_of_feedback() {
    assertThat(Arithmetic.POCKETNN.radius(784, 100, 10)).isEqualTo(21);
    assertThat(Arithmetic.TIFED.radius(784, 200, 10)).isEqualTo(43);
    assertThat(Arithmetic.TIFED.radius(200, 50, 10)).isEqualTo(80);
    for (int n = 0; n < 100_000; n += 7) {
      int root = Arithmetic.root(n);
      assertThat((long) root * root).isLessThanOrEqualTo(n);
      assertThat((root + 1L) * (root + 1L)).isGreaterThan(n);
    }
  }

  @ParameterizedTest
  @EnumSource
  void feedback_is_a_function_of_its_key_and_fills_its_range(Arithmetic arithmetic) {
    short[] row = new short[20_000];
    short[] again = new short[20_000];
    arithmetic.feedback(7, 21, row, row.length);
    arithmetic.feedback(7, 21, again, row.length);
    assertThat(again).isEqualTo(row);
    Set<Integer> seen = new HashSet<>();
    long sum = 0;
    for (short value : row) {
      seen.add((int) value);
      sum += value;
    }
    Set<Integer> expected = new HashSet<>();
    for (int v = -21; v <= 21; v++) {
      if (arithmetic == Arithmetic.POCKETNN ? v != 0 : v != 21) {
        expected.add(v);
      }
    }
    assertThat(seen).isEqualTo(expected);
    long mean = arithmetic == Arithmetic.POCKETNN ? 0 : -row.length / 2; // of −R…R−1 it is −1/2
    assertThat(Math.abs(sum - mean)).isLessThan(4 * 12 * 141); // 4 σ of 12·√20,000
  }

  @Test
  void the_pieces_of_the_pocket_tanh() {
    int[] v = {-129, -128, -127, -75, -74, -32, -31, 0, 31, 32, 74, 75, 127, 128, 129};
    int[] pocket = {-127, -127, -119, -106, -106, -64, -62, 0, 62, 64, 106, 106, 119, 127, 127};
    int[] tifed = {-127, -127, -120, -107, -106, -64, -62, 0, 62, 64, 106, 106, 119, 128, 128};
    int[] slope = {127, 127, 8, 8, 2, 2, 1, 1, 1, 2, 2, 8, 8, 127, 127};
    for (int i = 0; i < v.length; i++) {
      assertThat(Curve.TANH.value(Arithmetic.POCKETNN, v[i])).as("v %d", v[i]).isEqualTo(pocket[i]);
      assertThat(Curve.TANH.value(Arithmetic.TIFED, v[i])).as("v %d", v[i]).isEqualTo(tifed[i]);
      assertThat(Curve.TANH.inverseSlope(Arithmetic.POCKETNN, v[i])).isEqualTo(slope[i]);
      assertThat(Curve.TANH.inverseSlope(Arithmetic.TIFED, v[i]))
          .isEqualTo(slope[i] == 127 ? 128 : slope[i]);
    }
    assertThat(Curve.TANH.scale(784)).isEqualTo(200_704);
  }

  @Test
  void the_pieces_of_the_others() {
    int[] v = {-128, -127, -74, -31, 31, 32, 75, 127, 128};
    int[] sigmoid = {1, 5, 11, 33, 95, 96, 117, 123, 127};
    int[] relu = {0, 0, 0, 0, 31, 32, 75, 127, 127};
    int[] slope = {0, 0, 0, 0, 1, 1, 1, 1, 0};
    for (int i = 0; i < v.length; i++) {
      assertThat(Curve.SIGMOID.value(Arithmetic.POCKETNN, v[i]))
          .as("v %d", v[i])
          .isEqualTo(sigmoid[i]);
      assertThat(Curve.RELU8.value(Arithmetic.POCKETNN, v[i])).isEqualTo(relu[i]);
      assertThat(Curve.RELU8.inverseSlope(Arithmetic.POCKETNN, v[i])).isEqualTo(slope[i]);
    }
  }

  @Test
  void every_value_fits_its_byte_and_its_bound() {
    for (Arithmetic arithmetic : Arithmetic.values()) {
      for (Curve curve : Curve.values()) {
        for (int v = -Curve.FAR; v <= Curve.FAR; v++) {
          int value = curve.value(arithmetic, v);
          assertThat(value - curve.least()).isBetween(0, 255);
          assertThat(Math.abs(value)).isLessThanOrEqualTo(curve.most(arithmetic));
        }
      }
    }
  }

  @Test
  void one_step_by_hand() {
    // One input of 200, no hidden layer: z = 0, so ŷ = 0, e = (−15, 0), g = 1.
    Plan plan = new Plan(Arithmetic.POCKETNN, Curve.TANH, List.of(1, 2), 0);
    Network network = new Network(plan);
    Learner learner = new Learner(network, 1, Mode.FAST, Crew.of(1));
    Samples one = Samples.of(new byte[] {(byte) 200}, new byte[] {0}, 1, 2);
    learner.step(one, new int[] {0}, 0, 1, 7);
    assertThat(network.weight(0, 0, 0)).isEqualTo(3000 / 7);
    assertThat(network.weight(0, 0, 1)).isZero();
    assertThat(network.bias(0, 0)).isEqualTo(15 / 7);
    assertThat(learner.updates()).isEqualTo(new Learner.Updates(4, 2, 0));
    learner.step(one, new int[] {0}, 0, 1, 7); // z = 428·200 + 2 = 85,602; v = 334: flat, ŷ = 127
    assertThat(network.weight(0, 0, 0)).isEqualTo(428); // e = 112, e / 127 = 0
  }
}
