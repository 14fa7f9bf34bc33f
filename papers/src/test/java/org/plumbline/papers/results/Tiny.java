package org.plumbline.papers.results;

import java.util.List;
import java.util.Map;
import org.plumbline.papers.Cell;
import org.plumbline.papers.Confidence;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Recipe;

/** A paper whose runs take a moment. */
final class Tiny {
  static final Recipe RECIPE =
      Recipe.of(
          "moons",
          "two moons",
          """
          data: two-moons:examples=200
          net: 8
          epochs: 4
          batch: 10
          """,
          Cell.accuracy("bp", 0.02, "rule: bp").published(85, 15, Confidence.HIGH, "made up"),
          Cell.error("dfa", 0.01, "rule: dfa")
              .published(0, 0.001, Confidence.LOW, "made up")
              .column("alignment/1@2", "cosine after 2 epochs"),
          Cell.error("shallow", 0.005, "rule: shallow"),
          Cell.error("wild", 0.03, "rule: bp", "optimizer: sgd:lr=1e30")
              .published(10, 90, Confidence.LOW, "made up"),
          Cell.error("long", 40, "rule: bp", "epochs: 5")
              .published(15, 15, Confidence.HIGH, "made up"));

  static final Paper PAPER =
      new Paper(
          "tiny-2026", "Tiny", "Nobody 2026", List.of(RECIPE), List.of("We do not."), List.of());

  private Tiny() {}

  static Paper.Place place(String name) {
    return PAPER.places().stream()
        .filter(place -> place.cell().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** A row of the present recipe. */
  static Row row(String name, long seed, double testError) {
    return row(name, seed, testError, 5, "epochs");
  }

  static Row row(String name, long seed, double testError, long planned, String ended) {
    Paper.Place place = place(name);
    return new Row(
        place.id(),
        seed,
        planned,
        testError,
        1.5,
        12,
        "c0ffee",
        "a machine, \"fast\"",
        1,
        "abc",
        planned,
        ended,
        RecipeHash.of(place.recipe().configurationOf(place.cell())),
        ended.equals(Row.DIVERGED) ? "training diverged at step 3: loss, or worse" : "",
        Map.of(ResultsFile.COSINE, 0.123456));
  }
}
