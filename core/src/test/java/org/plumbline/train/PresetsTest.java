package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Shape;

/**
 * Every preset against the recipes that the project reproduces, written out once more here from the
 * tables of the papers and their code: data, what is done to it, network, start, rule, loss,
 * optimizer, schedule, rows, epochs.
 */
@ExtendWith(InScope.class)
class PresetsTest {
  private static final String TARGETS =
      """
      A hsic: data mnist, hidden 1024 1024 1024 1024 1024 1024, relu, loss softmax, sgd lr 1e-3 decay 1e-3, batch 256, epochs 5, stored
      B akrout: data mnist, hidden 500, sigmoid, loss sigmoid, sgd lr 0.3 bias 0.0078125, batch 128, epochs 400, stored, dropped
      B akrout-wm: data mnist, hidden 500, sigmoid, loss sigmoid, sgd lr 0.05 bias 0.0078125, batch 128, epochs 400, stored, dropped
      I akrout-cifar: data cifar10, hidden 1000, sigmoid, loss sigmoid, sgd lr 0.3 bias 0.0078125, batch 128, epochs 400, stored, dropped
      C pepita: data mnist, hidden 1024, relu, dropout 0.1, loss softmax, sgd lr 0.1 momentum 0.9, batch 64, epochs 100, times 0.1 at 60 90
      D launay: data cifar10, scale 0.4914 0.4822 0.4465 0.2023 0.1994 0.201, hidden 800 800 800, tanh, loss softmax, sgd lr 5e-4, batch 128, epochs 50, dropped
      E nokland: data mnist, hidden 800 800, tanh, loss sigmoid, rmsprop lr 1e-4 alpha 0.99 eps 1e-8, batch 64, epochs 299, stop 1e-4
      K nokland-cifar: data cifar10, hidden 1000 1000 1000, tanh, loss sigmoid, rmsprop lr 1e-4 alpha 0.99 eps 1e-8, batch 64, epochs 299, stop 1e-4
      F local-loss: data mnist, scale 0.1307 0.3081, crop 2, hidden 1024 1024 1024, leaky-relu, dropout 0.1, loss softmax, adam lr 5e-4, batch 128, epochs 100, times 0.25 at 50 75 89 94
      F local-loss-fashion: data fashion-mnist, scale 0.286 0.353, crop 2, flip, hidden 1024 1024 1024, leaky-relu, dropout 0.025, loss softmax, adam lr 5e-4, batch 128, epochs 200, times 0.25 at 100 150 175 188
      G forward-forward: data mnist, hidden 1000 1000 1000, relu, loss softmax, sgd lr 1e-3 momentum 0.9 decay 3e-4, batch 100, epochs 100, cooldown, dropped, rows 50000, own sgd lr 0.01 momentum 0.9 decay 3e-3
      H biotorch: data mnist, hidden 84, relu, loss softmax, sgd lr 1e-3 momentum 0.9 decay 1e-3, batch 64, epochs 100, times 0.1 at 50 75
      J dkp: data cifar10, scale 0.5 0.5, dkp-cnn before-pool, loss softmax, sgd lr 5e-4 momentum 0.9 nesterov decay 1e-6, batch 50, epochs 50, own adam lr 1e-4 decay 1e-6 every 1 by 0.8
      R crafton: data mnist, hidden 400, tanh, loss softmax, adam lr 0.01 eps 1, batch 32, epochs 300, stored
      R crafton-cifar: data cifar10, hidden 1000 1000 1000, relu, dropout 0.25, input 0.1, loss softmax, adam lr 1e-4 eps 1e-4, batch 64, epochs 500, stored
      - nokland-conv: data cifar10, zca, nokland-conv, tanh, loss sigmoid, rmsprop lr 1e-4 alpha 0.99 eps 1e-8, batch 64, epochs 299, stop 1e-4
      - launay-cnn: data cifar10, standardise, launay-cnn, tanh, loss softmax, adam lr 1e-3, batch 128, epochs 20
      - transformer-small: data characters context 128, transformer-small layers 4 width 128 heads 4 macro norm after task next vocabulary 0 gelu, loss softmax, adam lr 1e-3, batch 16, epochs 1, validation 0.1
      """;

