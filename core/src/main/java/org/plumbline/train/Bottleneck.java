package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Layer;
import org.plumbline.nn.MaskedDense;
import org.plumbline.run.StudyFolder;
import org.plumbline.value.BadInput;
import org.plumbline.value.Nearest;

/**
 * The bottleneck experiment: does a narrow layer prevent alignment? The middle hidden layer is
 * limited to b units; for every b, how well the network does and how its hidden blocks align,
 * beside the same network with frozen hidden blocks.
 *
 * <p>Launay, Poli, Krzakala 2019, <a href="https://arxiv.org/abs/1906.04554">arXiv:1906.04554</a>.
 * Their curve has the variant {@link Variant#MASKED}, a gain of 128 ({@code udfa:gain=128}), and
 * one block of the first two hidden layers.
 *
 * @param base what all runs have in common, in its normal form; its seed is the first
 * @param variant how the middle layer is limited
 * @param units b, rising
 * @param seeds how many, counted up from the first
 */
public record Bottleneck(Configuration base, Variant variant, List<Integer> units, int seeds) {
  /** The file that says what is swept. */
  public static final String FILE = "bottleneck.yaml";

  /** The file of one line a b, for spreadsheets. */
  public static final String CSV = "bottleneck.csv";

  private static final String VARIANT = "variant";
  private static final String UNITS = "bottleneck";
  private static final String SEEDS = "seeds";
  private static final List<Integer> PUBLISHED =
      List.of(1, 3, 5, 8, 11, 18, 28, 46, 73, 118, 191, 308, 496, 800);

  /** What the experiment has where nothing is given. */
  private static final Map<Options, String> DEFAULTS =
      Map.of(
          Options.DATA, "cifar10",
          Options.NET, "800,800,800",
          Options.RULE, "udfa",
          Options.OPTIMIZER, "sgd:lr=5e-4",
          Options.BATCH, "128",
          Options.EPOCHS, "50",
          Options.PROBE, "alignment");

  /** How the middle layer is limited to b units. */
  public enum Variant {
    /** It has b units, forward and backward. */
    NARROW,
    /** It has all its units, but the backward pass knows b of them: the published one. */
    MASKED;

    /**
     * As it is written.
     *
     * @return {@code masked}
     */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static Variant of(String text) {
      for (Variant variant : values()) {
        if (variant.word().equals(text)) {
          return variant;
        }
      }
      throw new BadInput(
          "unknown variant '%s'; %s"
              .formatted(text, Nearest.hint(text, List.of("narrow", "masked"))));
    }
  }

  /**
   * A sweep as a user asks for it.
   *
   * @param base complete
   * @param given the options that were chosen; the others are those of the experiment
   * @param variant {@code narrow} or {@code masked}; masked if empty
   * @param units b, separated by commas; those of the paper if empty
   * @param seeds how many; 3 if empty
   */
  public record Wish(
      Configuration base, Set<Options> given, String variant, String units, String seeds) {
    /**
     * Copies the set.
     *
     * @param base complete
     * @param given the options that were chosen
     * @param variant may be empty
     * @param units may be empty
     * @param seeds may be empty
     */
    public Wish {
      given = Set.copyOf(given);
    }
  }

  /**
   * Copies the list.
   *
   * @param base what all runs have in common
   * @param variant how the middle layer is limited
   * @param units b, rising
   * @param seeds how many
   */
  public Bottleneck {
    units = List.copyOf(units);
  }

  /**
   * What an option of the experiment is unless it is given.
   *
   * @param option any
   * @return its text
   */
  public static String fallback(Options option) {
    return option == Options.PROBE_EVERY
        ? "about once an epoch"
        : DEFAULTS.getOrDefault(option, option.fallback());
  }

  /**
   * Understands a wish. Opens the data, for the layers and to read the probes about once an epoch.
   *
   * @param wish what a user asks for
   * @return in its normal form
   * @throws BadInput if no such network can be made
   */
  public static Bottleneck of(Wish wish) {
    Configuration base = wish.base;
    if (!base.isMlp()) {
      throw new BadInput("sweep bottleneck limits a layer of --net; leave out arch and 'blocks'");
    }
    for (Map.Entry<Options, String> option : DEFAULTS.entrySet()) {
      if (!wish.given.contains(option.getKey())) {
        base = base.with(option.getKey(), option.getValue());
      }
    }
    int seeds = Comparison.seeds(wish.seeds.isEmpty() ? "3" : wish.seeds);
    Experiment experiment = Experiment.of(base);
    base = experiment.configuration();
    Comparison.requireSeeds(base, seeds);
    Variant variant = Variant.of(wish.variant.isEmpty() ? "masked" : wish.variant);
    List<Integer> units = units(wish.units, middle(experiment));
    Datasets.check(experiment.data());
    if (!wish.given.contains(Options.PROBE_EVERY)) {
      int rows = Parts.of(experiment).train().size();
      base =
          base.with(
              Options.PROBE_EVERY,
              Long.toString(experiment.presentation().stepsPerEpoch(rows, experiment.batch())));
    }
    return new Bottleneck(base, variant, units, seeds);
  }

