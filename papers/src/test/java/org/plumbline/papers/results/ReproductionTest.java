package org.plumbline.papers.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.run.Storage;
import org.plumbline.tensor.LeakGate;
import org.plumbline.train.Stopped;
import org.plumbline.value.BadInput;

/** Runs are made once, whatever happens in between. */
@ExtendWith(LeakGate.class)
class ReproductionTest {
  @TempDir Path folder;

  /** Writes down what it hears. */
  private static class Heard implements Reproduction.Follower {
    final List<String> said = new ArrayList<>();
    final List<Row> rows = new ArrayList<>();
    long steps;

    @Override
    public void begins(int index) {
      said.add("begins " + index);
    }

    @Override
    public void stepped(Progress progress) {
      steps++;
    }

    @Override
    public void ended(int index, Row row) {
      said.add("ended " + index);
      rows.add(row);
    }

    @Override
    public void passed(int index, String reason) {
      said.add("passed " + index + ": " + reason);
    }

    @Override
    public void failed(int index, String reason) {
      said.add("failed " + index + ": " + reason);
    }
  }

  private Reproduction reproduction() {
    return reproduction("a", Reproduction.Keep.NOTHING);
  }

  private Reproduction reproduction(String name, Reproduction.Keep keep) {
    return new Reproduction(
        new Reproduction.Folders(
            folder.resolve("results"), folder.resolve("runs-" + name), Optional.empty()),
        keep);
  }

  private List<Row> rows() {
    return new ResultsFile(folder.resolve("results"), Tiny.PAPER).rows();
  }

  private Path run(String name) {
    return folder.resolve("runs-a/tiny-2026/" + name);
  }

  private static Heard made(Reproduction reproduction, List<Job> jobs) {
    Heard heard = new Heard();
    reproduction.carryOut(jobs, heard);
    return heard;
  }

