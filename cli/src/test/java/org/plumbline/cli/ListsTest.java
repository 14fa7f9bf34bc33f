package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Nature;
import org.plumbline.rule.Rules;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;
import org.plumbline.train.Presets;
import tools.jackson.databind.JsonNode;

/** The commands that tell what there is. */
final class ListsTest {
  private static final List<String> KEYS =
      List.of(
          "name",
          "parameters",
          "family",
          "citation",
          "weight_transport",
          "backward_chain",
          "mlp",
          "reason",
          "about");

  @Test
  void rules_lists_every_rule_with_parameters_and_defaults() {
    JsonNode rules = Said.by("rules", "--json").done().json().path("rules");
    assertThat(rules.valueStream().map(rule -> rule.path("name").asString()))
        .containsExactlyElementsOf(Rules.ALL.names());
    for (JsonNode rule : rules) {
      LearningRule value = Rules.ALL.parse(rule.path("name").asString());
      Nature card = Rules.nature(value.getClass()).orElseThrow();
      boolean mlp = card.noMlp().isEmpty();
      assertThat(rule.propertyNames())
          .containsExactlyElementsOf(
              KEYS.stream().filter(k -> !mlp || !k.equals("reason")).toList());
      assertThat(rule.path("family").asString())
          .isEqualTo(card.family().name().toLowerCase(Locale.ROOT));
      assertThat(rule.path("citation").asString()).isEqualTo(card.citation());
      assertThat(rule.path("reason").asString("")).isEqualTo(card.noMlp());
      for (String flag : List.of("weight_transport", "backward_chain", "mlp")) {
        assertThat(rule.path(flag).isBoolean()).as(flag).isTrue();
      }
      assertThat(rule.path("weight_transport").asBoolean()).isEqualTo(card.weightTransport());
      assertThat(rule.path("backward_chain").asBoolean()).isEqualTo(card.backwardChain());
      assertThat(rule.path("mlp").asBoolean()).isEqualTo(mlp);
    }
    JsonNode dfa = Said.by("rules", "dfa", "--json").done().json().at("/rules/0");
    assertThat(dfa.path("parameters").path(0).toString())
        .isEqualTo(
            "{\"name\":\"gain\",\"default\":\"1\",\"about\":\"multiplies every entry of B\"}");
  }

  @Test
  void rules_are_listed_by_family() {
    String text = Said.by("rules").done().out();
    for (String name : Rules.ALL.names()) {
      assertThat(text)
          .containsPattern("(?m)^  " + name + "  .*" + Pattern.quote(Rules.ALL.about(name)));
    }
    assertThat(text)
        .containsPattern(
            "(?s)^layered: .*\\R  bp +WC +back.*\\R  fa +C +.*\\R\\Rdirect: .*\\R  dfa +direct")
        .containsPattern("(?m)^W  .*weight transport")
        .containsPattern("(?m)^C  .*backward chain");
  }

  @Test
  void one_rule_is_explained() {
    assertThat(Said.by("rules", "dfa").done().out())
        .startsWith("dfa: direct feedback alignment")
        .contains("family  direct: ", "source  Nøkland 2016", "neither weight transport")
        .contains("docs/rules/dfa.md", "gain=1 ", "--rule dfa:gain=1,law=uniform,scale=width");
    assertThat(Said.by("rules", "dfa", "--json").done().json().path("rules").size()).isEqualTo(1);
  }

  @Test
  void datasets_says_what_is_here_and_where(@TempDir Path folder) throws IOException {
    String missing = Said.by("datasets", "--data-dir", folder.toString()).done().out();
    assertThat(missing)
        .containsPattern("(?m)^digits +built in ")
        .containsPattern("(?m)^mnist +missing .* not in \\Q" + folder.resolve("mnist"));
    Path mnist = Files.createDirectory(folder.resolve("mnist"));
    for (String name :
        new String[] {
          "train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"
        }) {
      Files.writeString(mnist.resolve(name + "-ubyte"), "");
    }
    JsonNode sets =
        Said.by("datasets", "--data-dir", folder.toString(), "--json")
            .done()
            .json()
            .path("datasets");
    assertThat(Said.by("datasets", "--data-dir", folder.toString()).done().out())
        .containsPattern("(?m)^mnist +found .* \\Q" + mnist);
    JsonNode found = sets.path(1);
    assertThat(found.path("name").asString()).isEqualTo("mnist");
    assertThat(found.path("found").asBoolean()).isTrue();
    assertThat(found.path("folder").asString()).isEqualTo(mnist.toString());
    assertThat(sets.path(2).path("found").asBoolean()).isFalse();
    assertThat(sets.path(2).has("folder")).isFalse();
  }

  @Test
  void presets_print_the_full_configuration_that_they_stand_for(@TempDir Path folder)
      throws IOException {
    assertThat(Said.by("presets").done().out())
        .containsPattern("(?m)^launay +Unified, normalised DFA on CIFAR-10")
        .contains("plumbline presets NAME");
    JsonNode all = Said.by("presets", "--json").done().json().path("presets");
    assertThat(all.size()).isEqualTo(Presets.names().size());
    assertThat(all.path(0).path("rule").asString())
        .isEqualTo("udfa:normalise=on,gain=128,storage=stored");
    String yaml = Said.by("presets", "local-loss").done().out();
    assertThat(yaml)
        .startsWith("# Local errors (predsim) on MNIST")
        .contains("# Source: arXiv:1901.06656", "prepare: scale:mean=0.1307", "probe-every: 50");
    Path file = Files.writeString(folder.resolve("local-loss.yaml"), yaml);
    assertThat(Configuration.read(file).yaml())
        .isEqualTo(Experiment.of(Presets.configuration("local-loss")).configuration().yaml());
    assertThat(Said.by("presets", "lanay").refusal()).contains("did you mean 'launay'?");
  }

  @Test
  void fetch_refuses_what_is_not_published_and_unsafe_mirrors(@TempDir Path folder) {
    assertThat(Said.by("datasets", "fetch", "mnits").refusal()).contains("did you mean 'mnist'?");
    assertThat(
            Said.by(
                    "datasets",
                    "fetch",
                    "mnist",
                    "--mirror",
                    "ftp://example.org/",
                    "--data-dir",
                    folder.toString())
                .refusal())
        .contains("mirror must be https://");
  }

  @Test
  void validate_says_ok(@TempDir Path folder) throws IOException {
    Path config = Files.writeString(folder.resolve("c.yaml"), "rule: dfa:gain=2\nnet: 32\n");
    assertThat(Said.by("validate", config.toString()).done().out().strip())
        .isEqualTo(config + ": ok");
    assertThat(
            Said.by("validate", config.toString(), "--json").done().json().path("ok").asBoolean())
        .isTrue();
  }
}
