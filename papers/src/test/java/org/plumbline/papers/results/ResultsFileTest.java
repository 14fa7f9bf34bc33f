package org.plumbline.papers.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.value.BadInput;

/** What is put in comes out. */
class ResultsFileTest {
  @TempDir Path folder;

  private ResultsFile file() {
    return new ResultsFile(folder, Tiny.PAPER);
  }

  @Test
  void rowsComeBackAsTheyWere() {
    List<Row> rows =
        List.of(
            Tiny.row("bp", 1, 10.25),
            Tiny.row("bp", 2, Double.NaN, 4, Row.DIVERGED),
            Tiny.row("dfa", 1, 0));
    rows.reversed().forEach(file()::put);
    assertThat(file().rows()).isEqualTo(rows); // in the paper's order
  }

  @Test
  void aRowTakesThePlaceOfItsCellAndSeed() {
    file().put(Tiny.row("bp", 1, 10));
    file().put(Tiny.row("bp", 1, 20));
    assertThat(file().rows()).extracting(Row::testError).containsExactly(20.0);
  }

  @Test
  void linesAreNotTouchedByOthers() throws IOException {
    file().put(Tiny.row("dfa", 2, 10));
    List<String> before = Files.readAllLines(file().file());
    file().put(Tiny.row("dfa", 1, 10));
    file().put(Tiny.row("bp", 1, 11));
    assertThat(Files.readAllLines(file().file())).containsAll(before).hasSize(4);
  }

  @Test
  void severalMayAddAtOnce() throws Exception {
    try (ExecutorService many = Executors.newFixedThreadPool(4)) {
      List<Callable<Long>> adding =
          IntStream.range(0, 40)
              .<Callable<Long>>mapToObj(seed ->
                  () -> {
                    file().put(Tiny.row("bp", seed, seed));
                    return (long) seed;
                  })
              .toList();
      for (Future<Long> one : many.invokeAll(adding)) {
        one.get();
      }
    }
    assertThat(file().rows()).hasSize(40);
  }

  @Test
  void whatAKilledWriteLeftIsRemoved() throws IOException {
    file().put(Tiny.row("bp", 1, 10));
    Path torn = folder.resolve("tiny-2026.csv.tmp-00000000-0000-0000-0000-000000000000");
    Files.writeString(torn, "cell,se");
    file().put(Tiny.row("bp", 2, 10));
    assertThat(torn).doesNotExist();
    assertThat(file().rows()).hasSize(2);
  }

  @Test
  void aDamagedFileIsRefusedWithItsPlace() throws IOException {
    file().put(Tiny.row("bp", 1, 10));
    String good = Files.readString(file().file());
    for (String bad :
        List.of(
            good.replace("moons-bp,1,", "moons-bp,one,"),
            good + "moons-bp,2,\n",
            good.replace("seed", "sead"),
            good.replace("train_error", "test_error"))) {
      Files.writeString(file().file(), bad);
      assertThatThrownBy(() -> file().rows())
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("tiny-2026.csv");
      assertThatThrownBy(() -> file().put(Tiny.row("bp", 3, 1))).isInstanceOf(BadInput.class);
      assertThat(file().file()).hasContent(bad);
    }
  }
}
