package org.plumbline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/**
 * The folder of several runs that belong together, held by this process alone: a plan, which says
 * what is to be run, a folder for each run, and what came out of all of them.
 */
public final class StudyFolder implements AutoCloseable {
  /** Where the run folders are. */
  public static final String RUNS = "runs";

  private final Durable durable;
  private final Path directory;
  private final String plan;
  private final Storage.Lock lock;

  private StudyFolder(Storage storage, Path directory, String plan, Storage.Lock lock) {
    this.durable = new Durable(storage);
    this.directory = directory;
    this.plan = plan;
    this.lock = lock;
  }

  /**
   * Opens a folder with a plan, or makes it.
   *
   * @param directory new, empty, or holds a plan
   * @param name of the plan's file: {@code compare.yaml}
   * @param text what a new plan says
   * @return to be closed; its {@link #plan} is the one that was there, if there was one
   * @throws BadInput if the directory holds something else, cannot be used, or is in use
   */
  public static StudyFolder open(Path directory, String name, String text) {
    return open(Storage.disk(), directory, name, text);
  }

  static StudyFolder open(Storage storage, Path directory, String name, String text) {
    Path whole = directory.toAbsolutePath().normalize();
    refuseOther(whole, names(storage, whole), name);
    Storage.Lock lock;
    try {
      storage.makeDirectories(whole);
      lock =
          storage
              .lock(whole.resolve(RunFolder.LOCK))
              .orElseThrow(() ->
                  new BadInput(
                      "the folder %s is in use by another process; wait for it, or stop it first"
                          .formatted(directory)));
    } catch (UncheckedIOException e) {
      throw unusable(directory, e);
    }
    try {
      Durable durable = new Durable(storage);
      durable.removeLeftOvers(whole);
      List<String> names = names(storage, whole);
      refuseOther(whole, names, name); // again: another process may have been quicker
      if (!names.contains(name)) {
        durable.write(whole.resolve(name), text);
      }
      String plan = durable.read(whole.resolve(name), RunFolder.CONFIG_LIMIT);
      storage.makeDirectories(whole.resolve(RUNS));
      return new StudyFolder(storage, whole, plan, lock);
    } catch (UncheckedIOException e) {
      lock.close();
      throw unusable(directory, e);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /**
   * The plan of a folder, which may be at work in another process.
   *
   * @param directory holds one
   * @param name of the plan's file
   * @return its text
   * @throws BadInput if it is not there or damaged
   */
  public static String planOf(Path directory, String name) {
    return new Durable(Storage.disk()).read(directory.resolve(name), RunFolder.CONFIG_LIMIT);
  }

  /**
   * What the folder's plan says.
   *
   * @return the text of its file
   */
  public String plan() {
    return plan;
  }

  /**
   * The folder.
   *
   * @return whole
   */
  public Path directory() {
    return directory;
  }

  /**
   * The folder of a run.
   *
   * @param name a plain name
   * @return where it is or would be
   */
  public Path run(String name) {
    return directory.resolve(RUNS).resolve(name);
  }

  /**
   * Writes a small file.
   *
   * @param name a plain name
   * @param text all of it
   * @throws Failure if it cannot be written; the one before, if any, is unchanged
   */
  public void write(String name, String text) {
    durable.write(
        directory.resolve(name), sink -> sink.accept(StandardCharsets.UTF_8.encode(text)));
  }

  /** Lets other processes in. */
  @Override
  public void close() {
    lock.close();
  }

  private static BadInput unusable(Path directory, UncheckedIOException e) {
    return new BadInput(
        "cannot use the folder %s: %s; name another with --out"
            .formatted(directory, Durable.reason(e)),
        e);
  }

  /** What has no plan must have nothing else but what an interrupted start leaves. */
  private static void refuseOther(Path directory, List<String> names, String plan) {
    if (names.contains(plan)) {
      return;
    }
    List<String> foreign =
        names.stream()
            .filter(name -> !name.equals(RunFolder.LOCK) && !Durable.isLeftOver(name))
            .toList();
    if (!foreign.isEmpty()) {
      throw new BadInput(
          "%s must be new or empty, or hold %s, but holds %s%s; name another with --out"
              .formatted(
                  directory,
                  plan,
                  foreign.stream().limit(3).map(Json::quoted).collect(Collectors.joining(", ")),
                  foreign.size() > 3 ? " and " + (foreign.size() - 3) + " more" : ""));
    }
  }

  private static List<String> names(Storage storage, Path directory) {
    try {
      return storage.list(directory);
    } catch (UncheckedIOException e) {
      IOException cause = e.getCause();
      if (cause instanceof NoSuchFileException) {
        return List.of();
      }
      throw unusable(directory, e);
    }
  }
}
