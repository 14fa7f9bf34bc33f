package org.plumbline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.plumbline.data.Datasets;
import org.plumbline.train.Comparison;
import org.plumbline.train.Experiment;
import org.plumbline.train.Options;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline compare --rules LIST --seeds N}: rules side by side, on one page. */
final class Compare implements Command {
  private static final String RULES = "--rules";
  private static final String SEEDS = "--seeds";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(
            this,
            "compare",
            "Trains every rule with every seed and draws one page about all of them.",
            "The flags of train, or CONFIG.yaml, are what the runs have in common.",
            "The same command again goes on where it stopped.",
            "");
    spec.addPositional(
        Syntax.optional("CONFIG.yaml", "what the runs have in common; its rule is passed over")
            .type(Path.class)
            .build());
    spec.addOption(
        Syntax.option(RULES, "LIST", "learning rules: bp,shallow,dfa:gain=2,law=normal,fa")
            .build());
    spec.addOption(
        Syntax.option(SEEDS, "N", "runs a rule, with seeds counted up from --seed (default: 3)")
            .build());
    spec.addOption(
        Syntax.option(Evaluate.ATTACK, Evaluate.ATTACK_LABEL, Evaluate.ATTACK_ABOUT).build());
    spec.addOption(Syntax.option(Evaluate.ATTACK_ROWS, "N", Evaluate.ATTACK_ROWS_ABOUT).build());
    spec.addOption(Train.presetOption());
    for (Options option : Options.values()) {
      switch (option) {
        case RULE -> {}
        case PROBE -> spec.addOption(Train.option(option, "alignment,cost"));
        case PROBE_EVERY -> spec.addOption(Train.option(option, "about once an epoch"));
        default -> spec.addOption(Train.option(option, option.fallback()));
      }
    }
    return spec.addOption(
        Syntax.option(
                Train.OUT,
                "DIR",
                "folder of the comparison, new, empty or to go on with (default: runs/compare-DATA-<n>)")
            .type(Path.class)
            .build());
  }

  @Override
  public void run(ParseResult given, Console console) {
    Comparison comparison = Comparison.of(wish(given));
    if (given.hasMatchedOption(Train.OUT)) {
      Comparing.watch(console, comparison, given.matchedOptionValue(Train.OUT, Path.of("")));
      return;
    }
    String name = name(comparison);
    Optional<Path> begun = begun(Train.RUNS, name, comparison);
    if (begun.isPresent()) {
      console.say("going on with the same comparison in " + Words.path(begun.get()));
      Comparing.watch(console, comparison, begun.get());
      return;
    }
    Path out = Train.taken(Train.RUNS, name);
    try {
      Comparing.watch(console, comparison, out);
    } finally {
      Train.removeIfEmpty(out); // nothing was begun
    }
  }

  private static Comparison.Wish wish(ParseResult given) {
    Comparison.Wish file =
        given.hasMatchedPositional(0)
            ? Comparison.Wish.read(Syntax.path(given, 0))
            : Comparison.Wish.defaults();
    Set<Options> chosen = EnumSet.noneOf(Options.class);
    chosen.addAll(file.given());
    for (Options option : Options.values()) {
      if (given.hasMatchedOption(Train.flag(option))) {
        chosen.add(option);
      }
    }
    return new Comparison.Wish(
        Train.changed(Train.preset(given).orElse(file.base()), given),
        chosen,
        given.matchedOptionValue(RULES, file.rules()),
        given.matchedOptionValue(SEEDS, file.seeds()),
        given.matchedOptionValue(Evaluate.ATTACK, file.attack()),
        given.matchedOptionValue(Evaluate.ATTACK_ROWS, file.attackRows()));
  }

  /** What a comparison is called unless the user says otherwise: {@code compare-digits}. */
  private static String name(Comparison comparison) {
    Experiment any = Experiment.of(comparison.base().with(Options.RULE, Options.RULE.fallback()));
    return "compare-" + Datasets.nameOf(any.data()).replaceFirst("[:.].*", "");
  }

  /** The newest folder with the same comparison, if that is not complete. */
  static Optional<Path> begun(Path runs, String name, Comparison comparison) {
    return begun(runs, name, comparison::isUnfinishedIn);
  }

  /** The newest folder of a name that holds what is not complete. */
  static Optional<Path> begun(Path runs, String name, Predicate<Path> isUnfinishedIn) {
    Pattern numbered = Pattern.compile(Pattern.quote(name) + "-(\\d{1,9})");
    if (!Files.isDirectory(runs)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(runs)) {
      return folders
          .filter(folder -> numbered.matcher(String.valueOf(folder.getFileName())).matches())
          .filter(isUnfinishedIn)
          .max(Comparator.comparingInt(Compare::number));
    } catch (IOException e) {
      return Optional.empty(); // making a new one will say what is wrong
    }
  }

  private static int number(Path folder) {
    String name = String.valueOf(folder.getFileName());
    return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
  }
}
