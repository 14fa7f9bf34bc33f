package org.plumbline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

class CheckpointsTest {
  static final Path DIRECTORY = Path.of("/runs/one");
  static final Map<String, String> IDENTITY = Map.of("data", "d1", "network", "n1");
  private static final int INTERVAL = 3;
  private static final long LAST = 12;

  private final MemoryStorage memory = new MemoryStorage();

  CheckpointsTest() {
    memory.makeDirectories(DIRECTORY);
  }

  static Map<String, Entry> tensors(long step) {
    return Map.of(
        "1/weight",
        Entry.float32(Shape.of(2, 3), (float) step, 1, 2, 3, 4, -(float) step),
        "steps",
        Entry.int64(Shape.of(), step));
  }

  static Checkpoint checkpoint(long step) {
    return new Checkpoint(step, 10 * step, tensors(step), Map.of("epoch", step, "rate", 0.5));
  }

  private static Checkpoints checkpoints(Storage storage) {
    return new Checkpoints(storage, DIRECTORY, IDENTITY, Checkpoints.KEEP);
  }

  static void assertIsOf(long step, Map<String, Entry> tensors) {
    assertThat(tensors.keySet()).isEqualTo(tensors(step).keySet());
    tensors(step)
        .forEach((name, expected) -> {
          Entry found = Objects.requireNonNull(tensors.get(name));
          assertThat(found.dtype()).isEqualTo(expected.dtype());
          assertThat(found.shape()).isEqualTo(expected.shape());
          assertThat(found.data().mismatch(expected.data())).isEqualTo(-1);
        });
  }

  private static void assertIsOf(long step, Checkpoints.Loaded loaded) {
    Checkpoint found = loaded.checkpoint();
    assertThat(found.step()).isEqualTo(step);
    assertThat(found.eventsOffset()).isEqualTo(10 * step);
    assertThat(found.state()).isEqualTo(Map.of("epoch", step, "rate", 0.5));
    assertIsOf(step, found.tensors());
  }

  @Test
  void keepsTheLastTwo() {
    Checkpoints checkpoints = checkpoints(memory);
    for (long step = 0; step <= 9; step += INTERVAL) {
      checkpoints.save(checkpoint(step));
      assertIsOf(step, checkpoints(memory).load());
    }
    assertThat(memory.list(DIRECTORY))
        .containsExactly(
            "checkpoint-6.json",
            "checkpoint-6.safetensors",
            "checkpoint-9.json",
            "checkpoint-9.safetensors");
  }

  @Test
  void keepsTheAnchorAndRewindsToIt() {
    Checkpoints checkpoints = checkpoints(memory);
    for (long step : new long[] {0, 3, 4, 5}) {
      checkpoints.save(checkpoint(step), step - step % INTERVAL);
    }
    assertThat(memory.list(DIRECTORY))
        .contains("checkpoint-3.json", "checkpoint-4.json", "checkpoint-5.json")
        .doesNotContain("checkpoint-0.json");
    assertIsOf(3, checkpoints(memory).rewind(3));
    assertThat(memory.list(DIRECTORY))
        .as("the log is cut next, and nothing may need what is cut off")
        .containsExactly("checkpoint-3.json", "checkpoint-3.safetensors");
  }

  @Test
  void sameStateSameBytes() {
    checkpoints(memory).save(checkpoint(3));
    MemoryStorage other = new MemoryStorage();
    other.makeDirectories(DIRECTORY);
    checkpoints(other).save(checkpoint(3));
    for (String name : List.of("checkpoint-3.json", "checkpoint-3.safetensors")) {
      assertThat(other.bytes(DIRECTORY.resolve(name)))
          .isEqualTo(memory.bytes(DIRECTORY.resolve(name)));
    }
    assertThat(text("checkpoint-3.json"))
        .startsWith(
            "{\"format\":1,\"step\":3,\"identity\":{\"data\":\"d1\",\"network\":\"n1\"},\"events_offset\":30,"
                + "\"files\":[{\"bytes\":");
  }

  /**
   * For n = 1, 2, … until no fault is needed; then both as it is and with the power cut as well.
   */
  @ParameterizedTest
  @EnumSource
  void survivesEveryFault(FaultyStorage.Mode mode) {
    int n = 1;
    while (survives(mode, n, Next.READ) && survives(mode, n, Next.CUT_AND_READ)) {
      if (mode.compareTo(FaultyStorage.Mode.POWER_LOSS) < 0) {
        survives(mode, n, Next.GO_ON);
      }
      n++;
    }
    assertThat(n).isGreaterThan(100);
  }

