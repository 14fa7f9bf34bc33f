package org.plumbline.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What {@code events.jsonl} says, sorted by kind, each kind in the order of the file. Kinds and
 * keys that this version does not know are passed over.
 *
 * @param started how the run began
 * @param steps training metrics between epochs
 * @param probes readings of the probes
 * @param epochs metrics of whole epochs
 * @param warnings what the run warned of
 * @param finished how the run ended, if it did
 * @param unreadable the lines that are no event, counted from 1; a torn last line is not among them
 */
record Events(
    Optional<JsonNode> started,
    List<JsonNode> steps,
    List<JsonNode> probes,
    List<JsonNode> epochs,
    List<JsonNode> warnings,
    Optional<JsonNode> finished,
    List<Long> unreadable) {

  static Events none() {
    return new Events(
        Optional.empty(), List.of(), List.of(), List.of(), List.of(), Optional.empty(), List.of());
  }

  static Events read(BufferedReader lines) throws IOException {
    Optional<JsonNode> started = Optional.empty();
    Optional<JsonNode> finished = Optional.empty();
    var steps = new ArrayList<JsonNode>();
    var probes = new ArrayList<JsonNode>();
    var epochs = new ArrayList<JsonNode>();
    var warnings = new ArrayList<JsonNode>();
    var unreadable = new ArrayList<Long>();
    long number = 0;
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      var event = Json.object(line);
      if (event.isEmpty()) {
        if (!line.isBlank()) {
          unreadable.add(number);
        }
        continue;
      }
      switch (Json.words(event.get(), "event").orElse("")) {
        case "started" -> started = event;
        case "step" -> steps.add(event.get());
        case "probe" -> probes.add(event.get());
        case "epoch" -> epochs.add(event.get());
        case "warning" -> warnings.add(event.get());
        case "finished" -> finished = event;
        default -> {}
      }
    }
    if (!unreadable.isEmpty() && unreadable.getLast() == number) {
      unreadable.removeLast();
    }
    return new Events(started, steps, probes, epochs, warnings, finished, unreadable);
  }

  /** The last step that any event speaks of; 0 if none does. */
  long lastStep() {
    long last = 0;
    for (var kind : List.of(steps, probes, epochs)) {
      for (var event : kind) {
        last = Math.max(last, Json.whole(event, "step").orElse(0));
      }
    }
    return last;
  }
}
