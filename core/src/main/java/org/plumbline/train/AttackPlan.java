package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.lens.Attack;
import org.plumbline.lens.Attacks;
import org.plumbline.run.Durable;
import org.plumbline.run.Storage;
import org.plumbline.tensor.Scope;
import org.plumbline.value.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The attacks that networks are to stand, and on how many rows.
 *
 * @param attacks each with all its parameters, none of a name twice
 * @param rows of the test set, drawn from the run's seed; 0 for all
 */
public record AttackPlan(List<String> attacks, int rows) {
  /** No attack. */
  public static final AttackPlan NONE = new AttackPlan(List.of(), 0);

  /** What came of a plan, in the folder of the run. */
  public static final String FILE = "robustness.json";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Copies the list.
   *
   * @param attacks each with all its parameters
   * @param rows of the test set; 0 for all
   */
  public AttackPlan {
    attacks = List.copyOf(attacks);
  }

  /**
   * Reads what a user asks for.
   *
   * @param list attacks separated by commas: {@code noise,fgsm:eps=0/0.1,pgd:eps=0.1,steps=40};
   *     empty for none
   * @param rows how many; empty for all
   * @return in its normal form
   * @throws BadInput with the nearest name, if an attack is unknown or named twice
   */
  public static AttackPlan parse(String list, String rows) {
    if (list.isEmpty()) {
      if (!rows.isEmpty()) {
        throw new BadInput("attack-rows is for attacks; add --attack fgsm,pgd,noise");
      }
      return NONE;
    }
    List<String> attacks = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String text : Attacks.ALL.split(list)) {
      Attack attack = Attacks.ALL.parse(text);
      String name = Attacks.ALL.nameOf(attack);
      if (!names.add(name)) {
        throw new BadInput(
            "attack '%s' is given twice; name each once, with several strengths separated by '/'"
                .formatted(name));
      }
      attacks.add(Attacks.ALL.printAll(attack));
    }
    return new AttackPlan(attacks, rows.isEmpty() ? 0 : whole(rows));
  }

  private static int whole(String rows) {
    try {
      int number = Integer.parseInt(rows);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw new BadInput(
        "attack-rows must be a whole number of at least 0, but is '%s'; 0 takes all"
            .formatted(rows));
  }

  /**
   * Whether there is nothing to do.
   *
   * @return true without attacks
   */
  public boolean isEmpty() {
    return attacks.isEmpty();
  }

  /** In a line; empty for none. */
  String words() {
    String list =
        attacks.stream()
            .map(text -> Attacks.ALL.print(Attacks.ALL.parse(text)))
            .collect(Collectors.joining(","));
    return rows == 0 ? list : "%s on %d rows".formatted(list, rows);
  }

  /**
   * Attacks the network of a finished run and writes {@link #FILE}, unless that is there and says
   * the same. An attack that the run's rule or data refuse is recorded with the reason.
   *
   * @param run its folder
   * @param between called often; may end it by throwing
   */
  void carryOut(Path run, Runnable between) {
    Path file = run.resolve(FILE);
    if (isEmpty() || isDone(file)) {
      return;
    }
    List<Map<String, Object>> found = new ArrayList<>();
    try (var _ = Scope.open()) {
      TrainedModel model = TrainedModel.open(run);
      for (String text : attacks) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("attack", text);
        try {
          object.putAll(object(model.attacked(Attacks.ALL.parse(text), rows, between)));
        } catch (BadInput refused) {
          object.put("refused", String.valueOf(refused.getMessage()));
        }
        found.add(object);
      }
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("v", 1);
    json.put("asked_rows", rows);
    json.put("attacks", found);
    new Durable(Storage.disk()).write(file, JSON.writeValueAsString(json));
  }

  /**
   * As files and answers have it.
   *
   * @param found of one attack
   * @return name, rows and points
   */
  public static Map<String, Object> object(Robustness found) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("name", found.name());
    object.put("rows", found.rows());
    object.put(
        "points",
        found.points().stream()
            .map(point -> {
              Map<String, Object> each = new LinkedHashMap<>();
              each.put("strength", point.strength());
              each.put("accuracy", point.accuracy());
              if (Double.isFinite(point.loss())) {
                each.put("loss", point.loss());
              }
              return each;
            })
            .toList());
    return object;
  }

  private boolean isDone(Path file) {
    Optional<JsonNode> there = read(file);
    return there.isPresent()
        && there.get().path("asked_rows").asInt(-1) == rows
        && there
            .get()
            .path("attacks")
            .valueStream()
            .map(node -> node.path("attack").asString(""))
            .toList()
            .equals(attacks);
  }

  /** The accuracies of a run, by {@code attack_<name>_<strength>}; none where there is no file. */
  static Map<String, Double> figures(Path run) {
    Map<String, Double> figures = new LinkedHashMap<>();
    read(run.resolve(FILE))
        .ifPresent(json ->
            json.path("attacks")
                .forEach(attack ->
                    attack
                        .path("points")
                        .forEach(point ->
                            figures.put(
                                "attack_%s_%s"
                                    .formatted(
                                        attack.path("name").asString("?"),
                                        word(point.path("strength").asDouble(Double.NaN))),
                                point.path("accuracy").asDouble(Double.NaN)))));
    return figures;
  }

  /** {@code 0}, {@code 0.1}. */
  private static String word(double strength) {
    return Double.toString(strength).replaceFirst("\\.0$", "");
  }

  /** A file that is damaged is made again. */
  private static Optional<JsonNode> read(Path file) {
    try {
      return Files.exists(file) ? Optional.of(JSON.readTree(file)) : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }
}
