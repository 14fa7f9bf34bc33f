package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that halts at every step in turn: no handler runs, no buffer is flushed, no lock is
 * given back.
 */
@Tag("slow")
class HaltTest {
  private static final int STEPS = 20;
  private static final int HALTED = 86;

  @TempDir Path folder;

  @Test
  void haltedAtEveryStepEndsWithTheSameBytes() throws Exception {
    Path straight = folder.resolve("straight");
    Trainer.train(Runs.small(), straight, Watcher.NOBODY);
    for (int k = 1; k <= STEPS; k++) {
      Path run = folder.resolve("halted-" + k);
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED",
                  "--add-modules=jdk.incubator.vector",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  Halting.class.getName(),
                  run.toString(),
                  Integer.toString(k))
              .inheritIO()
              .start();
      assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(child.exitValue()).isEqualTo(HALTED);
      Trainer.resume(run, Watcher.NOBODY);
      assertThat(run.resolve(Results.MODEL))
          .hasBinaryContent(Runs.bytes(straight.resolve(Results.MODEL)));
      assertThat(run.resolve("checkpoint-20.safetensors"))
          .hasBinaryContent(Runs.bytes(straight.resolve("checkpoint-20.safetensors")));
      assertThat(Runs.log(run)).isEqualTo(Runs.log(straight));
    }
  }

  /** The child. */
  static final class Halting {
    private Halting() {}

    public static void main(String[] arguments) {
      long step = Long.parseLong(List.of(arguments).getLast());
      Trainer.train(
          Runs.small(),
          Path.of(arguments[0]),
          new Watcher() {
            @Override
            public void stepped(Progress progress) {
              if (progress.step() == step) {
                Runtime.getRuntime().halt(HALTED);
              }
            }
          });
    }
  }
}
