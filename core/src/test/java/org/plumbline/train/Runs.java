package org.plumbline.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.run.Event;
import org.plumbline.run.Events;

/** Small experiments and what tests look at in their folders. */
final class Runs {
  private Runs() {}

  /** Twenty steps on two moons, with everything random switched on. */
  static Experiment small(String... changes) {
    Configuration c =
        Configuration.defaults()
            .with(Options.DATA, "two-moons:examples=62")
            .with(Options.NET, "8,6")
            .with(Options.DROPOUT, "0.2")
            .with(Options.VALIDATION, "0.2")
            .with(Options.SCHEDULE, "warmup:steps=5+cosine")
            .with(Options.BATCH, "4")
            .with(Options.EPOCHS, "2")
            .with(Options.CHECKPOINT_EVERY, "3")
            .with(Options.PROBE_EVERY, "4");
    return changed(c, changes);
  }

  static Experiment changed(Configuration base, String... changes) {
    Configuration c = base;
    for (String change : changes) {
      int equals = change.indexOf('=');
      c =
          c.with(
              Options.of(change.substring(0, equals)).orElseThrow(), change.substring(equals + 1));
    }
    return Experiment.of(c);
  }

  /** The log without times: what must not depend on interruptions. */
  static List<Event> log(Path run) {
    return Events.read(run.resolve(Events.NAME)).events().stream()
        .map(at -> timeless(at.event()))
        .toList();
  }

  private static Event timeless(Event event) {
    return switch (event) {
      case Event.Started s ->
          new Event.Started(
              "",
              s.rule(),
              s.data(),
              s.epochs(),
              s.stepsPerEpoch(),
              s.parameters(),
              s.blocks(),
              s.feedback(),
              s.feedbackBytes());
      case Event.Step s -> new Event.Step(s.step(), s.epoch(), s.loss(), s.accuracy(), 0);
      case Event.Epoch e ->
          new Event.Epoch(
              e.epoch(),
              e.step(),
              e.trainLoss(),
              e.trainAccuracy(),
              e.validationLoss(),
              e.validationAccuracy(),
              e.rate(),
              0,
              0);
      case Event.Finished f -> new Event.Finished(f.step(), f.reason(), 0);
      case Event.Probe _, Event.Tested _, Event.Warning _ -> event;
    };
  }

  static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Dies at a step, without saving, as a killed process does. */
  static Watcher dyingAt(long step) {
    return new Watcher() {
      @Override
      public void stepped(Progress progress) {
        if (progress.step() == step) {
          throw new Killed();
        }
      }
    };
  }

  /** Asks to stop after a step. */
  static Watcher stoppingAt(long step) {
    return new Watcher() {
      private long seen;

      @Override
      public void stepped(Progress progress) {
        seen = progress.step();
      }

      @Override
      public boolean stopRequested() {
        return seen == step;
      }
    };
  }

  /** As good as a SIGKILL: nothing in the code expects it. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }
}