  /** The rules and starts, as parsed texts. */
  private static final Map<String, List<String>> RULES =
      Map.ofEntries(
          rule("hsic", "hsic:sigma=6,lambda=200,training=unformatted,order=in-turn", "uniform"),
          rule("akrout", "kp:decay=0,law=normal,scale=sum", "random:fan=sum,bias=drawn"),
          rule("akrout-cifar", "kp:decay=0,law=normal,scale=sum", "random:fan=sum,bias=drawn"),
          // 0.01 on the sum of 128 rows; 60,000 / 128 mirror steps before the first epoch
          rule(
              "akrout-wm",
              "wm:rate=1.28,noise=0.05,decay=0,initial=468",
              "random:fan=sum,bias=drawn"),
          rule("pepita", "pepita:gain=0.05", "random:law=uniform,fan=in,gain=1.4142"),
          rule("launay", "udfa:normalise=on,gain=128", "uniform"),
          rule("launay-cnn", "udfa:normalise=on", "uniform"),
          rule("transformer-small", "dfa:gain=1,law=uniform,scale=width", "uniform"),
          rule("nokland", "dfa:gain=1,law=uniform,scale=width", "zero"),
          rule("nokland-cifar", "dfa:gain=1,law=uniform,scale=width", "zero"),
          rule("nokland-conv", "dfa:gain=1,law=uniform,scale=width", "zero"),
          rule("nokland-deep", "dfa:gain=1,law=uniform,scale=width", "zero"),
          rule("local-loss", "predsim:beta=0.99,init=zero", "uniform"),
          rule("local-loss-fashion", "predsim:beta=0.99,init=zero", "uniform"),
          rule(
              "forward-forward",
              "ff:threshold=1,peer=0.03,slope=straight",
              "random:law=normal,fan=out"),
          rule("biotorch", "dfa:law=uniform,scale=sum,gain=2.4495", "xavier"),
          rule("dkp", "dkp:decay=0,start=kaiming", "uniform"),
          rule("crafton", "sparse-dfa:connections=1", "zero"),
          rule("crafton-cifar", "sparse-dfa:connections=1", "zero:bias=0.1"));

  private static Map.Entry<String, List<String>> rule(String name, String rule, String init) {
    return Map.entry(name, List.of(rule, init));
  }

  static List<String> names() {
    return Presets.names();
  }

  static List<String> targets() {
    return TARGETS.lines().toList();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void standsForItsTarget(String target) {
    String name = target.substring(2, target.indexOf(':'));
    String yaml = Experiment.of(Presets.configuration(name)).configuration().yaml();
    Map<String, String> found = new TreeMap<>();
    Map<String, String> wanted = new TreeMap<>();
    for (String part : target.substring(target.indexOf(':') + 1).strip().split(", ", -1)) {
      String[] words = part.split(" ", 2);
      switch (words[0]) {
        case "data", "loss", "batch", "epochs" -> wanted.put(words[0], words[1]);
        case "stop" -> wanted.put("stop-error", words[1]);
        case "rows" -> wanted.put("train-rows", words[1]);
        case "own" -> wanted.put("feedback", words[1]);
        case "validation" -> wanted.put("validation", words[1]);
        case "standardise", "zca" -> wanted.put("prepare", words[0]);
        case "scale" -> wanted.put("prepare", "scale " + words[1]);
        case "crop" -> wanted.merge("augment", "crop " + words[1], (a, b) -> a + "+" + b);
        case "flip" -> wanted.merge("augment", "flip", (a, b) -> a + "+" + b);
        case "sgd", "rmsprop", "adam" -> wanted.put("optimizer", part);
        case "times", "cooldown" -> wanted.put("schedule", part);
        case "stored" -> wanted.put("order", "stored");
        case "dropped" -> wanted.put("last-batch", "dropped");
        case "dropout", "input", "hidden" -> wanted.put(words[0], words[1]);
        default -> wanted.merge("network", part, (a, b) -> a + " " + b);
      }
    }
    yaml.lines().forEach(line -> collect(line, found));
    // what a recipe does not name is left out
    wanted.putIfAbsent("feedback", "");
    Map.of(
            "prepare", "none",
            "augment", "none",
            "schedule", "constant",
            "order", "shuffled",
            "last-batch", "kept",
            "validation", "0",
            "stop-error", "0",
            "train-rows", "0",
            "clip", "0",
            "patience", "0")
        .forEach(wanted::putIfAbsent);
    found.keySet().retainAll(wanted.keySet());
    wanted.replaceAll((key, value) -> normal(value));
    found.replaceAll((key, value) -> normal(value));
    assertThat(found).isEqualTo(wanted);
  }

  /** Numbers in one form: 5e-4 and 0.0005 alike. */
  private static String normal(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split(" ", -1)) {
      words.add(word.matches("[0-9.]+(e-?\\d+)?") ? "" + Double.parseDouble(word) : word);
    }
    return String.join(" ", words);
  }

