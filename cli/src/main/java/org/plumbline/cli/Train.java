package org.plumbline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Datasets;
import org.plumbline.run.RunFolder;
import org.plumbline.train.Configuration;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import org.plumbline.train.Presets;
import org.plumbline.train.Trainer;
import org.plumbline.value.BadInput;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline train [CONFIG.yaml] [flags]}: every key of a configuration is a flag. */
final class Train implements Command {
  static final String OUT = "--out";
  static final String PRESET = "--" + Options.PRESET;
  static final Path RUNS = Path.of("runs");

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(
            this,
            "train",
            "Trains a network, evaluates it and writes a report.",
            "Every flag but --out is also a key of CONFIG.yaml; a flag wins over the file.",
            "");
    spec.addPositional(
        Syntax.optional("CONFIG.yaml", "what to train; flags alone will do")
            .type(Path.class)
            .build());
    spec.addOption(presetOption());
    for (Options option : Options.values()) {
      spec.addOption(option(option, option.fallback()));
    }
    return spec.addOption(
        Syntax.option(OUT, "DIR", "run folder, new or empty (default: runs/DATA-RULE-<n>)")
            .type(Path.class)
            .build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Experiment experiment = Experiment.of(configuration(given));
    Datasets.check(experiment.data());
    if (given.hasMatchedOption(PRESET)) {
      console.say(
          "preset %s, with the flags given:".formatted(given.matchedOptionValue(PRESET, "")));
      experiment.configuration().yaml().lines().forEach(line -> console.say("  " + line));
    }
    if (given.hasMatchedOption(OUT)) {
      Path run = given.matchedOptionValue(OUT, Path.of(""));
      Training.watch(console, watcher -> Trainer.train(experiment, run, watcher));
      return;
    }
    Path run = taken(RUNS, name(experiment));
    try {
      Training.watch(console, watcher -> Trainer.train(experiment, run, watcher));
    } finally {
      removeIfEmpty(run); // nothing was begun
    }
  }

  /** A new folder, which another training that starts at the same moment cannot take as well. */
  static Path taken(Path runs, String name) {
    while (true) {
      Path run = RunFolder.next(runs, name);
      try {
        Files.createDirectories(runs);
        return Files.createDirectory(run);
      } catch (IOException e) {
        if (!Files.isDirectory(run)) {
          return run; // the trainer will say why not
        }
      }
    }
  }

  /** Removes a folder that was taken for something which did not begin. */
  static void removeIfEmpty(Path run) {
    try {
      Files.deleteIfExists(run);
    } catch (IOException e) {
      return; // it holds the run
    }
  }

  /** The flag of an option. */
  static String flag(Options option) {
    return "--" + option.key();
  }

  /** The flag of an option, with what it is unless it is given. */
  static OptionSpec option(Options option, String fallback) {
    return Syntax.option(
            flag(option),
            option.argument(),
            option.about() + (fallback.isEmpty() ? "" : " (default: " + fallback + ")"))
        .build();
  }

  private static Configuration configuration(ParseResult given) {
    return changed(
        preset(given)
            .orElseGet(() ->
                given.hasMatchedPositional(0)
                    ? Configuration.read(Syntax.path(given, 0))
                    : Configuration.defaults()),
        given);
  }

  /** The flag that names a recipe. */
  static OptionSpec presetOption() {
    return Syntax.option(
            PRESET, "NAME", "start from the recipe of a paper: a name of 'plumbline presets'")
        .build();
  }

  /** What the recipe that a flag names stands for. */
  static Optional<Configuration> preset(ParseResult given) {
    if (!given.hasMatchedOption(PRESET)) {
      return Optional.empty();
    }
    if (given.hasMatchedPositional(0)) {
      throw new BadInput(
          "--preset and %s exclude each other; write 'preset: %s' into the file"
              .formatted(Syntax.path(given, 0), given.matchedOptionValue(PRESET, "")));
    }
    Configuration preset = Presets.configuration(given.matchedOptionValue(PRESET, ""));
    return Optional.of(
        given.hasMatchedOption(flag(Options.ARCH)) ? preset.withoutNetwork() : preset);
  }

  /** A configuration with what the flags say. */
  static Configuration changed(Configuration file, ParseResult given) {
    Configuration configuration = file;
    Map<Options, String> flags = new EnumMap<>(Options.class);
    for (Options option : Options.values()) {
      if (given.hasMatchedOption(flag(option))) {
        flags.put(option, given.matchedOptionValue(flag(option), ""));
      }
    }
    for (Map.Entry<Options, String> flag : flags.entrySet()) {
      configuration = configuration.with(flag.getKey(), flag.getValue());
    }
    configuration.requireOneNetwork(flags::containsKey, Train::flag, "");
    return configuration;
  }

  /** What a run is called unless the user says otherwise: {@code digits-dfa}. */
  static String name(Experiment experiment) {
    return Datasets.nameOf(experiment.data()).replaceFirst("[:.].*", "")
        + "-"
        + experiment.rules().nameOf(experiment.rule());
  }
}
