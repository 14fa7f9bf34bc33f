package org.plumbline.papers.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Papers;
import org.plumbline.run.Durable;
import org.plumbline.run.RunFolder;
import org.plumbline.run.Storage;
import org.plumbline.train.CellResult;
import org.plumbline.train.Configuration;
import org.plumbline.train.Diverged;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import org.plumbline.train.Stopped;
import org.plumbline.train.Study;
import org.plumbline.train.Trainer;
import org.plumbline.train.Watcher;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/**
 * Makes the rows: one run a cell and seed, one after the other, each in a folder of its own. Killed
 * at any moment and carried out again it goes on: a run that is half done is resumed, one whose row
 * is in the results is passed over. Several processes may be at it side by side: a run belongs to
 * the one that holds its lock.
 *
 * @param folders where everything is
 * @param keep what becomes of the folder of a run when its row is safe
 */
public record Reproduction(Folders folders, Keep keep) {
  private static final long LEAST_STEPS = 1000;
  private static final long POINTS = 100;
  private static final String AWAY = ".deleted";

  /**
   * Where things are.
   *
   * @param results the committed files
   * @param runs the folders of runs
   * @param data of the data sets, if named
   */
  public record Folders(Path results, Path runs, Optional<Path> data) {}

  /** What becomes of the folder of a run when its row is safe. */
  public enum Keep {
    /** It is deleted: checkpoints need room. */
    NOTHING,
    /** It stays. */
    RUNS
  }

  /** Who follows it. */
  public interface Follower extends Watcher {
    /**
     * A run begins or goes on.
     *
     * @param index of the job, from 0
     */
    default void begins(int index) {}

    /**
     * A run has ended and its row is safe.
     *
     * @param index of the job, from 0
     * @param row what came out
     */
    default void ended(int index, Row row) {}

    /**
     * A run is left out.
     *
     * @param index of the job, from 0
     * @param reason one line
     */
    default void passed(int index, String reason) {}

    /**
     * A run could not be made; the others go on.
     *
     * @param index of the job, from 0
     * @param reason one line
     */
    default void failed(int index, String reason) {}
  }

  /**
   * What is left to do.
   *
   * @param paper whose
   * @param cells whose; empty for all
   * @param seeds how many, counted from 1; 0 for as many as it takes to judge a cell
   * @param share of the recipe's epochs, 1 for the whole recipe
   * @return the shortest cell first, unless cells are named; then in their order
   * @throws BadInput with the nearest name, if there is no such cell
   */
  public List<Job> jobs(Paper paper, List<String> cells, int seeds, double share) {
    List<Paper.Place> places =
        cells.isEmpty()
            ? paper.places()
            : cells.stream().map(id -> Papers.cell(paper, id)).distinct().toList();
    List<Row> rows = new ResultsFile(folders.results, paper).rows();
    List<List<Job>> groups = new ArrayList<>();
    for (Paper.Place place : places) {
      Standing standing =
          Standing.of(place, rows.stream().filter(r -> r.cell().equals(place.id())).toList());
      long epochs =
          share == 1 ? standing.epochs() : Math.max(1, Math.round(share * standing.epochs()));
      double minutes = standing.minutes() * epochs / standing.epochs();
      List<Job> group = new ArrayList<>();
      for (long seed = 1; seed <= (seeds > 0 ? seeds : standing.required()); seed++) {
        Job job = new Job(place, seed, epochs, minutes);
        if (done(job).isEmpty()) {
          group.add(job);
        }
      }
      groups.add(group);
    }
    if (cells.isEmpty()) {
      groups.sort(
          Comparator.comparingDouble(
              group -> group.stream().mapToDouble(Job::minutes).findFirst().orElse(0)));
    }
    return groups.stream().flatMap(List::stream).toList();
  }

  /** The row that makes a job needless. */
  private Optional<Row> done(Job job) {
    String recipe = RecipeHash.of(job.configuration());
    return new ResultsFile(folders.results, job.place().paper())
        .rows().stream()
            .filter(row ->
                row.cell().equals(job.place().id())
                    && row.seed() == job.seed()
                    && row.recipe().equals(recipe)
                    && row.planned() >= job.epochs())
            .findFirst();
  }

  /**
   * Makes the runs.
   *
   * @param jobs in order
   * @param follower hears of it
   * @throws Failure if the disk is full; what was saved is safe
   * @throws Stopped if the follower asked for it; what was done is saved
   */
  public void carryOut(List<Job> jobs, Follower follower) {
    for (int i = 0; i < jobs.size(); i++) {
      if (follower.stopRequested()) {
        throw new Stopped(folders.runs, 0, "before run %d of %d".formatted(i + 1, jobs.size()));
      }
      try {
        carryOut(i, jobs.get(i), follower);
      } catch (BadInput refused) {
        follower.failed(i, String.valueOf(refused.getMessage()));
      } catch (OutOfMemoryError e) {
        follower.failed(i, "out of memory: " + e.getMessage());
      } catch (Stopped | Failure e) {
        throw e;
      } catch (RuntimeException e) { // one rule's bug must not cost the others a night
        follower.failed(
            i, "internal error: %s: %s".formatted(e.getClass().getSimpleName(), e.getMessage()));
      }
    }
  }

