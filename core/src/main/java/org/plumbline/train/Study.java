package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.plumbline.run.Provenance;
import org.plumbline.run.RunFolder;
import org.plumbline.run.StudyFolder;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;
import org.plumbline.value.Plugins;

/**
 * Runs that answer one question together: cells, trained one after the other in one folder. Killed
 * at any moment and carried out again, a study goes on: a cell that is finished is not run again,
 * one that is half done is resumed.
 *
 * <p>A cell that fails does not end the others: one that diverges, whose rule refuses the network,
 * or that needs more memory than there is. A full disk does, as it would end them all.
 *
 * @param cells in the order in which they are trained
 */
public record Study(List<Cell> cells) {
  /** The file of all results, for programs. */
  public static final String JSON = "comparison.json";

  /** The file of one line a label, for spreadsheets. */
  public static final String CSV = "comparison.csv";

  /**
   * One run of a study.
   *
   * @param label what is compared: a rule, a width; cells that differ only by their seed share it
   * @param configuration complete, with its seed
   */
  public record Cell(String label, Configuration configuration) {
    /**
     * The seed.
     *
     * @return as the configuration has it
     */
    public String seed() {
      return configuration.get(Options.SEED);
    }
  }

  /** Who follows a study: hears of each of its runs as {@link Watcher} does, and of the whole. */
  public interface Follower extends Watcher {
    /**
     * The study begins or goes on.
     *
     * @param cells what the folder holds of each of them
     */
    default void opened(List<CellResult> cells) {}

    /**
     * A cell is to be trained.
     *
     * @param index of the cell, from 0
     * @param cell that one
     */
    default void begins(int index, Cell cell) {}

    /**
     * A cell is finished or has failed; the files of results say so.
     *
     * @param index of the cell, from 0
     * @param result what came out
     */
    default void ended(int index, CellResult result) {}
  }

  /** What is measured of a run that has finished; asked again, it does what is missing. */
  public interface Measurement {
    /** Nothing. */
    Measurement NONE = (run, between) -> {};

    /**
     * Measures.
     *
     * @param run a folder, in which it leaves what it found
     * @param between to be called often; ends the measurement by throwing
     */
    void of(Path run, Runnable between);
  }

  /**
   * Checks the cells.
   *
   * @param cells at least one, no label with a seed twice
   */
  public Study {
    cells = List.copyOf(cells);
    Set<List<String>> seen = new HashSet<>();
    for (Cell cell : cells) {
      if (!seen.add(List.of(cell.label, cell.seed()))) {
        throw new BadInput(
            "'%s' with seed %s is there twice; name each once".formatted(cell.label, cell.seed()));
      }
    }
    if (cells.isEmpty()) {
      throw new BadInput("a study must have at least one run");
    }
  }

  /**
   * Every label with every seed; all labels of a seed before the next seed, so that a study that is
   * interrupted is balanced.
   *
   * @param labels configurations by label, in order; their seeds do not matter
   * @param first seed
   * @param seeds how many, at least 1
   * @return labels times seeds cells
   */
  public static Study crossed(Map<String, Configuration> labels, long first, int seeds) {
    List<Cell> cells = new ArrayList<>();
    for (int k = 0; k < seeds; k++) {
      String seed = Long.toString(Math.addExact(first, k));
      labels.forEach((label, configuration) ->
          cells.add(new Cell(label, configuration.with(Options.SEED, seed))));
    }
    return new Study(cells);
  }

  /**
   * The labels.
   *
   * @return each once, in order
   */
  public List<String> labels() {
    return List.copyOf(new LinkedHashSet<>(cells.stream().map(Cell::label).toList()));
  }

