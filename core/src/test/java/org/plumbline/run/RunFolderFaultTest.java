package org.plumbline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/**
 * A whole run, faulted at every operation and gone on with, ends with the bytes of one that was
 * not.
 */
class RunFolderFaultTest {
  private static final Path DIRECTORY = Path.of("/runs/one");
  private static final Map<String, String> IDENTITY = Map.of("config", "c1");
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.EPOCH);

  /** What a trainer does: start or resume, nine steps, a checkpoint every third, a model. */
  private static void train(Storage storage, boolean resumes) {
    try (RunFolder run =
        resumes
            ? RunFolder.open(storage, DIRECTORY, CLOCK)
            : RunFolder.create(storage, DIRECTORY, IDENTITY, CLOCK)) {
      long step = 0;
      if (resumes) {
        assertThat(run.config()).isEqualTo("rule: dfa\n");
        Checkpoint found = run.resume(IDENTITY).checkpoint();
        step = found.step();
        CheckpointsTest.assertIsOf(step, found.tensors());
      } else {
        run.append(
            new Event.Started(
                "one", "dfa", "digits", 1, 9, 6, List.of(), List.of(), OptionalLong.empty()));
        run.save(0, CheckpointsTest.tensors(0), Map.of());
        run.commit("rule: dfa\n");
      }
      for (step++; step <= 9; step++) {
        run.append(new Event.Step(step, 1, 1.0 / step, 0.5, 0));
        if (step == 9) {
          run.append(new Event.Finished(step, "epochs", 0));
        }
        if (step % 3 == 0) {
          run.save(step, CheckpointsTest.tensors(step), Map.of("epoch", 1));
        }
      }
      if (!run.has("model.safetensors")) {
        run.write("model.safetensors", CheckpointsTest.tensors(9), Map.of("rule", "dfa"));
      }
      if (!run.has("evaluation.json")) {
        run.write("evaluation.json", "{}\n");
      }
    }
  }

  private static Map<String, String> files(MemoryStorage storage) {
    Map<String, String> files = new TreeMap<>();
    storage
        .list(DIRECTORY)
        .forEach(name -> files.put(name, Arrays.toString(storage.bytes(DIRECTORY.resolve(name)))));
    return files;
  }

  @ParameterizedTest
  @EnumSource
  void endsWithTheSameBytes(FaultyStorage.Mode mode) {
    MemoryStorage straight = new MemoryStorage();
    train(straight, false);
    int n = 1;
    while (goesOn(mode, n, straight)) {
      n++;
    }
    assertThat(n).isGreaterThan(100);
  }

  private static boolean goesOn(FaultyStorage.Mode mode, int n, MemoryStorage straight) {
    MemoryStorage memory = new MemoryStorage();
    FaultyStorage faulty = new FaultyStorage(memory, mode, n);
    try {
      train(faulty, false);
    } catch (Failure | BadInput e) {
      assertThat(e.getMessage()).doesNotContain("\n");
    } catch (FaultyStorage.PowerLoss e) {
      assertThat(faulty.hasFailed()).isTrue();
    } catch (UncheckedIOException e) {
      assertThat(faulty.failed()).isEqualTo("close"); // of the lock or a file that was read
    }
    memory.endProcess();
    List<String> names = names(memory);
    train(memory, names.contains(RunFolder.CONFIG));
    Map<String, String> files = files(memory);
    Map<String, String> expected = files(straight);
    assertThat(files).as(mode + " " + n).containsAllEntriesOf(expected);
    files.keySet().removeAll(expected.keySet());
    assertThat(files.keySet()).allMatch(name -> name.startsWith("checkpoint-")); // not removed yet
    return faulty.hasFailed();
  }

  private static List<String> names(MemoryStorage memory) {
    try {
      return memory.list(DIRECTORY);
    } catch (UncheckedIOException e) {
      return List.of();
    }
  }
}
