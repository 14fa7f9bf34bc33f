package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Network;
import org.plumbline.rule.Feedback;
import org.plumbline.run.Event;
import org.plumbline.run.Events;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Shape;

/**
 * The deep architectures, narrow, on small images: what they learn, what a stop does to them, and
 * what is left of a step.
 */
@ExtendWith(InScope.class)
class DeepNetworksTest {
  private static final int STEPS = 46; // an epoch of digits, 1,438 rows

  @TempDir Path folder;

  static Stream<Arguments> networksAndRules() {
    return Stream.of("resnet20:channels=4", "vgg8b:width=0.05")
        .flatMap(arch ->
            Stream.of("bp", "usf", "kp:decay=0.02", "dfa", "predsim")
                .map(rule -> Arguments.of(arch, rule)));
  }

  private static Experiment experiment(String arch, String rule) {
    return Runs.changed(
        Configuration.defaults(),
        "data=digits",
        "arch=" + arch,
        "rule=" + rule,
        "prepare=standardise",
        "augment=crop:padding=1",
        "optimizer=adam:lr=0.003",
        "init=kaiming",
        "batch=32",
        "epochs=2",
        "checkpoint-every=30",
        "probe=none",
        "probe-every=23");
  }

  @ParameterizedTest
  @MethodSource("networksAndRules")
  void learnsAndGoesOnAsIfNeverKilled(String arch, String rule) {
    Experiment experiment = experiment(arch, rule);
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    Trainer.train(experiment, whole, Watcher.NOBODY);
    List<Double> losses =
        Events.read(whole.resolve(Events.NAME)).events().stream()
            .map(Event.At::event)
            .filter(Event.Epoch.class::isInstance)
            .map(event -> ((Event.Epoch) event).trainLoss())
            .toList();
    assertThat(losses).hasSize(2);
    assertThat(losses.get(1)).isLessThan(0.9 * losses.get(0));
    try {
      Trainer.train(experiment, killed, Runs.dyingAt(STEPS + 3));
    } catch (Runs.Killed e) {
      Trainer.resume(killed, Watcher.NOBODY);
    }
    assertThat(Runs.bytes(killed.resolve(Results.MODEL)))
        .isEqualTo(Runs.bytes(whole.resolve(Results.MODEL)));
  }

  @ParameterizedTest
  @MethodSource("networksAndRules")
  void hasAFeedbackPointForEveryHiddenBlock(String arch, String rule) {
    Experiment experiment = experiment(arch, rule);
    Network network = experiment.network(Shape.of(1, 8, 8), 10);
    Feedback feedback = experiment.rule().attach(network, experiment.seed());
    int hidden = arch.startsWith("resnet20") ? 10 : 7;
    assertThat(network.hidden()).isEqualTo(hidden);
    int matrices = feedback.paths().matrices().size();
    assertThat(matrices).isIn(0, hidden);
    assertThat(matrices == 0).isEqualTo(rule.equals("bp"));
  }
}
