package org.plumbline.run;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/**
 * The log of a run, {@code events.jsonl}: lines are only ever added at its end. Each is given to
 * the system as it is logged, so that a kill does not lose it; {@link #force} makes all last
 * through a power loss. For one thread.
 */
public final class Events implements AutoCloseable {
  /** The name of the file in a run folder. */
  public static final String NAME = "events.jsonl";

  private static final int LINE = 1 << 20;
  private static final long FILE = 1L << 30;

  private final Storage storage;
  private final Path file;
  private final InstantSource clock;
  private long offset;
  private Optional<Storage.Output> output = Optional.empty();

  /**
   * What a log says.
   *
   * @param events in order
   * @param warnings one line if the last line was torn, else none
   */
  public record Log(List<Event.At> events, List<String> warnings) {}

  /**
   * A log to go on with.
   *
   * @param storage where
   * @param file is created with the first event if there is none
   * @param offset how much of it to keep, in bytes; what follows was logged after the checkpoint
   *     that training goes on from, and will be logged again
   * @param clock gives each event its time
   */
  public Events(Storage storage, Path file, long offset, InstantSource clock) {
    this.storage = storage;
    this.file = file;
    this.offset = offset;
    this.clock = clock;
  }

  /**
   * Logs an event.
   *
   * @param event what happened
   * @throws Failure if it cannot be written; the log then stands as before, and may be tried again
   */
  public void append(Event event) {
    String line = EventJson.print(new Event.At(clock.instant(), event)) + "\n";
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > LINE) {
      throw new IllegalArgumentException(
          "an event must be at most " + LINE + " bytes, but is " + bytes.length);
    }
    guarded(() -> opened().write(ByteBuffer.wrap(bytes)));
    offset += bytes.length;
  }

  /**
   * Makes all that was logged last.
   *
   * @return the length of the log, for the checkpoint that is about to be saved
   * @throws Failure if that is not possible
   */
  public long force() {
    guarded(() -> opened().force());
    return offset;
  }

  /**
   * The length of the log.
   *
   * @return in bytes
   */
  public long offset() {
    return offset;
  }

  @Override
  public void close() {
    guarded(() -> output.ifPresent(Storage.Output::close));
    output = Optional.empty();
  }

  /** Opens at the offset: so half a line, left by a write that failed, is cut off. */
  private Storage.Output opened() {
    Storage.Output open = output.orElseGet(() -> storage.append(file, offset));
    output = Optional.of(open);
    return open;
  }

  private void guarded(Runnable io) {
    try {
      io.run();
    } catch (UncheckedIOException e) {
      Optional<Storage.Output> broken = output;
      output = Optional.empty();
      try {
        broken.ifPresent(Storage.Output::close);
      } catch (UncheckedIOException again) {
        e.addSuppressed(again);
      }
      throw new Failure(
          "cannot write %s: %s; what was saved before is safe: mend this, then: ./plumbline resume %s"
              .formatted(file, Durable.reason(e), file.resolveSibling("").normalize()),
          e);
    }
  }

  /**
   * Reads a log.
   *
   * @param file the file
   * @return its events; a last line without an end was torn, and is left out with a warning
   * @throws BadInput if any other line is not an event, naming the line
   */
  public static Log read(Path file) {
    return read(Storage.disk(), file);
  }

  /**
   * Reads a log.
   *
   * @param storage where it is
   * @param file the file
   * @return its events; a last line without an end was torn, and is left out with a warning
   * @throws BadInput if any other line is not an event, naming the line
   */
  public static Log read(Storage storage, Path file) {
    try (Storage.Input input = storage.open(file)) {
      long size = input.size();
      if (size > FILE) {
        throw BadInput.inFile(file, "length", "at most " + FILE + " bytes", size + " bytes");
      }
      List<Event.At> events = new ArrayList<>();
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
      long at = 0;
      while (true) {
        input.read(chunk.clear(), at);
        if (!chunk.flip().hasRemaining()) {
          return new Log(events, torn(file, events.size() + 1, line.size()));
        }
        at += chunk.remaining();
        while (chunk.hasRemaining()) {
          byte next = chunk.get();
          if (next == '\n') {
            events.add(event(file, events.size() + 1, line.toByteArray()));
            line.reset();
          } else if (line.size() < LINE) {
            line.write(next);
          } else {
            String place = "line " + (events.size() + 1);
            throw BadInput.inFile(file, place, "at most " + LINE + " bytes", "more");
          }
        }
      }
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + file + ": " + Durable.reason(e), e);
    }
  }

  private static Event.At event(Path file, int number, byte[] line) {
    String place = "line " + number;
    return EventJson.parse(file, place, Durable.utf8(file, place, ByteBuffer.wrap(line)));
  }

  private static List<String> torn(Path file, int line, int length) {
    return length == 0
        ? List.of()
        : List.of(
            "%s, line %d: the last line is torn (%d bytes without an end) and was left out"
                .formatted(file, line, length));
  }
}
