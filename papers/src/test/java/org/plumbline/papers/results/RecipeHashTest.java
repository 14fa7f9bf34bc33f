package org.plumbline.papers.results;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.papers.Paper;
import org.plumbline.papers.Papers;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;

/** The same recipe has the same hash, whatever it is written like; another has another. */
class RecipeHashTest {
  private static final String RECIPE = "data: two-moons\nnet: 8\nrule: dfa:gain=2\n";

  private static String hash(String yaml) {
    return RecipeHash.of(Configuration.parse(Path.of("test"), yaml));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed: 7\n",
        "epochs: 3\n",
        "threads: 1\n",
        "probe: none\n",
        "probe-every: 7\n",
        "checkpoint-every: 5\n",
        "optimizer: adam\n",
        "dropout: 0.0\n",
        "schedule: constant\n"
      })
  void aWordThatChangesNothingDoesNotCount(String more) {
    assertThat(hash(RECIPE + more)).isEqualTo(hash(RECIPE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "batch: 7\n",
        "dropout: 0.1\n",
        "optimizer: adam:lr=0.002\n",
        "init: zero\n",
        "order: stored\n",
        "schedule: cosine\n",
        "precision: fp64\n"
      })
  void whatIsAnotherRecipeDoes(String more) {
    assertThat(hash(RECIPE + more)).isNotEqualTo(hash(RECIPE));
  }

  @Test
  void aParameterAtItsDefaultDoesNotCountAndLayersDo() {
    assertThat(hash("data: two-moons\nnet: 8\nrule: dfa:gain=2,law=uniform,rank=0\n"))
        .isEqualTo(hash(RECIPE));
    assertThat(hash("data: two-moons\nnet: 8\nrule: dfa:gain=3\n")).isNotEqualTo(hash(RECIPE));
    assertThat(hash("blocks: ['dense:width=8', tanh, 'dense:width=2']"))
        .isNotEqualTo(hash("blocks: ['dense:width=9', tanh, 'dense:width=2']"));
    assertThat(RecipeHash.text(Configuration.parse(Path.of("test"), RECIPE)))
        .isEqualTo("data=two-moons; net=8; rule=dfa:gain=2");
  }

  /** A row has the hash of what its run folder says, a cell that of its recipe. */
  @Test
  void ofAllPapersIsThatOfTheFolderOfItsRun() {
    for (Paper paper : Papers.all()) {
      for (Paper.Place place : paper.places()) {
        Configuration recipe = place.recipe().configurationOf(place.cell());
        Configuration folder =
            Configuration.parse(
                Path.of("config.yaml"), Experiment.of(recipe).configuration().yaml());
        assertThat(RecipeHash.text(folder))
            .as(paper.id() + "/" + place.id())
            .isEqualTo(RecipeHash.text(recipe));
      }
    }
  }
}