  private void carryOut(int index, Job job, Follower follower) {
    Path runs = folders.runs.resolve(job.place().paper().id()).toAbsolutePath().normalize();
    Path run = runs.resolve(job.name());
    Path locks = runs.resolve(".locks");
    Storage disk = Storage.disk();
    disk.makeDirectories(locks);
    Optional<Storage.Lock> taken = disk.lock(locks.resolve(job.name()));
    if (taken.isEmpty()) {
      follower.passed(index, "another process is at it");
      return;
    }
    try (Storage.Lock _ = taken.get()) {
      if (done(job).isPresent()) { // by a process that was quicker
        delete(run);
        follower.passed(index, "it is in the results");
        return;
      }
      follower.begins(index);
      trained(job, run, follower);
      Row row = keep(job, run);
      if (keep == Keep.NOTHING) {
        delete(run);
      }
      follower.ended(index, row);
    }
  }

  /**
   * What a job runs.
   *
   * @param job which
   * @return complete but for how often it is measured and saved
   */
  public Configuration configuration(Job job) {
    Configuration asked = job.configuration();
    return folders
        .data
        .map(data -> asked.with(Options.DATA_DIR, data.toAbsolutePath().toString()))
        .orElse(asked);
  }

  /** Trains or resumes what has not ended. */
  private void trained(Job job, Path run, Watcher watcher) {
    try {
      if (!Files.exists(run.resolve(RunFolder.CONFIG))) {
        Trainer.train(Experiment.of(measured(configuration(job), job.minutes())), run, watcher);
        return;
      }
      requireSame(job, run);
      CellResult found = CellResult.found(new Study.Cell(job.name(), job.configuration()), run);
      if (found.state() == CellResult.State.UNFINISHED) {
        Trainer.resume(run, watcher);
      }
    } catch (Failure failure) {
      if (!(failure.getCause() instanceof Diverged)) {
        throw failure;
      }
    }
  }

  /**
   * Where the recipe does not say otherwise, probes are read about a hundred times in the run, at
   * ends of epochs where it has so many, and the state is saved about once a minute.
   */
  private static Configuration measured(Configuration configuration, double minutes) {
    Experiment experiment = Experiment.of(configuration);
    long steps = experiment.stepsPerEpoch();
    long all = steps * experiment.epochs();
    Configuration measured = configuration;
    if (configuration.get(Options.PROBE_EVERY).equals(Options.PROBE_EVERY.fallback())) {
      long every =
          experiment.epochs() >= POINTS
              ? Math.ceilDiv(experiment.epochs(), POINTS) * steps
              : Math.max(1, all / POINTS);
      measured = measured.with(Options.PROBE_EVERY, Long.toString(every));
    }
    if (configuration.get(Options.CHECKPOINT_EVERY).equals(Options.CHECKPOINT_EVERY.fallback())) {
      long every = Math.max(LEAST_STEPS, (long) (all / Math.max(1, minutes)));
      measured = measured.with(Options.CHECKPOINT_EVERY, Long.toString(every));
    }
    return measured;
  }

  /** A run that is there must be the one that is asked for. */
  private static void requireSame(Job job, Path run) {
    Configuration there =
        Configuration.parse(run.resolve(RunFolder.CONFIG), RunFolder.configOf(run));
    Configuration asked = job.configuration();
    if (!RecipeHash.of(there).equals(RecipeHash.of(asked))
        || !there.get(Options.EPOCHS).equals(asked.get(Options.EPOCHS))
        || !there.get(Options.SEED).equals(asked.get(Options.SEED))) {
      throw new BadInput(
          "run %s is of another recipe: %s, %s epochs, seed %s; remove it, or name another folder with --runs"
              .formatted(
                  run, RecipeHash.text(there), there.get(Options.EPOCHS), there.get(Options.SEED)));
    }
  }

  /** Writes the curves, then the row: a row is only there with its curves. */
  private Row keep(Job job, Path run) {
    Harvest harvest = Harvest.of(job.place(), run);
    Path curves = folders.results.resolve(job.place().paper().id()).toAbsolutePath();
    Storage disk = Storage.disk();
    disk.makeDirectories(curves);
    new Durable(disk).write(curves.resolve(job.name() + ".csv"), harvest.curves());
    new ResultsFile(folders.results, job.place().paper()).put(harvest.row());
    return harvest.row();
  }

  /** In two steps, so that no half of a run is ever taken for a run. */
  static void delete(Path run) {
    Path away = run.resolveSibling(run.getFileName() + AWAY);
    try {
      if (Files.exists(run)) {
        Files.move(run, away);
      }
      if (!Files.exists(away)) {
        return;
      }
      try (Stream<Path> files = Files.walk(away)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new Failure(
          "cannot delete %s: %s; its row is safe, remove it by hand".formatted(run, e.getMessage()),
          e);
    }
  }
}
