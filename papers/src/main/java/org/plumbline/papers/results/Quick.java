package org.plumbline.papers.results;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Papers;
import org.plumbline.papers.Recipe;
import org.plumbline.train.Configuration;
import org.plumbline.train.Stopped;
import org.plumbline.value.Failure;

/**
 * A small version of a paper: one of its cells beside frozen hidden blocks, on its real data, with
 * fewer rows and epochs. It goes the whole way, a stop in the middle and the results file included,
 * and can fail: it must reach a floor that chance does not and, where so short a run can tell, do
 * better than the frozen blocks.
 *
 * @param paper whose
 * @param cell by its id
 * @param changes keys over those of the cell, which make it small
 * @param floor the least test accuracy in percent, about two thirds of the way from chance to what
 *     was measured
 * @param must what it is held to
 */
public record Quick(Paper paper, String cell, String changes, double floor, Must must) {
  private static final String SHALLOW = "shallow";
  private static final String TEST_AT = "test-at: 2"; // those of the recipe are beyond the last

  /** What a small run is held to. */
  public enum Must {
    /** The floor alone: in so short a run wide frozen blocks are as good. */
    REACH_FLOOR,
    /** The floor, and to do better than the frozen blocks. */
    BEAT_FROZEN
  }

  /**
   * One a paper.
   *
   * @return in their order
   */
  public static List<Quick> all() {
    return List.of(
        of(
            "ma-2020",
            "mnist-hsic",
            60,
            Must.BEAT_FROZEN,
            "train-rows: 2048",
            "epochs: 4",
            "blocks: [flatten, 'dense:width=128', 'batch-norm:affine=without', relu, 'dense:width=10', 'batch-norm:affine=without', relu]",
            TEST_AT),
        of(
            "akrout-2019",
            "mnist-kp",
            60,
            Must.BEAT_FROZEN,
            "train-rows: 6400",
            "epochs: 6",
            TEST_AT),
        of(
            "nokland-2016",
            "mnist-2x800-dfa",
            50,
            Must.BEAT_FROZEN,
            "train-rows: 3200",
            "epochs: 3"),
        of("pepita-2022", "mnist-pepita", 75, Must.REACH_FLOOR, "train-rows: 3200", "epochs: 3"),
        of(
            "launay-2019",
            "bottleneck-b118",
            14,
            Must.BEAT_FROZEN,
            "train-rows: 2560",
            "epochs: 5",
            TEST_AT),
        of(
            "nokland-eidnes-2019",
            "mnist-predsim",
            54,
            Must.BEAT_FROZEN,
            "train-rows: 1280",
            "epochs: 3"),
        of("hinton-2022", "mnist-ff", 54, Must.BEAT_FROZEN, "train-rows: 1000", "epochs: 5"),
        of("sanfiz-2021", "mnist-usf", 60, Must.BEAT_FROZEN, "train-rows: 3200", "epochs: 3"),
        of("webster-2021", "cifar10-dkp", 13, Must.BEAT_FROZEN, "train-rows: 1000", "epochs: 2"),
        of("crafton-2019", "mnist-s1", 45, Must.REACH_FLOOR, "train-rows: 3200", "epochs: 3"));
  }

  private static Quick of(String paper, String cell, double floor, Must must, String... changes) {
    return new Quick(Papers.paper(paper), cell, String.join("\n", changes), floor, must);
  }

  /**
   * What came out.
   *
   * @param quick what was run
   * @param accuracy of the cell, in percent
   * @param frozen of the frozen blocks, in percent
   * @param seconds both took, all told
   * @param complaints what is not as it should be; none if all is well
   */
  public record Outcome(
      Quick quick, double accuracy, double frozen, double seconds, List<String> complaints) {
    /**
     * Copies the list.
     *
     * @param quick what was run
     * @param accuracy of the cell
     * @param frozen of the frozen blocks
     * @param seconds both took
     * @param complaints what is not as it should be
     */
    public Outcome {
      complaints = List.copyOf(complaints);
    }
  }