  /** One line of a complete configuration, in the words of the targets; idle values left out. */
  private static void collect(String line, Map<String, String> into) {
    String key = line.replaceFirst(":.*", "").strip();
    String value = line.contains(": ") ? line.replaceFirst("[^:]*: ", "").replace("\"", "") : "";
    String plain =
        value
            .replaceAll("(?<![a-z])(momentum|decay|weight-decay|eps)=0(\\.0)?(?=,|$)", "")
            .replaceAll(",?(acceleration=classical|beta1=0.9|beta2=0.999|bias=1)(?=,|$)", "")
            .replaceAll("[:,/=]+", " ")
            .strip();
    switch (key) {
      case "prepare" ->
          into.put("prepare", plain.replaceAll("mean |deviation |epsilon.*", "").strip());
      case "augment" -> into.put("augment", plain.replace("padding ", ""));
      case "net" -> into.put("hidden", plain);
      case "arch" -> {
        if (!plain.equals("mlp")) {
          into.put("network", plain.replaceAll("activation |feedback |dropout 0", "").strip());
        }
      }
      case "activation" -> into.merge("network", plain, (a, b) -> a + " " + b);
      case "dropout" -> into.put("dropout", plain);
      case "input-dropout" -> into.put("input", plain);
      case "schedule" ->
          into.put(
              "schedule",
              plain.startsWith("cooldown")
                  ? "cooldown"
                  : plain.replaceFirst("at epochs (.*) by (.*)", "times $2 at $1"));
      case "optimizer" ->
          into.put("optimizer", optimizer(plain.replace("acceleration nesterov", "nesterov")));
      case "feedback-optimizer" -> into.put("feedback", optimizer(plain));
      case "feedback-schedule" ->
          into.merge("feedback", plain.replace("step ", ""), (a, b) -> (a + " " + b).strip());
      default -> {
        if (line.startsWith("  ")) {
          layer(line.strip().replaceFirst("^- ", "").replace("\"", ""), into);
        } else {
          into.put(key, plain);
        }
      }
    }
  }

  /** Without what has the default value of its optimizer. */
  private static String optimizer(String text) {
    String kind = text.replaceFirst(" .*", "");
    return kind.equals("adam") && text.contains("eps 1e-8") ? text.replace(" eps 1e-8", "") : text;
  }

