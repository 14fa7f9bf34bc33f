package org.plumbline.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Mode;
import org.plumbline.optim.Optimizers;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.Rules;
import org.plumbline.run.NonFinite;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;

/** Killed at any step and resumed, a run ends with the bytes of one never killed. */
class ResumeTest {
  private static final int STEPS = 20;

  @TempDir Path folder;

  @Test
  void killedAtEveryStepEndsWithTheSameBytes() {
    Experiment experiment = Runs.small();
    Path straight = folder.resolve("straight");
    Summary expected = Trainer.train(experiment, straight, Watcher.NOBODY);
    assertThat(expected.steps()).isEqualTo(STEPS);
    for (int k = 1; k <= STEPS; k++) {
      Path run = folder.resolve("killed-" + k);
      Watcher dying = Runs.dyingAt(k);
      assertThatThrownBy(() -> Trainer.train(experiment, run, dying))
          .isInstanceOf(Runs.Killed.class);
      Trainer.resume(run, Watcher.NOBODY);
      same(straight, run);
    }
  }

  @Test
  void killedAgainAndAgainEndsWithTheSameBytes() {
    Experiment experiment = Runs.small();
    Path straight = folder.resolve("straight");
    Trainer.train(experiment, straight, Watcher.NOBODY);
    Path run = folder.resolve("killed");
    assertThatThrownBy(() -> Trainer.train(experiment, run, Runs.dyingAt(1)))
        .isInstanceOf(Runs.Killed.class);
    for (int k = 4; k < STEPS; k += 3) {
      Watcher dying = Runs.dyingAt(k);
      assertThatThrownBy(() -> Trainer.resume(run, dying)).isInstanceOf(Runs.Killed.class);
    }
    Trainer.resume(run, Watcher.NOBODY);
    same(straight, run);
  }

