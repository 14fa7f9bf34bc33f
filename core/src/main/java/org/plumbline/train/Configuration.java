package org.plumbline.train;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Layers;
import org.plumbline.nn.Residual;
import org.plumbline.nn.Sequential;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Nearest;
import org.plumbline.value.Plugins;

/**
 * What a user asked for: a text for every key of {@link Options}, and an architecture if a file
 * gave one. {@link Experiment} says what it means.
 *
 * @param values by option; complete
 * @param blocks the layers of a general architecture, which takes the place of a named one
 */
public record Configuration(Map<Options, String> values, Optional<List<Layer>> blocks) {
  /**
   * Copies the map.
   *
   * @param values complete
   * @param blocks if given
   */
  public Configuration {
    values = Map.copyOf(values);
    blocks = blocks.map(List::copyOf);
  }

  /**
   * All defaults.
   *
   * @return what {@code plumbline train} runs
   */
  public static Configuration defaults() {
    Map<Options, String> values = new LinkedHashMap<>();
    for (Options option : Options.values()) {
      values.put(option, option.fallback());
    }
    return new Configuration(values, Optional.empty());
  }

  /**
   * Reads a YAML file; keys that it does not have keep their defaults.
   *
   * @param file of at most 1 MiB
   * @return the configuration
   * @throws BadInput with place and nearest name, if something is unknown or malformed
   */
  public static Configuration read(Path file) {
    return of(file, Yaml.read(file));
  }

  /**
   * Reads a YAML text.
   *
   * @param file for messages
   * @param text the file's content
   * @return the configuration
   * @throws BadInput with place and nearest name, if something is unknown or malformed
   */
  public static Configuration parse(Path file, String text) {
    return of(file, Yaml.parse(file, text));
  }

  /** What a tree of YAML says; keys that it does not have keep their defaults. */
  static Configuration of(Path file, Map<String, Object> tree) {
    return base(file, tree).changed(file, tree);
  }

  /**
   * The same with what a YAML text says. One with a network of its own takes the place of this
   * one's.
   *
   * @param file for messages
   * @param text keys of a configuration, but not {@code preset}; may be empty
   * @return another configuration
   * @throws BadInput with place and nearest name, if something is unknown or malformed
   */
  public Configuration changed(Path file, String text) {
    if (text.isBlank()) {
      return this;
    }
    Map<String, Object> tree = Yaml.parse(file, text);
    if (tree.containsKey(Options.PRESET)) {
      throw new BadInput(
          file + ": 'preset' stands in a configuration of its own, not in what changes one");
    }
    return (replacesNetwork(tree) ? withoutNetwork() : this).changed(file, tree);
  }

  private static boolean replacesNetwork(Map<String, Object> tree) {
    return tree.containsKey(Options.ARCH.key()) || tree.containsKey(Options.BLOCKS);
  }

  private Configuration changed(Path file, Map<String, Object> tree) {
    Configuration configuration = this;
    for (Map.Entry<String, Object> entry : tree.entrySet()) {
      String key = entry.getKey();
      Object value = entry.getValue();
      if (key.equals(Options.PRESET)) {
        continue;
      }
      if (key.equals(Options.BLOCKS)) {
        if (!(value instanceof List<?> list)) {
          throw new BadInput(file + ": blocks must be a list of layers, '- dense:width=64' each");
        }
        configuration = new Configuration(configuration.values, Optional.of(layers(file, list)));
        continue;
      }
      Options option =
          Options.of(key)
              .orElseThrow(() ->
                  new BadInput(
                      "%s: unknown key '%s'; %s"
                          .formatted(file, key, Nearest.hint(key, Options.keys()))));
      configuration = configuration.with(option, text(file, key, value));
    }
    configuration.requireOneNetwork(
        option -> tree.containsKey(option.key()), Options::key, file + ": ");
    return configuration;
  }

  /** What a file changes: the defaults or a preset, without its network where the file has one. */
  private static Configuration base(Path file, Map<String, Object> tree) {
    if (!tree.containsKey(Options.PRESET)) {
      return defaults();
    }
    Configuration preset =
        Presets.configuration(
            text(file, Options.PRESET, Objects.requireNonNullElse(tree.get(Options.PRESET), "")));
    return replacesNetwork(tree) ? preset.withoutNetwork() : preset;
  }

  /**
   * The same without a network of its own: that of net, activation and dropouts.
   *
   * @return another configuration
   */
  public Configuration withoutNetwork() {
    return new Configuration(values, Optional.empty()).with(Options.ARCH, Options.DENSE);
  }

  /**
   * Refuses what describes a network twice.
   *
   * @param given whether somebody gave an option
   * @param name of an option, for the message
   * @param place the beginning of the message, empty or with a colon and a space
   * @throws BadInput if two exclude each other
   */
  public void requireOneNetwork(
      Predicate<Options> given, Function<Options, String> name, String place) {
    if (blocks.isPresent() && given.test(Options.ARCH)) {
      throw new BadInput(
          "%s'%s' and 'blocks' exclude each other; keep one"
              .formatted(place, name.apply(Options.ARCH)));
    }
    if (blocks.isEmpty() && isMlp()) {
      return;
    }
    for (Options option : Options.MLP) {
      if (given.test(option)) {
        throw new BadInput(
            "%s'%s' and %s exclude each other; keep one, or replace the network of a preset with arch mlp"
                .formatted(
                    place,
                    name.apply(option),
                    blocks.isPresent() ? "'blocks'" : "arch '%s'".formatted(get(Options.ARCH))));
      }
    }
  }

