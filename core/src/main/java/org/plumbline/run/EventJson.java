package org.plumbline.run;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/** Events as lines of JSON, as {@code docs/run-folder.md} describes them. */
final class EventJson {
  private static final int VERSION = 1;

  private EventJson() {}

  /** One line, without its end. */
  static String print(Event.At at) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("v", VERSION);
    switch (at.event()) {
      case Event.Started e -> {
        begin(line, "started", at.time());
        line.put("run", e.run());
        line.put("rule", e.rule());
        line.put("data", e.data());
        line.put("epochs", e.epochs());
        line.put("steps_per_epoch", e.stepsPerEpoch());
        line.put("parameters", e.parameters());
        line.put("blocks", e.blocks().stream().map(EventJson::block).toList());
        line.put("feedback", e.feedback().stream().map(EventJson::feedback).toList());
        e.feedbackBytes().ifPresent(bytes -> line.put("feedback_bytes", bytes));
      }
      case Event.Step e -> {
        begin(line, "step", at.time());
        line.put("step", e.step());
        line.put("epoch", e.epoch());
        Json.put(line, "loss", e.loss());
        Json.put(line, "accuracy", e.accuracy());
        Json.put(line, "seconds", e.seconds());
      }
      case Event.Probe e -> {
        begin(line, "probe", at.time());
        line.put("step", e.step());
        line.put("epoch", e.epoch());
        line.put("readings", e.readings());
      }
      case Event.Epoch e -> {
        begin(line, "epoch", at.time());
        line.put("epoch", e.epoch());
        line.put("step", e.step());
        Json.put(line, "train_loss", e.trainLoss());
        Json.put(line, "train_accuracy", e.trainAccuracy());
        Json.put(line, "validation_loss", e.validationLoss());
        Json.put(line, "validation_accuracy", e.validationAccuracy());
        Json.put(line, "rate", e.rate());
        Json.put(line, "seconds", e.seconds());
        Json.put(line, "step_seconds", e.stepSeconds());
      }
      case Event.Tested e -> {
        begin(line, "tested", at.time());
        line.put("epoch", e.epoch());
        line.put("step", e.step());
        Json.put(line, "loss", e.loss());
        Json.put(line, "accuracy", e.accuracy());
        line.put("readings", e.readings());
      }
      case Event.Warning e -> {
        begin(line, "warning", at.time());
        line.put("step", e.step());
        line.put("message", e.message());
      }
      case Event.Finished e -> {
        begin(line, "finished", at.time());
        line.put("step", e.step());
        line.put("reason", e.reason());
        Json.put(line, "seconds", e.seconds());
      }
    }
    return Json.print(line);
  }

  /** Parses a line; fields that are not known are passed over. */
  static Event.At parse(Path file, String place, String line) {
    Fields fields = Json.parse(file, place, line);
    long version = fields.whole("v");
    if (version != VERSION) {
      throw fields.refused(
          "v", VERSION + ", the only version this version of plumbline reads", version);
    }
    return new Event.At(instant(fields, "time"), event(fields));
  }

  private static Event event(Fields f) {
    return switch (f.text("event")) {
      case "started" ->
          new Event.Started(
              f.text("run"),
              f.text("rule"),
              f.text("data"),
              f.whole("epochs"),
              f.whole("steps_per_epoch"),
              f.whole("parameters"),
              f.objects("blocks").stream().map(EventJson::block).toList(),
              f.objects("feedback").stream().map(EventJson::feedback).toList(),
              f.has("feedback_bytes")
                  ? OptionalLong.of(f.whole("feedback_bytes"))
                  : OptionalLong.empty());
      case "step" ->
          new Event.Step(
              f.whole("step"),
              f.whole("epoch"),
              f.number("loss"),
              f.fraction("accuracy"),
              f.notNegative("seconds"));
      case "probe" ->
          new Event.Probe(f.whole("step"), f.whole("epoch"), f.object("readings").numbers());
      case "epoch" ->
          new Event.Epoch(
              f.whole("epoch"),
              f.whole("step"),
              f.number("train_loss"),
              f.fraction("train_accuracy"),
              f.number("validation_loss"),
              f.fraction("validation_accuracy"),
              f.notNegative("rate"),
              f.notNegative("seconds"),
              f.notNegative("step_seconds"));
      case "tested" ->
          new Event.Tested(
              f.whole("epoch"),
              f.whole("step"),
              f.number("loss"),
              f.fraction("accuracy"),
              f.object("readings").numbers());
      case "warning" -> new Event.Warning(f.whole("step"), f.text("message"));
      case "finished" ->
          new Event.Finished(f.whole("step"), f.text("reason"), f.notNegative("seconds"));
      default ->
          throw f.refused(
              "event",
              "one of "
                  + List.of("started", "step", "probe", "epoch", "tested", "warning", "finished"),
              f.text("event"));
    };
  }

  private static void begin(Map<String, Object> line, String event, Instant time) {
    line.put("event", event);
    line.put("time", time.toString());
  }

  private static Map<String, Object> block(Event.Block block) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("block", block.block());
    object.put("name", block.name());
    object.put("parameters", block.parameters());
    return object;
  }

  private static Event.Block block(Fields f) {
    return new Event.Block(f.count("block"), f.text("name"), f.whole("parameters"));
  }

  private static Map<String, Object> feedback(Event.Feedback feedback) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("block", feedback.block());
    object.put("shape", feedback.shape().axes());
    Json.put(object, "std", feedback.std());
    Json.put(object, "rms_gain", feedback.rmsGain());
    return object;
  }

  private static Event.Feedback feedback(Fields f) {
    return new Event.Feedback(
        f.count("block"),
        new Shape(f.wholes("shape")),
        f.notNegative("std"),
        f.notNegative("rms_gain"));
  }

  /** The moment of a line or of a session. */
  static Instant instant(Fields fields, String name) {
    try {
      return Instant.parse(fields.text(name));
    } catch (DateTimeException e) {
      BadInput refused = fields.refused(name, "a time in ISO 8601, UTC", fields.text(name));
      refused.addSuppressed(e);
      throw refused;
    }
  }
}
