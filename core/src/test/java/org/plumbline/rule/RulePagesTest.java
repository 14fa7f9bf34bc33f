package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;

/**
 * The catalogue and its pages in docs/rules say the same. {@code ./check --fix} writes the index,
 * and a first page for a rule that has none: it runs this test with {@code -Dplumbline.docs=write}.
 */
@ExtendWith(InScope.class)
class RulePagesTest {
  /** Every rule that the project promises, in this order; others may stand between them. */
  private static final List<String> PROMISED =
      List.of(
          "bp",
          "shallow",
          "fa",
          "dfa",
          "ifa",
          "udfa",
          "sparse-dfa",
          "sdfa",
          "optical-dfa",
          "drtp",
          "usf",
          "brsf",
          "frsf",
          "kp",
          "wm",
          "dkp",
          "fdfa",
          "pfa",
          "ldfa",
          "hsic",
          "pred",
          "sim",
          "predsim",
          "mono-forward",
          "pepita",
          "ff",
          "ccl",
          "fg");

  private static final boolean WRITES = "write".equals(System.getProperty("plumbline.docs"));
  private static final Path PAGES = Path.of("..", "docs", "rules");
  private static final Path INDEX = PAGES.resolve("README.md");
  private static final String BEGIN = "<!-- written by ./check --fix: begin -->\n";
  private static final String END = "<!-- end -->\n";
  private static final long INPUTS = 64;
  private static final int CLASSES = 10;

  private static Catalogue<LearningRule> rules() {
    return Rules.ALL;
  }

  static Stream<String> names() {
    return rules().names().stream();
  }

  @Test
  void whatIsPromisedIsThere() {
    assertThat(names().toList()).containsSubsequence(PROMISED);
  }

  @Test
  void thePictureAndThePageOfTheQuestionHaveEveryPromisedRule() throws IOException {
    String picture = Files.readString(Path.of("..", "docs", "images", "which-rule.svg"));
    String page = Files.readString(Path.of("..", "docs", "which-rule.md"));
    String numbers = Files.readString(Path.of("..", "docs", "results", "which-rule.md"));
    for (String name : PROMISED) {
      assertThat(picture).contains("\"rule\">" + name + "</tspan>");
      assertThat(page).contains("`" + name + "`");
      assertThat(numbers).contains("\n| " + name + " |");
    }
  }

  @Test
  void theIndexIsThatOfTheCatalogue() throws IOException {
    String page = Files.readString(INDEX);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    assertThat(begin).isGreaterThan(BEGIN.length()).isLessThanOrEqualTo(end);
    if (WRITES) {
      Files.writeString(INDEX, page.substring(0, begin) + index() + page.substring(end));
    } else {
      assertThat(page.substring(begin, end))
          .as("./check --fix writes %s", INDEX)
          .isEqualTo(index());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyRuleHasAPageThatNamesItsParametersAndTheirDefaults(String name) throws IOException {
    Path file = PAGES.resolve(name + ".md");
    begin(name);
    assertThat(file).as("./check --fix writes a first one").exists();
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.getFirst()).as("title of %s", file).startsWith("# " + name);
    for (Catalogue.Parameter parameter : rules().parameters(name)) {
      assertThat(lines)
          .as("%s: a row '| %s | %s | …'", file, parameter.name(), parameter.fallback())
          .anyMatch(line -> isRowOf(parameter, line));
    }
  }

  /** Writes the page of a rule that has none, where that is asked for. */
  private static void begin(String name) throws IOException {
    Path file = PAGES.resolve(name + ".md");
    if (WRITES && !Files.exists(file)) {
      Files.writeString(file, page(name));
    }
  }

  /** A row may be of several parameters: {@code | a, b | 1, 2 | … |}. */
  private static boolean isRowOf(Catalogue.Parameter parameter, String line) {
    List<String> cells = List.of(line.replace("`", "").split(" *\\| *", -1));
    if (cells.size() < 5) { // of them one before the first bar and one behind the last
      return false;
    }
    List<String> names = List.of(cells.get(1).split(", *", -1));
    List<String> defaults = List.of(cells.get(2).split(", *", -1));
    int i = names.indexOf(parameter.name());
    return i >= 0
        && i < defaults.size()
        && defaults.get(i).replaceFirst(" .*", "").equals(parameter.fallback());
  }

  private static Nature card(String name) {
    return Rules.nature(rules().fallback(name).getClass()).orElseThrow();
  }

  private static String index() throws IOException {
    StringBuilder index = new StringBuilder();
    for (Nature.Family family : Nature.Family.values()) {
      List<String> members = names().filter(name -> card(name).family() == family).toList();
      if (members.isEmpty()) {
        continue;
      }
      index
          .append("\n### ")
          .append(family.name().toLowerCase(Locale.ROOT))
          .append(
              """


              | rule | | weight transport | backward chain | feedback numbers |
              |---|---|---|---|---:|
              """);
      for (String name : members) {
        begin(name);
        boolean told = Files.exists(PAGES.resolve(name + ".md"));
        index.append(
            "| %s | %s | %s | %s | %s |\n"
                .formatted(
                    told ? "[%s](%s.md)".formatted(name, name) : name,
                    rules().about(name),
                    yes(card(name).weightTransport()),
                    yes(card(name).backwardChain()),
                    kept(name)));
      }
    }
    return index.append('\n').toString();
  }

  private static String yes(boolean is) {
    return is ? "yes" : "no";
  }

  /** How many numbers the rule keeps beside the network, for the network that train takes. */
  private static String kept(String name) {
    LearningRule rule = rules().fallback(name);
    try {
      Network network =
          Network.of(
              Network.mlp(List.of(128L, 128L), CLASSES, new Activation.Tanh(), 0, 0),
              rule.input(Shape.of(INPUTS), CLASSES),
              Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
      return "%,d"
          .formatted(
              rule.attach(network, Seed.of(1)).state().values().stream()
                  .filter(tensor -> tensor.precision() != Precision.INT64) // counters
                  .mapToLong(tensor -> tensor.size())
                  .sum());
    } catch (BadInput refused) {
      return "–";
    }
  }

  /** What the card and the record say; a person adds the rest. */
  private static String page(String name) {
    String type = rules().fallback(name).getClass().getSimpleName();
    Optional<String> reason = Optional.of(card(name).noMlp()).filter(text -> !text.isEmpty());
    String parameters =
        rules().parameters(name).stream()
            .map(p -> "| %s | %s | %s |\n".formatted(p.name(), p.fallback(), p.about()))
            .collect(Collectors.joining());
    return """
    # %s

    ## Idea

    %s. The equation stands in the first lines of [%s](../../core/src/main/java/org/plumbline/rule/%s.java).

    ## What it costs

    Weight transport: %s. Backward chain: %s. Numbers kept beside the network 64-128-128-10: %s.%s

    ## Parameters

    %s
    ## Source

    %s
    """
        .formatted(
            name,
            rules().about(name),
            type,
            type,
            yes(card(name).weightTransport()),
            yes(card(name).backwardChain()),
            kept(name),
            reason.map(text -> "\nNot for plain multi-layer perceptrons: " + text).orElse(""),
            parameters.isEmpty()
                ? "None.\n"
                : "| name | default | meaning |\n|---|---|---|\n" + parameters,
            card(name).citation());
  }
}