  /** The width of the middle hidden layer, the lower one of two. */
  private static int middle(Experiment experiment) {
    List<Long> widths = experiment.mlp().widths();
    if (widths.isEmpty()) {
      throw new BadInput("sweep bottleneck needs a hidden layer to limit; give --net 800,800,800");
    }
    return Math.toIntExact(widths.get((widths.size() - 1) / 2));
  }

  private static List<Integer> units(String text, int width) {
    Set<Integer> units = new TreeSet<>();
    if (text.isEmpty()) {
      PUBLISHED.stream().filter(b -> b < width).forEach(units::add);
      units.add(width);
      return List.copyOf(units);
    }
    for (String part : text.split(",", -1)) {
      int b;
      try {
        b = Integer.parseInt(part.strip());
      } catch (NumberFormatException e) {
        throw new BadInput(
            "bottleneck must be numbers of units like 1,18,118,800, but is '" + text + "'", e);
      }
      if (b < 1 || b > width) {
        throw new BadInput(
            "a bottleneck must have 1 to %d units, as the middle layer has, but one has %d"
                .formatted(width, b));
      }
      units.add(b);
    }
    return List.copyOf(units);
  }

  /**
   * The runs.
   *
   * @return for every b one labelled {@code b=18} and one with frozen hidden blocks, {@code b=18
   *     frozen}; a mask does not matter to frozen blocks, so the masked variant has one, {@code
   *     frozen}
   */
  public Study study() {
    Experiment experiment = Experiment.of(base);
    Configuration frozen = base.with(Options.RULE, "shallow").with(Options.PROBE, "none");
    Map<String, Configuration> labels = new LinkedHashMap<>();
    switch (variant) {
      case NARROW -> {
        for (int b : units) {
          labels.put("b=" + b, base.with(Options.NET, narrowed(experiment, b)));
          labels.put("b=" + b + " frozen", frozen.with(Options.NET, narrowed(experiment, b)));
        }
      }
      case MASKED -> {
        Dataset data = Datasets.open(experiment.data()).train();
        List<Layer> layers = experiment.layers(data.shape(), data.classes().size());
        for (int b : units) {
          labels.put("b=" + b, masked(layers, b));
        }
        labels.put("frozen", frozen);
      }
    }
    return Study.crossed(labels, Long.parseLong(base.get(Options.SEED)), seeds);
  }

  private Bottleneck over(Configuration other) {
    return new Bottleneck(other, variant, units, seeds);
  }

  /**
   * The same with a number of threads: one for all runs, chosen with the network of all units, or
   * that of the folder.
   *
   * @param out where it will be carried out, or goes on
   * @param watcher hears of a choice
   * @return this if it has a number
   */
  public Bottleneck settled(Path out, Watcher watcher) {
    return Files.exists(out.resolve(FILE))
        ? over(Threads.adopted(base, in(out).base))
        : over(Threads.settled(base, List.of(base), watcher));
  }

