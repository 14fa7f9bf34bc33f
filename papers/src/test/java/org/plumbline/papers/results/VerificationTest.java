package org.plumbline.papers.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.papers.results.Verification.Verdict;
import org.plumbline.tensor.LeakGate;
import org.plumbline.value.BadInput;

/** A row is what comes out again. */
@ExtendWith(LeakGate.class)
class VerificationTest {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;

  private Reproduction reproduction() {
    return new Reproduction(
        new Reproduction.Folders(
            folder.resolve("results"), folder.resolve("runs"), Optional.empty()),
        Reproduction.Keep.NOTHING);
  }

  @Test
  void aRunMadeAgainIsTheSameModel() {
    Reproduction reproduction = reproduction();
    reproduction.carryOut(
        reproduction.jobs(Tiny.PAPER, List.of("moons-bp"), 1, 1), new Reproduction.Follower() {});
    Job job = Verification.job(reproduction, Tiny.place("bp"), 1);
    ResultsFile file = new ResultsFile(folder.resolve("results"), Tiny.PAPER);
    Row row = file.rows().getFirst();
    Verification same =
        Verification.of(reproduction, job, new Reproduction.Follower() {}).orElseThrow();
    assertThat(same.verdict()).isEqualTo(Verdict.SAME_MODEL);
    assertThat(same.words()).contains("byte for byte");
    assertThat(file.rows()).containsExactly(row);
    assertThat(folder.resolve("runs/verify/tiny-2026-moons-bp-seed1")).doesNotExist();
    assertThatThrownBy(() -> Verification.job(reproduction, Tiny.place("bp"), 2))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("no row of moons-bp seed 2");
  }

  private static Row row(String commit, String machine, String model, double error) {
    Row row = Tiny.row("bp", 1, error);
    return new Row(
        row.cell(),
        1,
        4,
        error,
        1,
        12,
        commit,
        machine,
        1,
        model,
        4,
        "epochs",
        row.recipe(),
        "",
        Map.of());
  }

  private static Verification of(Row before, Row again) {
    return new Verification(new Job(Tiny.place("bp"), 1, 4, 1), before, again);
  }

  @Test
  void sameCommitAndMachineMustGiveTheSameBytes() {
    Row before = row(COMMIT, "m", "aa", 10);
    assertThat(of(before, row(COMMIT, "m", "bb", 10)).verdict()).isEqualTo(Verdict.DIFFERENT);
    assertThat(of(before, row(COMMIT, "m", "bb", 10)).words()).contains("same kind of machine");
    assertThat(of(before, row(COMMIT, "n", "bb", 12)).verdict()).isEqualTo(Verdict.SAME_METRIC);
    assertThat(of(before, row(COMMIT, "n", "bb", 12)).words())
        .contains("another machine (m, now n)", "-2.00 points");
    Row dirty = row(COMMIT + "-dirty", "m", "bb", 10);
    assertThat(of(dirty, row(COMMIT + "-dirty", "m", "cc", 10)).verdict())
        .isEqualTo(Verdict.SAME_METRIC);
    assertThat(of(before, row("f" + COMMIT.substring(1), "m", "bb", 26)).verdict())
        .isEqualTo(Verdict.DIFFERENT); // 16 points, where 15 are tolerated
  }
}