  /**
   * What the run folders of the cells are called: {@code dfa-gain-2-seed-1}.
   *
   * @return one a cell, no two alike
   */
  public List<String> names() {
    Map<String, String> stems = new LinkedHashMap<>();
    for (String label : labels()) {
      String plain =
          label
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^a-z0-9.]+", "-")
              .replaceAll("^[-.]+|[-.]+$", "");
      String stem = plain.isEmpty() ? "run" : plain.substring(0, Math.min(80, plain.length()));
      String free = stem;
      for (int n = 2; stems.containsValue(free); n++) {
        free = stem + "--" + n; // two hyphens: no label gives them
      }
      stems.put(label, free);
    }
    return cells.stream().map(cell -> stems.get(cell.label) + "-seed-" + cell.seed()).toList();
  }

  /**
   * Trains what is not trained yet, and keeps {@link #JSON} and {@link #CSV} up to date.
   *
   * @param folder where
   * @param follower hears of it
   * @return what came out of every cell
   * @throws BadInput if the folder holds other runs than these, or the data have changed
   * @throws Failure if the disk is full; what was saved is safe
   * @throws Stopped if the follower asked for it; what was done is saved
   */
  public List<CellResult> carryOut(StudyFolder folder, Follower follower) {
    return carryOut(folder, follower, Measurement.NONE);
  }

  /**
   * Trains what is not trained yet, measures every run that has finished, and keeps {@link #JSON}
   * and {@link #CSV} up to date.
   *
   * @param folder where
   * @param follower hears of it
   * @param measurement of every finished run
   * @return what came out of every cell
   * @throws BadInput if the folder holds other runs than these, or the data have changed
   * @throws Failure if the disk is full; what was saved is safe
   * @throws Stopped if the follower asked for it; what was done is saved
   */
  public List<CellResult> carryOut(StudyFolder folder, Follower follower, Measurement measurement) {
    List<String> names = names();
    List<CellResult> results = new ArrayList<>();
    for (int i = 0; i < cells.size(); i++) {
      requireSame(cells.get(i), folder.run(names.get(i)));
      results.add(CellResult.found(cells.get(i), folder.run(names.get(i))));
    }
    write(folder, results);
    follower.opened(List.copyOf(results));
    Set<Configuration> known = new HashSet<>();
    for (int i = 0; i < cells.size(); i++) {
      String before = "before run %d of %d".formatted(i + 1, cells.size());
      String after = "after run %d of %d".formatted(i + 1, cells.size());
      Cell cell = cells.get(i);
      if (results.get(i).state().isEnd()) {
        CellResult measured =
            measured(results.get(i), measurement, () -> heed(folder, follower, after));
        if (!measured.equals(results.set(i, measured))) {
          write(folder, results);
        }
        continue;
      }
      heed(folder, follower, before);
      if (known.add(dataOf(cell))) {
        requireSameData(cell, results);
      }
      follower.begins(i, cell);
      try {
        CellResult trained = trained(cell, folder.run(names.get(i)), follower);
        results.set(i, trained);
        results.set(i, measured(trained, measurement, () -> heed(folder, follower, after)));
      } catch (Stopped stopped) {
        if (stopped.step() == 0) {
          throw stopped;
        }
        String where =
            "at step %d of run %d of %d, %s seed %s"
                .formatted(stopped.step(), i + 1, cells.size(), cell.label, cell.seed());
        throw new Stopped(folder.directory(), stopped.step(), where);
      } finally {
        if (!results.get(i).state().isEnd()) { // half done: for whoever looks at the folder
          results.set(i, CellResult.found(cell, folder.run(names.get(i))));
        }
        write(folder, results);
      }
      follower.ended(i, results.get(i));
    }
    return List.copyOf(results);
  }

  private static void heed(StudyFolder folder, Follower follower, String where) {
    if (follower.stopRequested()) {
      throw new Stopped(folder.directory(), 0, where);
    }
  }

  /** What is known of a run once it has been measured too. */
  private static CellResult measured(CellResult result, Measurement measurement, Runnable between) {
    if (result.state() != CellResult.State.FINISHED || measurement.equals(Measurement.NONE)) {
      return result;
    }
    measurement.of(result.run(), between);
    return CellResult.found(result.cell(), result.run());
  }

  private static CellResult trained(Cell cell, Path run, Watcher watcher) {
    try {
      Experiment experiment = Experiment.of(cell.configuration);
      if (Files.exists(run.resolve(RunFolder.CONFIG))) {
        Trainer.resume(run, watcher);
      } else {
        Trainer.train(experiment, run, watcher);
      }
      return CellResult.found(cell, run);
    } catch (Stopped stopped) {
      throw stopped;
    } catch (Failure failure) {
      if (failure.getCause() instanceof Diverged) {
        return CellResult.found(cell, run);
      }
      throw failure;
    } catch (BadInput refused) {
      return CellResult.failed(cell, run, String.valueOf(refused.getMessage()));
    } catch (OutOfMemoryError e) {
      return CellResult.failed(cell, run, "out of memory: " + e.getMessage());
    } catch (LinkageError e) { // of a rule of the user's own
      return CellResult.failed(
          cell, run, Plugins.blamed(e).orElse("internal error: " + e.getMessage()));
    } catch (RuntimeException e) { // one rule's bug must not cost the others a night
      String said = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return CellResult.failed(
          cell,
          run,
          said.contains("can't allocate memory") // by libtorch
              ? "out of memory"
              : "internal error: %s: %s".formatted(e.getClass().getSimpleName(), said));
    }
  }

  private static void write(StudyFolder folder, List<CellResult> results) {
    Tally tally = Tally.of(results, folder.directory());
    folder.write(CSV, tally.csv());
    folder.write(JSON, tally.json());
  }

  /** A run that is there must be the one that the cell asks for. */
  private static void requireSame(Cell cell, Path run) {
    if (!Files.exists(run.resolve(RunFolder.CONFIG))) {
      return;
    }
    Configuration there =
        Configuration.parse(run.resolve(RunFolder.CONFIG), RunFolder.configOf(run));
    Configuration asked = Threads.adopted(cell.configuration, there);
    Optional<String> difference = Comparison.difference(normal(there), normal(asked));
    if (difference.isPresent()) {
      throw new BadInput(
          "run %s is not the one of %s seed %s: its %s; remove it, or name another folder with --out"
              .formatted(run, cell.label, cell.seed(), difference.get()));
    }
  }

  private static Configuration normal(Configuration configuration) {
    return Experiment.of(configuration).configuration();
  }

  /** What decides which rows a cell sees. */
  private static Configuration dataOf(Cell cell) {
    Configuration data = Configuration.defaults();
    for (Options option :
        List.of(
            Options.DATA,
            Options.DATA_DIR,
            Options.LABEL_COLUMN,
            Options.TEST_FRACTION,
            Options.VALIDATION,
            Options.SEED)) {
      data = data.with(option, cell.configuration.get(option));
    }
    return data;
  }

  /** Runs on data that have changed in between cannot be compared. */
  private static void requireSameData(Cell cell, List<CellResult> results) {
    for (CellResult other : results) {
      if (dataOf(other.cell()).equals(dataOf(cell))
          && Files.exists(other.run().resolve(Provenance.NAME))
          && Files.exists(other.run().resolve(RunFolder.CONFIG))) {
        String before = Provenance.read(other.run()).data().sha256();
        String now = Parts.of(Experiment.of(other.cell().configuration())).hash();
        if (!before.equals(now)) {
          throw new BadInput(
              "data %s must be those that run %s was trained on, with the hash %s, but have %s; bring them back, or name another folder with --out"
                  .formatted(
                      cell.configuration.get(Options.DATA),
                      other.run().getFileName(),
                      before,
                      now));
        }
        return;
      }
    }
  }
}
