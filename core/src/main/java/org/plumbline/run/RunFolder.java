package org.plumbline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;
import org.plumbline.value.Nearest;

/**
 * The folder of one run, held by this process alone.
 *
 * <p>A new run: {@link #create}, {@link #append} what began, {@link #save} step 0, {@link #commit}
 * the configuration; from then on it can be resumed. Then {@code append} and {@code save} as
 * training goes; at the end {@code append} the last event, <em>then</em> {@code save} the last
 * step, then {@code write} model, evaluation and report. A stopped run: {@link #open}, {@link
 * #config}, {@link #resume}, and on as above.
 */
public final class RunFolder implements AutoCloseable {
  /** The file whose presence says that a folder holds a run. */
  public static final String CONFIG = "config.yaml";

  /** The longest configuration, in bytes. */
  public static final int CONFIG_LIMIT = 1 << 20;

  /** Says that plumbline made the folder; locked while a process is at work on it. */
  static final String LOCK = ".plumbline.lock";

  private static final Pattern LEFT_OVER =
      Pattern.compile(
          "(checkpoint-0\\.(json|safetensors)|config\\.yaml|provenance\\.json|preparation\\.safetensors)\\.tmp-.*"
              + "|checkpoint-0\\.(json|safetensors)|events\\.jsonl|(provenance|preparation)\\.(json|safetensors)");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,200}");

  private final Storage storage;
  private final Durable durable;
  private final Path directory;
  private final InstantSource clock;
  private final Storage.Lock lock;
  private Optional<Checkpoints> checkpoints = Optional.empty();
  private Optional<Events> events = Optional.empty();

  private RunFolder(Storage storage, Path directory, InstantSource clock, Storage.Lock lock) {
    this.storage = storage;
    this.durable = new Durable(storage);
    this.directory = directory;
    this.clock = clock;
    this.lock = lock;
  }

  /**
   * Creates the folder of a new run.
   *
   * @param directory new, empty, or left over from a run that ended before it was committed
   * @param identity what the state depends on, by name: hashes of configuration, network, rule,
   *     data; every checkpoint records it
   * @return to be closed
   * @throws BadInput if the directory holds a run or other files, or cannot be made or written
   */
  public static RunFolder create(Path directory, Map<String, String> identity) {
    return create(Storage.disk(), directory, identity, InstantSource.system());
  }

  /**
   * Creates the folder of a new run.
   *
   * @param storage where
   * @param directory new, empty, or left over from a run that ended before it was committed
   * @param identity what the state depends on, by name; every checkpoint records it
   * @param clock gives each event its time
   * @return to be closed
   * @throws BadInput if the directory holds a run or other files, or cannot be made or written
   */
  public static RunFolder create(
      Storage storage, Path directory, Map<String, String> identity, InstantSource clock) {
    refuseUsed(directory, names(storage, directory).orElse(List.of()));
    Storage.Lock lock;
    try {
      storage.makeDirectories(directory);
      lock = locked(storage, directory);
    } catch (UncheckedIOException e) {
      throw new BadInput(
          "cannot create the run folder "
              + directory
              + ": "
              + Durable.reason(e)
              + "; name another with --out",
          e);
    }
    RunFolder run = new RunFolder(storage, directory, clock, lock);
    try {
      List<String> names = names(storage, directory).orElse(List.of());
      refuseUsed(directory, names); // again: another process may have been quicker
      for (String name : names) {
        if (!name.equals(LOCK)) {
          storage.delete(directory.resolve(name));
        }
      }
      run.begin(new Checkpoints(storage, directory, identity, Checkpoints.KEEP), 0);
      return run;
    } catch (UncheckedIOException e) {
      lock.close();
      throw new BadInput(
          "cannot use the run folder "
              + directory
              + ": "
              + Durable.reason(e)
              + "; name another with --out",
          e);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Opens the folder of a run to go on with it.
   *
   * @param directory holds a run
   * @return to be closed; {@link #resume} comes next
   * @throws BadInput if it does not hold a run, something is missing, or another process has it
   */
  public static RunFolder open(Path directory) {
    return open(Storage.disk(), directory, InstantSource.system());
  }

  /**
   * Opens the folder of a run to go on with it.
   *
   * @param storage where
   * @param directory holds a run
   * @param clock gives each event its time
   * @return to be closed; {@link #resume} comes next
   * @throws BadInput if it does not hold a run, something is missing, or another process has it
   */
  public static RunFolder open(Storage storage, Path directory, InstantSource clock) {
    requireRun(storage, directory);
    Storage.Lock lock;
    try {
      lock = locked(storage, directory);
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot lock the run folder " + directory + ": " + Durable.reason(e), e);
    }
    RunFolder run = new RunFolder(storage, directory, clock, lock);
    try {
      run.durable.removeLeftOvers(directory);
      return run;
    } catch (UncheckedIOException e) {
      lock.close();
      throw new BadInput("cannot use the run folder " + directory + ": " + Durable.reason(e), e);
    }
  }

  /**
   * The configuration of a run, which may be at work in another process.
   *
   * @param directory holds a run
   * @return the text of {@code config.yaml}
   * @throws BadInput if it does not hold a run or something is missing
   */
  public static String configOf(Path directory) {
    requireRun(Storage.disk(), directory);
    return new Durable(Storage.disk()).read(directory.resolve(CONFIG), CONFIG_LIMIT);
  }

  /**
   * Where a new run goes unless the user says otherwise: {@code runs/digits-dfa-1}, numbered one
   * above those there are.
   *
   * @param runs the folder of all runs; need not exist
   * @param name what the run is, for example data and rule; what is no letter, digit or dot becomes
   *     a hyphen
   * @return a path that does not exist
   */
  public static Path next(Path runs, String name) {
    return next(Storage.disk(), runs, name);
  }

  static Path next(Storage storage, Path runs, String name) {
    String plain =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9.]+", "-")
            .replaceAll("^[-.]+|[-.]+$", "");
    String stem = plain.isEmpty() ? "run" : plain.substring(0, Math.min(100, plain.length()));
    Pattern numbered = Pattern.compile(Pattern.quote(stem) + "-(\\d{1,9})");
    int last =
        names(storage, runs).orElse(List.of()).stream()
            .map(numbered::matcher)
            .filter(Matcher::matches)
            .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
            .max()
            .orElse(0);
    return runs.resolve(stem + "-" + (last + 1));
  }

  /**
   * Commits a new run: from now on the folder holds a run, which can be resumed.
   *
   * @param configYaml the configuration, complete as resolved
   * @throws Failure if it cannot be written; then there is no run
   */
  public void commit(String configYaml) {
    if (!has(Manifest.file(0))) {
      throw new IllegalStateException("save the checkpoint of step 0 before the configuration");
    }
    write(
        CONFIG,
        sink -> sink.accept(StandardCharsets.UTF_8.encode(configYaml)),
        "the run was not started: mend this, then start it again");
  }

  /**
   * The configuration.
   *
   * @return the text of {@code config.yaml}
   * @throws BadInput if it is damaged
   */
  public String config() {
    return durable.read(file(CONFIG), CONFIG_LIMIT);
  }

  /**
   * Goes back to the newest good checkpoint: removes from the log what came after it, and is ready
   * for {@link #append} and {@link #save}.
   *
   * @param identity what the state depends on, as it is now
   * @return the checkpoint, and what the user must be told
   * @throws BadInput if there is none, or its identity is another; the folder is as before
   */
  public Checkpoints.Loaded resume(Map<String, String> identity) {
    Checkpoints found = new Checkpoints(storage, directory, identity, Checkpoints.KEEP);
    return goOn(found, found.load());
  }

  /**
   * Goes back to the newest good checkpoint up to a step. Later ones and what the log says of them
   * are gone.
   *
   * @param identity what the state depends on, as it is now
   * @param upTo the step
   * @return the checkpoint, and what the user must be told
   * @throws BadInput if there is none, or its identity is another
   */
  public Checkpoints.Loaded rewind(Map<String, String> identity, long upTo) {
    events.ifPresent(Events::close);
    Checkpoints found = new Checkpoints(storage, directory, identity, Checkpoints.KEEP);
    return goOn(found, found.rewind(upTo));
  }

  private Checkpoints.Loaded goOn(Checkpoints found, Checkpoints.Loaded loaded) {
    long offset = loaded.checkpoint().eventsOffset();
    long length = length(Events.NAME);
    if (length < offset) {
      throw BadInput.inFile(
          file(Events.NAME),
          "length",
          "at least %d bytes, as at step %d".formatted(offset, loaded.checkpoint().step()),
          length + " bytes; restore it from a copy, or train again into another folder");
    }
    begin(found, offset);
    return loaded;
  }

  /**
   * Logs an event.
   *
   * @param event what happened
   * @throws Failure if it cannot be written; what was saved is safe
   */
  public void append(Event event) {
    events().append(event);
  }

  /**
   * Saves a checkpoint, and with it the log up to here.
   *
   * @param step how many steps were done; 0 before {@link #commit}
   * @param tensors by name
   * @param state counters and the like, see {@link Checkpoint}
   * @throws Failure if that is not possible; the message names the step up to which the run is safe
   * @throws BadInput if a tensor holds NaN or infinity; nothing is written
   */
  public void save(long step, Map<String, Entry> tensors, Map<String, Object> state) {
    save(step, step, tensors, state);
  }

  /**
   * Saves a checkpoint that {@link #rewind} may have to pass over.
   *
   * @param step how many steps were done
   * @param anchor the step whose checkpoint stays beside the newest
   * @param tensors by name
   * @param state counters and the like, see {@link Checkpoint}
   * @throws Failure if that is not possible; the message names the step up to which the run is safe
   * @throws BadInput if a tensor holds NaN or infinity; nothing is written
   */
  public void save(long step, long anchor, Map<String, Entry> tensors, Map<String, Object> state) {
    if (step > 0 && !has(CONFIG)) {
      throw new IllegalStateException("commit the configuration before the first step is done");
    }
    long offset = events().force();
    checkpoints
        .orElseThrow(RunFolder::notResumed)
        .save(new Checkpoint(step, offset, tensors, state), anchor);
  }

  /**
   * Writes a small file: {@code evaluation.json}, {@code provenance.json}, {@code report.html}.
   *
   * @param name a plain name
   * @param text all of it
   * @throws Failure if it cannot be written; the one before, if any, is unchanged
   */
  public void write(String name, String text) {
    write(name, sink -> sink.accept(StandardCharsets.UTF_8.encode(text)), safety());
  }

  /**
   * Writes tensors: {@code model.safetensors}, {@code best.safetensors}.
   *
   * @param name a plain name
   * @param tensors by name
   * @param metadata text by name
   * @throws Failure if it cannot be written; the one before, if any, is unchanged
   * @throws BadInput if a tensor holds NaN or infinity; nothing is written
   */
  public void write(String name, Map<String, Entry> tensors, Map<String, String> metadata) {
    write(name, Safetensors.content(tensors, metadata, NonFinite.REFUSE), safety());
  }

  /**
   * What made the run.
   *
   * @return as {@code provenance.json} says
   * @throws BadInput if it is not there or damaged
   */
  public Provenance provenance() {
    return Provenance.read(storage, directory);
  }

  /**
   * Whether a file is there, for a resume that completes what is missing.
   *
   * @param name a plain name
   * @return true if it is
   */
  public boolean has(String name) {
    return names(storage, directory).orElse(List.of()).contains(name);
  }

  /**
   * The folder.
   *
   * @return as it was given
   */
  public Path directory() {
    return directory;
  }

  /** Closes the log and lets other processes in. */
  @Override
  public void close() {
    try {
      events.ifPresent(Events::close);
    } finally {
      lock.close();
    }
  }

  /**
   * A file of the run.
   *
   * @param name a plain name, so that the file is in the folder
   * @return where it is or would be
   */
  public Path file(String name) {
    if (!PLAIN.matcher(name).matches()) {
      throw new IllegalArgumentException("not a plain file name: " + Json.quoted(name));
    }
    return directory.resolve(name);
  }

  private void write(String name, Durable.Content content, String safety) {
    try {
      durable.write(file(name), content);
    } catch (Failure e) {
      throw new Failure(e.getMessage() + "; " + safety, e);
    }
  }

  private String safety() {
    return "the checkpoints are safe: mend this, then: ./plumbline resume " + directory;
  }

  private void begin(Checkpoints found, long offset) {
    checkpoints = Optional.of(found);
    events = Optional.of(new Events(storage, file(Events.NAME), offset, clock));
  }

  private Events events() {
    return events.orElseThrow(RunFolder::notResumed);
  }

  private static IllegalStateException notResumed() {
    return new IllegalStateException("call resume before going on with a run");
  }

  private long length(String name) {
    if (!has(name)) {
      return 0;
    }
    try (Storage.Input input = storage.open(file(name))) {
      return input.size();
    } catch (UncheckedIOException e) {
      throw new BadInput("cannot read " + file(name) + ": " + Durable.reason(e), e);
    }
  }

  private static Storage.Lock locked(Storage storage, Path directory) {
    return storage
        .lock(directory.resolve(LOCK))
        .orElseThrow(() ->
            new BadInput(
                "the run folder "
                    + directory
                    + " is in use by another process; wait for it, or stop it first"));
  }

  private static void refuseUsed(Path directory, List<String> names) {
    if (names.contains(CONFIG)) {
      throw new BadInput(
          directory
              + " holds a run; go on with it by: ./plumbline resume "
              + directory
              + ", or name another folder with --out");
    }
    Predicate<String> ours = name -> LEFT_OVER.matcher(name).matches() && names.contains(LOCK);
    List<String> foreign =
        names.stream().filter(ours.negate()).filter(n -> !n.equals(LOCK)).toList();
    if (!foreign.isEmpty()) {
      throw new BadInput(
          "%s must be new or empty to become a run folder, but holds %s%s; name another with --out"
              .formatted(
                  directory,
                  foreign.stream().limit(3).map(Json::quoted).collect(Collectors.joining(", ")),
                  foreign.size() > 3 ? " and " + (foreign.size() - 3) + " more" : ""));
    }
  }

  private static void requireRun(Storage storage, Path directory) {
    List<String> names =
        names(storage, directory)
            .orElseThrow(
                () -> new BadInput("there is no folder " + directory + hint(storage, directory)));
    if (!names.contains(CONFIG)) {
      throw new BadInput(
          "%s holds no run: %s is missing; train one by: plumbline train --out %s"
              .formatted(directory, CONFIG, directory));
    }
    if (names.stream().noneMatch(name -> name.matches("checkpoint-\\d+\\.json"))) {
      throw new BadInput(
          directory
              + " is incomplete: checkpoint-<step>.json is missing; restore it from a copy, or train again into another folder");
    }
  }

  private static String hint(Storage storage, Path directory) {
    List<String> others = names(storage, Durable.folder(directory)).orElse(List.of());
    return others.isEmpty()
        ? ""
        : "; " + Nearest.hint(String.valueOf(directory.getFileName()), others);
  }

  /** The names in a directory; nothing if there is none. */
  private static Optional<List<String>> names(Storage storage, Path directory) {
    try {
      return Optional.of(storage.list(directory));
    } catch (UncheckedIOException e) {
      IOException cause = e.getCause();
      if (cause instanceof NoSuchFileException) {
        return Optional.empty();
      }
      throw new BadInput(directory + " cannot be a run folder: " + Durable.reason(e), e);
    }
  }
}
