package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Scope;

/** Rules whose answer needs more than the network: it is saved, restored and resumed with it. */
@ExtendWith(InScope.class)
class HeadsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mono-forward:predict=sum",
        "hsic:training=unformatted",
        "hsic:training=sigma-network",
        "hsic:training=sigma-network,format-from=12"
      })
  void areSavedWithTheModelAndResumed(String rule) {
    Experiment experiment = Runs.small("rule=" + rule);
    Path straight = folder.resolve("straight");
    Summary summary = Trainer.train(experiment, straight, Watcher.NOBODY);
    Path stopped = folder.resolve("stopped");
    Watcher stopping = Runs.stoppingAt(11);
    assertThatThrownBy(() -> Trainer.train(experiment, stopped, stopping))
        .isInstanceOf(Stopped.class);
    Trainer.resume(stopped, Watcher.NOBODY);
    assertThat(stopped.resolve(Results.MODEL))
        .hasBinaryContent(Runs.bytes(straight.resolve(Results.MODEL)));
    try (var _ = Scope.open()) {
      Summary again = TrainedModel.open(stopped).evaluate();
      assertThat(again.testLoss()).isEqualTo(summary.testLoss());
      assertThat(again.trainLoss()).isEqualTo(summary.trainLoss());
    }
  }

  /** A batch of one row would leave the hidden blocks of a rule that compares rows silent. */
  @Test
  void anatomyShowsThatHiddenBlocksOfHsicLearn() {
    assertThat(Inspection.of(Runs.small("rule=hsic")).anatomy().blocks())
        .allSatisfy(block -> assertThat(block.gradient()).isEqualTo(block.forward()));
  }
}