  private enum Next {
    READ,
    CUT_AND_READ,
    GO_ON
  }

  private static boolean survives(FaultyStorage.Mode mode, int n, Next next) {
    MemoryStorage memory = new MemoryStorage();
    memory.makeDirectories(DIRECTORY);
    FaultyStorage faulty = new FaultyStorage(memory, mode, n);
    Checkpoints checkpoints = checkpoints(faulty);
    long saved = -1;
    long tried = 0;
    try {
      for (tried = 0; tried <= LAST; tried += INTERVAL) {
        try {
          checkpoints.save(checkpoint(tried));
          saved = tried;
        } catch (Failure e) {
          assertThat(said(e)).isBetween(saved, tried);
          saved = said(e);
          if (!faulty.failed().equals("delete")) {
            assertThat(memory.list(DIRECTORY)).noneMatch(Durable::isLeftOver);
          }
          if (next != Next.GO_ON) {
            break;
          }
          faulty.mend();
        }
      }
    } catch (FaultyStorage.PowerLoss e) {
      assertThat(faulty.hasFailed()).isTrue();
    }
    if (next == Next.CUT_AND_READ) {
      memory.losePower();
    }
    if (saved >= 0) {
      Checkpoints.Loaded loaded = checkpoints(memory).load();
      long found = loaded.checkpoint().step();
      assertIsOf(found, loaded);
      assertThat(found).isGreaterThanOrEqualTo(saved);
      assertThat(Math.min(tried, LAST) - found).isLessThanOrEqualTo(INTERVAL);
      if (next == Next.GO_ON && tried > LAST) {
        assertThat(found).isGreaterThanOrEqualTo(LAST - INTERVAL);
      }
    } else {
      assertThat(tried).isZero();
    }
    return faulty.hasFailed();
  }

  /** The step up to which a message says that the run is safe; −1 if it says that nothing is. */
  private static long said(Failure failure) {
    Matcher matcher =
        Pattern.compile("safe up to step (\\d+): .* ./plumbline resume /runs/one$")
            .matcher(String.valueOf(failure.getMessage()));
    if (matcher.find()) {
      return Long.parseLong(matcher.group(1));
    }
    assertThat(failure).hasMessageContaining("nothing of this run was saved yet");
    return -1;
  }

  @Test
  void saysWhatIsSafeWhenTheDiskIsFull() {
    FaultyStorage faulty = new FaultyStorage(memory, FaultyStorage.Mode.NO_SPACE, 27);
    Checkpoints checkpoints = checkpoints(faulty);
    checkpoints.save(checkpoint(0));
    assertThatThrownBy(() -> checkpoints.save(checkpoint(3)))
        .isInstanceOf(Failure.class)
        .hasMessageMatching(
            "cannot write /runs/one/checkpoint-3.(json|safetensors): No space left on device; what stood there"
                + " before is unchanged; the run is safe up to step 0: mend this, then: ./plumbline resume /runs/one");
  }

  @Test
  void detectsEveryFlippedByteAndEveryCut() {
    Checkpoints checkpoints = checkpoints(memory);
    checkpoints.save(checkpoint(0));
    checkpoints.save(checkpoint(3));
    int cases = 0;
    for (String name : List.of("checkpoint-3.json", "checkpoint-3.safetensors")) {
      Path file = DIRECTORY.resolve(name);
      byte[] good = memory.bytes(file);
      for (int i = 0; i < good.length; i++) {
        for (int flip : new int[] {0x01, 0x20}) {
          byte[] bad = good.clone();
          bad[i] ^= (byte) flip;
          assertDetected(file, bad);
          cases++;
        }
        assertDetected(file, Arrays.copyOf(good, i));
      }
      assertDetected(file, Arrays.copyOf(good, good.length + 1));
      memory.put(file, good);
    }
    assertThat(cases).isGreaterThan(1000);
    assertIsOf(3, checkpoints(memory).load());
  }

  private void assertDetected(Path file, byte[] bad) {
    memory.put(file, bad);
    Checkpoints.Loaded loaded = checkpoints(memory).load();
    assertIsOf(0, loaded);
    assertThat(loaded.warnings())
        .singleElement()
        .asString()
        .startsWith("the checkpoint of step 3 cannot be used (")
        .contains(file.toString())
        .endsWith("going on from step 0, 3 steps are done again")
        .doesNotContain("\n");
  }

