package org.plumbline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.rule.Rules;
import tools.jackson.databind.JsonNode;

/** Rules from a user's own jars: found, used, remembered; and refused by jar and class. */
final class PluginsTest {
  /** Compiles to a rule that is direct feedback with another gain. */
  private static final String RULE =
      """
      package org.example;
      import org.plumbline.nn.Network;
      import org.plumbline.rule.*;
      import org.plumbline.tensor.Seed;
      import org.plumbline.value.*;
      %s
      public record MyDFARule(@About("of B") double gain) implements LearningRule {
        public MyDFARule() { this(%s); }
        @Override public Feedback attach(Network network, Seed seed) {
          return new DirectFeedback(gain).attach(network, seed);
        }
      }
      """;

  private static final String NAME = "org.example.MyDFARule";

  @TempDir Path folder;

  private Path jars() {
    return folder.resolve("jars");
  }

  private Map<String, byte[]> rule(String annotations, String gain) throws IOException {
    return Jars.compiled(folder, Map.of("MyDFARule", RULE.formatted(annotations, gain)));
  }

  private static String[] with(Path plugins, String... arguments) {
    return Stream.concat(Arrays.stream(arguments), Stream.of("--plugins", plugins.toString()))
        .toArray(String[]::new);
  }

  @Test
  void a_rule_of_ones_own_is_listed_after_ours_and_explained() throws IOException {
    Jars.jar(jars().resolve("a.jar"), rule("@About(\"mine\")", "2"), "# a comment", NAME, NAME);
    JsonNode rules = Said.by(with(jars(), "rules", "--json")).done().json().path("rules");
    assertThat(rules.size()).isEqualTo(Rules.ALL.names().size() + 1);
    assertThat(rules.path(rules.size() - 1).toString())
        .isEqualTo(
            "{\"name\":\"my-dfa-rule\",\"parameters\":[{\"name\":\"gain\",\"default\":\"2\",\"about\":\"of B\"}],\"mlp\":true,\"about\":\"mine\"}");
    assertThat(Said.by(with(jars(), "rules")).done().out())
        .containsPattern("(?m)^without a card$\\R  my-dfa-rule +mine +gain$");
    assertThat(Said.by(with(jars(), "rules", "my-dfa-rule")).done().out())
        .startsWith("my-dfa-rule: mine")
        .contains("gain=2", "--rule my-dfa-rule:gain=2")
        .doesNotContain("docs/rules");
    assertThat(Said.by("rules", "my-dfa-rule").refusal()).contains("unknown rule 'my-dfa-rule'");
  }

  @Test
  void a_key_names_it_and_a_card_says_what_it_is() throws IOException {
    String card =
        "@Key(\"mine\") @Nature(family = Nature.Family.DIRECT, citation = \"me\", noMlp = \"it is shy\")";
    Jars.jar(jars().resolve("a.jar"), rule(card, "2"), NAME);
    JsonNode rule = Said.by(with(jars(), "rules", "mine", "--json")).done().json().at("/rules/0");
    assertThat(rule.path("family").asString()).isEqualTo("direct");
    assertThat(rule.path("weight_transport").isBoolean()).isTrue();
    assertThat(rule.path("mlp").asBoolean()).isFalse();
    assertThat(rule.path("reason").asString()).isEqualTo("it is shy");
    assertThat(Said.by(with(jars(), "rules", "mine")).done().out()).contains("it is shy");
  }

  @Test
  void every_command_finds_it_and_a_run_remembers_where() throws IOException {
    Map<String, byte[]> classes = rule("", "2");
    Jars.jar(jars().resolve("a.jar"), classes, NAME);
    Path config = Files.writeString(folder.resolve("c.yaml"), "rule: my-dfa-rule\nnet: 8\n");
    String run = folder.resolve("run").toString();
    assertThat(Said.by("validate", config.toString()).refusal()).contains("unknown rule");
    Said.by(with(jars(), "validate", config.toString())).done();
    Said.by(with(jars(), "inspect", config.toString())).done();
    JsonNode trained =
        Said.by(with(jars(), "train", config.toString(), "--epochs=2", "--json", "--out", run))
            .done()
            .json();
    assertThat(trained.path("rule").asString()).isEqualTo("my-dfa-rule");
    assertThat(Files.readString(Path.of(run, "config.yaml")))
        .contains("rule: my-dfa-rule:gain=2\n", "plugins: " + jars() + "\n");
    assertThat(Files.readString(Path.of(run, "provenance.json")))
        .containsPattern("\"plugins\":\\[\\{\"jar\":\"a.jar\",\"sha256\":\"[0-9a-f]{64}\"}]");
    assertThat(Said.by("evaluate", run, "--json").done().json().path("test_accuracy"))
        .isEqualTo(trained.path("test_accuracy"));
    Path rows = Files.writeString(folder.resolve("rows.csv"), "0.5,".repeat(63) + "0.5\n");
    Said.by("predict", run, rows.toString()).done();
    Said.by("inspect", run).done();
    assertThat(Said.by("resume", run).done().err()).contains("is complete");

    Path moved = folder.resolve("moved");
    Jars.jar(moved.resolve("a.jar"), classes, NAME);
    Said.by(with(moved, "evaluate", run)).done();
    Said.by(with(moved, "predict", run, rows.toString())).done();
    Said.by(with(moved, "inspect", run)).done();
    Said.by(with(moved, "resume", run)).done();
  }

