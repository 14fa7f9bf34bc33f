package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.lens.Attacks;
import org.plumbline.lens.Victim;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

@ExtendWith(InScope.class)
class RobustnessTest {
  @TempDir static Path home;
  @TempDir Path folder;
  private static Path run = Path.of("");

  @BeforeAll
  static void train() {
    run = home.resolve("run");
    try (var _ = Scope.open()) {
      Trainer.train(digits("rule=dfa", "epochs=8"), run, Watcher.NOBODY);
    }
  }

  private static Experiment digits(String... changes) {
    return Runs.changed(Configuration.defaults().with(Options.NET, "32"), changes);
  }

  private static double accuracy(String attack) {
    return TrainedModel.open(run)
        .attacked(Attacks.ALL.parse(attack), 0)
        .points()
        .getLast()
        .accuracy();
  }

  @Test
  void strength_0_is_the_evaluation_bit_for_bit() {
    Summary summary = TrainedModel.open(run).evaluate();
    for (String attack : List.of("noise:sigma=0", "fgsm:eps=0", "pgd:eps=0", "square:eps=0")) {
      Robustness found = TrainedModel.open(run).attacked(Attacks.ALL.parse(attack), 0);
      Robustness.Point point = found.points().getFirst();
      assertThat(point.strength()).isZero();
      assertThat(point.accuracy()).isEqualTo(summary.testAccuracy());
      assertThat(point.loss()).isEqualTo(summary.testLoss());
    }
  }

  @Test
  void a_gradient_does_more_than_noise_many_steps_more_than_one_and_a_search_something() {
    double clean = accuracy("noise:sigma=0");
    double noise = accuracy("noise:sigma=0.1");
    double fgsm = accuracy("fgsm:eps=0.1");
    double pgd = accuracy("pgd:eps=0.1");
    double square = accuracy("square:eps=0.1,queries=100");
    assertThat(clean).isGreaterThan(0.85);
    assertThat(noise).isGreaterThan(clean - 0.1);
    assertThat(fgsm).isLessThan(noise - 0.2);
    assertThat(pgd).isLessThanOrEqualTo(fgsm);
    assertThat(square).isLessThan(noise - 0.05);
  }

