package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.plumbline.run.Event;
import org.plumbline.run.Events;
import org.plumbline.run.RunFolder;
import org.plumbline.value.BadInput;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a cell of a study came to, as its run folder says.
 *
 * @param cell which
 * @param run its folder
 * @param state how far it is
 * @param reason why it failed; empty if it did not
 * @param figures by name, see {@link #found}; none unless it is finished
 */
public record CellResult(
    Study.Cell cell, Path run, State state, String reason, Map<String, Double> figures) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String DIAGNOSIS = "diagnosis.json";
  private static final String COST = "cost/";
  private static final String CAPACITY = "capacity/";
  private static final String KERNEL = "kernel/";
  private static final String ALIGNMENT = "alignment/";

  /** How far a cell is. */
  public enum State {
    /** Trained and evaluated. */
    FINISHED,
    /** It ended without a result; the reason says why. */
    FAILED,
    /** Begun; to be resumed. */
    UNFINISHED,
    /** Not begun. */
    PENDING;

    boolean isEnd() {
      return this == FINISHED || this == FAILED;
    }

    /**
     * As files have it.
     *
     * @return {@code finished}
     */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Copies the figures.
   *
   * @param cell which
   * @param run its folder
   * @param state how far it is
   * @param reason why it failed; empty if it did not
   * @param figures by name
   */
  public CellResult {
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /**
   * Reads the folder of a run.
   *
   * <p>Figures: {@code test_accuracy}, {@code test_loss}, {@code train_accuracy}, {@code
   * train_loss} of the model that the run left, which is the last epoch's or the one that
   * validation chose; {@code validation_accuracy}, {@code validation_loss} of the same epoch;
   * {@code epochs}, {@code steps}, {@code parameters}, {@code seconds}, {@code samples_per_second},
   * {@code feedback_bytes}; the last reading of each block's {@code alignment_<block>}, where it is
   * comparable, of {@code cost_…}, {@code capacity_…}, {@code kernel_drift}, {@code
   * kernel_hidden_share} and {@code kernel_rule_…}; {@code attack_<name>_<strength>}, the accuracy
   * that an attack left. What was not measured is absent.
   *
   * @param cell which
   * @param run its folder; need not exist
   * @return what it holds
   * @throws BadInput if one of its files is damaged
   */
  public static CellResult found(Study.Cell cell, Path run) {
    if (!Files.exists(run.resolve(RunFolder.CONFIG))) {
      return new CellResult(cell, run, State.PENDING, "", Map.of());
    }
    if (Files.exists(run.resolve(Results.EVALUATION))) {
      return new CellResult(cell, run, State.FINISHED, "", figures(run));
    }
    if (Files.exists(run.resolve(DIAGNOSIS))) {
      JsonNode diagnosis = read(run.resolve(DIAGNOSIS));
      return failed(
          cell,
          run,
          "training diverged at step %d: %s"
              .formatted(
                  diagnosis.path("step").asLong(0),
                  diagnosis.path("reason").asString("a number is not finite")));
    }
    return new CellResult(cell, run, State.UNFINISHED, "", Map.of());
  }

  static CellResult failed(Study.Cell cell, Path run, String reason) {
    return new CellResult(cell, run, State.FAILED, reason, Map.of());
  }

  private static Map<String, Double> figures(Path run) {
    JsonNode evaluation = read(run.resolve(Results.EVALUATION));
    List<Event> events =
        Events.read(run.resolve(Events.NAME)).events().stream().map(Event.At::event).toList();
    Map<String, Double> figures = new LinkedHashMap<>();
    for (String part : List.of("test", "train")) {
      for (String key : List.of("accuracy", "loss")) {
        put(figures, part + "_" + key, evaluation.path(part).path(key).asDouble(Double.NaN));
      }
    }
    long chosen = evaluation.path("chosen_epoch").asLong(Long.MAX_VALUE);
    double examples = evaluation.path("train").path("examples").asDouble(0);
    Map<String, Double> readings = new LinkedHashMap<>();
    double epochs = 0;
    double shown = 0; // rows of an epoch
    OptionalDouble feedback = OptionalDouble.empty(); // bytes, in old runs not recorded
    for (Event event : events) {
      switch (event) {
        case Event.Started started -> {
          put(figures, "parameters", (double) started.parameters());
          Configuration configuration =
              Configuration.parse(run.resolve(RunFolder.CONFIG), RunFolder.configOf(run));
          double batch = Double.parseDouble(configuration.get(Options.BATCH));
          shown = Math.min(examples, started.stepsPerEpoch() * batch);
          feedback = started.feedbackBytes().stream().asDoubleStream().findFirst();
        }
        case Event.Epoch epoch -> {
          epochs = (double) epoch.epoch();
          if (epoch.epoch() <= chosen) {
            put(figures, "validation_accuracy", epoch.validationAccuracy());
            put(figures, "validation_loss", epoch.validationLoss());
          }
        }
        case Event.Finished finished -> {
          put(figures, "epochs", epochs);
          put(figures, "steps", (double) finished.step());
          put(figures, "seconds", finished.seconds());
          put(figures, "samples_per_second", epochs * shown / finished.seconds());
        }
        case Event.Probe probe -> readings.putAll(probe.readings());
        case Event.Step _, Event.Tested _, Event.Warning _ -> {}
      }
    }
    put(
        figures,
        "feedback_bytes",
        readings.getOrDefault(COST + "feedback_bytes", feedback.orElse(Double.NaN)));
    readings.forEach((name, value) -> {
      if (name.matches(ALIGNMENT + "\\d+(/null|/null_std)?")
          && readings.getOrDefault(name + "/comparable", 1.0) != 0) {
        put(figures, name.replace('/', '_'), value);
      } else if (name.startsWith(COST) && !name.equals(COST + "feedback_bytes")) {
        put(figures, name.replace('/', '_'), value);
      } else if (name.startsWith(CAPACITY)
          || name.matches(KERNEL + "(drift|hidden_share|rule/.*)")) {
        put(figures, name.replace('/', '_'), value);
      }
    });
    AttackPlan.figures(run).forEach((name, value) -> put(figures, name, value));
    return figures;
  }

  private static void put(Map<String, Double> figures, String name, double value) {
    if (Double.isFinite(value)) {
      figures.put(name, value);
    }
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(file);
    } catch (JacksonException e) {
      throw new BadInput(
          "%s is damaged; delete it, then: ./plumbline resume %s".formatted(file, file.getParent()),
          e);
    }
  }
}
