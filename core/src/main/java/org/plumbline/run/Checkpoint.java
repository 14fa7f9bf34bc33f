package org.plumbline.run;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.plumbline.value.Check;

/**
 * All that the next step reads.
 *
 * @param step how many steps were done; 0 is the state before the first
 * @param eventsOffset the length of the log at that moment, in bytes
 * @param tensors by name
 * @param state counters and the like: text, flags, finite numbers, lists and maps of these; whole
 *     numbers are read back as Long, others as Double
 */
public record Checkpoint(
    long step, long eventsOffset, Map<String, Entry> tensors, Map<String, Object> state) {
  /**
   * Copies the maps and checks the numbers.
   *
   * @param step at least 0
   * @param eventsOffset at least 0
   * @param tensors by name
   * @param state of values that JSON can hold
   */
  public Checkpoint {
    Check.atLeast("step", 0, step);
    Check.atLeast("events offset", 0, eventsOffset);
    tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
    Map<String, Object> copy = new TreeMap<>();
    state.forEach((key, value) -> copy.put(key, Json.checked(key, value)));
    state = Collections.unmodifiableMap(copy);
  }
}
