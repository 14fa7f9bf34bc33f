package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Batch;
import org.plumbline.data.Preparation;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Sgd;
import org.plumbline.optim.Timing;
import org.plumbline.rule.Rules;
import org.plumbline.run.Event;
import org.plumbline.run.NonFinite;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Numbers;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;

/** What recipes of papers ask for beside the rule: columns, an end, rows, a second optimizer. */
class RecipeOptionsTest {
  @TempDir Path folder;

  private Path run(String name, String... changes) {
    Path run = folder.resolve(name);
    Trainer.train(Runs.small(changes), run, Watcher.NOBODY);
    return run;
  }

  private static <E extends Event> List<E> events(Path run, Class<E> kind) {
    return Runs.log(run).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  private static byte[] tensor(Path file, String name) {
    try (SafetensorsFile open = Safetensors.open(file)) {
      return named(open.entries(NonFinite.REFUSE), name).data().toArray(ValueLayout.JAVA_BYTE);
    }
  }

  // ---- test-at

  @ParameterizedTest
  @ValueSource(strings = {"dfa", "brsf", "wm", "optical-dfa:noise=0.1", "predsim", "ff", "pepita"})
  void theTestSetIsJudgedOnTheWayAndNothingElseChanges(String rule) {
    Path without = run("without", "rule=" + rule, "epochs=3");
    Path with = run("with", "rule=" + rule, "epochs=3", "test-at=3,1");
    List<Event.Tested> tested = events(with, Event.Tested.class);
    assertThat(tested).extracting(Event.Tested::epoch).containsExactly(1L, 3L);
    assertThat(tested).extracting(Event.Tested::step).containsExactly(10L, 30L);
    assertThat(events(without, Event.Tested.class)).isEmpty();
    for (String tensor : List.of("1.weight", "2.weight")) {
      assertThat(tensor(with.resolve(Results.MODEL), tensor))
          .isEqualTo(tensor(without.resolve(Results.MODEL), tensor));
    }
    assertThat(events(with, Event.Epoch.class)).isEqualTo(events(without, Event.Epoch.class));
  }

  @Test
  void theLastColumnIsWhatTheEvaluationSays() {
    Path run = run("run", "test-at=2", "rule=fa");
    Event.Tested tested = events(run, Event.Tested.class).getLast();
    CellResult found =
        CellResult.found(
            new Study.Cell("one", Configuration.read(run.resolve("config.yaml"))), run);
    assertThat(tested.accuracy()).isEqualTo(found.figures().get("test_accuracy"));
    assertThat(tested.loss()).isEqualTo(found.figures().get("test_loss"));
    assertThat(tested.readings()).containsKey("alignment/1");
    assertThat(tested.readings())
        .as("on rows of the test set")
        .isNotEqualTo(events(run, Event.Probe.class).getLast().readings());
  }

  // ---- adversarial

  /** By differences of the loss at every input, in FP64; then a step on the shifted rows. */
  @Test
  void rowsAreShiftedAlongTheSignOfTheirGradient() {
    try (var _ = Scope.open()) {
      Toy.Batch rows = Toy.batch(Toy.tanhNet(Precision.FP64), Precision.FP64);
      double size = 0.05;
      Network network = Toy.tanhNet(Precision.FP64);
      Tensor x = rows.inputs().copied();
      Tensor slope =
          Numbers.differences(
              x,
              () ->
                  new SoftmaxCrossEntropy()
                      .judge(network.trace(x, Mode.EVAL).output(), rows.targets())
                      .loss()
                      .item());
      Tensor shifted = rows.inputs().plus(slope.sign().multiply(size));
      for (String rule : List.of("dfa", "bp", "drtp")) {
        try (Learner adversarial = learner(rule, size);
            Learner plain = learner(rule, 0);
            Learner other = learner(rule, 0)) {
          adversarial.step(batch(rows.inputs(), rows), Mode.EVAL, 1, List.of());
          plain.step(batch(shifted, rows), Mode.EVAL, 1, List.of());
          other.step(batch(rows.inputs(), rows), Mode.EVAL, 1, List.of());
          assertThat(Numbers.bits(adversarial.state()))
              .as(rule)
              .isEqualTo(Numbers.bits(plain.state()));
          assertThat(Numbers.bits(adversarial.state())).isNotEqualTo(Numbers.bits(other.state()));
        }
      }
    }
  }

  private static Learner learner(String rule, double adversarial) {
    return new Learner(
        Toy.tanhNet(Precision.FP64),
        Preparation.Prepared.NOTHING,
        new SoftmaxCrossEntropy(),
        Rules.ALL.parse(rule),
        new Sgd(0.1),
        new Learner.Beside(Optional.empty(), adversarial),
        new Timing.Serial(),
        1,
        Seed.of(3));
  }

  private static Batch batch(Tensor inputs, Toy.Batch rows) {
    return new Batch(inputs, rows.targets(), new int[Toy.ROWS]);
  }

  // ---- stop-error

  @Test
  void trainingStopsWhenItsErrorIsSmallEnough() {
    String[] easy = {
      "data=digits",
      "net=64",
      "dropout=0",
      "validation=0",
      "batch=32",
      "schedule=constant",
      "optimizer=adam:lr=0.003",
      "epochs=60",
      "stop-error=0.01",
      "probe-every=0",
      "checkpoint-every=1000"
    };
    Path run = run("run", easy);
    List<Event.Epoch> epochs = events(run, Event.Epoch.class);
    assertThat(epochs.size()).isBetween(3, 59);
    double error = 1;
    for (Event.Epoch epoch : epochs) {
      assertThat(error).as("before the end").isGreaterThan(0.01);
      error = 0.75 * error + 0.25 * (1 - epoch.trainAccuracy());
    }
    assertThat(error).as("at the end").isLessThanOrEqualTo(0.01);
    assertThat(events(run, Event.Finished.class).getLast().reason()).isEqualTo("training-error");
  }

  // ---- train-rows

  @Test
  void theFirstRowsAlone() {
    Path run = run("run", "data=digits", "train-rows=40", "validation=0", "dropout=0");
    assertThat(events(run, Event.Finished.class).getLast().step()).isEqualTo(20);
    Parts all = Parts.of(Runs.small("data=digits", "validation=0"));
    Parts few = Parts.of(Runs.small("data=digits", "train-rows=40", "validation=0"));
    float[] here = new float[64];
    float[] there = new float[64];
    for (int i = 0; i < 40; i++) {
      few.train().copyInput(i, here, 0);
      all.train().copyInput(i, there, 0);
      assertThat(here).isEqualTo(there);
      assertThat(few.train().label(i)).isEqualTo(all.train().label(i));
    }
    assertThat(few.test().size()).isEqualTo(all.test().size());
    assertThatThrownBy(() -> run("more", "data=digits", "train-rows=70000"))
        .isInstanceOf(BadInput.class)
        .hasMessageMatching("train-rows must be at most \\d+, .*but is 70000; 0 takes all");
  }

  // ---- feedback-optimizer

  @Test
  void whatTheRuleLearnsMayHaveAnOptimizerOfItsOwn() {
    // the read-out of ff tells nobody: hidden blocks learn alike, whoever moves it
    Path one = run("one", "rule=ff", "optimizer=sgd:lr=0.01");
    Path two = run("two", "rule=ff", "optimizer=sgd:lr=0.01", "feedback-optimizer=sgd:lr=0.03");
    Path same = run("same", "rule=ff", "optimizer=sgd:lr=0.01", "feedback-optimizer=sgd:lr=0.01");
    Path model = one.resolve(Results.MODEL);
    assertThat(tensor(two.resolve(Results.MODEL), "1.weight")).isEqualTo(tensor(model, "1.weight"));
    assertThat(tensor(two.resolve(Results.MODEL), "head.readout.2"))
        .isNotEqualTo(tensor(model, "head.readout.2"));
    assertThat(tensor(same.resolve(Results.MODEL), "head.readout.2"))
        .isEqualTo(tensor(model, "head.readout.2"));
  }

  @Test
  void itsRateHasAScheduleOfItsOwn() {
    String own = "feedback-optimizer=sgd:lr=0.01";
    Path usual = run("usual", "rule=ff", "optimizer=sgd:lr=0.01", own);
    Path falling =
        run(
            "falling",
            "rule=ff",
            "optimizer=sgd:lr=0.01",
            own,
            "feedback-schedule=step:every=1,by=0.1");
    assertThat(tensor(falling.resolve(Results.MODEL), "1.weight"))
        .isEqualTo(tensor(usual.resolve(Results.MODEL), "1.weight"));
    assertThat(tensor(falling.resolve(Results.MODEL), "head.readout.2"))
        .isNotEqualTo(tensor(usual.resolve(Results.MODEL), "head.readout.2"));
  }

  @Test
  void directKolenPollackMovesItsMatricesByIt() {
    Path none = run("none", "rule=dkp:decay=0", "feedback-optimizer=sgd:lr=1e-30");
    Path some = run("some", "rule=dkp:decay=0");
    Path start = none.resolve("checkpoint-20.safetensors");
    assertThat(tensor(start, "rule.feedback.1"))
        .as("does not move")
        .isEqualTo(
            tensor(
                run("dfa", "rule=dkp:decay=0", "feedback-optimizer=sgd:lr=1e-32")
                    .resolve("checkpoint-20.safetensors"),
                "rule.feedback.1"))
        .isNotEqualTo(tensor(some.resolve("checkpoint-20.safetensors"), "rule.feedback.1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "test-at=0 | an epoch of test-at must be at least 1, but is 0",
        "test-at=ten | test-at must be epochs like 10,20, or nothing, but is 'ten'",
        "adversarial=-1 | adversarial must be at least 0, but is -1",
        "stop-error=1 | stop-error must be at least 0 and below 1, but is 1",
        "train-rows=-1 | train-rows must be at least 0, but is -1",
        "feedback-schedule=cosine | feedback-schedule 'cosine' needs an optimizer of its own, but there is none; add --feedback-optimizer adam:lr=1e-4",
        "feedback-optimizer=adan | unknown optimizer 'adan'; did you mean 'adam'?"
      })
  void badValuesAreRefusedInOneLine(String change, String message) {
    assertThatThrownBy(() -> Runs.small(change))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(message.replace("did you mean 'adam'?", ""));
  }

  @Test
  void labelledRowsAreNotShifted() {
    assertThatThrownBy(() -> Runs.small("rule=ff", "adversarial=0.08"))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("adversarial 0.08 shifts rows");
  }

  @Test
  void theirNormalFormIsReadAgain() {
    Experiment experiment =
        Runs.small("test-at=20, 10", "feedback-optimizer=sgd", "feedback-schedule=cosine");
    assertThat(experiment.configuration().get(Options.TEST_AT)).isEqualTo("10,20");
    assertThat(Experiment.of(experiment.configuration())).isEqualTo(experiment);
  }
}
