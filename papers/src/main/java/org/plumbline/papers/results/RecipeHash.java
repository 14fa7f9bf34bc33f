package org.plumbline.papers.results;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import org.plumbline.data.Preparation;
import org.plumbline.nn.Architecture;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Layers;
import org.plumbline.nn.Residual;
import org.plumbline.nn.Sequential;
import org.plumbline.objective.Objectives;
import org.plumbline.optim.Optimizers;
import org.plumbline.optim.Schedule;
import org.plumbline.optim.Timing;
import org.plumbline.rule.Rules;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;

/**
 * Tells one recipe from another, so that a result is never taken for that of a recipe which has
 * been mended since. It reads what differs from the defaults, in normal form: a key or a parameter
 * that is added later, at its default, leaves it as it is.
 */
final class RecipeHash {
  private static final int DIGITS = 12;

  /** What does not make another recipe: seed and length are columns of their own. */
  private static final Set<String> BESIDE =
      Set.of(
          "data-dir",
          "seed",
          "epochs",
          "threads",
          "checkpoint-every",
          "probe",
          "probe-every",
          "plugins",
          "test-at");

  private RecipeHash() {}

  /** Twelve hexadecimal digits. */
  static String of(Configuration configuration) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text(configuration).getBytes(StandardCharsets.UTF_8)))
          .substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }

  /** {@code data=mnist; net=800,800; …}. */
  static String text(Configuration configuration) {
    Configuration normal = Experiment.of(configuration).configuration();
    StringJoiner text = new StringJoiner("; ");
    boolean named = normal.blocks().isPresent();
    boolean mlp = !named && normal.get(Options.ARCH).equals(Options.ARCH.fallback());
    for (Options option : Options.values()) {
      String value = plain(option, normal.get(option));
      if (!BESIDE.contains(option.key())
          && !(named && option == Options.ARCH)
          && (mlp || !Options.MLP.contains(option)) // of a preset, and dead
          && !value.equals(plain(option, option.fallback()))) {
        text.add(option.key() + "=" + value);
      }
    }
    normal.blocks().ifPresent(layers -> text.add("blocks=" + layers(layers)));
    return text.toString();
  }

  private static String plain(Options option, String value) {
    if (value.isEmpty()) {
      return value;
    }
    return switch (option) {
      case PREPARE -> Preparation.ALL.print(Preparation.ALL.parse(value));
      case ARCH -> value.equals("mlp") ? value : arch(value);
      case INIT -> Initialiser.ALL.print(Initialiser.ALL.parse(value));
      case ACTIVATION -> Layers.ACTIVATIONS.print(Layers.ACTIVATIONS.parse(value));
      case RULE -> Rules.ALL.print(Rules.ALL.parse(value));
      case LOSS -> Objectives.ALL.print(Objectives.ALL.parse(value));
      case OPTIMIZER -> Optimizers.ALL.print(Optimizers.ALL.parse(value));
      case UPDATE -> Timing.ALL.print(Timing.ALL.parse(value));
      case SCHEDULE -> Schedule.print(Schedule.parse(value));
      case DROPOUT, INPUT_DROPOUT, VALIDATION, CLIP, TEST_FRACTION, STOP_ERROR ->
          Double.toString(Double.parseDouble(value));
      default -> value;
    };
  }

  private static String arch(String value) {
    return Architecture.ALL.print(Architecture.ALL.parse(value));
  }

  private static String layers(List<Layer> layers) {
    StringJoiner text = new StringJoiner(" ", "[", "]");
    for (Layer layer : layers) {
      text.add(
          switch (layer) {
            case Sequential(List<Layer> inner) -> "sequential" + layers(inner);
            case Residual(List<Layer> body, List<Layer> shortcut) ->
                "residual" + layers(body) + layers(shortcut);
            default -> Layers.ALL.print(layer);
          });
    }
    return text.toString();
  }
}
