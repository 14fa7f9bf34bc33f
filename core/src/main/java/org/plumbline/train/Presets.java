package org.plumbline.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;

/**
 * Recipes of papers by name. A preset is a YAML file of this package: what it says is what the
 * paper says, its first line what it is, the lines below where it comes from and what is not
 * confirmed or not repeated. To add one, add the file and its name.
 */
public final class Presets {
  private static final List<String> NAMES =
      List.of(
          "launay",
          "launay-cnn",
          "nokland",
          "nokland-cifar",
          "nokland-conv",
          "nokland-deep",
          "crafton",
          "crafton-cifar",
          "akrout",
          "akrout-wm",
          "akrout-cifar",
          "local-loss",
          "local-loss-fashion",
          "biotorch",
          "dkp",
          "hsic",
          "pepita",
          "forward-forward",
          "transformer-small");

  private Presets() {}

  /**
   * What there is.
   *
   * @return the names, in the order of papers
   */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * What a preset is.
   *
   * @param name of one
   * @return one line
   */
  public static String about(String name) {
    return text(name).lines().findFirst().orElse("").replaceFirst("# *", "");
  }

  /**
   * Where a preset comes from, what is not confirmed and what is not repeated.
   *
   * @param name of one
   * @return lines
   */
  public static List<String> notes(String name) {
    return text(name)
        .lines()
        .skip(1)
        .takeWhile(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("# *", ""))
        .toList();
  }

  /**
   * The configuration that a preset stands for.
   *
   * @param name of one
   * @return complete: what the recipe does not say has its default
   * @throws BadInput with the nearest name, if there is no such preset
   */
  public static Configuration configuration(String name) {
    return Configuration.parse(Path.of("preset " + name), text(name));
  }

  private static String text(String name) {
    if (!NAMES.contains(name)) {
      throw new BadInput("unknown preset '%s'; %s".formatted(name, Nearest.hint(name, NAMES)));
    }
    try (InputStream file = Presets.class.getResourceAsStream("presets/" + name + ".yaml")) {
      if (file == null) {
        throw new IllegalStateException("no file of preset " + name);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("preset " + name, e);
    }
  }
}
