package org.plumbline.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * Everything the report reads of a run.
 *
 * @param folder the name of the folder
 * @param config {@code config.yaml}, word for word
 * @param events {@code events.jsonl}
 * @param evaluation {@code evaluation.json}
 * @param provenance {@code provenance.json}
 * @param diagnosis {@code diagnosis.json}, there only after a divergence
 * @param complaints sentences about files or lines that could not be read
 */
record RunData(
    String folder,
    Optional<String> config,
    Events events,
    Optional<JsonNode> evaluation,
    Optional<JsonNode> provenance,
    Optional<JsonNode> diagnosis,
    List<String> complaints) {

  /** Reads a folder; refuses one that is missing, unreadable or holds no run. */
  static RunData read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "run folder %s %s; give the folder that train made"
              .formatted(folder, Files.exists(folder) ? "is not a folder" : "does not exist"));
    }
    try {
      var complaints = new ArrayList<String>();
      var config = words(folder.resolve("config.yaml"));
      var events = events(folder.resolve("events.jsonl"), complaints);
      var evaluation = object(folder.resolve("evaluation.json"), complaints);
      if (config.isEmpty() && events.isEmpty() && evaluation.isEmpty()) {
        throw new IllegalArgumentException(
            "run folder %s holds no run: none of config.yaml, events.jsonl and evaluation.json is there"
                .formatted(folder));
      }
      return new RunData(
          name(folder),
          config,
          events.orElse(Events.none()),
          evaluation,
          object(folder.resolve("provenance.json"), complaints),
          object(folder.resolve("diagnosis.json"), complaints),
          List.copyOf(complaints));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "run folder %s cannot be read: %s".formatted(folder, e).lines().findFirst().orElse(""),
          e);
    }
  }

  /** What the run is called. */
  String name() {
    return started("run").orElse(folder);
  }

  Optional<String> rule() {
    return started("rule").or(() -> evaluation.flatMap(found -> Json.words(found, "rule")));
  }

  Optional<String> data() {
    return started("data").or(() -> evaluation.flatMap(found -> Json.words(found, "data")));
  }

  /** A count that the run began with: epochs, parameters. */
  OptionalLong count(String key) {
    return events.started().map(event -> Json.whole(event, key)).orElse(OptionalLong.empty());
  }

  /** Time in epochs if the run said how many steps make one, else in steps. */
  Axis axis() {
    long steps = count("steps_per_epoch").orElse(0);
    return steps > 0 ? new Axis("epoch", steps) : new Axis("step", 1);
  }

  /**
   * The horizontal axis of every curve.
   *
   * @param name what one unit is
   * @param steps how many steps make a unit
   */
  record Axis(String name, long steps) {
    /** The points of one quantity, a gap where an event does not have it. */
    Series series(List<JsonNode> events, String... path) {
      var points = new ArrayList<Series.Point>();
      for (var event : events) {
        var step = Json.whole(event, "step");
        if (step.isPresent() && step.getAsLong() >= 0) {
          var value = event;
          for (var key : path) {
            value = value.path(key);
          }
          points.add(
              new Series.Point(
                  (double) step.getAsLong() / steps, Json.number(value).orElse(Double.NaN)));
        }
      }
      return new Series(points);
    }
  }

  private Optional<String> started(String key) {
    return events.started().flatMap(event -> Json.words(event, key));
  }

  private static String name(Path folder) {
    var last = folder.toAbsolutePath().normalize().getFileName();
    return last == null ? "run" : last.toString();
  }

  /** The words of a file, whatever its bytes; empty if there is none. */
  private static Optional<String> words(Path file) throws IOException {
    return Files.exists(file)
        ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private static Optional<JsonNode> object(Path file, List<String> complaints) throws IOException {
    var words = words(file);
    var object = words.flatMap(Json::object);
    if (words.isPresent() && object.isEmpty()) {
      complaints.add("%s is not a JSON object and was left out.".formatted(file.getFileName()));
    }
    return object;
  }

  private static Optional<Events> events(Path file, List<String> complaints) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    // Not Files.newBufferedReader: it throws on the half character that a torn line may end with.
    try (var lines =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
      var events = Events.read(lines);
      for (long line : events.unreadable().stream().limit(10).toList()) {
        complaints.add("Line %d of events.jsonl is no event and was left out.".formatted(line));
      }
      if (events.unreadable().size() > 10) {
        complaints.add(
            "%d lines of events.jsonl are no events and were left out."
                .formatted(events.unreadable().size()));
      }
      return Optional.of(events);
    }
  }
}