  @Test
  void theShortestCellComesFirstAndNamedOnesInTheirOrder() {
    assertThat(reproduction().jobs(Tiny.PAPER, List.of(), 0, 1))
        .extracting(Job::name)
        .startsWith("moons-shallow-seed1", "moons-shallow-seed2", "moons-shallow-seed3")
        .endsWith("moons-wild-seed3", "moons-long-seed1")
        .hasSize(13);
    assertThat(reproduction().jobs(Tiny.PAPER, List.of("moons-wild", "moons-dfa"), 1, 0.5))
        .extracting(Job::name, Job::epochs)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("moons-wild-seed1", 2L),
            org.assertj.core.groups.Tuple.tuple("moons-dfa-seed1", 2L));
    assertThatThrownBy(() -> reproduction().jobs(Tiny.PAPER, List.of("moons-dfb"), 1, 1))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("did you mean 'moons-dfa'");
  }

  @Test
  void aRunLeavesARowAndCurvesAndNoFolder() throws IOException {
    List<Job> jobs = reproduction().jobs(Tiny.PAPER, List.of("moons-dfa"), 2, 1);
    Heard heard = made(reproduction(), jobs);
    assertThat(heard.said).containsExactly("begins 0", "ended 0", "begins 1", "ended 1");
    assertThat(rows()).hasSize(2).extracting(Row::seed).containsExactly(1L, 2L);
    Row row = rows().getFirst();
    assertThat(row.epochs()).isEqualTo(4);
    assertThat(row.planned()).isEqualTo(4);
    assertThat(row.ended()).isEqualTo("epochs");
    assertThat(row.threads()).isEqualTo(1);
    assertThat(row.model()).hasSize(64);
    assertThat(row.testError()).isBetween(0.0, 60.0);
    assertThat(row.figures()).containsKeys("alignment/1@2", "cosine", "cosine_null");
    assertThat(run("moons-dfa-seed1")).doesNotExist();
    List<String> curves =
        Files.readAllLines(folder.resolve("results/tiny-2026/moons-dfa-seed1.csv"));
    assertThat(curves.getFirst()).startsWith("step,epoch,train_loss,train_error,alignment/1");
    assertThat(curves).hasSizeBetween(50, 110);
    assertThat(reproduction().jobs(Tiny.PAPER, List.of("moons-dfa"), 2, 1)).isEmpty();
    assertThat(reproduction().jobs(Tiny.PAPER, List.of("moons-dfa"), 3, 1)).hasSize(1);
  }

  @Test
  void stoppedAndCarriedOutAgainItEndsWithTheSameModel() {
    Job job = reproduction().jobs(Tiny.PAPER, List.of("moons-bp"), 1, 1).getFirst();
    made(reproduction("b", Reproduction.Keep.NOTHING), List.of(job));
    Row straight = rows().getFirst();
    deleteResults();
    Heard stopping =
        new Heard() {
          @Override
          public boolean stopRequested() {
            return steps == 30;
          }
        };
    assertThatThrownBy(() -> reproduction().carryOut(List.of(job), stopping))
        .isInstanceOf(Stopped.class);
    assertThat(rows()).isEmpty();
    assertThat(run("moons-bp-seed1/config.yaml")).exists();
    Heard again = made(reproduction(), List.of(job));
    assertThat(again.steps).isEqualTo(64 - 30);
    assertThat(rows().getFirst().model()).isEqualTo(straight.model());
    assertThat(rows().getFirst().testError()).isEqualTo(straight.testError());
  }

  /** Killed behind the last step, before the row: nothing is trained again. */
  @Test
  void aRunThatEndedWithoutARowGetsItsRow() {
    Job job = reproduction().jobs(Tiny.PAPER, List.of("moons-bp"), 1, 1).getFirst();
    made(reproduction("a", Reproduction.Keep.RUNS), List.of(job));
    Row before = rows().getFirst();
    assertThat(run("moons-bp-seed1/model.safetensors")).exists();
    deleteResults();
    Heard again = made(reproduction(), List.of(job));
    assertThat(again.steps).isZero();
    assertThat(rows()).isEqualTo(List.of(before));
    assertThat(run("moons-bp-seed1")).doesNotExist();
  }

  private void deleteResults() {
    Storage.disk().delete(folder.resolve("results/tiny-2026.csv"));
  }

  @Test
  void aRunBelongsToTheProcessThatHoldsItsLock() {
    List<Job> jobs = reproduction().jobs(Tiny.PAPER, List.of("moons-bp", "moons-dfa"), 1, 1);
    Storage disk = Storage.disk();
    disk.makeDirectories(run(".locks"));
    try (Storage.Lock _ = disk.lock(run(".locks/moons-bp-seed1")).orElseThrow()) {
      assertThat(made(reproduction(), jobs).said)
          .containsExactly("passed 0: another process is at it", "begins 1", "ended 1");
    }
    assertThat(made(reproduction(), jobs).said)
        .containsExactly("begins 0", "ended 0", "passed 1: it is in the results");
  }

  @Test
  void aRunThatDivergesIsARowAndOthersGoOn() {
    List<Job> jobs = reproduction().jobs(Tiny.PAPER, List.of("moons-wild", "moons-dfa"), 1, 1);
    Heard heard = made(reproduction(), jobs);
    assertThat(heard.said).containsExactly("begins 0", "ended 0", "begins 1", "ended 1");
    Row wild = heard.rows.getFirst();
    assertThat(wild.isFinished()).isFalse();
    assertThat(wild.testError()).isNaN();
    assertThat(wild.reason()).contains("diverged at step");
    assertThat(rows()).hasSize(2);
    assertThat(Standing.of(Tiny.place("wild"), List.of(wild)).full()).hasSize(1);
    assertThat(reproduction().jobs(Tiny.PAPER, List.of("moons-wild"), 1, 1)).isEmpty();
  }

  @Test
  void aFolderOfAnotherRunIsNotTakenForThisOne() {
    Reproduction keeping = reproduction("a", Reproduction.Keep.RUNS);
    made(keeping, keeping.jobs(Tiny.PAPER, List.of("moons-bp"), 1, 0.5));
    assertThat(rows().getFirst().planned()).isEqualTo(2);
    List<Job> whole = keeping.jobs(Tiny.PAPER, List.of("moons-bp"), 1, 1);
    Heard heard = made(keeping, whole);
    assertThat(heard.said.getLast()).startsWith("failed 0: ").contains("2 epochs", "--runs");
    assertThat(made(reproduction("b", Reproduction.Keep.NOTHING), whole).rows).hasSize(1);
    assertThat(rows()).extracting(Row::planned).containsExactly(4L); // takes the place
    assertThat(keeping.jobs(Tiny.PAPER, List.of("moons-bp"), 1, 0.5)).isEmpty();
  }
}