  @Test
  void it_is_compared_with_ours() throws IOException {
    Jars.jar(jars().resolve("a.jar"), rule("", "2"), NAME);
    String out = folder.resolve("compared").toString();
    String[] compare = {
      "compare", "--rules=my-dfa-rule:gain=3,bp", "--seeds=1", "--net=8", "--epochs=1", "--out", out
    };
    Said compared = Said.by(with(jars(), compare)).done();
    assertThat(compared.out()).contains("my-dfa-rule:gain=3");
    assertThat(Files.readString(folder.resolve("compared/compare.yaml")))
        .contains("plugins: " + jars());
    Said.by("resume", out).done();
    assertThat(Said.by(with(jars(), "resume", out)).refusal()).contains("holds a comparison");
    assertThat(Said.by("compare", "--rules=my-dfa-rule,bp").refusal()).contains("unknown rule");
  }

  @Test
  void listing_it_does_not_load_libtorch() throws Exception {
    Jars.jar(jars().resolve("a.jar"), rule("", "2"), NAME);
    Path log = folder.resolve("classes");
    Said said =
        Child.start(
                folder,
                List.of("-Xlog:class+load:file=" + log),
                with(jars(), "rules", "my-dfa-rule"))
            .end();
    assertThat(said.out()).startsWith("my-dfa-rule");
    assertThat(Files.readString(log)).contains(NAME).doesNotContain("org.bytedeco.");
  }

  /** The model of one's own rule is that of the rule it wraps, wherever its jar was. */
  @Test
  void where_the_jar_was_is_no_part_of_the_model() throws IOException {
    Map<String, byte[]> classes = rule("", "2");
    byte[][] models = new byte[2][];
    for (int i = 0; i < 2; i++) {
      Path plugins = folder.resolve("jars-" + i);
      Jars.jar(plugins.resolve("a.jar"), classes, NAME);
      Path run = folder.resolve("run-" + i);
      String[] train = {"train", "--net=8", "--epochs=1", "--rule=my-dfa-rule", "--out=" + run};
      Said.by(with(plugins, train)).done();
      models[i] = Files.readAllBytes(run.resolve("model.safetensors"));
    }
    assertThat(models[1]).isEqualTo(models[0]);
  }

  @Test
  void a_run_whose_jar_is_gone_or_another_says_so() throws Exception {
    Path jar = Jars.jar(jars().resolve("a.jar"), rule("", "2"), NAME);
    Path run = folder.resolve("run");
    String[] train = {"train", "--net=8", "--epochs=1000000", "--rule=my-dfa-rule", "--out=" + run};
    Said stopped =
        Child.start(folder, List.of(), with(jars(), train))
            .untilErrContains("epoch 1/")
            .signalled("INT")
            .end();
    assertThat(stopped.code()).as(stopped.err()).isEqualTo(130);
    // This process has not read the folder: it meets what lies there now.
    Files.delete(jar);
    String cure =
        "run %s was trained with the plugin a.jar, which is not in %s; bring it back, or name its folder with --plugins DIR"
            .formatted(run, jars());
    assertThat(Said.by("resume", run.toString()).refusal()).contains(cure);
    Jars.jar(jars().resolve("b.jar"), Jars.compiled(folder, Map.of("B", other("B"))), "B");
    assertThat(Said.by("evaluate", run.toString()).refusal()).contains(cure);
    Path changed = folder.resolve("changed");
    Jars.jar(changed.resolve("a.jar"), rule("@About(\"new\")", "2"), NAME);
    Said resumed =
        Child.start(folder, List.of(), with(changed, "resume", run.toString()))
            .untilErrContains("epoch ")
            .signalled("INT")
            .end();
    assertThat(resumed.err())
        .containsPattern(
            "warning: the run was started with the plugins a.jar \\(SHA-256 \\w{12}…\\), but goes on with a.jar");
    assertThat(Files.readString(run.resolve("events.jsonl"))).contains("started with the plugins");
  }

