package org.plumbline.run;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;
import org.plumbline.value.Failure;

/**
 * The checkpoints in a run folder. One is there when its manifest is there, and good when what the
 * manifest says of its data holds.
 */
public final class Checkpoints {
  /** How many checkpoints stay unless said otherwise. */
  public static final int KEEP = 2;

  private static final Pattern NAME =
      Pattern.compile("checkpoint-(\\d{1,18})\\.(json|safetensors)");

  private final Storage storage;
  private final Durable durable;
  private final Path directory;
  private final Map<String, String> identity;
  private final int keep;
  private OptionalLong safe = OptionalLong.empty();

  /**
   * What was found.
   *
   * @param checkpoint the newest good one
   * @param warnings one line for each newer one that is not good, with the loss in steps
   */
  public record Loaded(Checkpoint checkpoint, List<String> warnings) {}

  /**
   * The checkpoints of a run.
   *
   * @param storage where
   * @param directory the run folder
   * @param identity what the state depends on, by name: hashes of configuration, network, rule,
   *     data
   * @param keep how many stay; at least 1
   */
  public Checkpoints(Storage storage, Path directory, Map<String, String> identity, int keep) {
    this.storage = storage;
    this.durable = new Durable(storage);
    this.directory = directory;
    this.identity = new TreeMap<>(identity);
    this.keep = (int) Check.atLeast("checkpoints to keep", 1, keep);
  }

  /**
   * Saves a checkpoint, then removes all but the newest ones.
   *
   * @param checkpoint of a later step than those saved before; or of the last step again, with the
   *     same tensors
   * @throws Failure if that is not possible; the message names the step up to which the run is safe
   * @throws BadInput if a tensor holds NaN or infinity, which {@link #load} would refuse; nothing
   *     is written
   */
  public void save(Checkpoint checkpoint) {
    save(checkpoint, checkpoint.step());
  }

  /**
   * Saves a checkpoint, then removes all but the newest ones and the one of a step.
   *
   * @param checkpoint as in {@link #save(Checkpoint)}
   * @param anchor the step that {@link #rewind} may go back to
   * @throws Failure if that is not possible; the message names the step up to which the run is safe
   * @throws BadInput if a tensor holds NaN or infinity, which {@link #load} would refuse; nothing
   *     is written
   */
  public void save(Checkpoint checkpoint, long anchor) {
    long step = checkpoint.step();
    if (safe.isPresent() && step < safe.getAsLong()) {
      throw new IllegalArgumentException(
          "step " + step + " cannot follow the checkpoint of step " + safe.getAsLong());
    }
    Durable.Content content =
        Safetensors.content(
            checkpoint.tensors(), Map.of("step", String.valueOf(step)), NonFinite.REFUSE);
    try {
      Durable.Digest data = durable.write(directory.resolve(Manifest.dataFile(step)), content);
      Manifest manifest =
          new Manifest(step, identity, checkpoint.eventsOffset(), data, checkpoint.state());
      durable.write(directory.resolve(Manifest.file(step)), manifest.print());
      safe = OptionalLong.of(step);
      removeOld(step, anchor);
    } catch (Failure e) {
      throw new Failure(e.getMessage() + "; " + safety(), e);
    } catch (UncheckedIOException e) {
      throw new Failure(
          "cannot remove old checkpoints of "
              + directory
              + ": "
              + Durable.reason(e)
              + "; "
              + safety(),
          e);
    }
  }

  /**
   * The newest good checkpoint.
   *
   * @return with a warning for each newer one that is damaged or was never committed
   * @throws BadInput if there is none; if it is of a newer format; or if it is not of this identity
   */
  public Loaded load() {
    return load(Long.MAX_VALUE);
  }

  /**
   * Goes back to the newest good checkpoint up to a step, and removes the later ones before
   * anything is done that they do not know of.
   *
   * @param upTo the step
   * @return with a warning for each newer one up to that step that is damaged
   * @throws BadInput if there is none; if it is of a newer format; or if it is not of this identity
   */
  Loaded rewind(long upTo) {
    Loaded loaded = load(upTo);
    try {
      delete(steps().tailMap(loaded.checkpoint().step(), false).keySet());
    } catch (UncheckedIOException e) {
      throw new Failure(
          "cannot remove later checkpoints of " + directory + ": " + Durable.reason(e), e);
    }
    return loaded;
  }

