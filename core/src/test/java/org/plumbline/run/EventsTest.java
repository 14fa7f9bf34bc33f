package org.plumbline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

class EventsTest {
  private static final Path FILE = Path.of("/runs/one/events.jsonl");
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  static final List<Event> ALL =
      List.of(
          new Event.Started(
              "one",
              "dfa",
              "digits",
              30,
              45,
              26122,
              List.of(new Event.Block(1, "dense 64→128, tanh", 8320)),
              List.of(
                  new Event.Feedback(1, Shape.of(10, 128), 0.051, 0.57),
                  new Event.Feedback(2, Shape.of(10, 64), Double.NaN, 0.5)),
              OptionalLong.of(7680)),
          new Event.Step(50, 2, 1.93, 0.41, 0.31),
          new Event.Step(51, 2, Double.NaN, Double.NaN, 0.32),
          new Event.Probe(50, 2, Map.of("alignment/1", 0.21)),
          new Event.Epoch(1, 45, 2.01, 0.31, Double.NaN, Double.NaN, 0.001, 0.28, 0.26),
          new Event.Tested(1, 45, 1.9, 0.4, Map.of("alignment/1", 0.2)),
          new Event.Tested(2, 90, Double.NaN, 0.5, Map.of()),
          new Event.Warning(50, "a \"line\"\nand another"),
          new Event.Finished(1350, "epochs", 3.2));

  @TempDir Path directory;

  private static Events log(Storage storage, Path file, long offset) {
    return new Events(storage, file, offset, InstantSource.fixed(NOW));
  }

  private static MemoryStorage memory(String text) {
    MemoryStorage memory = new MemoryStorage();
    memory.put(FILE, text.getBytes(StandardCharsets.UTF_8));
    return memory;
  }

  @Test
  void printAndParse() throws IOException {
    Path file = directory.resolve("events.jsonl");
    try (Events events = log(Storage.disk(), file, 0)) {
      ALL.forEach(events::append);
      assertThat(events.force()).isEqualTo(Files.size(file));
    }
    Events.Log log = Events.read(file);
    assertThat(log.warnings()).isEmpty();
    assertThat(log.events()).allMatch(at -> at.time().equals(NOW));
    assertThat(log.events().stream().map(Event.At::event)).isEqualTo(ALL);
  }

  @Test
  void linesAreAsDocumented() {
    Stream<String> lines = ALL.stream().map(event -> EventJson.print(new Event.At(NOW, event)));
    assertThat(lines)
        .containsExactly(
            "{\"v\":1,\"event\":\"started\",\"time\":\"2026-01-02T03:04:05.678Z\",\"run\":\"one\",\"rule\":\"dfa\","
                + "\"data\":\"digits\",\"epochs\":30,\"steps_per_epoch\":45,\"parameters\":26122,"
                + "\"blocks\":[{\"block\":1,\"name\":\"dense 64→128, tanh\",\"parameters\":8320}],"
                + "\"feedback\":[{\"block\":1,\"shape\":[10,128],\"std\":0.051,\"rms_gain\":0.57},"
                + "{\"block\":2,\"shape\":[10,64],\"rms_gain\":0.5}],\"feedback_bytes\":7680}",
            "{\"v\":1,\"event\":\"step\",\"time\":\"2026-01-02T03:04:05.678Z\",\"step\":50,\"epoch\":2,\"loss\":1.93,\"accuracy\":0.41,\"seconds\":0.31}",
            "{\"v\":1,\"event\":\"step\",\"time\":\"2026-01-02T03:04:05.678Z\",\"step\":51,\"epoch\":2,\"seconds\":0.32}",
            "{\"v\":1,\"event\":\"probe\",\"time\":\"2026-01-02T03:04:05.678Z\",\"step\":50,\"epoch\":2,\"readings\":{\"alignment/1\":0.21}}",
            "{\"v\":1,\"event\":\"epoch\",\"time\":\"2026-01-02T03:04:05.678Z\",\"epoch\":1,\"step\":45,\"train_loss\":2.01,"
                + "\"train_accuracy\":0.31,\"rate\":0.001,\"seconds\":0.28,\"step_seconds\":0.26}",
            "{\"v\":1,\"event\":\"tested\",\"time\":\"2026-01-02T03:04:05.678Z\",\"epoch\":1,\"step\":45,\"loss\":1.9,\"accuracy\":0.4,"
                + "\"readings\":{\"alignment/1\":0.2}}",
            "{\"v\":1,\"event\":\"tested\",\"time\":\"2026-01-02T03:04:05.678Z\",\"epoch\":2,\"step\":90,\"accuracy\":0.5,\"readings\":{}}",
            "{\"v\":1,\"event\":\"warning\",\"time\":\"2026-01-02T03:04:05.678Z\",\"step\":50,\"message\":\"a \\\"line\\\"\\nand another\"}",
            "{\"v\":1,\"event\":\"finished\",\"time\":\"2026-01-02T03:04:05.678Z\",\"step\":1350,\"reason\":\"epochs\",\"seconds\":3.2}");
  }

  @Test
  void aStartWithoutTheBytesOfItsFeedbackIsRead() {
    String line = EventJson.print(new Event.At(NOW, ALL.getFirst()));
    String old = line.replace(",\"feedback_bytes\":7680", "");
    assertThat(old).isNotEqualTo(line);
    Event.Started started =
        (Event.Started) Events.read(memory(old + "\n"), FILE).events().getFirst().event();
    assertThat(started.feedbackBytes()).isEmpty();
    assertThat(started.feedback()).hasSize(2);
  }