  /** A jar that is built again while the process runs changes nothing in it. */
  @Test
  void what_was_read_stays() throws IOException {
    Path jar = Jars.jar(jars().resolve("a.jar"), rule("@About(\"old\")", "2"), NAME);
    Said.by(with(jars(), "rules")).done();
    Files.writeString(jar, "half a jar");
    Path run = folder.resolve("run");
    String[] train = {"train", "--net=8", "--epochs=1", "--rule=my-dfa-rule", "--out=" + run};
    Said.by(with(jars(), train)).done();
    assertThat(Said.by(with(jars(), "rules")).done().out()).contains("old");
  }

  private static String other(String name) {
    return RULE.formatted("", "1").replace("package org.example;", "").replace("MyDFARule", name);
  }

  static Stream<Arguments> useless() {
    String header = "package org.example; import org.plumbline.rule.*; import java.util.*;";
    String attach =
        """
        @Override public Feedback attach(org.plumbline.nn.Network n, org.plumbline.tensor.Seed s) {
          return new Backprop().attach(n, s);
        }
        """;
    String rule = header + "public %s implements LearningRule { %s " + attach + "}";
    return Stream.of(
        Arguments.of(rule.formatted("final class X", ""), "is no record; a rule is a record"),
        Arguments.of(rule.replace("public %s", "%s").formatted("record X()", ""), "is not public"),
        Arguments.of(
            rule.formatted("record X(int n)", ""), "has no public constructor without arguments"),
        Arguments.of(
            rule.formatted("record X(List<String> of)", "public X() { this(List.of()); }"),
            "has a component 'of' of type List, which cannot be parsed; use double, int,"),
        Arguments.of(
            rule.formatted("record X()", "public X { throw new IllegalStateException(\"no\"); }"),
            "its constructor threw java.lang.IllegalStateException: no"),
        Arguments.of(
            rule.formatted(
                "record X(double n)",
                "public X() { this(0); } public X { org.plumbline.value.Check.positive(\"n\", n); }"),
            "n must be above 0, but is 0"),
        Arguments.of(
            rule.formatted("record X(String s)", "public X() { this(\"a,b\"); }"),
            "cannot be written down with its defaults"),
        Arguments.of(
            rule.formatted("record X(String s)", "public X() { this(null); }"),
            "cannot be written down with its defaults"),
        Arguments.of(
            rule.formatted("record X()", "static final int N = Integer.parseInt(\"many\");"),
            "cannot be initialised: java.lang.NumberFormatException"),
        Arguments.of(
            rule.replace("public %s", "@org.plumbline.value.Key(\"dfa\") public %s")
                .formatted("record X()", ""),
            "is called 'dfa', which is taken by org.plumbline.rule.DirectFeedback"),
        Arguments.of(
            rule.replace("public %s", "@org.plumbline.value.Key(\"a:b\") public %s")
                .formatted("record X()", ""),
            "its name must be lower-case letters and digits, joined by hyphens, but is 'a:b'"),
        Arguments.of(header + "public record X() {}", "is listed as a LearningRule, but is none"));
  }