  static Stream<String[]> rulesAndOptimizers() {
    List<String[]> all = new ArrayList<>();
    for (String rule : Rules.ALL.names()) {
      all.add(new String[] {"rule=" + rule, "optimizer=adam"});
    }
    for (String optimizer : Optimizers.ALL.names()) {
      all.add(new String[] {"rule=dfa", "optimizer=" + optimizer});
    }
    all.add(new String[] {"rule=dfa", "optimizer=sgd:lr=0.1,momentum=0.9,acceleration=nesterov"});
    all.add(new String[] {"rule=fa", "clip=0.1"});
    all.add(new String[] {"rule=dfa", "patience=1"});
    all.add(new String[] {"rule=brsf", "test-at=1,2"});
    all.add(new String[] {"rule=dfa", "adversarial=0.1"});
    all.add(new String[] {"rule=hsic:order=in-turn", "optimizer=sgd"});
    all.add(new String[] {"rule=dfa", "stop-error=1e-9"});
    all.add(new String[] {"rule=dkp", "feedback-optimizer=adam:lr=1e-3"});
    all.add(new String[] {"rule=pred", "feedback-optimizer=sgd:lr=0.1,momentum=0.9"});
    all.add(new String[] {"optimizer=sgd:lr=0.1,momentum=0.9,bias=0.1", "rule=fa"});
    all.add(new String[] {"rule=ff", "patience=1"});
    all.add(new String[] {"rule=dfa", "precision=fp64"});
    for (String threads : List.of("threads=1", "threads=3")) {
      all.add(new String[] {"update=parallel", threads});
      all.add(new String[] {"update=async:delay=1", threads});
      all.add(new String[] {"update=async:delay=7", threads});
    }
    all.add(new String[] {"probe=alignment+kernel:rows=3", "init=ntk"});
    all.add(new String[] {"constrain=l1inf:c=0.7", "probe=capacity"});
    all.add(new String[] {"constrain=l22:c=1", "update=parallel"});
    all.add(new String[] {"update=async:delay=2", "clip=0.1"});
    all.add(new String[] {"update=async:delay=2", "rule=kp"});
    all.add(new String[] {"update=async:delay=2", "rule=dkp"});
    all.add(new String[] {"update=async:delay=2", "optimizer=sgd"});
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("rulesAndOptimizers")
  void everyRuleAndOptimizerResumes(String first, String second) {
    Experiment experiment = Runs.small(first, second);
    Path straight = folder.resolve("straight");
    Summary expected = Trainer.train(experiment, straight, Watcher.NOBODY);
    try (var _ = Scope.open()) { // the model has all that its answers need, heads too
      assertThat(TrainedModel.open(straight).evaluate()).isEqualTo(expected);
    }
    for (int k : new int[] {2, 11}) {
      Path run = folder.resolve("stopped-" + k);
      Watcher stopping = Runs.stoppingAt(k);
      assertThatThrownBy(() -> Trainer.train(experiment, run, stopping))
          .isInstanceOf(Stopped.class)
          .hasMessageContaining("stopped at step " + k + "; saved");
      Trainer.resume(run, Watcher.NOBODY);
      same(straight, run);
    }
  }

  /** The working copies are no state: they are made anew from what a checkpoint holds. */
  @ParameterizedTest
  @ValueSource(strings = {"sgd:lr=0.1", "sgd:lr=0.1,momentum=0.9", "adam"})
  void withProductsInBf16ItResumes(String optimizer) {
    Experiment experiment =
        Runs.small("precision=bf16", "net=256,256", "optimizer=" + optimizer, "rule=bp");
    Path straight = folder.resolve("straight");
    Summary expected = Trainer.train(experiment, straight, Watcher.NOBODY);
    try (var _ = Scope.open()) {
      assertThat(TrainedModel.open(straight).evaluate()).isEqualTo(expected);
    }
    Path full = folder.resolve("fp32");
    Trainer.train(
        Runs.small("net=256,256", "optimizer=" + optimizer, "rule=bp"), full, Watcher.NOBODY);
    assertThat(Runs.bytes(full.resolve(Results.MODEL)))
        .isNotEqualTo(Runs.bytes(straight.resolve(Results.MODEL)));
    for (int k : new int[] {2, 11}) {
      Path run = folder.resolve("killed-" + k);
      assertThatThrownBy(() -> Trainer.train(experiment, run, Runs.dyingAt(k)))
          .isInstanceOf(Runs.Killed.class);
      Trainer.resume(run, Watcher.NOBODY);
      same(straight, run);
    }
  }

  /** Nets of images, whose norms follow the data; those of other families stand for the rest. */
  @ParameterizedTest
  @ValueSource(
      strings = {"fa", "kp", "wm", "usf", "brsf", "frsf", "pfa:expand=2", "ldfa", "dfa", "bp"})
  void throughConvolutionsItResumes(String rule) {
    Configuration images =
        Configuration.defaults()
            .with(Options.DATA, "digits")
            .with(Options.RULE, rule)
            .with(Options.BATCH, "128")
            .with(Options.EPOCHS, "1")
            .with(Options.CHECKPOINT_EVERY, "3")
            .with(Options.PROBE_EVERY, "4");
    Experiment experiment =
        Experiment.of(
            new Configuration(
                images.values(), Optional.of(Toy.convolutions(new Activation.Tanh(), 10))));
    Path straight = folder.resolve("straight");
    Summary expected = Trainer.train(experiment, straight, Watcher.NOBODY);
    assertThat(expected.steps()).isGreaterThan(8);
    try (var _ = Scope.open()) {
      assertThat(TrainedModel.open(straight).evaluate()).isEqualTo(expected);
    }
    Path run = folder.resolve("stopped");
    assertThatThrownBy(() -> Trainer.train(experiment, run, Runs.stoppingAt(5)))
        .isInstanceOf(Stopped.class);
    Trainer.resume(run, Watcher.NOBODY);
    same(straight, run, expected.steps());
  }

  @Test
  void aFinishedRunIsCompletedAndSaysSo() throws IOException {
    Path run = folder.resolve("run");
    Summary first = Trainer.train(Runs.small(), run, Watcher.NOBODY);
    byte[] model = Runs.bytes(run.resolve(Results.MODEL));
    Files.delete(run.resolve(Results.MODEL));
    Files.delete(run.resolve(Results.EVALUATION));
    Files.delete(run.resolve("provenance.json"));
    List<String> warnings = new ArrayList<>();
    Summary second =
        Trainer.resume(
            run,
            new Watcher() {
              @Override
              public void warned(String message) {
                warnings.add(message);
              }
            });
    assertThat(second).isEqualTo(first);
    assertThat(warnings).singleElement().asString().contains("is complete at step 20");
    assertThat(run.resolve(Results.MODEL)).hasBinaryContent(model);
    assertThat(run.resolve(Results.EVALUATION)).exists();
    assertThat(run.resolve("provenance.json")).exists();
  }

  @Test
  void anotherConfigurationOrOtherDataAreRefused() throws IOException {
    Path run = folder.resolve("run");
    assertThatThrownBy(() -> Trainer.train(Runs.small(), run, Runs.stoppingAt(5)))
        .isInstanceOf(Stopped.class);
    Path config = run.resolve("config.yaml");
    String text = Files.readString(config);
    Files.writeString(config, text.replace("lr=0.001", "lr=0.002"));
    assertThatThrownBy(() -> Trainer.resume(run, Watcher.NOBODY))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("configuration");
    Files.writeString(config, text.replace("examples=62", "examples=63"));
    assertThatThrownBy(() -> Trainer.resume(run, Watcher.NOBODY)).isInstanceOf(BadInput.class);
    Files.writeString(config, text);
    assertThat(Trainer.resume(run, Watcher.NOBODY).steps()).isEqualTo(STEPS);
    assertThatThrownBy(() -> Trainer.train(Runs.small(), run, Watcher.NOBODY))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("plumbline resume");
  }

  @Test
  void earlyStoppingKeepsTheBestAndSaysWhich() throws IOException {
    Path run = folder.resolve("run");
    Summary summary =
        Trainer.train(
            Runs.small("patience=2", "epochs=60", "optimizer=sgd:lr=2", "schedule=constant"),
            run,
            Watcher.NOBODY);
    assertThat(summary.epochs()).isLessThan(60);
    assertThat(Files.readString(run.resolve(Results.EVALUATION))).contains("\"chosen_epoch\":");
    assertThat(Runs.log(run).getLast().toString()).contains("early-stopping");
  }

  @Test
  void earlyStoppingBringsBackTheHeadsToo() {
    Path run = folder.resolve("run");
    Summary summary =
        Trainer.train(
            Runs.small("rule=ff", "patience=2", "epochs=60", "optimizer=sgd:lr=2"),
            run,
            Watcher.NOBODY);
    assertThat(summary.epochs()).isLessThan(60);
    Path last = run.resolve("checkpoint-" + summary.steps() + ".safetensors");
    List<Byte> best = tensor(last, "best.head.readout.2");
    assertThat(tensor(last, "rule.readout.2")).isNotEqualTo(best);
    assertThat(tensor(run.resolve(Results.MODEL), "head.readout.2")).isEqualTo(best);
  }

  private static List<Byte> tensor(Path file, String name) {
    try (SafetensorsFile open = Safetensors.open(file)) {
      MemorySegment data = named(open.entries(NonFinite.REFUSE), name).data();
      List<Byte> bytes = new ArrayList<>();
      for (byte b : data.toArray(ValueLayout.JAVA_BYTE)) {
        bytes.add(b);
      }
      return bytes;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dfa", "ff", "ff:answer=goodness"})
  void aModelThatIsOpenedAnswersBitForBitAsTheLiveOne(String rule) {
    Experiment experiment = Runs.small("rule=" + rule);
    Path run = folder.resolve("run");
    Trainer.train(experiment, run, Watcher.NOBODY);
    List<float[]> rows = List.of(new float[] {0.5f, -1}, new float[] {-2, 3}, new float[] {0, 0});
    List<double[]> before;
    try (var _ = Scope.open()) {
      before = TrainedModel.open(run).probabilities(rows);
    }
    try (var _ = Scope.open()) { // with the live tensors of the run's last checkpoint
      Learner live = Trainer.learner(experiment, Shape.of(2), 2);
      try (SafetensorsFile last = Safetensors.open(run.resolve("checkpoint-20.safetensors"))) {
        Tensors.restore("checkpoint", last.entries(NonFinite.REFUSE), live.state());
      }
      Feedback feedback = live.feedback();
      Tensor x = Tensor.of(new float[] {0.5f, -1, -2, 3, 0, 0}, 3, 2);
      Tensor y = feedback.predict(feedback.trace(live.network(), x, Mode.EVAL));
      assertThat(y.to(Precision.FP64).softmax().toDoubles())
          .containsExactly(before.stream().flatMapToDouble(Arrays::stream).toArray());
    }
  }

  @Test
  void aTrainedModelAnswersAsItsRunDid() {
    Path run = folder.resolve("run");
    Summary summary = Trainer.train(Runs.small("data-dir="), run, Watcher.NOBODY);
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run);
      assertThat(model.evaluate()).isEqualTo(summary);
      double[] shares = model.probabilities(List.of(new float[] {0.5f, -1})).getFirst();
      assertThat(shares).hasSize(2);
      assertThat(shares[0] + shares[1]).isCloseTo(1, Offset.offset(1e-12));
    }
  }

  @Test
  void aModelThatHasRottedIsRefused() throws IOException {
    Path run = folder.resolve("run");
    Trainer.train(Runs.small(), run, Watcher.NOBODY);
    Path model = run.resolve(Results.MODEL);
    byte[] bytes = Runs.bytes(model);
    bytes[bytes.length - 3] ^= 1;
    Files.write(model, bytes);
    try (var _ = Scope.open()) {
      assertThatThrownBy(() -> TrainedModel.open(run))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("must have the SHA-256");
    }
  }

  @Test
  void anotherLibtorchIsNoSecret() throws IOException {
    Path run = folder.resolve("run");
    Watcher stopping = Runs.stoppingAt(5);
    assertThatThrownBy(() -> Trainer.train(Runs.small(), run, stopping))
        .isInstanceOf(Stopped.class);
    Path provenance = run.resolve("provenance.json");
    String text = Files.readString(provenance);
    Files.writeString(provenance, text.replaceFirst("\"libtorch\":\"", "$01."));
    List<String> warnings = new ArrayList<>();
    Trainer.resume(
        run,
        new Watcher() {
          @Override
          public void warned(String message) {
            warnings.add(message);
          }
        });
    assertThat(warnings).singleElement().asString().contains("was started with libtorch 1.");
  }

  @Test
  void aModelWithoutItsEvaluationIsMadeAgain() throws IOException {
    Path run = folder.resolve("run");
    Trainer.train(Runs.small(), run, Watcher.NOBODY);
    Path model = run.resolve(Results.MODEL);
    byte[] bytes = Runs.bytes(model);
    byte[] rotten = bytes.clone();
    rotten[rotten.length - 3] ^= 1;
    Files.write(model, rotten);
    Files.delete(run.resolve(Results.EVALUATION));
    Trainer.resume(run, Watcher.NOBODY);
    assertThat(model).hasBinaryContent(bytes);
  }

  @Test
  void whereATableLiesIsNoPartOfTheModelButWhatItHoldsIs() throws IOException {
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      table.append(i % 7).append(',').append(i % 5).append(i % 2 == 0 ? ",a\n" : ",b\n");
    }
    List<Path> runs = new ArrayList<>();
    for (String name : List.of("here", "there")) {
      Path file = Files.createDirectory(folder.resolve(name)).resolve("table.csv");
      Files.writeString(file, table);
      runs.add(folder.resolve("run-" + name));
      Trainer.train(Runs.small("data=" + file), runs.getLast(), Watcher.NOBODY);
    }
    assertThat(runs.getLast().resolve(Results.MODEL))
        .hasBinaryContent(Runs.bytes(runs.getFirst().resolve(Results.MODEL)));
    Files.writeString(folder.resolve("there/table.csv"), table.append("3,4,a\n"));
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(runs.getLast());
      assertThatThrownBy(model::evaluate)
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("must be those of the run");
    }
  }

  @Test
  void pathsOfATableAreKeptWhole() throws IOException {
    Path table = folder.resolve("a table.csv");
    Files.writeString(table, "x,y\n" + "1,a\n2,b\n1.5,a\n2.5,b\n".repeat(10));
    Path here = Path.of("").toAbsolutePath();
    Experiment experiment = Runs.small("data=" + here.relativize(table));
    assertThat(experiment.configuration().get(Options.DATA)).isEqualTo(table.toString());
    assertThat(Trainer.train(experiment, folder.resolve("run"), Watcher.NOBODY).data())
        .isEqualTo("a table.csv");
    assertThat(new String(Runs.bytes(folder.resolve("run").resolve(Results.MODEL)), UTF_8))
        .doesNotContain(folder.toString());
  }

  private static void same(Path straight, Path run) {
    same(straight, run, STEPS);
  }

  private static void same(Path straight, Path run, long steps) {
    String last = "checkpoint-" + steps + ".safetensors";
    assertThat(run.resolve(Results.MODEL))
        .hasBinaryContent(Runs.bytes(straight.resolve(Results.MODEL)));
    assertThat(run.resolve(last)).hasBinaryContent(Runs.bytes(straight.resolve(last)));
    assertThat(Runs.log(run)).isEqualTo(Runs.log(straight));
    assertThat(run.resolve(Results.EVALUATION))
        .hasBinaryContent(Runs.bytes(straight.resolve(Results.EVALUATION)));
  }
}
