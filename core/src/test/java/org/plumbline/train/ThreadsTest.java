package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.run.Provenance;
import org.plumbline.run.Provenance.Trial;
import org.plumbline.tensor.Libtorch;
import org.plumbline.value.BadInput;

class ThreadsTest {
  @TempDir Path folder;

  @AfterEach
  void one() {
    Libtorch.threads(1);
  }

  /** The fastest step by number of threads, as if it had been measured. */
  private static Threads.Choice among(int most, Map<Integer, Double> milliseconds) {
    return Threads.among(
        most,
        (held, other) ->
            new double[] {
              milliseconds.getOrDefault(held, Double.NaN) / 1e3,
              milliseconds.getOrDefault(other, Double.NaN) / 1e3
            });
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, ''",
    "2, 1, 10 30", // slower
    "2, 1, 10 9.1", // faster, but not by a tenth
    "2, 2, 10 9.0",
    "8, 4, 10 6 4 3.7",
    "8, 8, 10 6 4 3.5",
    "8, 1, 10 11 1 1", // ends at the first that does not help
    "6, 6, 10 6 4 3", // 1, 2, 4 and all
    "3, 3, 10 8 6",
  })
  void takesMoreThreadsOnlyIfTheyAreATenthFaster(int most, int expected, String times) {
    List<Integer> numbers =
        most == 6 ? List.of(1, 2, 4, 6) : most == 3 ? List.of(1, 2, 3) : List.of(1, 2, 4, 8);
    Map<Integer, Double> measured = new HashMap<>();
    String[] split = times.isEmpty() ? new String[0] : times.split(" ");
    for (int i = 0; i < split.length; i++) {
      measured.put(numbers.get(i), Double.parseDouble(split[i]));
    }
    Threads.Choice choice = among(most, measured);
    assertThat(choice.threads()).isEqualTo(expected);
  }

  @Test
  void whatWasMeasuredIsKeptAndTold() {
    Threads.Choice choice = among(4, Map.of(1, 1.9, 2, 7.8, 4, 0.1));
    assertThat(choice.trials()).containsExactly(new Trial(1, 1.9e-3), new Trial(2, 7.8e-3));
    assertThat(choice.words()).isEqualTo("1 (1: 1.9 ms, 2: 7.8 ms a step)");
    assertThat(among(2, Map.of(1, 123.4, 2, 60.2)).words())
        .isEqualTo("2 (1: 123 ms, 2: 60 ms a step)");
  }

  @Test
  void theNumberIsRecordedAndResumed() throws Exception {
    Experiment experiment = Runs.small();
    assertThat(experiment.choosesThreads()).isTrue();
    Path run = folder.resolve("run");
    List<Threads.Choice> heard = new ArrayList<>();
    Watcher watcher =
        new Watcher() {
          private long step;

          @Override
          public void chose(Threads.Choice choice) {
            heard.add(choice);
          }

          @Override
          public void stepped(Progress progress) {
            step = progress.step();
          }

          @Override
          public boolean stopRequested() {
            return step == 5;
          }
        };
    assertThatThrownBy(() -> Trainer.train(experiment, run, watcher)).isInstanceOf(Stopped.class);
    Configuration recorded = Configuration.parse(run, Files.readString(run.resolve("config.yaml")));
    Provenance provenance = Provenance.read(run);
    int most = Libtorch.mostThreads();
    int chosen = heard.isEmpty() ? 1 : heard.getFirst().threads();
    assertThat(heard).as("nothing to choose with one thread").hasSize(most == 1 ? 0 : 1);
    assertThat(recorded.get(Options.THREADS)).isEqualTo("" + chosen);
    assertThat(provenance.setting().threads()).isEqualTo(chosen);
    assertThat(provenance.setting().trials())
        .isEqualTo(heard.isEmpty() ? List.of() : heard.getFirst().trials());
    Trainer.resume(run, Watcher.NOBODY);
    Path again = folder.resolve("again");
    Trainer.train(Experiment.of(recorded), again, watcherThatMustNotChoose());
    assertThat(again.resolve(Results.MODEL)).hasSameBinaryContentAs(run.resolve(Results.MODEL));
  }

  private static Watcher watcherThatMustNotChoose() {
    return new Watcher() {
      @Override
      public void chose(Threads.Choice choice) {
        throw new AssertionError("a number was given");
      }
    };
  }

  /**
   * Steps of twins, with all that a step can change: dropout, running statistics, learning
   * feedback.
   */
  @ParameterizedTest
  @ValueSource(strings = {"serial", "parallel", "async:delay=2"})
  void aTrialChangesNoByte(String update) {
    for (String rule : List.of("dfa", "kp", "pred")) {
      Experiment experiment =
          Runs.small("rule=" + rule, "update=" + update, "threads=1", "prepare=standardise");
      Parts parts = Parts.of(experiment);
      Path plain = folder.resolve("plain-" + rule);
      Trainer.train(experiment, plain, Watcher.NOBODY);
      for (int threads : new int[] {1, 2}) {
        double[] seconds = Threads.raced(experiment, parts.train(), 1, threads, 1_000_000);
        assertThat(seconds).hasSize(2).doesNotContain(Double.POSITIVE_INFINITY);
      }
      Path tried = folder.resolve("tried-" + rule);
      Trainer.train(experiment, tried, Watcher.NOBODY);
      assertThat(tried.resolve(Results.MODEL)).hasSameBinaryContentAs(plain.resolve(Results.MODEL));
    }
  }

  @Test
  void aTrialServesEveryPreparation() {
    for (String prepare : List.of("standardise", "zca", "scale")) {
      Experiment experiment =
          Runs.changed(
              Configuration.defaults(), "data=digits", "prepare=" + prepare, "net=8", "epochs=1");
      Parts parts = Parts.of(experiment);
      assertThat(Threads.raced(experiment, parts.train(), 1, 2, 1_000_000)).hasSize(2);
    }
  }

  @Test
  void aNumberIsANumber() {
    assertThat(Runs.small("threads=2").choosesThreads()).isFalse();
    assertThat(Runs.small("threads=2").threads()).isEqualTo(2);
    assertThat(Runs.small("threads=2", "update=parallel").threadsOfOneOperation()).isEqualTo(1);
    assertThatThrownBy(() -> Runs.small("threads=many"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("threads must be a whole number of at least 1, or auto");
  }

  @Test
  void severalRunsAdoptOneNumber() {
    Configuration base = Runs.small().configuration();
    Configuration one = base.with(Options.THREADS, "1");
    assertThat(Threads.adopted(base, one)).isEqualTo(one);
    assertThat(Threads.adopted(base.with(Options.THREADS, "2"), one).get(Options.THREADS))
        .isEqualTo("2");
    String chosen =
        Threads.settled(base, List.of(base.with(Options.NET, "x"), base), Watcher.NOBODY)
            .get(Options.THREADS);
    assertThat(chosen).isIn("1", "2", "4", "" + Libtorch.mostThreads());
  }
}