  @ParameterizedTest
  @MethodSource("useless")
  void what_can_be_no_rule_is_refused_by_jar_and_class(String source, String said)
      throws IOException {
    Path jar =
        Jars.jar(
            jars().resolve("bad.jar"), Jars.compiled(folder, Map.of("X", source)), "org.example.X");
    assertThat(Said.by(with(jars(), "rules")).refusal())
        .contains("plugin " + jar + ": class org.example.X ", said);
    assertThat(Said.by(with(jars(), "train", "--out=" + folder.resolve("run"))).refusal())
        .contains("class org.example.X ");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void two_of_one_name_are_refused() throws IOException {
    Jars.jar(jars().resolve("a.jar"), rule("", "2"), NAME);
    Jars.jar(jars().resolve("b.jar"), rule("", "2"), NAME);
    assertThat(Said.by(with(jars(), "rules")).refusal())
        .contains(NAME + " is in a.jar and in b.jar of " + jars() + "; keep one of them");
    Path both = folder.resolve("both");
    Jars.jar(both.resolve("a.jar"), rule("@Key(\"same\")", "2"), NAME);
    String same = other("B").replace("public record", "@Key(\"same\") public record");
    Path b = Jars.jar(both.resolve("b.jar"), Jars.compiled(folder, Map.of("B", same)), "B");
    assertThat(Said.by(with(both, "rules")).refusal())
        .contains("plugin " + b + ": class B is called 'same', which is taken by " + NAME);
  }

  @Test
  void classes_that_do_not_fit_are_refused() throws IOException {
    assertThat(refusal("absent", Map.of())).contains("but is not in the jar");

    Map<String, byte[]> newer = rule("", "2");
    newer.values().forEach(bytes -> bytes[7] = 99);
    assertThat(refusal("newer", newer)).contains("newer Java (55) than this one");

    String helped = RULE.formatted("", "Helper.gain()");
    String helper = "package org.example; class Helper { static double gain() { return 2; } }";
    Map<String, byte[]> classes =
        Jars.compiled(folder, Map.of("MyDFARule", helped, "Helper", helper));
    Jars.jar(folder.resolve("whole/a.jar"), classes, NAME);
    Said.by(with(folder.resolve("whole"), "rules")).done();
    Map<String, byte[]> half = new LinkedHashMap<>(classes);
    half.remove("org/example/Helper.class");
    assertThat(refusal("half", half))
        .contains("does not fit what it meets here: NoClassDefFoundError: org/example/Helper");
    Map<String, byte[]> garbled = rule("", "2");
    garbled.replaceAll((_, bytes) -> Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(refusal("garbled", garbled)).contains("ClassFormatError");
  }

  /** What a rule only needs when it is at work is met when it is at work. */
  @Test
  void code_that_was_compiled_against_something_else_is_blamed_when_it_runs() throws IOException {
    String helped =
        RULE.formatted("", "2").replace("new DirectFeedback(gain)", "Helper.rule(gain)");
    String helper =
        "package org.example; class Helper { static org.plumbline.rule.LearningRule rule(double gain) { return new org.plumbline.rule.DirectFeedback(gain); } }";
    Map<String, byte[]> classes =
        Jars.compiled(folder, Map.of("MyDFARule", helped, "Helper", helper));
    classes.putAll(
        Jars.compiled(folder, Map.of("Helper", "package org.example; class Helper { }")));
    Jars.jar(jars().resolve("a.jar"), classes, NAME);
    Path run = folder.resolve("run");
    String[] train = {"train", "--rule=my-dfa-rule", "--out=" + run};
    assertThat(Said.by(with(jars(), train)).refusal())
        .contains("plugin class " + NAME + " does not fit", "NoSuchMethodError", "lib/");
    assertThat(run).doesNotExist();
  }

  @Test
  void a_rule_that_throws_is_blamed() throws IOException {
    String thrower =
        RULE.formatted("", "2")
            .replace(
                "return new", "if (gain > 0) throw new RuntimeException(\"tired\"); return new");
    Map<String, byte[]> classes = Jars.compiled(folder, Map.of("MyDFARule", thrower));
    Jars.jar(jars().resolve("a.jar"), classes, NAME);
    String[] train = {"train", "--rule=my-dfa-rule", "--out=" + folder.resolve("run")};
    Said said = Said.by(with(jars(), train));
    assertThat(said.code()).isEqualTo(Ending.FAILED);
    assertThat(said.err())
        .contains("plugin class " + NAME + " failed: RuntimeException: tired (run with --debug");
  }

  @Test
  void folders_without_rules_are_refused() throws IOException {
    Path none = folder.resolve("none");
    assertThat(Said.by(with(none, "rules")).refusal())
        .contains("plugins: folder " + none + " does not exist");
    Path file = Files.writeString(folder.resolve("file.jar"), "");
    assertThat(Said.by(with(file, "rules")).refusal()).contains("file.jar is a file");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertThat(Said.by(with(empty, "rules")).refusal()).contains(empty + " holds no .jar");
    Path library = folder.resolve("library");
    Jars.jar(library.resolve("a.jar"), rule("", "2"));
    assertThat(Said.by(with(library, "rules")).refusal())
        .contains("no jar of " + library + " lists a class in " + Jars.SERVICE);
  }

  @Test
  void damaged_jars_are_refused_by_name() throws IOException {
    byte[] whole = Files.readAllBytes(Jars.jar(folder.resolve("w.jar"), rule("", "2"), NAME));
    byte[] flipped = whole.clone();
    flipped[200] ^= 0x55; // inside the class, which the zip's directory does not show
    Map<String, byte[]> damaged =
        Map.of(
            "empty",
            new byte[0],
            "text",
            "no jar at all".getBytes(StandardCharsets.UTF_8),
            "half",
            Arrays.copyOf(whole, whole.length / 2),
            "flipped",
            flipped);
    for (Map.Entry<String, byte[]> each : damaged.entrySet()) {
      Path there = Files.createDirectory(folder.resolve(each.getKey()));
      Path jar = Files.write(there.resolve("a.jar"), each.getValue());
      assertThat(Said.by(with(there, "rules")).refusal())
          .as(each.getKey())
          .contains("plugins: " + jar + " is not a whole jar: ", "; build it again");
    }
  }

  private String refusal(String name, Map<String, byte[]> classes) throws IOException {
    Path there = folder.resolve(name);
    Path jar = Jars.jar(there.resolve("a.jar"), classes, NAME);
    String refusal = Said.by(with(there, "rules")).refusal();
    assertThat(refusal).contains("plugin " + jar + ": class " + NAME + " ");
    return refusal;
  }
}
