package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.lens.CacheRecipe;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Scope;
import org.plumbline.value.BadInput;

@ExtendWith(InScope.class)
class CachedTest {
  @TempDir static Path home;
  private static Path run = Path.of("");
  private static Path shallow = Path.of("");
  private static Path conv = Path.of("");

  @BeforeAll
  static void train() {
    run = trained("run", "net=32,24", "epochs=3", "rule=bp", "validation=0.2");
    shallow = trained("shallow", "net=32,24", "epochs=3", "rule=shallow", "validation=0.2");
    conv = trained("conv", "arch=vgg8b:width=0.05", "epochs=1", "rule=shallow");
  }

  private static Path trained(String name, String... changes) {
    Path run = home.resolve(name);
    try (var _ = Scope.open()) {
      Trainer.train(Runs.changed(Configuration.defaults(), changes), run, Watcher.NOBODY);
    }
    return run;
  }

  private static List<Cached> cached(Path run, String recipe) {
    return TrainedModel.open(run).cached(CacheRecipe.parse(recipe));
  }

  @Test
  void each_layer_has_a_line_and_what_is_searched_for_comes_of_held_out_rows() {
    Summary summary = TrainedModel.open(run).evaluate();
    List<Cached> each = cached(run, "layers=each");
    assertThat(each).extracting(Cached::layers).containsExactly("1", "2");
    assertThat(each).extracting(Cached::width).containsExactly(32L, 24L);
    for (Cached at : each) {
      assertThat(at.keys()).isEqualTo(1438); // training and held-out rows
      assertThat(at.network().accuracy()).isEqualTo(summary.testAccuracy());
      assertThat(at.network().loss()).isCloseTo(summary.testLoss(), within(1e-6));
      assertThat(at.calibrated().accuracy()).isEqualTo(summary.testAccuracy());
      assertThat(at.temperature()).isBetween(0.05, 5.0);
      assertThat(at.cache().accuracy()).isGreaterThan(0.8);
      assertThat(at.gain()).isEqualTo(at.mixture().accuracy() - at.network().accuracy());
    }
    assertThat(cached(run, "layers=each")).isEqualTo(each);
  }

  @Test
  void lambda_0_is_the_network_and_lambda_1_the_cache_alone() {
    Summary summary = TrainedModel.open(run).evaluate();
    Cached none = cached(run, "theta=80,lambda=0").getFirst();
    assertThat(none.mixture()).isEqualTo(none.network());
    assertThat(none.mixture().accuracy()).isEqualTo(summary.testAccuracy());
    Cached all = cached(run, "theta=80,lambda=1").getFirst();
    assertThat(all.mixture()).isEqualTo(all.cache());
    assertThat(all.cache().accuracy()).isNotEqualTo(none.network().accuracy());
  }

  /** A network that has learned little gains from its neighbours; random features hold much. */
  @Test
  void neighbours_help_a_network_that_has_learned_little() {
    Cached frozen = cached(shallow, "layers=1").getFirst();
    assertThat(frozen.gain()).isGreaterThan(0.02);
    assertThat(frozen.lambda()).isGreaterThan(0);
  }

  @Test
  void layers_are_named_put_together_and_may_be_the_input() {
    assertThat(cached(run, "theta=80,lambda=0.5").getFirst().layers()).isEqualTo("2");
    Cached both = cached(run, "layers=1+2,theta=80,lambda=0.5").getFirst();
    assertThat(both.width()).isEqualTo(56);
    Cached named = cached(run, "layers=dense 64→32,theta=80,lambda=0.5").getFirst();
    assertThat(named.layers()).isEqualTo("1");
    Cached input = cached(run, "layers=0,theta=80,lambda=1").getFirst();
    assertThat(input.width()).isEqualTo(64);
    assertThat(input.names()).isEqualTo("input");
    assertThat(input.cache().accuracy()).isGreaterThan(0.9); // pixels of digits are good keys
  }

  @Test
  void maps_can_be_pooled_and_images_mirrored() {
    Cached plain = cached(conv, "layers=1,theta=80,lambda=0.5").getFirst();
    Cached pooled = cached(conv, "layers=1,theta=80,lambda=0.5,pool=mean").getFirst();
    Cached mirrored =
        cached(conv, "layers=1,theta=80,lambda=0.5,pool=mean,flips=horizontal").getFirst();
    assertThat(plain.width()).isEqualTo(pooled.width() * 64);
    assertThat(mirrored.keys()).isEqualTo(2 * pooled.keys()).isEqualTo(2 * 1438);
    assertThat(mirrored.cache()).isNotEqualTo(pooled.cache());
    assertThat(plain.temperature()).isNaN(); // no validation rows
    Cached few = cached(conv, "layers=1,theta=80,lambda=0.5,nearest=5").getFirst();
    assertThat(few.cache()).isNotEqualTo(plain.cache());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "conv | layers=last | validation of this run is 0; give numbers, theta=80,lambda=0.5",
        "run | layers=4 | name '4'; known: 0 (input), 1 (flatten, dense 64→32",
        "run | layers=dense | name 'dense'; known:",
        "run | layers=1+1 | name block 1 twice",
        "run | layers=each,memory=0.0001 | GiB, but memory is 0.00010; use pool=mean",
      })
  void refuses_in_one_line(String which, String recipe, String said) {
    assertThatThrownBy(() -> cached(which.equals("run") ? run : conv, recipe))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining(said);
  }

  @Test
  void flips_are_of_images() {
    Path moons = home.resolve("moons");
    Trainer.train(Runs.small(), moons, Watcher.NOBODY);
    assertThatThrownBy(() -> cached(moons, "flips=horizontal"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("use flips=none");
    assertThat(cached(moons, "layers=each")).hasSize(2);
  }

  @Test
  void the_temperature_is_the_least_loss() {
    double[] outputs = {3, 0, 0, 5, 2, 0, 0, 4};
    int[] labels = {0, 1, 1, 1};
    double best = Temperature.fitted(outputs, labels);
    double loss = Temperature.judged(outputs, labels, best).loss();
    assertThat(Temperature.judged(outputs, labels, best * 1.02).loss()).isGreaterThan(loss);
    assertThat(Temperature.judged(outputs, labels, best / 1.02).loss()).isGreaterThan(loss);
  }
}
