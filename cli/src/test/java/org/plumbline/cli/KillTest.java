package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A real process, really killed. */
@Tag("slow")
final class KillTest {
  private static final int KILLS = 20;
  private static final String[] TRAINING = {
    "train",
    "--data=two-moons:examples=1000",
    "--net=16,16",
    "--dropout=0.1",
    "--validation=0.1",
    "--batch=8",
    "--epochs=200",
    "--checkpoint-every=70",
    "--probe-every=500"
  };

  @TempDir Path folder;

  /** At random moments: while Java starts, while the folder is made, while it trains or saves. */
  @Test
  @EnabledIf(value = "signalsCanBeSent", disabledReason = "there is no /bin/kill")
  void killed_twenty_times_a_run_ends_with_the_bytes_of_the_undisturbed_one() throws Exception {
    Path straight = folder.resolve("straight");
    assertThat(started(straight).end().code()).isZero();
    Path run = folder.resolve("killed");
    for (int k = 0; k < KILLS; k++) {
      Child child = started(run);
      if (k % 4 == 0) {
        Thread.sleep(ThreadLocalRandom.current().nextInt(1500));
      } else {
        child.untilErrContains("run " + run);
        Thread.sleep(ThreadLocalRandom.current().nextInt(200));
      }
      assertThat(child.signalled("KILL").end().code()).as("kill %d", k).isEqualTo(137);
    }
    Said last = started(run).end();
    assertThat(last.code()).as(last.err()).isZero();
    assertThat(run.resolve("model.safetensors"))
        .hasBinaryContent(Files.readAllBytes(straight.resolve("model.safetensors")));
    assertThat(run.resolve("evaluation.json"))
        .hasBinaryContent(Files.readAllBytes(straight.resolve("evaluation.json")));
  }

  /** Begins the run, or goes on with it if it was begun. */
  private Child started(Path run) throws Exception {
    if (Files.exists(run.resolve("config.yaml"))) {
      return Child.start(folder, List.of(), "resume", run.toString());
    }
    String[] arguments = new String[TRAINING.length + 2];
    System.arraycopy(TRAINING, 0, arguments, 0, TRAINING.length);
    arguments[TRAINING.length] = "--out";
    arguments[TRAINING.length + 1] = run.toString();
    return Child.start(folder, List.of(), arguments);
  }

  static boolean signalsCanBeSent() {
    return Files.isExecutable(Path.of("/bin/kill"));
  }
}