  @Test
  void goingOnFromAnOffsetLeavesNoLineTwice() throws IOException {
    Path file = directory.resolve("events.jsonl");
    long offset;
    try (Events events = log(Storage.disk(), file, 0)) {
      events.append(ALL.get(0));
      offset = events.force();
      events.append(ALL.get(1));
      events.append(ALL.get(2));
    }
    try (Events events = log(Storage.disk(), file, offset)) {
      events.append(ALL.get(1));
    }
    assertThat(Events.read(file).events().stream().map(Event.At::event))
        .containsExactly(ALL.get(0), ALL.get(1));
  }

  @Test
  void aTornLastLineIsLeftOut() {
    String line = EventJson.print(new Event.At(NOW, ALL.get(1)));
    for (int cut = 1; cut <= line.length(); cut++) {
      Events.Log log = Events.read(memory(line + "\n" + line.substring(0, cut)), FILE);
      assertThat(log.events()).hasSize(1);
      assertThat(log.warnings())
          .containsExactly(
              FILE
                  + ", line 2: the last line is torn ("
                  + cut
                  + " bytes without an end) and was left out");
    }
    assertThat(Events.read(memory(""), FILE).events()).isEmpty();
  }

  @Test
  void halfALineThatCouldNotBeWrittenIsCutOff() {
    MemoryStorage memory = memory("");
    FaultyStorage faulty = new FaultyStorage(memory, FaultyStorage.Mode.NO_SPACE, 3);
    try (Events events = log(faulty, FILE, 0)) {
      events.append(ALL.get(1));
      long before = events.offset();
      assertThatThrownBy(() -> events.append(ALL.get(2)))
          .isInstanceOf(Failure.class)
          .hasMessage(
              "cannot write /runs/one/events.jsonl: No space left on device; what was saved before is safe:"
                  + " mend this, then: ./plumbline resume /runs/one");
      assertThat(events.offset()).isEqualTo(before);
      assertThat(memory.bytes(FILE).length).isGreaterThan((int) before);
      faulty.mend();
      events.append(ALL.get(3));
    }
    assertThat(Events.read(memory, FILE).events().stream().map(Event.At::event))
        .containsExactly(ALL.get(1), ALL.get(3));
  }

  static Stream<Arguments> corrupt() {
    String time = "\"time\":\"2026-01-02T03:04:05Z\"";
    return Stream.of(
        Arguments.of("", "expected a JSON object, found"),
        Arguments.of("{", "expected a JSON object, found"),
        Arguments.of("[]", "expected a JSON object, found something else"),
        Arguments.of("{\"v\":1} x", "expected a JSON object, found"),
        Arguments.of("{\"v\":1,\"v\":1}", "Duplicate"),
        Arguments.of("{}", "expected a field 'v', found none"),
        Arguments.of("{\"v\":2}", "'v': expected 1"),
        Arguments.of("{\"v\":1}", "'time'"),
        Arguments.of("{\"v\":1,\"event\":\"step\",\"time\":\"now\"}", "ISO 8601"),
        Arguments.of("{\"v\":1,\"event\":\"stop\"," + time + "}", "'event': expected one of"),
        Arguments.of("{\"v\":1,\"event\":\"step\"," + time + "}", "expected a field 'step'"),
        Arguments.of(
            "{\"v\":1,\"event\":\"step\"," + time + ",\"step\":-1,\"epoch\":1}",
            "'step': expected a whole number of at least 0, found -1"),
        Arguments.of(
            "{\"v\":1,\"event\":\"step\"," + time + ",\"step\":1,\"epoch\":1,\"accuracy\":1.5}",
            "'accuracy': expected a fraction from 0 to 1, found 1.5"),
        Arguments.of(
            "{\"v\":1,\"event\":\"step\"," + time + ",\"step\":1,\"epoch\":1,\"loss\":1e999}",
            "'loss'"),
        Arguments.of(
            "{\"v\":1,\"event\":\"step\"," + time + ",\"step\":1,\"epoch\":null}", "'epoch'"),
        Arguments.of("{\"v\":" + "[".repeat(40) + "]".repeat(40) + "}", "depth"),
        Arguments.of("{\"v\":1,\"x\":\"" + "x".repeat(1 << 20) + "\"}", "at most 1048576 bytes"));
  }

  @ParameterizedTest
  @MethodSource
  void corrupt(String line, String message) {
    String good = EventJson.print(new Event.At(NOW, ALL.get(1))) + "\n";
    assertThatThrownBy(() -> Events.read(memory(good + line + "\n" + good), FILE))
        .isInstanceOf(BadInput.class)
        .hasMessageStartingWith(FILE + ", line 2")
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain("\n"));
  }

  @Test
  void linesThatAreNotUtf8AreRefused() {
    MemoryStorage memory = memory("");
    memory.put(FILE, new byte[] {(byte) 0xFF, '\n'});
    assertThatThrownBy(() -> Events.read(memory, FILE))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("line 1: expected UTF-8");
  }

  @Test
  void fieldsOfLaterVersionsArePassedOver() {
    String line =
        "{\"new\":[1],\"v\":1,\"event\":\"warning\",\"time\":\"2026-01-02T03:04:05Z\",\"step\":1,\"message\":\"m\"}\n";
    assertThat(Events.read(memory(line), FILE).events().getFirst().event())
        .isEqualTo(new Event.Warning(1, "m"));
  }
}