  @Test
  void the_same_run_is_attacked_the_same_and_some_rows_are_some_of_them() {
    for (String attack : List.of("noise:sigma=0/0.2", "pgd:eps=0.05/0.1", "square:queries=20")) {
      Robustness one = TrainedModel.open(run).attacked(Attacks.ALL.parse(attack), 40);
      assertThat(TrainedModel.open(run).attacked(Attacks.ALL.parse(attack), 40)).isEqualTo(one);
      assertThat(one.rows()).isEqualTo(40);
    }
    int[] some = Robustness.some(100, 7, Seed.of(1));
    assertThat(some).hasSize(7).isSorted().doesNotHaveDuplicates();
    assertThat(Robustness.some(100, 7, Seed.of(2))).isNotEqualTo(some);
    assertThat(Robustness.some(5, 0, Seed.of(1))).containsExactly(0, 1, 2, 3, 4);
    assertThatThrownBy(() -> Robustness.some(5, 6, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("at most 5");
  }

  /** By central differences of each row's loss, through the preparation and the whole network. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "net=12,9;rule=bp;prepare=none",
        "net=12,9;rule=dfa;prepare=standardise",
        "net=12;rule=fa;prepare=zca:epsilon=0.1",
        "net=12;rule=usf;prepare=scale;activation=sigmoid;loss=squared",
        "arch=vgg8b:width=0.05;rule=bp;prepare=none",
      })
  void the_gradient_is_the_true_one_whatever_the_rule(String changes) {
    Experiment experiment =
        Runs.changed(Configuration.defaults().with(Options.PRECISION, "fp64"), changes.split(";"));
    Dataset rows = Datasets.open(experiment.data()).test();
    Learner learner = Trainer.learner(experiment, rows.shape(), rows.classes().size());
    learner.prepared().fit(rows);
    Victim victim = new Robustness.Trained(learner, Victim.Range.PIXELS);
    int[] order = IntStream.range(0, 3).toArray();
    Batch exact = Batch.of(rows, order, 0, 3, Precision.FP64, Device.CPU);
    // black borders give pools equal numbers, where there is no derivative
    Tensor noisy = Seed.of(1).normal(0.1, exact.inputs().shape().toArray()).to(Precision.FP64);
    Batch batch = new Batch(noisy.add(exact.inputs(), 1), exact.targets(), exact.labels());
    double[] found = victim.uphill(batch.inputs(), batch.targets()).toDoubles();
    int width = found.length / 3;
    double h = 1e-7; // small, so that no unit passes a kink
    for (int row = 0; row < 3; row++) {
      Tensor x = batch.inputs().rows(row, 1).copied();
      Tensor target = batch.targets().rows(row, 1);
      double scale = 0;
      for (double e : learner.objective().judge(victim.answer(x), target).error().toDoubles()) {
        scale = Math.max(scale, Math.abs(e));
      }
      double[] numbers = x.toDoubles();
      for (int k = 3; k < width; k += 13) {
        double[] up = numbers.clone();
        double[] down = numbers.clone();
        up[k] += h;
        down[k] -= h;
        double slope =
            (loss(learner, victim, x, up, target) - loss(learner, victim, x, down, target))
                / (2 * h);
        assertThat(found[row * width + k])
            .isCloseTo(slope / scale, within(1e-6 * Math.max(1, Math.abs(slope / scale))));
      }
    }
  }

  private static double loss(
      Learner learner, Victim victim, Tensor like, double[] x, Tensor target) {
    Tensor input = Tensor.of(x, like.shape().toArray());
    return learner.objective().judge(victim.answer(input), target).loss().item();
  }

  /** Great outputs leave no loss and, in single precision, no gradient: it must be followed yet. */
  @Test
  void a_network_that_is_sure_of_itself_is_no_safer() {
    Experiment experiment = digits("rule=bp", "epochs=1");
    Dataset rows = Datasets.open(experiment.data()).test();
    Learner learner = Trainer.learner(experiment, rows.shape(), rows.classes().size());
    learner.epoch(Datasets.open(experiment.data()).train(), 32, Seed.of(1));
    double before = fgsm(learner, rows);
    learner.network().blocks().getLast().parameters().forEach(p -> p.value().multiply(40));
    assertThat(learner.evaluate(rows).accuracy()).isGreaterThan(before + 0.2);
    assertThat(fgsm(learner, rows)).isLessThan(before + 0.03);
  }

  private static double fgsm(Learner learner, Dataset rows) {
    return Robustness.of(learner, rows, Attacks.ALL.parse("fgsm:eps=0.1"), Seed.of(1), () -> {})
        .points()
        .getFirst()
        .accuracy();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "mono-forward:predict=sum"})
  void a_rule_that_answers_with_something_else_has_noise_but_no_gradient(String rule) {
    Path other = folder.resolve("other");
    Trainer.train(Runs.small("rule=" + rule), other, Watcher.NOBODY);
    TrainedModel model = TrainedModel.open(other);
    assertThatThrownBy(() -> model.attacked(Attacks.ALL.parse("fgsm"), 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("use noise or square");
    assertThat(model.attacked(Attacks.ALL.parse("noise"), 0).points()).hasSize(6);
    assertThatThrownBy(() -> model.attacked(Attacks.ALL.parse("square"), 0))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("attack square is of images");
  }

  @Test
  void a_plan_is_carried_out_once_and_leaves_a_file() throws Exception {
    Path own = folder.resolve("own");
    Trainer.train(Runs.small(), own, Watcher.NOBODY);
    AttackPlan plan = AttackPlan.parse("noise:sigma=0/1,square,fgsm:eps=0.1", "5");
    plan.carryOut(own, () -> {});
    String text = Files.readString(own.resolve(AttackPlan.FILE));
    assertThat(text).contains("\"asked_rows\":5", "\"refused\":\"attack square is of images");
    assertThat(AttackPlan.figures(own).keySet())
        .containsExactly("attack_noise_0", "attack_noise_1", "attack_fgsm_0.1");
    plan.carryOut(
        own,
        () -> {
          throw new AssertionError("done before");
        });
    Files.writeString(own.resolve(AttackPlan.FILE), "{");
    plan.carryOut(own, () -> {});
    assertThat(own.resolve(AttackPlan.FILE)).hasContent(text);
  }
}