  /** Whether net, activation and dropouts describe the network. */
  boolean isMlp() {
    return blocks.isEmpty() && get(Options.ARCH).equals(Options.DENSE);
  }

  /** One value, or a list of them as one text. */
  static String text(Path file, String key, Object value) {
    return switch (value) {
      case String s -> s;
      case List<?> list when list.stream().allMatch(String.class::isInstance) ->
          list.stream().map(String.class::cast).collect(Collectors.joining(","));
      default -> throw new BadInput(file + ": '" + key + "' must be one value, but is nested");
    };
  }

  private static List<Layer> layers(Path file, List<?> list) {
    List<Layer> layers = new ArrayList<>();
    for (Object item : list) {
      layers.add(
          switch (item) {
            case String text -> Layers.ALL.parse(text);
            case Map<?, ?> map when map.size() == 1 -> {
              Map.Entry<?, ?> entry = map.entrySet().iterator().next();
              yield layer(file, String.valueOf(entry.getKey()), entry.getValue());
            }
            default ->
                throw new BadInput(
                    file + ": a layer is written '- dense:width=64' or '- sequential: [...]'");
          });
    }
    return layers;
  }

  private static Layer layer(Path file, String name, Object content) {
    if (name.equals("sequential")) {
      if (content instanceof List<?> inner) {
        return new Sequential(layers(file, inner));
      }
      throw new BadInput(file + ": sequential must hold a list of layers");
    }
    if (name.equals("residual")) {
      return residual(file, content);
    }
    if (content instanceof Map<?, ?> parameters) {
      Map<String, String> given = new LinkedHashMap<>();
      parameters.forEach((k, v) -> given.put(String.valueOf(k), String.valueOf(v)));
      return Layers.ALL.build(name, given);
    }
    throw new BadInput(
        "%s: layer '%s' must be written '- %s:key=value' or with a map of its parameters"
            .formatted(file, name, name));
  }

  private static Residual residual(Path file, Object content) {
    if (content instanceof List<?> body) {
      return new Residual(layers(file, body));
    }
    if (content instanceof Map<?, ?> parts
        && Set.of("body", "shortcut").containsAll(parts.keySet())
        && parts.get("body") instanceof List<?> body) {
      return switch (parts.get("shortcut")) {
        case null -> new Residual(layers(file, body));
        case List<?> shortcut -> new Residual(layers(file, body), layers(file, shortcut));
        default -> throw new BadInput(file + ": the shortcut of residual must be a list of layers");
      };
    }
    throw new BadInput(
        file + ": residual must hold a list of layers, or two lists, 'body' and 'shortcut'");
  }

  /**
   * The same with one option changed.
   *
   * @param option which
   * @param value its text
   * @return another configuration
   */
  public Configuration with(Options option, String value) {
    Map<Options, String> changed = new LinkedHashMap<>(values);
    changed.put(option, value.strip());
    return new Configuration(changed, blocks);
  }

  /**
   * The text of an option.
   *
   * @param option which
   * @return empty if it has no value
   */
  public String get(Options option) {
    return values.getOrDefault(option, option.fallback());
  }

  /**
   * The jars that it names.
   *
   * @return read once a process
   * @throws BadInput if they cannot be used
   */
  public Plugins plugins() {
    String folder = get(Options.PLUGINS);
    try {
      return folder.isEmpty() ? Plugins.NONE : Plugins.in(Path.of(folder));
    } catch (InvalidPathException e) {
      throw new BadInput("plugins is not a path: " + e.getMessage(), e);
    }
  }

  /**
   * The learning rules that it can name: ours, and those of its jars.
   *
   * @return by name
   * @throws BadInput if its jars cannot be used
   */
  public Catalogue<LearningRule> rules() {
    return plugins().joined(Rules.ALL, LearningRule.class);
  }

  /**
   * The configuration as a YAML file that {@link #read} reads back to the same.
   *
   * @return one key a line, in the order of {@link Options}
   */
  public String yaml() {
    StringBuilder yaml = new StringBuilder();
    for (Options option : Options.values()) {
      if (blocks.isPresent() && option == Options.ARCH) {
        yaml.append("blocks:\n");
        append(yaml, blocks.orElseThrow(), "  ");
        continue;
      }
      if (!isMlp() && Options.MLP.contains(option)) {
        continue;
      }
      yaml.append(option.key()).append(": ").append(quoted(get(option))).append('\n');
    }
    return yaml.toString();
  }

  private static void append(StringBuilder yaml, List<Layer> layers, String indent) {
    for (Layer layer : layers) {
      switch (layer) {
        case Sequential(List<Layer> inner) -> {
          yaml.append(indent).append("- sequential:\n");
          append(yaml, inner, indent + "    ");
        }
        case Residual(List<Layer> body, List<Layer> shortcut) -> {
          yaml.append(indent).append("- residual:\n").append(indent).append("    body:\n");
          append(yaml, body, indent + "      ");
          if (!shortcut.isEmpty()) {
            yaml.append(indent).append("    shortcut:\n");
            append(yaml, shortcut, indent + "      ");
          }
        }
        default ->
            yaml.append(indent)
                .append("- ")
                .append(quoted(Layers.ALL.printAll(layer)))
                .append('\n');
      }
    }
  }

  /** A scalar that YAML reads back as the same text. */
  static String quoted(String text) {
    boolean plain =
        text.matches("[A-Za-z0-9./_][A-Za-z0-9./_:=,+-]*")
            && !text.endsWith(":")
            && !text.equalsIgnoreCase("null");
    if (plain) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