  private static String narrowed(Experiment experiment, int b) {
    List<Long> widths = new ArrayList<>(experiment.mlp().widths());
    widths.set((widths.size() - 1) / 2, (long) b);
    return widths.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private Configuration masked(List<Layer> layers, int b) {
    List<Layer> blocks = new ArrayList<>(layers);
    List<Integer> dense = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i) instanceof Dense) {
        dense.add(i);
      }
    }
    int at = dense.get((dense.size() - 2) / 2); // of the hidden ones
    long width = ((Dense) blocks.get(at)).width();
    blocks.set(at, new MaskedDense(width, (double) b / width));
    Configuration plain = base;
    for (Options replaced :
        List.of(Options.NET, Options.ACTIVATION, Options.DROPOUT, Options.INPUT_DROPOUT)) {
      plain = plain.with(replaced, replaced.fallback());
    }
    return new Configuration(plain.values(), Optional.of(blocks));
  }

  /**
   * Opens the folder of this sweep, or makes it.
   *
   * @param out new, empty, or of the same sweep
   * @return to be closed
   * @throws BadInput if it is of another sweep, naming the first difference
   */
  public StudyFolder open(Path out) {
    StudyFolder folder = StudyFolder.open(out, FILE, yaml());
    try {
      Optional<String> difference =
          difference(parse(folder.directory().resolve(FILE), folder.plan()));
      if (difference.isPresent()) {
        throw new BadInput(
            "%s holds another sweep: its %s; repeat its command, or name another folder with --out"
                .formatted(out, difference.get()));
      }
      return folder;
    } catch (RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  /**
   * Reads what a folder sweeps.
   *
   * @param folder of a sweep
   * @return the same
   * @throws BadInput if the folder holds none
   */
  public static Bottleneck in(Path folder) {
    return parse(folder.resolve(FILE), StudyFolder.planOf(folder, FILE));
  }

  private static Bottleneck parse(Path file, String yaml) {
    Map<String, Object> tree = new LinkedHashMap<>(Yaml.parse(file, yaml));
    List<String> own = new ArrayList<>();
    for (String key : List.of(VARIANT, UNITS, SEEDS)) {
      Object value = tree.remove(key);
      own.add(value == null ? "" : Configuration.text(file, key, value));
    }
    Set<Options> all = EnumSet.allOf(Options.class); // it is complete as resolved
    return of(new Wish(Configuration.of(file, tree), all, own.get(0), own.get(1), own.get(2)));
  }

  /**
   * The file, from which {@link #in} reads the same.
   *
   * @return one key a line
   */
  public String yaml() {
    return "# Made by plumbline sweep bottleneck. With another command this folder is refused.\n"
        + VARIANT
        + ": "
        + variant.word()
        + "\n"
        + UNITS
        + ": "
        + Configuration.quoted(listed(units))
        + "\n"
        + SEEDS
        + ": "
        + seeds
        + "\n"
        + base.yaml();
  }

  private Optional<String> difference(Bottleneck there) {
    if (there.variant != variant) {
      return Optional.of("variant is %s, not %s".formatted(there.variant.word(), variant.word()));
    }
    if (!there.units.equals(units)) {
      return Optional.of("bottleneck is %s, not %s".formatted(listed(there.units), listed(units)));
    }
    if (there.seeds != seeds) {
      return Optional.of("seeds is %d, not %d".formatted(there.seeds, seeds));
    }
    return Comparison.difference(there.base, base);
  }

  private static String listed(List<Integer> units) {
    return units.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /**
   * The results, one line a b.
   *
   * @param tally of the runs
   * @return a line of names first; what was not measured is an empty field
   */
  public String csv(Tally tally) {
    Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
    tally.rows().forEach(row -> rows.put(String.valueOf(row.get("label")), row));
    int hidden = Experiment.of(base).mlp().widths().size();
    List<String> names = new ArrayList<>(List.of("seeds"));
    for (String figure : List.of("test_accuracy", "train_accuracy")) {
      names.addAll(List.of(figure + "_mean", figure + "_std"));
    }
    for (int l = 1; l <= hidden; l++) {
      String figure = "alignment_" + l;
      names.addAll(
          List.of(
              figure + "_mean", figure + "_std", figure + "_null_mean", figure + "_null_std_mean"));
    }
    List<String> frozen = List.of("test_accuracy_mean", "test_accuracy_std", "train_accuracy_mean");
    StringBuilder csv = new StringBuilder("bottleneck,variant,");
    csv.append(String.join(",", names));
    frozen.forEach(name -> csv.append(",frozen_").append(name));
    csv.append('\n');
    for (int b : units) {
      Map<String, Object> row = rows.getOrDefault("b=" + b, Map.of());
      Map<String, Object> control =
          rows.getOrDefault(variant == Variant.MASKED ? "frozen" : "b=" + b + " frozen", Map.of());
      csv.append(b).append(',').append(variant.word());
      names.forEach(name -> csv.append(',').append(row.getOrDefault(name, "")));
      frozen.forEach(name -> csv.append(',').append(control.getOrDefault(name, "")));
      csv.append('\n');
    }
    return csv.toString();
  }

  /**
   * Whether a folder of this name is of the same sweep and not all of its runs have ended.
   *
   * @param folder perhaps of a sweep
   * @return true to go on with it
   */
  public boolean isUnfinishedIn(Path folder) {
    try {
      Bottleneck there = in(folder);
      return there.equals(over(Threads.adopted(base, there.base)))
          && !Tally.isComplete(folder.resolve(Study.JSON));
    } catch (BadInput e) {
      return false;
    }
  }
}