  /** The paper with these two cells alone, each a recipe of its own. */
  private Paper small() {
    Paper.Place place = Papers.cell(paper, cell);
    String frozen = place.recipe().id() + "-" + SHALLOW;
    List<Recipe> recipes = List.of(recipe(place), recipe(Papers.cell(paper, frozen)));
    return new Paper(paper.id(), paper.title(), paper.citation(), recipes, List.of(), List.of());
  }

  private Recipe recipe(Paper.Place place) {
    Configuration whole = place.recipe().configurationOf(place.cell());
    Configuration small = whole.changed(Path.of("quick " + place.path()), changes);
    return Recipe.of(
        place.recipe().id(),
        place.recipe().about(),
        small.yaml(),
        Cell.accuracy(place.cell().name(), 0.1));
  }

  /**
   * Runs it.
   *
   * @param data of the data sets, if named
   * @param scratch a folder of its own
   * @param watcher hears of the steps, and may stop it
   * @return what came out
   * @throws Stopped if the watcher asked for it
   */
  public Outcome run(Optional<Path> data, Path scratch, Reproduction.Follower watcher) {
    Reproduction reproduction =
        new Reproduction(
            new Reproduction.Folders(scratch.resolve("results"), scratch.resolve("runs"), data),
            Reproduction.Keep.NOTHING);
    Paper small = small();
    List<Job> jobs = reproduction.jobs(small, List.of(), 1, 1);
    List<String> complaints = new ArrayList<>();
    long began = System.nanoTime();
    Halfway halfway = new Halfway(watcher, complaints);
    try {
      reproduction.carryOut(jobs, halfway);
      complaints.add("it could not be stopped in the middle");
    } catch (Stopped stopped) {
      if (watcher.stopRequested()) {
        throw stopped;
      }
      halfway.stops = false;
      reproduction.carryOut(jobs, halfway);
    }
    double seconds = (System.nanoTime() - began) * 1e-9;
    List<Row> rows = new ResultsFile(scratch.resolve("results"), small).rows();
    double accuracy = accuracy(rows, cell);
    double frozen = accuracy(rows, jobs.getLast().place().recipe().id() + "-" + SHALLOW);
    if (rows.size() != 2) {
      complaints.add("the results have %d rows, not 2".formatted(rows.size()));
    } else if (!(accuracy >= floor)) {
      complaints.add(
          "test accuracy must be at least %.1f %%, but is %.1f %%".formatted(floor, accuracy));
    } else if (must == Must.BEAT_FROZEN && !(accuracy > frozen)) {
      complaints.add(
          "test accuracy must be above that of frozen blocks, %.1f %%, but is %.1f %%"
              .formatted(frozen, accuracy));
    }
    remains(scratch.resolve("runs")).ifPresent(complaints::add);
    return new Outcome(this, accuracy, frozen, seconds, complaints);
  }

  private static double accuracy(List<Row> rows, String cell) {
    return rows.stream()
        .filter(row -> row.cell().equals(cell))
        .mapToDouble(row -> row.figure("test_accuracy"))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** Folders of runs must be gone. */
  private Optional<String> remains(Path runs) {
    try (var files = Files.list(runs.resolve(paper.id()))) {
      return files
          .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
          .findFirst()
          .map(file -> "the folder of a run is still there: " + file);
    } catch (IOException e) {
      throw new Failure("cannot list " + runs + ": " + e.getMessage(), new UncheckedIOException(e));
    }
  }

  /** Stops the first run in its middle, once. */
  private static final class Halfway implements Reproduction.Follower {
    private final Reproduction.Follower watcher;
    private final List<String> complaints;
    private boolean stops = true;
    private boolean half;

    private Halfway(Reproduction.Follower watcher, List<String> complaints) {
      this.watcher = watcher;
      this.complaints = complaints;
    }

    @Override
    public void stepped(Progress progress) {
      half = 2 * progress.step() >= progress.steps();
      watcher.stepped(progress);
    }

    @Override
    public boolean stopRequested() {
      return (stops && half) || watcher.stopRequested();
    }

    @Override
    public void failed(int index, String reason) {
      complaints.add(reason);
    }
  }
}
