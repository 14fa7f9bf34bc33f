package org.plumbline.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Batch;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/** On a linear network, where the worst inputs are known. */
@ExtendWith(InScope.class)
class AttacksTest {
  private static final int ROWS = 30;
  private static final long[] IMAGES = {ROWS, 2, 6, 5};
  private static final int WIDTH = 60;

  /** {@code [outputs, in]}. */
  private static Tensor weight() {
    return Seed.of(1).normal(1, 2, WIDTH);
  }

  /** Pixels of 0…1, each labelled as the linear network has it. */
  private static Batch batch() {
    Tensor inputs = Seed.of(2).uniform(0.5, IMAGES).add(0.5);
    long[] best = new Linear().answer(inputs).argmax().toLongs();
    int[] labels = new int[ROWS];
    float[] targets = new float[2 * ROWS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = (int) best[i];
      targets[2 * i + labels[i]] = 1;
    }
    return new Batch(inputs, Tensor.of(targets, ROWS, 2), labels);
  }

  private static final class Linear implements Victim {
    @Override
    public Tensor answer(Tensor inputs) {
      return inputs.reshaped(-1, WIDTH).matmul(weight().transposed());
    }

    @Override
    public Tensor uphill(Tensor inputs, Tensor targets) {
      return targets.scaled(-2).add(1).matmul(weight()).reshaped(inputs.shape().toArray());
    }

    @Override
    public Range range() {
      return Range.PIXELS;
    }
  }

  /** The margin of every row, which attacks lower. */
  private static double margin(Tensor inputs) {
    Batch batch = batch();
    double[] y = new Linear().answer(inputs).toDoubles();
    double sum = 0;
    for (int i = 0; i < ROWS; i++) {
      sum += y[2 * i + batch.labels()[i]] - y[2 * i + 1 - batch.labels()[i]];
    }
    return sum / ROWS;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fgsm:eps=0.1",
        "pgd:eps=0.1",
        "pgd:eps=0.1,steps=3,step=0.5",
        "square:eps=0.1,queries=60"
      })
  void stays_inside_the_ball_and_the_range(String text) {
    Batch batch = batch();
    Attack attack = Attacks.ALL.parse(text);
    Tensor found = attack.disturbed(new Linear(), batch, 0.1, Seed.of(3));
    double[] before = batch.inputs().toDoubles();
    double[] after = found.toDoubles();
    double most = 0;
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isBetween(0.0, 1.0);
      assertThat(after[i]).isCloseTo(before[i], within(0.1 + 1e-6));
      most = Math.max(most, Math.abs(after[i] - before[i]));
    }
    assertThat(most).isCloseTo(0.1, within(1e-6));
    assertThat(found.shape()).isEqualTo(batch.inputs().shape());
    assertThat(margin(found)).isLessThan(margin(batch.inputs()) - 0.5);
  }

  @Test
  void noise_stays_in_the_range_and_has_its_size() {
    Batch batch = batch();
    Tensor middle = batch.inputs().scaled(0).add(0.5);
    Batch grey = new Batch(middle, batch.targets(), batch.labels());
    double[] after =
        new Attack.Noise("0.05").disturbed(new Linear(), grey, 0.05, Seed.of(3)).toDoubles();
    double squares = 0;
    for (double x : after) {
      squares += (x - 0.5) * (x - 0.5) / after.length;
    }
    assertThat(Math.sqrt(squares)).isCloseTo(0.05, within(0.004));
    for (double x : new Attack.Noise().disturbed(new Linear(), batch, 5, Seed.of(3)).toDoubles()) {
      assertThat(x).isBetween(0.0, 1.0);
    }
  }

  /** On a linear network one step is the worst there is: x − ε sign(w_label − w_other), clipped. */
  @Test
  void one_step_is_the_worst_input_of_a_linear_network_and_many_steps_find_it_too() {
    Batch batch = batch();
    double one = margin(new Attack.Fgsm().disturbed(new Linear(), batch, 0.1, Seed.of(3)));
    double many = margin(new Attack.Pgd().disturbed(new Linear(), batch, 0.1, Seed.of(3)));
    double blind = margin(new SquareAttack().disturbed(new Linear(), batch, 0.1, Seed.of(3)));
    double noise = margin(new Attack.Noise().disturbed(new Linear(), batch, 0.1, Seed.of(3)));
    double clean = margin(batch.inputs());
    assertThat(many).isCloseTo(one, within(1e-4));
    assertThat(blind).isGreaterThan(one).isLessThan(clean - 0.5);
    assertThat(noise).isCloseTo(clean, within(0.5));
  }

  @Test
  void the_same_seed_draws_the_same_and_another_something_else() {
    Batch batch = batch();
    for (String name : Attacks.ALL.names()) {
      Attack attack = Attacks.ALL.fallback(name);
      double[] one = attack.disturbed(new Linear(), batch, 0.02, Seed.of(3)).toDoubles();
      double[] two = attack.disturbed(new Linear(), batch, 0.02, Seed.of(3)).toDoubles();
      assertThat(two).as(name).isEqualTo(one);
    }
    Tensor one = new Attack.Noise().disturbed(new Linear(), batch, 0.1, Seed.of(3));
    Tensor two = new Attack.Noise().disturbed(new Linear(), batch, 0.1, Seed.of(4));
    assertThat(one.toFloats()).isNotEqualTo(two.toFloats());
  }

  @Test
  void a_row_that_is_taken_for_another_is_left_alone_by_the_square_attack() {
    Batch batch = batch();
    int[] wrong = batch.labels().clone();
    wrong[4] = 1 - wrong[4];
    Batch one = new Batch(batch.inputs(), batch.targets(), wrong);
    Tensor found = new SquareAttack().disturbed(new Linear(), one, 0.1, Seed.of(3));
    assertThat(found.rows(4, 1).toFloats()).isEqualTo(batch.inputs().rows(4, 1).toFloats());
  }

  @Test
  void values_print_as_they_parse_in_one_form() {
    assertThat(Attacks.ALL.parse("fgsm:eps=0.20/.1/0/0.2")).isEqualTo(new Attack.Fgsm("0/0.1/0.2"));
    assertThat(new Attack.Fgsm("0.1/0").strengths()).containsExactly(0.0, 0.1);
    for (String name : Attacks.ALL.names()) {
      Attack attack = Attacks.ALL.fallback(name);
      assertThat(Attacks.ALL.parse(Attacks.ALL.printAll(attack))).isEqualTo(attack);
    }
    assertThat(Attacks.ALL.split("noise,pgd:eps=0.1,steps=3,fgsm"))
        .containsExactly("noise", "pgd:eps=0.1,steps=3", "fgsm");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fgsm:eps=",
        "fgsm:eps=-0.1",
        "fgsm:eps=0.1/x",
        "noise:sigma=NaN",
        "pgd:steps=0",
        "pgd:step=-1",
        "square:queries=0",
        "square:p=1.5",
        "square:p=0",
        "fgms"
      })
  void refuses(String text) {
    assertThatThrownBy(() -> Attacks.ALL.parse(text)).isInstanceOf(BadInput.class);
  }
}