  private Loaded load(long upTo) {
    NavigableMap<Long, String> bad = new TreeMap<>();
    NavigableMap<Long, Boolean> steps;
    try {
      steps = steps().headMap(upTo, true);
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + directory + ": " + Durable.reason(e), e);
    }
    for (long step : steps.descendingKeySet()) {
      Path file = directory.resolve(Manifest.file(step));
      if (!steps.getOrDefault(step, false)) {
        bad.put(step, file + " was never written");
        continue;
      }
      Fields fields;
      try {
        fields = Manifest.unsealed(file, durable.read(file, Manifest.LIMIT));
      } catch (BadInput e) {
        bad.put(step, e.getMessage());
        continue;
      }
      Manifest.requireKnownFormat(fields);
      Manifest manifest = Manifest.of(fields);
      requireSame(file, manifest.identity());
      try {
        Loaded loaded = new Loaded(read(manifest), warnings(bad, step));
        safe = OptionalLong.of(step);
        return loaded;
      } catch (BadInput e) {
        bad.put(step, e.getMessage());
      }
    }
    throw new BadInput(
        directory
            + " must hold a checkpoint that can be read, but has "
            + (bad.isEmpty() ? "none" : "only damaged ones: " + String.join("; ", bad.values()))
            + "; restore it from a copy, or train again into another folder");
  }

  /**
   * The steps of the checkpoints that are there, for those who only look.
   *
   * @return rising; not all of them need be good
   * @throws BadInput if the folder cannot be read
   */
  public List<Long> saved() {
    try {
      return steps().entrySet().stream()
          .filter(Map.Entry::getValue)
          .map(Map.Entry::getKey)
          .toList();
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + directory + ": " + Durable.reason(e), e);
    }
  }

  /**
   * The checkpoint of one step.
   *
   * @param step one of {@link #saved}
   * @return good
   * @throws BadInput if it is damaged, of a newer format, or not of this identity
   */
  public Checkpoint at(long step) {
    Path file = directory.resolve(Manifest.file(step));
    Fields fields = Manifest.unsealed(file, durable.read(file, Manifest.LIMIT));
    Manifest.requireKnownFormat(fields);
    Manifest manifest = Manifest.of(fields);
    requireSame(file, manifest.identity());
    return read(manifest);
  }

  private Checkpoint read(Manifest manifest) {
    Path file = directory.resolve(Manifest.dataFile(manifest.step()));
    Durable.Digest found;
    try {
      found = durable.digest(file);
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + file + ": " + Durable.reason(e), e);
    }
    if (!found.equals(manifest.data())) {
      throw new BadInput(
          "%s must be %s, but is %s".formatted(file, printed(manifest.data()), printed(found)));
    }
    try (SafetensorsFile data = Safetensors.open(storage, file, new Safetensors.Limits())) {
      return new Checkpoint(
          manifest.step(),
          manifest.eventsOffset(),
          data.entries(NonFinite.REFUSE),
          manifest.state());
    }
  }

  private void requireSame(Path file, Map<String, String> found) {
    TreeMap<String, String> all = new TreeMap<>(found);
    all.putAll(identity);
    for (String name : all.keySet()) {
      String expects = identity.getOrDefault(name, "none");
      String has = found.getOrDefault(name, "none");
      if (!expects.equals(has)) {
        throw new BadInput(
            "%s was saved with another %s: expected %s, found %s; resume with what the run was started with, or start a new run"
                .formatted(file, Json.quoted(name), Json.quoted(expects), Json.quoted(has)));
      }
    }
  }

  /** Each step there is a file of, and whether its manifest is there. */
  private NavigableMap<Long, Boolean> steps() {
    NavigableMap<Long, Boolean> steps = new TreeMap<>();
    for (String name : storage.list(directory)) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.matches()) {
        boolean manifest = matcher.group(2).equals("json");
        steps.merge(Long.parseLong(matcher.group(1)), manifest, Boolean::logicalOr);
      }
    }
    return steps;
  }

  /**
   * All but the anchor and the newest up to this step, which has just been read back; later ones
   * are damaged.
   */
  private void removeOld(long step, long anchor) {
    NavigableMap<Long, Boolean> steps = steps();
    List<Long> kept =
        steps.headMap(step, true).descendingMap().entrySet().stream()
            .filter(Map.Entry::getValue)
            .map(Map.Entry::getKey)
            .limit(keep)
            .toList();
    steps.keySet().removeAll(kept);
    steps.remove(anchor);
    delete(steps.keySet());
  }

  private void delete(Set<Long> steps) {
    for (long old : steps) {
      storage.delete(directory.resolve(Manifest.file(old))); // first: no manifest without data
      storage.delete(directory.resolve(Manifest.dataFile(old)));
    }
  }

  private String safety() {
    return safe.isPresent()
        ? "the run is safe up to step %d: mend this, then: ./plumbline resume %s"
            .formatted(safe.getAsLong(), directory)
        : "nothing of this run was saved yet: mend this, then start it again";
  }

  private static List<String> warnings(NavigableMap<Long, String> bad, long step) {
    return bad.descendingMap().entrySet().stream()
        .map(each ->
            "the checkpoint of step %d cannot be used (%s): going on from step %d, %d steps are done again"
                .formatted(each.getKey(), each.getValue(), step, each.getKey() - step))
        .toList();
  }

  private static String printed(Durable.Digest digest) {
    return digest.bytes() + " bytes of SHA-256 " + digest.sha256();
  }
}
