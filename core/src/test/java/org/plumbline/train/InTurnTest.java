package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.data.Batch;
import org.plumbline.data.Preparation;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Sgd;
import org.plumbline.optim.Stepper;
import org.plumbline.optim.Timing;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.Rules;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;

/** Blocks that learn one after the other on a batch. */
@ExtendWith(InScope.class)
class InTurnTest {
  private static final Seed SEED = Seed.of(4);
  private static final String IN_TURN = ",order=in-turn";

  private static Learner learner(String rule, String timing) {
    return new Learner(
        Toy.tanhNet(Precision.FP64),
        Preparation.Prepared.NOTHING,
        new SoftmaxCrossEntropy(),
        Rules.ALL.parse(rule),
        new Sgd(0.1),
        Learner.Beside.NONE,
        Timing.ALL.parse(timing),
        1,
        SEED);
  }

  private static Toy.Batch rows() {
    return Toy.batch(Toy.tanhNet(Precision.FP64), Precision.FP64);
  }

  /** As the authors' code does it: the whole pass anew for every block, one block's step each. */
  private static Network byHand(String rule, int steps) {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = Rules.ALL.parse(rule).attach(network, SEED.child("feedback"));
    Stepper stepper = new Sgd(0.1).attach(network.parameters());
    for (int k = 0; k < steps; k++) {
      for (int block = 0; block < network.blocks().size(); block++) {
        Trace trace = network.trace(rows().inputs(), Mode.EVAL);
        Outcome outcome = new SoftmaxCrossEntropy().judge(trace.output(), rows().targets());
        Gradients gradients =
            switch (feedback.signals(trace, outcome).get(block)) {
              case Signal.Told told -> trace.steps().get(block).gradients(told.gradient());
              case Signal.Taught taught -> taught.gradients();
              case Signal.Silent _ -> Gradients.NONE;
            };
        stepper.step(gradients, 1);
      }
    }
    return network;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hsic:training=format,sigma=1,lambda=7,eps=0.01",
        "hsic:training=unformatted,sigma=1,lambda=7,eps=0.01"
      })
  void everyBlockSeesWhatThoseBeforeItHaveLearned(String rule) {
    Toy.Batch rows = rows();
    Batch batch = new Batch(rows.inputs(), rows.targets(), new int[Toy.ROWS]);
    Network expected = byHand(rule, 2);
    try (Learner together = learner(rule, "serial");
        Learner turns = learner(rule + IN_TURN, "serial")) {
      for (int k = 0; k < 2; k++) {
        together.step(batch, Mode.EVAL, 1, List.of());
        turns.step(batch, Mode.EVAL, 1, List.of());
      }
      expected
          .state()
          .forEach((name, tensor) ->
              requireClose(name, named(turns.network().state(), name), tensor, 1e-12));
      assertThat(bits(together.network().state())).isNotEqualTo(bits(turns.network().state()));
    }
  }

  @Test
  void itNeedsStepsOfOneBlockAndOneNet() {
    assertThatThrownBy(() -> learner("hsic:order=in-turn", "parallel"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("use --update serial and --clip 0");
    assertThatThrownBy(() -> Rules.ALL.parse("hsic:training=sigma-network,order=in-turn"))
        .hasMessage(
            "order must be together where training is sigma-network, but is in-turn; leave it out");
  }

  @Test
  void probesLookOnAndChangeNothing(@TempDir Path folder) {
    String rule = "rule=hsic:sigma=1,lambda=7,order=in-turn";
    Path with = folder.resolve("with");
    Path without = folder.resolve("without");
    Trainer.train(Runs.small(rule, "probe-every=3"), with, Watcher.NOBODY);
    Trainer.train(Runs.small(rule, "probe-every=0"), without, Watcher.NOBODY);
    CellResult one = CellResult.found(cell(with), with);
    CellResult two = CellResult.found(cell(without), without);
    assertThat(one.figures().get("test_loss")).isEqualTo(two.figures().get("test_loss"));
  }

  private static Study.Cell cell(Path run) {
    return new Study.Cell("one", Configuration.read(run.resolve("config.yaml")));
  }
}
