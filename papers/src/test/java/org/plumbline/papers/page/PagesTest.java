package org.plumbline.papers.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Confidence;
import org.plumbline.papers.Figure;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Papers;
import org.plumbline.papers.Recipe;
import org.plumbline.papers.results.ResultsFile;
import org.plumbline.papers.results.Rows;
import org.plumbline.train.Configuration;

/** Pages say what the results files say. */
class PagesTest {
  private static final Path COMMITTED = Path.of("..", "docs", "results");

  private static final Paper PAPER =
      new Paper(
          "made-2026",
          "A paper <that> is not",
          "Nobody, Noone 2026, arXiv:2600.00000",
          List.of(
              Recipe.of(
                  "digits",
                  "a few digits",
                  "epochs: 4\n",
                  Cell.accuracy("bp", 6, "rule: bp").published(95, 0.5, Confidence.HIGH, "log"),
                  Cell.accuracy("shallow", 6, "rule: shallow"),
                  Cell.accuracy("dfa", 6, "rule: dfa")
                      .published(93, 0.2, 1, Confidence.MEDIUM, "table")
                      .column("weights/2", "angle", 40, 5, Confidence.HIGH, "log")
                      .remark("A remark."),
                  Cell.accuracy("fa", 6, "rule: fa").published(92, 1, Confidence.LOW, "table"))),
          List.of("We differ here."),
          List.of(
              new Figure(
                  "over",
                  "Over something",
                  "something",
                  "accuracy, %",
                  Figure.Scale.LOGARITHMIC,
                  List.of(
                      new Figure.Line(
                          "test",
                          "test_accuracy",
                          List.of(
                              new Figure.Point(1, "digits-dfa"),
                              new Figure.Point(10, "digits-bp")))))));

  @TempDir Path folder;

  private void put(String cell, double... errors) throws IOException {
    Paper.Place place = Papers.cell(PAPER, "digits-" + cell);
    for (int i = 0; i < errors.length; i++) {
      new ResultsFile(folder, PAPER)
          .put(Rows.of(place, i + 1, errors[i], Map.of("weights/2", 50.0, "cosine", 0.25)));
      Files.createDirectories(folder.resolve(PAPER.id()));
      Files.writeString(
          folder.resolve(PAPER.id()).resolve("digits-%s-seed%d.csv".formatted(cell, i + 1)),
          """
          step,epoch,train_loss,train_error,alignment/1,alignment/1/null,weights/2
          10,1,1.5,50,0.1,0,80
          20,2,1,25,0.2,0.01,60
          30,3,0.5,,0.3,0,50
          """);
    }
  }

  @Test
  void aPageHoldsWhatTheFileHolds() throws IOException {
    put("bp", 5.1, 4.9, 5.3);
    put("shallow", 20, 21, 22);
    put("dfa", 9, 9.5, 10);
    put("fa", 8);
    Map<String, String> files = Pages.of(folder, List.of(PAPER));
    assertThat(files)
        .containsOnlyKeys(
            "README.md",
            "reproduced.svg",
            "made-2026.md",
            "made-2026/digits-cells.svg",
            "made-2026/digits-curves.svg",
            "made-2026/digits-alignment.svg",
            "made-2026/digits-angles.svg",
            "made-2026/over.svg");
    assertThat(files.get("made-2026.md"))
        .contains(
            "4 cells: 1 reproduced, 1 missed, 1 own, 1 open.",
            "| bp | 95.00 | 94.90 ± 0.20 (3) | −0.10 | 0.50 | **reproduced** | 94.90 | 79.00 | 0.250 |",
            "| shallow | – | 79.00 ± 1.00 (3) | – | – | own | 94.90 | 79.00 |",
            "| dfa | 93.00 ± 0.20 | 90.50 ± 0.50 (3) | −2.50 | 1.00 | *missed* | 94.90 | 79.00 |",
            "| fa | 92.00 | 92.00 (1) | +0.00 | 1.00 | open: 1 of 3 seeds |",
            "| dfa | angle | 40.00 | 50.00 ± 0.00 | 5.00 | no |",
            "- dfa: A remark.",
            "We differ here.",
            "./plumbline reproduce made-2026/digits-");
    assertThat(files.get("README.md")).contains("4 cells: 1 reproduced, 1 missed, 1 own, 1 open");
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (file.getKey().endsWith(".svg")) {
        assertThat(file.getValue()).startsWith("<svg ").doesNotContain("NaN", "Infinity");
      }
    }
    for (String drawing :
        files.keySet().stream().filter(f -> f.startsWith("made-2026/")).toList()) {
      assertThat(files.get("made-2026.md")).contains("(" + drawing + ")");
    }
  }

  @Test
  void withoutRowsAPageSaysSo() {
    Map<String, String> files = Pages.of(folder, List.of(PAPER));
    assertThat(files).containsOnlyKeys("README.md", "reproduced.svg", "made-2026.md");
    assertThat(files.get("made-2026.md")).contains("4 cells: 4 open.", "Nothing was run yet.");
  }

  @Test
  void writtenTwiceNothingChanges() throws IOException {
    put("dfa", 9);
    Pages.write(folder, List.of(PAPER));
    assertThat(folder.resolve("made-2026.md"))
        .hasContent(Pages.of(folder, List.of(PAPER)).get("made-2026.md"));
    Map<String, String> before = Pages.of(folder, List.of(PAPER));
    Pages.write(folder, List.of(PAPER));
    assertThat(Pages.of(folder, List.of(PAPER))).isEqualTo(before);
  }

  @Test
  void thePrintedConfigurationIsThatOfTheCell() {
    Pattern said =
        Pattern.compile(
            "reproduce [^/ ]+/(\\S+) --seeds.*`./plumbline train FILE`[^\n]*\n\n```\n(.*?)```",
            Pattern.DOTALL);
    Map<String, String> files = Pages.of(folder, Papers.all());
    for (Paper paper : Papers.all()) {
      Matcher page = said.matcher(files.getOrDefault(paper.id() + ".md", ""));
      assertThat(page.find()).isTrue();
      Paper.Place place = Papers.cell(paper, page.group(1));
      assertThat(Configuration.parse(Path.of(paper.id()), page.group(2)).yaml())
          .isEqualTo(place.recipe().configurationOf(place.cell()).yaml());
    }
  }

  /** Mend by: ./plumbline reproduce --page. */
  @Test
  void committedPagesAreWhatTheFilesSay() throws IOException {
    Map<String, String> due = Pages.of(COMMITTED, Papers.all());
    for (Map.Entry<String, String> file : due.entrySet()) {
      assertThat(COMMITTED.resolve(file.getKey())).exists().hasContent(file.getValue());
    }
    for (Paper paper : Papers.all()) {
      Path drawings = COMMITTED.resolve(paper.id());
      if (Files.isDirectory(drawings)) {
        try (Stream<Path> files = Files.list(drawings)) {
          assertThat(files.map(file -> paper.id() + "/" + file.getFileName()))
              .filteredOn(name -> name.endsWith(".svg"))
              .allMatch(due::containsKey);
        }
      }
    }
  }
}
