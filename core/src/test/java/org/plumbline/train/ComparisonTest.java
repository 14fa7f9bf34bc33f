package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.run.StudyFolder;
import org.plumbline.value.BadInput;

/** What a comparison is, as its file says and reads back. */
class ComparisonTest {
  @TempDir Path folder;

  private static Comparison of(String rules, String seeds, String... changes) {
    Configuration base = Configuration.defaults().with(Options.DATA, "two-moons:examples=70");
    for (String change : changes) {
      int equals = change.indexOf('=');
      base =
          base.with(
              Options.of(change.substring(0, equals)).orElseThrow(), change.substring(equals + 1));
    }
    return Comparison.of(new Comparison.Wish(base, Set.of(Options.DATA), rules, seeds));
  }

  @Test
  void crossesRulesAndSeeds() {
    Comparison c = of("bp,dfa:gain=2,law=normal,fa", "2", "seed=5");
    assertThat(c.rules()).hasSize(3);
    assertThat(c.study().cells())
        .extracting(cell -> cell.label() + " " + cell.seed())
        .containsExactly(
            "bp 5", "dfa:gain=2,law=normal 5", "fa 5", "bp 6", "dfa:gain=2,law=normal 6", "fa 6");
    assertThat(Experiment.of(c.study().cells().get(1).configuration()).rule().toString())
        .contains("gain=2.0");
  }

  @Test
  void readsItsProbesAboutOnceAnEpochUnlessToldOtherwise() {
    Comparison c = of("bp", "1", "batch=8");
    int rows = 56; // two-moons holds back a fifth
    assertThat(c.base().get(Options.PROBE_EVERY)).isEqualTo("" + Math.ceilDiv(rows, 8));
    assertThat(c.base().get(Options.PROBE)).startsWith("alignment");
    Comparison.Wish wish =
        new Comparison.Wish(
            Configuration.defaults().with(Options.PROBE, "none"),
            Set.of(Options.PROBE, Options.PROBE_EVERY),
            "bp",
            "");
    assertThat(Comparison.of(wish).base().get(Options.PROBE)).isEqualTo("none");
    assertThat(Comparison.of(wish).base().get(Options.PROBE_EVERY)).isEqualTo("50");
    assertThat(Comparison.of(wish).seeds()).isEqualTo(3);
  }

  @Test
  void attacksAreReadBackAsTheyWereWritten() throws IOException {
    Configuration base = Configuration.defaults().with(Options.DATA, "two-moons:examples=70");
    Comparison c =
        Comparison.of(
            new Comparison.Wish(
                base, Set.of(Options.DATA), "bp", "1", "noise,pgd:eps=0.1/0,steps=3", "20"));
    assertThat(c.attacks())
        .isEqualTo(
            new AttackPlan(
                List.of("noise:sigma=0/0.1/0.2/0.3/0.4/0.5", "pgd:eps=0/0.1,steps=3,step=0"), 20));
    Files.writeString(folder.resolve(Comparison.FILE), c.yaml());
    assertThat(Comparison.in(folder)).isEqualTo(c);
    Comparison plain = of("bp", "1");
    assertThat(plain.attacks().isEmpty()).isTrue();
    assertThat(plain.yaml()).doesNotContain("attack");
    assertThatThrownBy(
            () -> {
              try (var folderOfOther = plain.open(folder)) {
                folderOfOther.plan();
              }
            })
        .hasMessageContaining("its attack is noise,pgd:eps=0/0.1,steps=3 on 20 rows, not none");
  }

  @Test
  void isReadBackAsItWasWritten() throws IOException {
    Comparison c = of("bp,dfa:gain=2", "2", "net=none");
    Files.writeString(folder.resolve(Comparison.FILE), c.yaml());
    assertThat(Comparison.in(folder)).isEqualTo(c);
    Path file =
        Files.writeString(
            folder.resolve("c.yaml"),
            "rules: [bp, 'dfa:gain=2']\nrule: fa\nseeds: 2\ndata: two-moons:examples=70\nprobe-every: 9\n");
    Comparison read = Comparison.of(Comparison.Wish.read(file));
    assertThat(read.rules()).isEqualTo(c.rules());
    assertThat(read.seeds()).isEqualTo(2);
    assertThat(read.base().get(Options.PROBE_EVERY)).isEqualTo("9");
    Path blocks =
        Files.writeString(
            folder.resolve("b.yaml"),
            "rules: bp\ndata: two-moons\nblocks: [dense:width=4, tanh, dense:width=2]\n");
    Comparison general = Comparison.of(Comparison.Wish.read(blocks));
    Files.writeString(folder.resolve(Comparison.FILE), general.yaml());
    assertThat(Comparison.in(folder)).isEqualTo(general);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''           | 1     | seed=1      | compare needs at least one rule: --rules bp,shallow,dfa",
        "bp,dfq       | 1     | seed=1      | unknown rule 'dfq'; did you mean 'dfa'?",
        "dfa,dfa:gain=1 | 1   | seed=1      | rule 'dfa' is given twice",
        "bp,gain=2    | 1     | seed=1      | must stand behind a name and a colon, bp:gain=2",
        "bp,,fa       | 1     | seed=1      | a name is missing",
        "bp           | 0     | seed=1      | seeds must be a whole number from 1 to 10000, but is '0'",
        "bp           | three | seed=1      | but is 'three'",
        "bp,dfa       | 1     | epochs=0    | epochs must be at least 1, but is 0",
        "bp           | 1     | init=zero   | init zero cannot be learned by rule bp",
        "bp           | 2     | seed=9223372036854775807 | seed must leave room",
      })
  void refusesInOneLine(String rules, String seeds, String change, String message) {
    assertThatThrownBy(() -> of(rules, seeds, change))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  @Test
  void whatOnlySomeRulesRefuseIsTheirAffair() {
    assertThat(of("bp,dfa", "1", "init=zero").study().cells()).hasSize(2);
  }

  @Test
  void anotherComparisonInTheSameFolderIsRefusedWithTheFirstDifference() {
    Path out = folder.resolve("c");
    Comparison c = of("bp,fa", "2");
    try (StudyFolder opened = c.open(out)) {
      assertThat(opened.directory()).isDirectory();
    }
    c.open(out).close();
    for (List<String> other :
        List.of(
            List.of("bp,dfa", "2", "seed=1", "its rules is bp,fa, not bp,dfa"),
            List.of("bp,fa", "3", "seed=1", "its seeds is 2, not 3"),
            List.of("bp,fa", "2", "epochs=7", "its epochs is 30, not 7"))) {
      assertThatThrownBy(() -> of(other.get(0), other.get(1), other.get(2)).open(out))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("holds another comparison: " + other.get(3))
          .hasMessageNotContaining("\n");
    }
    assertThat(c.isUnfinishedIn(out)).isTrue();
    assertThat(of("bp", "2").isUnfinishedIn(out)).isFalse();
    assertThat(c.isUnfinishedIn(folder)).isFalse();
  }
}