  @Test
  void neverStartsAfreshInSilence() {
    assertThatThrownBy(() -> checkpoints(memory).load())
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("/runs/one must hold a checkpoint that can be read, but has none");
    checkpoints(memory).save(checkpoint(0));
    memory.put(DIRECTORY.resolve("checkpoint-0.safetensors"), new byte[3]);
    assertThatThrownBy(() -> checkpoints(memory).load())
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("only damaged ones: /runs/one/checkpoint-0.safetensors must be ");
  }

  @Test
  void namesACheckpointThatWasNeverCommitted() {
    checkpoints(memory).save(checkpoint(3));
    memory.put(DIRECTORY.resolve("checkpoint-6.safetensors"), new byte[3]);
    Checkpoints.Loaded loaded = checkpoints(memory).load();
    assertIsOf(3, loaded);
    assertThat(loaded.warnings())
        .containsExactly(
            "the checkpoint of step 6 cannot be used (/runs/one/checkpoint-6.json was never written):"
                + " going on from step 3, 3 steps are done again");
  }

  @Test
  void whatIsDamagedIsReplacedAndNothingGoodRemoved() {
    Checkpoints checkpoints = checkpoints(memory);
    checkpoints.save(checkpoint(3));
    checkpoints.save(checkpoint(6));
    memory.put(DIRECTORY.resolve("checkpoint-6.json"), new byte[3]);
    Checkpoints again = checkpoints(memory);
    assertIsOf(3, again.load());
    again.save(checkpoint(4));
    assertThat(memory.list(DIRECTORY))
        .containsExactly(
            "checkpoint-3.json",
            "checkpoint-3.safetensors",
            "checkpoint-4.json",
            "checkpoint-4.safetensors");
    assertThatThrownBy(() -> again.save(checkpoint(3)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAnotherIdentity() {
    checkpoints(memory).save(checkpoint(3));
    Map<String, String> other = Map.of("data", "d2", "network", "n1");
    assertThatThrownBy(() -> new Checkpoints(memory, DIRECTORY, other, 2).load())
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(
            "/runs/one/checkpoint-3.json was saved with another data: expected d2, found d1;");
    assertThatThrownBy(() -> new Checkpoints(memory, DIRECTORY, Map.of("data", "d1"), 2).load())
        .hasMessageContaining("another network: expected none, found n1");
  }

  @Test
  void refusesANewerFormatRatherThanGoBack() {
    checkpoints(memory).save(checkpoint(0));
    checkpoints(memory).save(checkpoint(3));
    reseal("checkpoint-3.json", "{\"format\":1,", "{\"format\":2,\"more\":[],");
    assertThatThrownBy(() -> checkpoints(memory).load())
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith("/runs/one/checkpoint-3.json, format: expected version 1")
        .hasMessageContaining("found version 2");
  }

  @Test
  void aManifestNamesNoOtherFile() {
    checkpoints(memory).save(checkpoint(3));
    reseal("checkpoint-3.json", "checkpoint-3.safetensors", "../../etc/passwd");
    assertThatThrownBy(() -> checkpoints(memory).load())
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("expected checkpoint-3.safetensors alone");
    reseal("checkpoint-3.json", "\"step\":3", "\"step\":4");
    assertThatThrownBy(() -> checkpoints(memory).load()).hasMessageContaining("'step'");
  }

  @Test
  void refusesNonFiniteNumbersBeforeAnythingIsWritten() {
    Checkpoints checkpoints = checkpoints(memory);
    checkpoints.save(checkpoint(0));
    List<String> before = memory.list(DIRECTORY);
    Map<String, Entry> tensors =
        Map.of("1/weight", Entry.float32(Shape.of(3), 1, Float.NaN, Float.POSITIVE_INFINITY));
    BadInput refused =
        catchThrowableOfType(
            BadInput.class, () -> checkpoints.save(new Checkpoint(3, 0, tensors, Map.of())));
    assertThat(refused)
        .hasMessage(
            "tensor '1/weight' (F32 [3]) must hold finite numbers, but number 1 (counted from 0) is NaN or infinite");
    assertThat(memory.list(DIRECTORY)).isEqualTo(before);
    assertThatThrownBy(() -> new Checkpoint(3, 0, Map.of(), Map.of("loss", Double.NaN)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("loss must be");
  }

  private String text(String name) {
    return new String(memory.bytes(DIRECTORY.resolve(name)), StandardCharsets.UTF_8);
  }

  private void reseal(String name, String old, String now) {
    String body = text(name);
    body = body.substring(0, body.lastIndexOf(",\"sha256\"")).replace(old, now);
    memory.put(DIRECTORY.resolve(name), Manifest.sealed(body).getBytes(StandardCharsets.UTF_8));
  }
}
