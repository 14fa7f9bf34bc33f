package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.data.Datasets;
import org.plumbline.probe.Probes;
import org.plumbline.rule.LearningRule;
import org.plumbline.run.StudyFolder;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;

/**
 * Learning rules side by side: the same data, network and optimizer, every rule with every seed.
 *
 * @param base what all runs have in common, in its normal form; its seed is the first, its rule
 *     does not matter
 * @param rules in order, with all their parameters
 * @param seeds how many, counted up from the first
 * @param attacks what every network is to stand once it is trained
 */
public record Comparison(Configuration base, List<String> rules, int seeds, AttackPlan attacks) {
  /** The file that says what is compared. */
  public static final String FILE = "compare.yaml";

  private static final String RULES = "rules";
  private static final String SEEDS = "seeds";
  private static final String ATTACK = "attack";
  private static final String ATTACK_ROWS = "attack-rows";
  private static final int MOST_SEEDS = 10_000;
  private static final List<String> PROBES = List.of("alignment", "cost");

  /**
   * A comparison as a user asks for it.
   *
   * @param base complete
   * @param given the options that were chosen; of the others, comparisons have defaults of their
   *     own
   * @param rules separated by commas; empty if not given
   * @param seeds how many; empty if not given
   * @param attack attacks separated by commas; empty for none
   * @param attackRows how many rows they take; empty for all
   */
  public record Wish(
      Configuration base,
      Set<Options> given,
      String rules,
      String seeds,
      String attack,
      String attackRows) {
    /**
     * Copies the set.
     *
     * @param base complete
     * @param given the options that were chosen
     * @param rules separated by commas; empty if not given
     * @param seeds how many; empty if not given
     * @param attack attacks separated by commas; empty for none
     * @param attackRows how many rows they take; empty for all
     */
    public Wish {
      given = Set.copyOf(given);
    }

    /**
     * Without attacks.
     *
     * @param base complete
     * @param given the options that were chosen
     * @param rules separated by commas; empty if not given
     * @param seeds how many; empty if not given
     */
    public Wish(Configuration base, Set<Options> given, String rules, String seeds) {
      this(base, given, rules, seeds, "", "");
    }

    /**
     * All defaults.
     *
     * @return without rules
     */
    public static Wish defaults() {
      return new Wish(Configuration.defaults(), Set.of(), "", "");
    }

    /**
     * Reads a YAML file: the keys of a configuration, {@code rules}, {@code seeds}, {@code attack}
     * and {@code attack-rows}; {@code rule} is passed over.
     *
     * @param file of at most 1 MiB
     * @return what it says
     * @throws BadInput with place and nearest name, if something is unknown or malformed
     */
    public static Wish read(Path file) {
      return of(file, Yaml.read(file));
    }

    private static Wish of(Path file, Map<String, Object> tree) {
      Map<String, Object> rest = new LinkedHashMap<>(tree);
      String rules = text(file, rest, RULES);
      String seeds = text(file, rest, SEEDS);
      String attack = text(file, rest, ATTACK);
      String attackRows = text(file, rest, ATTACK_ROWS);
      Set<Options> given = EnumSet.noneOf(Options.class);
      rest.keySet().forEach(key -> Options.of(key).ifPresent(given::add));
      return new Wish(Configuration.of(file, rest), given, rules, seeds, attack, attackRows);
    }

    private static String text(Path file, Map<String, Object> tree, String key) {
      Object value = tree.remove(key);
      return value == null ? "" : Configuration.text(file, key, value);
    }
  }

  /**
   * Copies the list.
   *
   * @param base what all runs have in common
   * @param rules in order, with all their parameters
   * @param seeds how many
   * @param attacks what every network is to stand
   */
  public Comparison {
    rules = List.copyOf(rules);
  }

