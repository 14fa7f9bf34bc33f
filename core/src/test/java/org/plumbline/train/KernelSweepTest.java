package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.train.KernelSweep.By;
import org.plumbline.train.KernelSweep.Net;
import org.plumbline.train.KernelSweep.Row;
import org.plumbline.value.BadInput;

class KernelSweepTest {
  private static double fall(Net net, int seeds) {
    List<Row> rows = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      rows.add(KernelSweep.train(net, By.BP, 24, seed));
      rows.add(KernelSweep.train(net, By.BP, 96, seed));
    }
    assertThat(rows).allMatch(Row::isLearned);
    return KernelSweep.drift(rows, net, By.BP, 24) / KernelSweep.drift(rows, net, By.BP, 96);
  }

  /** Liu, Zhu, Belkin 2020, small; the whole of it is in docs/results. */
  @Test
  void aLinearOutputLetsTheKernelRestAsTheNetWidensAndATanhDoesNot() {
    assertThat(fall(Net.LINEAR, 3)).isGreaterThan(1.5);
    assertThat(fall(Net.TANH, 3)).isLessThan(1.2);
  }

  /**
   * 5 seeds, m = 32, 128, 512: at least 1.5 times a step with a linear output, below 1.2 with tanh.
   */
  @Test
  void theCommittedFigureShowsIt() throws IOException {
    List<Row> rows =
        KernelSweep.read(Path.of("../docs/results/kernel").resolve(KernelSweep.CSV)).stream()
            .filter(row -> row.seed() <= 5)
            .toList();
    for (int width : new int[] {32, 128}) {
      for (Net net : List.of(Net.LINEAR, Net.TANH)) {
        double fall =
            KernelSweep.drift(rows, net, By.BP, width)
                / KernelSweep.drift(rows, net, By.BP, 4 * width);
        if (net == Net.LINEAR) {
          assertThat(fall).isGreaterThan(1.5);
        } else {
          assertThat(fall).isLessThan(1.2);
        }
      }
    }
  }

  @Test
  void aFolderIsGoneOnWithAndALineIsTheSameEverywhere(@TempDir Path dir) throws IOException {
    List<Row> told = new ArrayList<>();
    List<Row> rows = KernelSweep.of("4", "1").run(dir, told::add);
    assertThat(rows).hasSize(6).isEqualTo(told);
    told.clear();
    List<Row> more = KernelSweep.of("4,5", "1").run(dir, told::add);
    assertThat(told).as("only what was missing").hasSize(6).allMatch(row -> row.width() == 5);
    assertThat(KernelSweep.csv(more.subList(0, 6))).isEqualTo(KernelSweep.csv(rows));
    assertThat(KernelSweep.csv(List.of(KernelSweep.train(Net.TANH, By.DFA, 5, 1))))
        .isEqualTo(
            KernelSweep.csv(
                more.stream()
                    .filter(r -> r.width() == 5 && r.net() == Net.TANH && r.rule() == By.DFA)
                    .toList()));
    Files.writeString(dir.resolve(KernelSweep.CSV), "a,b\n");
    assertThatThrownBy(() -> KernelSweep.of("4", "1").run(dir, told::add))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("--out");
  }

  @Test
  void whatCannotBeSweptIsRefused() {
    assertThatThrownBy(() -> KernelSweep.of("4,x", "1")).hasMessageContaining("'4,x'");
    assertThatThrownBy(() -> KernelSweep.of("5000", "1")).hasMessageContaining("4096");
    assertThatThrownBy(() -> KernelSweep.of("4", "0")).hasMessageContaining("seeds");
  }
}
