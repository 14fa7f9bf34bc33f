package org.plumbline.papers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.papers.results.Quick;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import org.plumbline.value.BadInput;

/** What every paper's data must be. */
class PapersTest {
  static List<Paper> papers() {
    return Papers.all();
  }

  @ParameterizedTest
  @MethodSource("papers")
  void everyCellIsAnExperiment(Paper paper) {
    for (Paper.Place place : paper.places()) {
      Configuration configuration = place.recipe().configurationOf(place.cell());
      assertThat(Experiment.of(configuration).epochs()).as(place.path()).isPositive();
      assertThat(configuration.get(Options.SEED)).as(place.path()).isEqualTo("1");
      assertThat(configuration.get(Options.DATA_DIR)).as(place.path()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("papers")
  void everyRecipeHasItsBaselines(Paper paper) {
    for (Recipe recipe : paper.recipes()) {
      Set<String> rules =
          recipe.cells().stream()
              .map(cell -> recipe.configurationOf(cell).get(Options.RULE))
              .collect(Collectors.toSet());
      assertThat(rules).as(paper.id() + " " + recipe.id()).contains("bp", "shallow");
    }
  }

  @ParameterizedTest
  @MethodSource("papers")
  void figuresNameCells(Paper paper) {
    Set<String> ids = paper.places().stream().map(Paper.Place::id).collect(Collectors.toSet());
    for (Figure figure : paper.figures()) {
      for (Figure.Line line : figure.lines()) {
        assertThat(line.points()).isNotEmpty().allMatch(point -> ids.contains(point.cell()));
      }
    }
    assertThat(paper.differs()).isNotEmpty();
  }

  @Test
  void everyPaperHasASmallVersion() {
    assertThat(Quick.all()).extracting(Quick::paper).containsExactlyInAnyOrderElementsOf(papers());
    for (Quick quick : Quick.all()) {
      Paper.Place place = Papers.cell(quick.paper(), quick.cell());
      Configuration small =
          place.recipe().configurationOf(place.cell()).changed(Path.of("q"), quick.changes());
      assertThat(Experiment.of(small).epochs()).as(place.path()).isLessThanOrEqualTo(10);
      Papers.cell(quick.paper(), place.recipe().id() + "-shallow");
    }
  }

  @Test
  void unknownNamesAreAnsweredWithTheNearest() {
    assertThatThrownBy(() -> Papers.paper("noklant-2016"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("did you mean 'nokland-2016'");
    assertThatThrownBy(() -> Papers.cell(Papers.paper("nokland-2016"), "mnist-2x80-dfa"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("did you mean 'mnist-2x800-dfa'");
  }

  @Test
  void twoCellsOfOneNameAreRefused() {
    Recipe recipe = Recipe.of("a", "", "", Cell.error("b", 1), Cell.error("b", 1));
    assertThatThrownBy(() -> new Paper("p", "t", "c", List.of(recipe), List.of("d"), List.of()))
        .hasMessageContaining("a-b");
  }

  @Test
  void whatACellChangesWinsOverItsRecipe() {
    Recipe recipe =
        Recipe.of("a", "", "preset: nokland\nepochs: 3\n", Cell.error("b", 1, "epochs: 4"));
    Configuration configuration = recipe.configurationOf(recipe.cells().getFirst());
    assertThat(configuration.get(Options.EPOCHS)).isEqualTo("4");
    assertThat(configuration.get(Options.NET)).isEqualTo("800,800");
    Cell whole = Cell.error("c", 1, "blocks: ['dense:width=10']");
    assertThat(recipe.configurationOf(whole).blocks()).isPresent();
    assertThatThrownBy(() -> recipe.configurationOf(Cell.error("d", 1, "preset: akrout")))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("preset");
  }
}
