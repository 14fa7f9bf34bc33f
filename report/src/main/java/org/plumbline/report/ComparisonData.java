package org.plumbline.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Everything the page reads of a comparison.
 *
 * @param folder the name of the folder
 * @param plan {@code compare.yaml} or {@code bottleneck.yaml}, word for word
 * @param rules in the order in which they were asked for
 * @param complaints sentences about files that could not be read
 */
record ComparisonData(
    String folder, Optional<String> plan, List<Rule> rules, List<String> complaints) {
  private static final Pattern RUN = Pattern.compile("runs/[A-Za-z0-9_][A-Za-z0-9._-]*");
  private static final Pattern SEED = Pattern.compile("(.+)-seed-(-?\\d+)");

  /** The rule that the others are measured by. */
  static final String YARDSTICK = "bp";

  /** The rule that others must beat to show that credit arrives. */
  static final String CONTROL = "shallow";

  /**
   * One run.
   *
   * @param seed as written
   * @param path of its folder, from that of the comparison
   * @param state {@code finished}, {@code failed}, {@code unfinished}, {@code pending}
   * @param reason why it failed
   * @param figures what {@code comparison.json} says of it
   * @param data its folder, if there is one
   */
  record Run(
      String seed,
      String path,
      String state,
      Optional<String> reason,
      Optional<JsonNode> figures,
      Optional<RunData> data) {
    boolean isFinished() {
      return state.equals("finished");
    }

    boolean isFailed() {
      return state.equals("failed");
    }

    double figure(String name) {
      return figures.map(node -> Json.orGap(node, name)).orElse(Double.NaN);
    }
  }

  /**
   * All runs of a label.
   *
   * @param label what is compared
   * @param runs in the order of their seeds
   */
  record Rule(String label, List<Run> runs) {
    List<Run> finished() {
      return runs.stream().filter(Run::isFinished).toList();
    }

    Spread spread(String figure) {
      return new Spread(finished().stream().map(run -> run.figure(figure)).toList());
    }

    /** How much more it has than another rule, seed by seed, where both have finished. */
    Spread over(Rule other, String figure) {
      var differences = new ArrayList<Double>();
      for (var run : finished()) {
        other.finished().stream()
            .filter(twin -> twin.seed().equals(run.seed()))
            .forEach(twin -> differences.add(run.figure(figure) - twin.figure(figure)));
      }
      return new Spread(differences);
    }

    /** Those whose curves say how the rule learns: failed ones only if there is nothing else. */
    List<RunData> learning() {
      var good =
          runs.stream().filter(run -> !run.isFailed()).flatMap(r -> r.data().stream()).toList();
      return good.stream().anyMatch(run -> !run.events().epochs().isEmpty())
          ? good
          : runs.stream().flatMap(r -> r.data().stream()).toList();
    }
  }

  /** Reads a folder; refuses one that is missing, unreadable or holds no comparison. */
  static ComparisonData read(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "comparison folder %s %s; give the folder that compare made"
              .formatted(folder, Files.exists(folder) ? "is not a folder" : "does not exist"));
    }
    try {
      var complaints = new ArrayList<String>();
      var compared = words(folder.resolve("compare.yaml"));
      var plan = compared.isPresent() ? compared : words(folder.resolve("bottleneck.yaml"));
      var results = words(folder.resolve("comparison.json")).flatMap(Json::object);
      if (plan.isEmpty() && results.isEmpty() && !Files.isDirectory(folder.resolve("runs"))) {
        throw new IllegalArgumentException(
            "comparison folder %s holds no comparison: none of compare.yaml, comparison.json and runs is there"
                .formatted(folder));
      }
      var labels = new LinkedHashMap<String, List<Run>>();
      if (results.isPresent()) {
        told(folder, results.get(), labels, complaints);
      } else {
        complaints.add("comparison.json is missing or damaged; this page shows the run folders.");
        found(folder, labels, complaints);
      }
      var rules = new ArrayList<Rule>();
      labels.forEach((label, runs) -> rules.add(new Rule(label, List.copyOf(runs))));
      var last = folder.toAbsolutePath().normalize().getFileName();
      return new ComparisonData(
          last == null ? "comparison" : last.toString(),
          plan,
          List.copyOf(rules),
          List.copyOf(complaints));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "comparison folder %s cannot be read: %s"
              .formatted(folder, e)
              .lines()
              .findFirst()
              .orElse(""),
          e);
    }
  }

  private static void told(
      Path folder, JsonNode results, Map<String, List<Run>> labels, List<String> complaints) {
    for (var node : Json.list(results, "runs")) {
      var label = Json.words(node, "label").or(() -> Json.words(node, "rule")).orElse("?");
      var path = Json.words(node, "run").filter(p -> RUN.matcher(p).matches()).orElse("");
      labels
          .computeIfAbsent(label, _ -> new ArrayList<>())
          .add(
              new Run(
                  Json.words(node, "seed").orElse("?"),
                  path,
                  Json.words(node, "state").orElse("pending"),
                  Json.words(node, "reason"),
                  Optional.of(node),
                  path.isEmpty() ? Optional.empty() : data(folder.resolve(path), complaints)));
    }
  }

  private static void found(Path folder, Map<String, List<Run>> labels, List<String> complaints)
      throws IOException {
    if (!Files.isDirectory(folder.resolve("runs"))) {
      return;
    }
    List<Path> runs;
    try (Stream<Path> all = Files.list(folder.resolve("runs"))) {
      runs =
          all.filter(Files::isDirectory)
              .sorted(Comparator.comparing(path -> String.valueOf(path.getFileName())))
              .toList();
    }
    for (var run : runs) {
      var name = String.valueOf(run.getFileName());
      var parts = SEED.matcher(name);
      var data = data(run, complaints);
      var label = data.flatMap(RunData::rule).orElse(parts.matches() ? parts.group(1) : name);
      labels
          .computeIfAbsent(label, _ -> new ArrayList<>())
          .add(
              new Run(
                  parts.matches() ? parts.group(2) : "?",
                  "runs/" + name,
                  data.map(ComparisonData::state).orElse("pending"),
                  Optional.empty(),
                  data.flatMap(ComparisonData::figures),
                  data));
    }
  }

  private static String state(RunData run) {
    return run.evaluation().isPresent()
        ? "finished"
        : run.diagnosis().isPresent() ? "failed" : "unfinished";
  }

  private static Optional<JsonNode> figures(RunData run) {
    return run.evaluation()
        .flatMap(found ->
            Json.object(
                "{\"test_accuracy\":%s,\"train_accuracy\":%s,\"seconds\":%s}"
                    .formatted(
                        Json.orGap(found.path("test"), "accuracy"),
                        Json.orGap(found.path("train"), "accuracy"),
                        run.events()
                            .finished()
                            .map(event -> Json.orGap(event, "seconds"))
                            .orElse(Double.NaN))));
  }

  private static Optional<RunData> data(Path run, List<String> complaints) {
    if (!Files.isDirectory(run)) {
      return Optional.empty();
    }
    try {
      var data = RunData.read(run);
      data.complaints().forEach(c -> complaints.add(run.getFileName() + ": " + c));
      return Optional.of(data);
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // killed before it began
    }
  }

  private static Optional<String> words(Path file) throws IOException {
    return Files.isRegularFile(file)
        ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  Stream<Run> runs() {
    return rules.stream().flatMap(rule -> rule.runs().stream());
  }

  Stream<RunData> folders() {
    return runs().flatMap(run -> run.data().stream());
  }

  long count(String state) {
    return runs().filter(run -> run.state().equals(state)).count();
  }

  /** The first thing of its kind that any run knows. */
  <T> Optional<T> any(Function<RunData, Optional<T>> asked) {
    return folders().flatMap(run -> asked.apply(run).stream()).findFirst();
  }

  /** What the plan is called: a sweep has a variant. */
  String planFile() {
    return planned("variant").isPresent() ? "bottleneck.yaml" : "compare.yaml";
  }

  /** A key of the plan, as far as it is one word a line. */
  Optional<String> planned(String key) {
    return plan.stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(key + ":"))
        .map(line -> line.substring(key.length() + 1).strip().replaceAll("^\"(.*)\"$", "$1"))
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  Optional<Rule> rule(String label) {
    return rules.stream().filter(rule -> rule.label().equals(label)).findFirst();
  }

  /** A rule with a result, which every other may be held against. */
  Optional<Rule> reference(String label) {
    return rule(label).filter(rule -> !rule.spread("test_accuracy").isEmpty());
  }

  /** The rules that have a result, the best first, then the others. */
  List<Rule> ranked() {
    return rules.stream()
        .sorted(
            Comparator.comparingDouble(rule -> {
              double mean = rule.spread("test_accuracy").mean();
              return Double.isFinite(mean) ? -mean : 1;
            }))
        .toList();
  }

  /** How many examples every run was judged by, if all agree. */
  OptionalDouble testExamples() {
    var sizes =
        folders()
            .flatMap(run -> run.evaluation().stream())
            .map(found -> Json.orGap(found.path("test"), "examples"))
            .distinct()
            .toList();
    return sizes.size() == 1 && sizes.getFirst() >= 1
        ? OptionalDouble.of(sizes.getFirst())
        : OptionalDouble.empty();
  }

  /** An accuracy with as many decimals as the test examples give a meaning. */
  String percent(double share) {
    return isFine() ? Numbers.finePercent(share) : Numbers.percent(share);
  }

  /** A difference of accuracies in points of per cent, with its sign. */
  String points(double difference) {
    if (!Double.isFinite(difference)) {
      return Numbers.NONE;
    }
    var words = percent(difference).replace(" %", "");
    return words.startsWith("\u2212") || words.matches("0\\.0+") ? words : "+" + words;
  }

  private boolean isFine() {
    return testExamples().orElse(0) >= 5000;
  }

  /** The mean of an accuracy and, of several seeds, its standard deviation. */
  String withSpread(Spread spread) {
    return percent(spread.mean()) + deviation(spread);
  }

  /** A standard deviation of accuracies in points; nothing for a single value. */
  String deviation(Spread spread) {
    return spread.isSingle() ? "" : " ± " + percent(spread.std()).replace(" %", "");
  }

  /** What is compared: rules, unless the labels say something else. */
  String noun() {
    boolean rules =
        runs()
            .flatMap(run -> run.figures().stream())
            .allMatch(node ->
                Json.words(node, "rule")
                    .map(rule -> Json.words(node, "label").orElse(rule).equals(rule))
                    .orElse(true));
    return rules ? "rule" : "setting";
  }

  boolean comparesRules() {
    return noun().equals("rule");
  }

  /** The label of a rule, which may break behind its punctuation. */
  static Node label(Rule rule) {
    var parts = new ArrayList<Node>();
    for (var part : rule.label().split("(?<=[:,])", -1)) {
      parts.add(Node.text(part));
      parts.add(Node.tag("wbr"));
    }
    return Node.tag("bdi", parts);
  }
}