  /**
   * Understands a wish. Opens the data, to read the probes about once an epoch.
   *
   * @param wish what a user asks for
   * @return in its normal form
   * @throws BadInput if a rule is unknown or named twice, or no rule could be trained
   */
  public static Comparison of(Wish wish) {
    Catalogue<LearningRule> known = wish.base.rules();
    if (wish.rules.isEmpty()) {
      throw new BadInput(
          "compare needs at least one rule: --rules bp,shallow,dfa; known: "
              + String.join(", ", known.names()));
    }
    List<String> rules =
        known.split(wish.rules).stream().map(text -> known.printAll(known.parse(text))).toList();
    Set<String> seen = new LinkedHashSet<>();
    for (String rule : rules) {
      if (!seen.add(rule)) {
        throw new BadInput(
            "rule '%s' is given twice; name each once".formatted(shortened(known, rule)));
      }
    }
    Configuration base = wish.base;
    if (!wish.given.contains(Options.PROBE)) {
      List<String> probes = PROBES.stream().filter(Probes.ALL.names()::contains).toList();
      base = base.with(Options.PROBE, probes.isEmpty() ? "none" : String.join(",", probes));
    }
    int seeds = seeds(wish.seeds.isEmpty() ? "3" : wish.seeds);
    AttackPlan attacks = AttackPlan.parse(wish.attack, wish.attackRows);
    Experiment experiment = accepted(base, rules);
    base = experiment.configuration().with(Options.RULE, rules.getFirst());
    requireSeeds(base, seeds);
    Datasets.check(experiment.data());
    if (!wish.given.contains(Options.PROBE_EVERY)) {
      int rows = Parts.of(experiment).train().size();
      base =
          base.with(
              Options.PROBE_EVERY,
              Long.toString(experiment.presentation().stepsPerEpoch(rows, experiment.batch())));
    }
    return new Comparison(base, rules, seeds, attacks);
  }

