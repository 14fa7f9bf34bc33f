package org.plumbline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.plumbline.value.BadInput;

/** What the fuzz tests call: parse; and if that succeeds, write, parse and write once more. */
final class Parsers {
  private static final Path MANIFEST = Path.of("/x/checkpoint-3.json");
  private static final Path EVENTS = Path.of("/x/events.jsonl");

  private Parsers() {}

  static void safetensors(byte[] bytes) {
    byte[] written;
    try (SafetensorsFile file = SafetensorsTest.open(bytes)) {
      written = SafetensorsTest.bytes(file.entries(NonFinite.ALLOW), file.metadata());
    }
    try (SafetensorsFile again = SafetensorsTest.open(written)) {
      assertThat(SafetensorsTest.bytes(again.entries(NonFinite.ALLOW), again.metadata()))
          .isEqualTo(written);
    }
  }

  /** The bytes are a manifest without its seal, so that what is behind the seal is reached. */
  static void manifest(byte[] bytes) {
    String body = Durable.utf8(MANIFEST, "text", ByteBuffer.wrap(bytes));
    Manifest manifest = parsed(Manifest.sealed(body));
    String written = manifest.print();
    assertThat(parsed(written)).isEqualTo(manifest);
    assertThat(parsed(written).print()).isEqualTo(written);
  }

  private static Manifest parsed(String text) {
    Fields fields = Manifest.unsealed(MANIFEST, text);
    Manifest.requireKnownFormat(fields);
    return Manifest.of(fields);
  }

  static void events(byte[] bytes) {
    MemoryStorage memory = new MemoryStorage();
    memory.put(EVENTS, bytes);
    for (Event.At at : Events.read(memory, EVENTS).events()) {
      String written = EventJson.print(at);
      assertThat(EventJson.parse(EVENTS, "line 1", written)).isEqualTo(at);
    }
  }

  /** As a fuzzer calls them: a refusal is right, anything else that is thrown is a finding. */
  static void mayRefuse(Runnable parse) {
    try {
      parse.run();
    } catch (BadInput e) {
      assertThat(e.getMessage()).doesNotContain("\n");
    }
  }
}
