package org.plumbline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/** Valid files, mutated a few thousand times: nothing but a refusal may come of it. */
class MutationTest {
  private static final int ROUNDS = 4000;
  private static final String[] PIECES = {
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "-",
    "0",
    "9223372036854775808",
    "1e999",
    "null",
    "true",
    "\\ud800",
    "\n",
    " ",
    "\"a\":",
    "[0,8]",
    "{\"a\":1}",
    "\"shape\"",
    "\"v\":1,",
    "\0",
    "é"
  };

  @Test
  void safetensors() {
    byte[] valid =
        SafetensorsTest.bytes(
            Map.of("a", Entry.float32(Shape.of(2, 2), 1, 2, 3, 4), "b", Entry.int64(Shape.of(), 1)),
            Map.of("k", "v"));
    int accepted = mutate("safetensors", valid, Parsers::safetensors);
    assertThat(accepted).isBetween(1, ROUNDS / 2);
  }

  @Test
  void manifest() {
    Manifest manifest =
        new Manifest(
            3,
            Map.of("data", "d"),
            30,
            new Durable.Digest(3, "ab"),
            Map.of("epoch", 1L, "list", List.of(1L, 0.5, "x")));
    String text = manifest.print();
    byte[] body =
        text.substring(0, text.lastIndexOf(",\"sha256\"")).getBytes(StandardCharsets.UTF_8);
    assertThat(mutate("manifest", body, Parsers::manifest)).isBetween(1, ROUNDS / 2);
  }

  @Test
  void events() {
    String text =
        EventsTest.ALL.stream()
            .map(event -> EventJson.print(new Event.At(EventsTest.NOW, event)) + "\n")
            .collect(Collectors.joining());
    byte[] valid = text.getBytes(StandardCharsets.UTF_8);
    assertThat(mutate("events", valid, Parsers::events)).isBetween(1, ROUNDS / 2);
  }

  /** How many of the mutants were taken for valid. */
  private static int mutate(String name, byte[] valid, Consumer<byte[]> parser) {
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] mutant = valid;
      Seed seed = Seed.of(1).child(name).child(round);
      int changes = 1 + (int) (seed.uniform(0) * 3);
      for (int change = 1; change <= changes; change++) {
        mutant = changed(mutant, seed.child(change));
      }
      byte[] bytes = mutant;
      try {
        parser.accept(bytes);
        accepted++;
      } catch (BadInput e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("\n").hasSizeLessThan(1000);
      } catch (RuntimeException | Error e) {
        assertThatCode(
                () -> {
                  throw e;
                })
            .as(name + " of " + Arrays.toString(bytes))
            .doesNotThrowAnyException();
      }
    }
    return accepted;
  }

  private static byte[] changed(byte[] bytes, Seed seed) {
    int at = (int) (seed.uniform(1) * (bytes.length + 1));
    int end = Math.min(bytes.length, at + (int) (seed.uniform(2) * 9));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    switch ((int) (seed.uniform(3) * 5)) {
      case 0 -> out.write(bytes, end, bytes.length - end); // a cut
      case 1 -> { // a repetition
        out.write(bytes, at, end - at);
        out.write(bytes, at, bytes.length - at);
      }
      case 2 -> { // a piece
        String piece = PIECES[(int) (seed.uniform(4) * PIECES.length)];
        out.writeBytes(piece.getBytes(StandardCharsets.UTF_8));
        out.write(bytes, at, bytes.length - at);
      }
      case 3 -> { // a byte in place of another
        if (at < bytes.length) {
          out.write((int) (seed.uniform(4) * 256));
          out.write(bytes, at + 1, bytes.length - at - 1);
        }
      }
      default -> {} // the rest is gone
    }
    return out.toByteArray();
  }
}