  /** How many runs with a seed each. */
  static int seeds(String text) {
    try {
      int seeds = Integer.parseInt(text);
      if (seeds >= 1 && seeds <= MOST_SEEDS) {
        return seeds;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw new BadInput(
        "seeds must be a whole number from 1 to %d, but is '%s'".formatted(MOST_SEEDS, text));
  }

  /** Seeds are counted up. */
  static void requireSeeds(Configuration base, int seeds) {
    long first = Long.parseLong(base.get(Options.SEED));
    if (first > Long.MAX_VALUE - seeds) {
      throw new BadInput("seed must leave room for %d more, but is %d".formatted(seeds - 1, first));
    }
  }

  /**
   * What is wrong with every rule is wrong with the rest; what only some refuse, they answer for.
   */
  private static Experiment accepted(Configuration base, List<String> rules) {
    Optional<BadInput> first = Optional.empty();
    for (String rule : rules) {
      try {
        return Experiment.of(base.with(Options.RULE, rule));
      } catch (BadInput refused) {
        first = first.isPresent() ? first : Optional.of(refused);
      }
    }
    throw first.orElseThrow();
  }

  /**
   * The runs.
   *
   * @return labels are rules without the parameters that have their defaults
   */
  public Study study() {
    Map<String, Configuration> labels = new LinkedHashMap<>();
    for (String rule : rules) {
      labels.put(shortened(base.rules(), rule), base.with(Options.RULE, rule));
    }
    return Study.crossed(labels, Long.parseLong(base.get(Options.SEED)), seeds);
  }

  private Comparison over(Configuration other) {
    return new Comparison(other, rules, seeds, attacks);
  }

  /**
   * The same with a number of threads: one for all runs, chosen with the first rule that can be
   * trained, or that of the folder.
   *
   * @param out where it will be carried out, or goes on
   * @param watcher hears of a choice
   * @return this if it has a number
   */
  public Comparison settled(Path out, Watcher watcher) {
    if (Files.exists(out.resolve(FILE))) {
      return over(Threads.adopted(base, in(out).base));
    }
    return over(
        Threads.settled(
            base, rules.stream().map(rule -> base.with(Options.RULE, rule)).toList(), watcher));
  }

  private static String shortened(Catalogue<LearningRule> known, String rule) {
    return known.print(known.parse(rule));
  }

  /**
   * Opens the folder of this comparison, or makes it.
   *
   * @param out new, empty, or of the same comparison
   * @return to be closed
   * @throws BadInput if it is of another comparison, naming the first difference
   */
  public StudyFolder open(Path out) {
    StudyFolder folder = StudyFolder.open(out, FILE, yaml());
    try {
      Optional<String> difference =
          difference(parse(folder.directory().resolve(FILE), folder.plan()));
      if (difference.isPresent()) {
        throw new BadInput(
            "%s holds another comparison: its %s; repeat its command, or name another folder with --out"
                .formatted(out, difference.get()));
      }
      return folder;
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Reads what a folder compares.
   *
   * @param folder of a comparison
   * @return the same
   * @throws BadInput if the folder holds none
   */
  public static Comparison in(Path folder) {
    return parse(folder.resolve(FILE), StudyFolder.planOf(folder, FILE));
  }

  private static Comparison parse(Path file, String yaml) {
    Wish there = Wish.of(file, Yaml.parse(file, yaml));
    Set<Options> all = EnumSet.allOf(Options.class); // it is complete as resolved
    return of(new Wish(there.base, all, there.rules, there.seeds, there.attack, there.attackRows));
  }

  /**
   * The file, from which {@link #in} reads the same.
   *
   * @return one key a line
   */
  public String yaml() {
    return "# Made by plumbline compare. With another command this folder is refused.\n"
        + RULES
        + ":\n"
        + rules.stream()
            .map(rule -> "  - " + Configuration.quoted(rule) + "\n")
            .collect(Collectors.joining())
        + SEEDS
        + ": "
        + seeds
        + "\n"
        + attackLines()
        + base.yaml()
            .lines()
            .filter(line -> !line.startsWith(Options.RULE.key() + ":"))
            .map(line -> line + "\n")
            .collect(Collectors.joining());
  }

  private String attackLines() {
    if (attacks.isEmpty()) {
      return "";
    }
    return ATTACK
        + ":\n"
        + attacks.attacks().stream()
            .map(attack -> "  - " + Configuration.quoted(attack) + "\n")
            .collect(Collectors.joining())
        + ATTACK_ROWS
        + ": "
        + attacks.rows()
        + "\n";
  }

  /**
   * What is measured of every run that has finished.
   *
   * @return the attacks, if there are any
   */
  public Study.Measurement measurement() {
    return attacks.isEmpty() ? Study.Measurement.NONE : attacks::carryOut;
  }

  /** What another comparison has that this one has not. */
  private Optional<String> difference(Comparison there) {
    if (!there.rules.equals(rules)) {
      return Optional.of(other(RULES, there.listed(), listed()));
    }
    if (there.seeds != seeds) {
      return Optional.of(other(SEEDS, "" + there.seeds, "" + seeds));
    }
    if (!there.attacks.equals(attacks)) {
      return Optional.of(other(ATTACK, there.attacks.words(), attacks.words()));
    }
    return difference(there.base, base);
  }

  /** The first option in which two configurations differ, in words. */
  static Optional<String> difference(Configuration there, Configuration here) {
    for (Options option : Options.values()) {
      if (!there.get(option).equals(here.get(option))) {
        return Optional.of(other(option.key(), there.get(option), here.get(option)));
      }
    }
    return there.blocks().equals(here.blocks())
        ? Optional.empty()
        : Optional.of(Options.BLOCKS + " are others");
  }

  private String listed() {
    Catalogue<LearningRule> known = base.rules();
    return rules.stream().map(rule -> shortened(known, rule)).collect(Collectors.joining(","));
  }

  private static String other(String key, String there, String here) {
    return "%s is %s, not %s"
        .formatted(key, there.isEmpty() ? "none" : there, here.isEmpty() ? "none" : here);
  }

  /**
   * Whether a folder of this name is of the same comparison and not all of its runs have ended.
   *
   * @param folder perhaps of a comparison
   * @return true to go on with it
   */
  public boolean isUnfinishedIn(Path folder) {
    try {
      Comparison there = in(folder);
      return there.equals(over(Threads.adopted(base, there.base)))
          && !Tally.isComplete(folder.resolve(Study.JSON));
    } catch (BadInput e) {
      return false;
    }
  }
}