  private static void layer(String layer, Map<String, String> into) {
    String kind = layer.replaceFirst(":.*", "");
    switch (kind) {
      case "dense" -> {
        String width = layer.replaceFirst(".*width=(\\d+).*", "$1");
        if (!width.equals("10")) {
          into.merge("hidden", width, (a, b) -> a + " " + b);
        }
      }
      case "relu", "leaky-relu" -> into.put("network", kind);
      case "dropout" -> into.put("dropout", layer.replaceFirst(".*rate=", ""));
      default -> {}
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void hasTheRuleAndTheStartOfItsPaper(String name) {
    Experiment preset = Experiment.of(Presets.configuration(name));
    List<String> expected = Objects.requireNonNull(RULES.get(name), name);
    assertThat(preset.rule()).isEqualTo(preset.rules().parse(expected.get(0)));
    assertThat(preset.init()).isEqualTo(Initialiser.ALL.parse(expected.get(1)));
  }

  @Test
  void everyTargetOfThePresetsIsHere() {
    List<String> held =
        targets().stream().map(line -> line.substring(2, line.indexOf(':'))).toList();
    List<String> all = new ArrayList<>(Presets.names());
    all.remove("nokland-deep"); // below
    assertThat(held).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void theDeepOneHasAHundredHiddenLayersOf240() {
    Experiment deep = Experiment.of(Presets.configuration("nokland-deep"));
    assertThat(deep.mlp().widths()).hasSize(100).allMatch(width -> width == 240);
    assertThat(deep.epochs()).isEqualTo(299);
  }

  /** The network can be made, on images of its data's shape, and its rule serves it. */
  @ParameterizedTest
  @MethodSource("names")
  void makesANetworkThatItsRuleServes(String name) {
    requireServed(Experiment.of(Presets.configuration(name)));
  }

  static List<String> comparators() {
    List<String> all = new ArrayList<>();
    for (String name : Presets.names()) {
      String[] halves = String.join(" ", Presets.notes(name)).split("Comparators?: ", 2);
      if (halves.length == 2) {
        for (String one : halves[1].replaceFirst("\\.$", "").split("[,;] | and ", -1)) {
          all.add(name + ": " + one);
        }
      }
    }
    return all;
  }

  /** Each is a rule that serves the preset's network, with what else is to be changed for it. */
  @ParameterizedTest
  @MethodSource("comparators")
  void comparatorsCanBeTrained(String comparator) {
    String name = comparator.substring(0, comparator.indexOf(": "));
    String flags = comparator.substring(name.length() + 2);
    assertThat(flags).matches("--(preset|rule) \\S+((?: with| needs| and)? --[a-z-]+ \\S+)*");
    Configuration configuration = Presets.configuration(name);
    Matcher flag = Pattern.compile("--([a-z-]+) (\\S+)").matcher(flags);
    while (flag.find()) {
      configuration =
          flag.group(1).equals("preset")
              ? Presets.configuration(flag.group(2))
              : configuration.with(Options.of(flag.group(1)).orElseThrow(), flag.group(2));
    }
    requireServed(Experiment.of(configuration));
  }

  private static void requireServed(Experiment experiment) {
    String data = experiment.configuration().get(Options.DATA).toLowerCase(Locale.ROOT);
    Shape row =
        data.contains("characters")
            ? Shape.of(16)
            : data.contains("cifar") ? Shape.of(3, 32, 32) : Shape.of(1, 28, 28);
    Network network = experiment.network(row, 10);
    assertThat(experiment.rule().attach(network, experiment.seed())).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("names")
  void saysWhatItIsAndPrintsAsItParses(String name) {
    assertThat(Presets.about(name)).isNotBlank().hasSizeLessThan(110);
    assertThat(Presets.notes(name)).isNotEmpty().first().asString().startsWith("Source: ");
    Configuration complete = Experiment.of(Presets.configuration(name)).configuration();
    assertThat(Configuration.parse(Path.of("a.yaml"), complete.yaml())).isEqualTo(complete);
  }

  /** The page that lists them; {@code ./check --fix} writes it. */
  @Test
  void thePageListsThem() throws IOException {
    StringBuilder page =
        new StringBuilder(
            """
            # Presets: recipes of papers

            `./plumbline train --preset NAME` trains one, `./plumbline presets NAME` prints the complete configuration, `preset: NAME` in a file
            starts from it. Flags and keys change it. Values are of the published tables and code; what is not confirmed or not repeated is said.

            Options that recipes need and few other trainings: `test-at` judges the test set on the way, for columns like "after 10 epochs"; `stop-error` ends
            training at a training error; `train-rows` takes the first rows alone; `feedback-optimizer` and `feedback-schedule` move what a rule learns by itself
            (heads, a read-out, feedback); `sgd:bias=` gives biases a rate of their own; `adversarial` shifts training inputs against the network.

            | preset | recipe | rule |
            |---|---|---|
            """);
    StringBuilder notes = new StringBuilder();
    for (String name : Presets.names()) {
      Experiment preset = Experiment.of(Presets.configuration(name));
      page.append(
          "| `%s` | %s | `%s` |\n"
              .formatted(name, Presets.about(name), preset.rules().print(preset.rule())));
      notes.append("- **%s**. %s\n".formatted(name, String.join(" ", Presets.notes(name))));
    }
    page.append("\n## Sources, and what is not repeated\n\n").append(notes);
    Path file = Path.of("../docs/presets.md");
    if ("write".equals(System.getProperty("plumbline.docs"))) {
      Files.writeString(file, page);
    }
    assertThat(Files.readString(file))
        .as("./check --fix writes %s", file)
        .isEqualTo(page.toString());
  }

  @Test
  void aFileMayStartFromAPresetAndChangeIt() {
    Path file = Path.of("a.yaml");
    Configuration changed =
        Configuration.parse(file, "preset: launay\nepochs: 3\nrule: bp\nnet: 100");
    assertThat(changed.get(Options.EPOCHS)).isEqualTo("3");
    assertThat(changed.get(Options.NET)).isEqualTo("100");
    assertThat(changed.get(Options.PREPARE))
        .isEqualTo("scale:mean=0.4914/0.4822/0.4465,deviation=0.2023/0.1994/0.201");
    assertThat(changed.yaml()).doesNotContain("preset");
    Configuration other = Configuration.parse(file, "preset: local-loss\narch: lenet");
    assertThat(other.blocks()).isEmpty();
    assertThat(other.get(Options.ARCH)).isEqualTo("lenet");
    assertThatThrownBy(() -> Configuration.parse(file, "preset: local-loss\nnet: 100"))
        .hasMessageContaining("'net' and 'blocks' exclude each other");
    assertThatThrownBy(() -> Configuration.parse(file, "preset: lanay"))
        .hasMessageContaining("did you mean 'launay'");
  }
}
