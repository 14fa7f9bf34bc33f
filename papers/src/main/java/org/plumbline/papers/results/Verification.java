package org.plumbline.papers.results;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Published;
import org.plumbline.value.BadInput;

/**
 * A run made again, beside its row.
 *
 * @param job what was run
 * @param before the row in the results
 * @param again the row of the new run
 */
public record Verification(Job job, Row before, Row again) {
  private static final String FOLDER = "verify";

  /** How the two compare. */
  public enum Verdict {
    /** The models are equal, byte for byte. */
    SAME_MODEL,
    /** They are not, and need not be: the program or the machine is another. The metrics agree. */
    SAME_METRIC,
    /** Models differ that must not, or metrics by more than the tolerance. */
    DIFFERENT
  }

  /**
   * What is to be run.
   *
   * @param reproduction where the results are
   * @param place the cell
   * @param seed of the row
   * @return the run of that row
   * @throws BadInput if there is no such row
   */
  public static Job job(Reproduction reproduction, Paper.Place place, long seed) {
    ResultsFile file = new ResultsFile(reproduction.folders().results(), place.paper());
    Row row = row(file.rows(), place, seed, file.file());
    Standing standing = Standing.of(place, List.of(row));
    if (!standing.stale().isEmpty()) {
      throw new BadInput(
          "the row of %s seed %d is of a recipe that has changed since; run it again without --verify"
              .formatted(place.path(), seed));
    }
    return new Job(place, seed, row.planned(), row.seconds() / 60);
  }

  private static Row row(List<Row> rows, Paper.Place place, long seed, Path file) {
    return rows.stream()
        .filter(row -> row.cell().equals(place.id()) && row.seed() == seed)
        .findFirst()
        .orElseThrow(() ->
            new BadInput(
                "%s has no row of %s seed %d to verify; run it without --verify"
                    .formatted(file, place.id(), seed)));
  }

  /**
   * Runs it again, apart from all else; stopped and called again, it goes on.
   *
   * @param reproduction where the results are
   * @param job from {@link #job}
   * @param follower hears of it
   * @return nothing if the run could not be made; the follower heard why
   */
  public static Optional<Verification> of(
      Reproduction reproduction, Job job, Reproduction.Follower follower) {
    Reproduction.Folders folders = reproduction.folders();
    Path apart =
        folders.runs().resolve(FOLDER).resolve(job.place().paper().id() + "-" + job.name());
    Reproduction scratch =
        new Reproduction(
            new Reproduction.Folders(apart.resolve("results"), apart, folders.data()),
            Reproduction.Keep.NOTHING);
    ResultsFile found = new ResultsFile(apart.resolve("results"), job.place().paper());
    scratch.carryOut(List.of(job), follower);
    if (found.rows().isEmpty()) {
      return Optional.empty();
    }
    Row again = row(found.rows(), job.place(), job.seed(), found.file());
    Reproduction.delete(apart);
    ResultsFile file = new ResultsFile(folders.results(), job.place().paper());
    return Optional.of(
        new Verification(job, row(file.rows(), job.place(), job.seed(), file.file()), again));
  }

  /**
   * How the two compare.
   *
   * @return the verdict
   */
  public Verdict verdict() {
    if (!before.model().isEmpty() && before.model().equals(again.model())) {
      return Verdict.SAME_MODEL;
    }
    if (isSameKind() || before.isFinished() != again.isFinished()) {
      return Verdict.DIFFERENT;
    }
    double tolerance =
        job.place().cell().published().map(Published::tolerance).orElse(Double.POSITIVE_INFINITY);
    return !before.isFinished() || Math.abs(difference()) <= tolerance
        ? Verdict.SAME_METRIC
        : Verdict.DIFFERENT;
  }

  /** Whether the same bytes are due. */
  private boolean isSameKind() {
    return before.commit().equals(again.commit())
        && before.isOfCommit()
        && before.machine().equals(again.machine())
        && before.threads() == again.threads()
        && before.isFinished()
        && again.isFinished();
  }

  /**
   * How far the metric is off.
   *
   * @return in points, new minus old
   */
  public double difference() {
    String figure = job.place().cell().metric().figure();
    return again.figure(figure) - before.figure(figure);
  }

  /**
   * The verdict for people.
   *
   * @return one line
   */
  public String words() {
    String figure = job.place().cell().metric().figure();
    String metric =
        "%s %.2f then, %.2f now, %+.2f points"
            .formatted(
                job.place().cell().metric().words(),
                before.figure(figure),
                again.figure(figure),
                difference());
    if (verdict() == Verdict.SAME_MODEL) {
      return "the same model, byte for byte; " + metric;
    }
    if (!before.isFinished() && !again.isFinished()) {
      return "both diverged: then " + before.reason() + "; now " + again.reason();
    }
    if (isSameKind()) {
      return "another model from the same commit on the same kind of machine; " + metric;
    }
    String other =
        before.commit().equals(again.commit())
            ? before.machine().equals(again.machine())
                ? "a program that was changed after its commit"
                : "another machine (%s, now %s)".formatted(before.machine(), again.machine())
            : "another commit (%s, now %s)"
                .formatted(brief(before.commit()), brief(again.commit()));
    return "another model from " + other + "; " + metric;
  }

  private static String brief(String commit) {
    return commit.length() > 10 ? commit.substring(0, 10) : commit;
  }
}
