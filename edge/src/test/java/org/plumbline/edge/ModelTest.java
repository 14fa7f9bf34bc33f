package org.plumbline.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

final class ModelTest {
  static byte[] example() {
    Plan plan = new Plan(Arithmetic.TIFED, Curve.TANH, List.of(6, 5, 3), -1);
    Network network = Cases.network(plan, Cases.Fill.RANDOM, new Random(1));
    Progress progress = new Progress(2, 40, 160, new Learner.Updates(1000, 7, 3));
    return new Model(
            network,
            progress,
            Map.of("data", "digits", "classes", "a, b = c"),
            Optional.of(ExtractorTest.example(new Random(2))))
        .bytes();
  }

  /** With a CRC that fits, so that what is behind it is tested. */
  static byte[] sealed(byte[] bytes) {
    if (bytes.length < 4) {
      return bytes;
    }
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, bytes.length - 4);
    byte[] sealed = bytes.clone();
    for (int i = 0; i < 4; i++) {
      sealed[bytes.length - 4 + i] = (byte) (crc.getValue() >>> (24 - 8 * i));
    }
    return sealed;
  }

  @Test
  void what_is_written_is_read() {
    Model model = Model.parse(example());
    assertThat(model.bytes()).isEqualTo(example());
    assertThat(model.network().plan().sizes()).containsExactly(6, 5, 3);
    assertThat(model.network().plan().seed()).isEqualTo(-1);
    assertThat(model.progress().updates().clamped()).isEqualTo(3);
    assertThat(model.notes()).containsEntry("classes", "a, b = c");
    assertThat(model.extractor()).isPresent();
  }

  @Test
  void every_changed_byte_and_every_cut_is_noticed() {
    byte[] bytes = example();
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 0x10;
      assertThatThrownBy(() -> Model.parse(changed)).as("byte %d", i).isInstanceOf(Refused.class);
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> Model.parse(cut)).as("cut at %d", i).isInstanceOf(Refused.class);
    }
  }

  @Test
  void bytes_with_a_crc_that_fits_are_read_or_refused() {
    Random random = new Random(4);
    int read = 0;
    for (int round = 0; round < 30_000; round++) {
      byte[] bytes = example();
      for (int k = random.nextInt(3); k >= 0; k--) {
        int at = random.nextInt(round % 2 == 0 ? bytes.length : 120);
        bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : random.nextInt(2) * 255);
      }
      read +=
          parsed(
              sealed(
                  random.nextInt(4) == 0
                      ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
                      : bytes));
    }
    assertThat(read).isBetween(100, 29_900);
  }

  /** 1 if it could be read: then it must be usable. */
  static int parsed(byte[] bytes) {
    Model model;
    try {
      model = Model.parse(bytes);
    } catch (Refused refused) {
      assertThat(refused.getMessage()).doesNotContain("\n");
      return 0;
    }
    assertThat(Model.parse(model.bytes()).bytes()).isEqualTo(model.bytes());
    model.extractor().ifPresent(e -> e.features(new byte[e.inputs()], 0));
    new Predictor(model.network(), Mode.FAST, Crew.of(1))
        .classify(new byte[model.network().plan().inputs()]);
    return 1;
  }

  @Test
  void a_file_says_what_is_wrong_with_it() {
    byte[] newer = example();
    newer[9] = 2;
    assertThatThrownBy(() -> Model.parse(newer)).hasMessageContaining("version 1, found 2");
    assertThatThrownBy(() -> Model.parse(new byte[40])).hasMessageContaining("PLUMEDGE");
  }

  @Test
  void a_note_of_two_lines_is_refused() {
    Network network = Model.parse(example()).network();
    assertThatThrownBy(
            () -> new Model(network, Progress.NONE, Map.of("a", "b\nc=d"), Optional.empty()))
        .isInstanceOf(Refused.class);
  }
}
