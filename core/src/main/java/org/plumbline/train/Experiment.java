package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.plumbline.data.Augmentation;
import org.plumbline.data.DataRequest;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.data.Preparation;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Architecture;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Layers;
import org.plumbline.nn.MaskedDense;
import org.plumbline.nn.Network;
import org.plumbline.nn.Sequential;
import org.plumbline.objective.Objective;
import org.plumbline.objective.Objectives;
import org.plumbline.optim.Clipped;
import org.plumbline.optim.Constrained;
import org.plumbline.optim.Constraint;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Optimizers;
import org.plumbline.optim.Schedule;
import org.plumbline.optim.Timing;
import org.plumbline.probe.Probe;
import org.plumbline.probe.Probes;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.ForwardForward;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.rule.Shallow;
import org.plumbline.run.Provenance;
import org.plumbline.run.RunFolder;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;
import org.plumbline.value.Nearest;
import org.plumbline.value.Plugins;

/**
 * A configuration understood: every text is a value, every value is in its range, and what can be
 * known to fail has been refused. Loads neither data nor libtorch.
 *
 * @param data what to learn
 * @param trainRows the first of the training rows, which are learned from; 0 for all
 * @param mlp the hidden layers, if no general architecture is given
 * @param arch a named architecture in place of the hidden layers
 * @param blocks a general architecture, whole
 * @param init initial weights
 * @param transfer where weights come from instead
 * @param frozen blocks that are not trained
 * @param rule tells the blocks
 * @param objective judges the output
 * @param optimizer moves the parameters, clipped and kept in a ball if asked for
 * @param own moves what the rule itself learns, if not the optimizer of the network
 * @param timing when the blocks are updated
 * @param schedule of the rate
 * @param ownSchedule of the rate of what the rule itself learns
 * @param epochs planned
 * @param batch rows a step
 * @param presentation how rows are shown
 * @param adversarial how far training rows are shifted against the network; 0 for none
 * @param seed of everything
 * @param threads that may work at a time; 1 where they are to be chosen
 * @param validation share held back
 * @param patience epochs; 0 for no early stopping
 * @param stopError the training error at which enough is learned; 0 for none
 * @param testAt epochs after which the test set is judged too, rising
 * @param divergence what to do when numbers stop being finite
 * @param checkpointEvery steps
 * @param probes what is measured
 * @param probeEvery steps; 0 for never
 * @param device where
 * @param precision of parameters and activations; BF16 is of the products alone
 * @param configuration the same as texts, complete and in their normal form
 */
public record Experiment(
    DataRequest data,
    int trainRows,
    Mlp mlp,
    Optional<Architecture> arch,
    Optional<List<Layer>> blocks,
    Initialiser init,
    Optional<Transfer> transfer,
    BlockNumbers frozen,
    LearningRule rule,
    Objective objective,
    Optimizer optimizer,
    Optional<Optimizer> own,
    Timing timing,
    Schedule schedule,
    Schedule ownSchedule,
    long epochs,
    int batch,
    Presentation presentation,
    double adversarial,
    Seed seed,
    int threads,
    double validation,
    int patience,
    double stopError,
    List<Integer> testAt,
    Divergence divergence,
    int checkpointEvery,
    List<Probe> probes,
    int probeEvery,
    Device device,
    Precision precision,
    Configuration configuration) {

  /**
   * Hidden dense layers, all alike.
   *
   * @param widths of the layers
   * @param activation behind each
   * @param dropout behind each
   * @param inputDropout before the first
   */
  public record Mlp(
      List<Long> widths, Activation activation, double dropout, double inputDropout) {}

  /** What to do when a number is not finite. */
  public enum Divergence {
    /** Stop, keep the last checkpoint, write a diagnosis. */
    FAIL,
    /** Leave out the step, at most ten times. */
    SKIP,
    /** Go back to the last checkpoint with half the rate, at most ten times. */
    ROLLBACK
  }

  /**
   * Understands a configuration.
   *
   * @param given complete
   * @return the experiment
   * @throws BadInput naming the option, its rule and its value
   */
  public static Experiment of(Configuration given) {
    Reader in = new Reader(given);
    Initialiser init = in.of(Options.INIT, Initialiser.ALL, Initialiser.class);
    LearningRule rule = in.of(Options.RULE, Rules.ALL, LearningRule.class);
    Mlp mlp =
        new Mlp(
            in.widths(),
            in.of(Options.ACTIVATION, Layers.ACTIVATIONS, Activation.class),
            Check.fraction("dropout", in.number(Options.DROPOUT)),
            Check.fraction("input-dropout", in.number(Options.INPUT_DROPOUT)));
    Optimizer free = in.of(Options.OPTIMIZER, Optimizers.ALL, Optimizer.class);
    Optimizer optimizer =
        given.get(Options.CONSTRAIN).isEmpty()
            ? free
            : new Constrained(free, in.of(Options.CONSTRAIN, Constraint.ALL, Constraint.class));
    double clip = Check.notNegative("clip", in.number(Options.CLIP));
    double validation = Check.fraction("validation", in.number(Options.VALIDATION));
    int patience = in.whole(Options.PATIENCE, 0);
    if (patience > 0 && validation == 0) {
      throw new BadInput(
          "patience %d needs validation data, but validation is 0; add --validation 0.1"
              .formatted(patience));
    }
    Schedule schedule = Schedule.parse(given.get(Options.SCHEDULE));
    in.normal = in.normal.with(Options.SCHEDULE, Schedule.printAll(schedule));
    Optional<Optimizer> own =
        given.get(Options.FEEDBACK_OPTIMIZER).isEmpty()
            ? Optional.empty()
            : Optional.of(in.of(Options.FEEDBACK_OPTIMIZER, Optimizers.ALL, Optimizer.class));
    Experiment experiment =
        new Experiment(
            in.data(),
            in.whole(Options.TRAIN_ROWS, 0),
            mlp,
            in.arch(),
            given.blocks(),
            init,
            in.transfer(),
            BlockNumbers.parse(Options.FREEZE.key(), given.get(Options.FREEZE)),
            rule,
            in.of(Options.LOSS, Objectives.ALL, Objective.class),
            clip > 0 ? new Clipped(optimizer, clip) : optimizer,
            own,
            in.of(Options.UPDATE, Timing.ALL, Timing.class),
            schedule,
            in.ownSchedule(own.isPresent(), schedule),
            in.whole(Options.EPOCHS, 1),
            in.whole(Options.BATCH, 1),
            in.presentation(),
            Check.notNegative("adversarial", in.number(Options.ADVERSARIAL)),
            Seed.of(in.seed()),
            in.threads(),
            validation,
            patience,
            Check.fraction("stop-error", in.number(Options.STOP_ERROR)),
            in.testAt(),
            in.one(Options.ON_DIVERGENCE, List.of(Divergence.values())),
            in.whole(Options.CHECKPOINT_EVERY, 1),
            probes(given.plugins(), given.get(Options.PROBE)),
            in.whole(Options.PROBE_EVERY, 0),
            in.one(Options.DEVICE, List.of(Device.values())),
            in.one(Options.PRECISION, List.of(Precision.FP32, Precision.FP64, Precision.BF16)),
            in.normal);
    experiment.refuseDeadStarts();
    experiment.refuseShiftedLabels();
    experiment.refuseChangedTokens();
    experiment.refuseHalfOnGpu();
    return experiment;
  }

  /**
   * Understands the configuration of a run.
   *
   * @param run the run folder
   * @param plugins where its jars are, if not where they were
   * @return the experiment
   * @throws BadInput if the folder holds no run, or a jar that it needs is gone
   */
  public static Experiment ofRun(Path run, Optional<Path> plugins) {
    return ofRun(run, RunFolder.configOf(run), plugins);
  }

  static Experiment ofRun(Path run, String config, Optional<Path> plugins) {
    Configuration recorded = Configuration.parse(run.resolve(RunFolder.CONFIG), config);
    Configuration found =
        plugins.map(folder -> recorded.with(Options.PLUGINS, folder.toString())).orElse(recorded);
    try {
      return of(found);
    } catch (BadInput refused) {
      throw missingJar(run, found, refused);
    }
  }

  /** The refusal of a run whose jars are not all where they should be. */
  private static BadInput missingJar(Path run, Configuration found, BadInput refused) {
    if (!Files.exists(run.resolve(Provenance.NAME))) {
      return refused;
    }
    List<String> here = new ArrayList<>();
    try {
      found.plugins().jars().forEach(jar -> here.add(jar.name()));
    } catch (BadInput e) {
      // then none is here
    }
    return Provenance.read(run).setting().plugins().stream()
        .filter(jar -> !here.contains(jar.name()))
        .findFirst()
        .map(jar ->
            new BadInput(
                "run %s was trained with the plugin %s, which is not in %s; bring it back, or name its folder with --plugins DIR"
                    .formatted(run, jar.name(), found.get(Options.PLUGINS)),
                refused))
        .orElse(refused);
  }

  /**
   * The learning rules that its rule is one of.
   *
   * @return by name
   */
  public Catalogue<LearningRule> rules() {
    return configuration.rules();
  }

  /**
   * The layers, for data of these shapes.
   *
   * @param input the shape of one row
   * @param classes the number of outputs
   * @return from the input to the output
   * @throws BadInput if a general architecture does not end with one output a class
   */
  public List<Layer> layers(Shape input, int classes) {
    if (arch.isPresent()) {
      List<Layer> layers = arch.get().layers(input, classes);
      new Sequential(layers).output(input); // refuses images that are too small
      return layers;
    }
    if (blocks.isEmpty()) {
      List<Layer> layers =
          Network.mlp(mlp.widths, classes, mlp.activation, mlp.dropout, mlp.inputDropout);
      return input.rank() == 1
          ? layers
          : Stream.concat(Stream.of(new Flatten()), layers.stream()).toList();
    }
    Shape shape = new Sequential(blocks.get()).output(input);
    if (!shape.equals(Shape.of(classes))) {
      throw new BadInput(
          "blocks must end with one output a class, [%d], but end with %s; let the last layer be 'dense:width=%d'"
              .formatted(classes, shape, classes));
    }
    return blocks.get();
  }

  /**
   * Refuses what can be known to fail once the shape and the number of the rows are known.
   *
   * @param train the training rows
   * @throws BadInput naming the option, its rule and its value
   */
  public void check(Dataset train) {
    Shape shown = rule.input(train.shape(), train.classes().size());
    if (Datasets.text(data).isPresent() && !shown.equals(train.shape())) {
      throw new BadInput(
          "rule %s changes the rows that the network is shown, but data %s are tokens, which cannot be changed as numbers; use --rule dfa or --rule bp"
              .formatted(rules().nameOf(rule), Datasets.nameOf(data)));
    }
    long answers = new Sequential(layers(shown, train.classes().size())).rows(1, shown);
    if (answers != train.labels()) {
      throw new BadInput(
          "data %s ask for %d %s a row, but the network gives %d; use --arch transformer-small with task=next for characters and task=sentence for sentences"
              .formatted(
                  Datasets.nameOf(data),
                  train.labels(),
                  train.labels() == 1 ? "answer" : "answers",
                  answers));
    }
    presentation.check(train, batch);
  }

  /**
   * How many steps an epoch has. Opens the data.
   *
   * @return at least 1
   * @throws BadInput if the data cannot be used
   */
  public long stepsPerEpoch() {
    return presentation.stepsPerEpoch(Parts.of(this).train().size(), batch);
  }

  /** Whether the number of threads is still to be found by trial. */
  boolean choosesThreads() {
    return configuration.get(Options.THREADS).equals(Options.AUTO);
  }

  /** What libtorch is told. */
  int threadsOfOneOperation() {
    return timing.ofOneOperation(threads);
  }

  /**
   * A live network with its initial weights.
   *
   * @param input the shape of one row
   * @param classes the number of outputs
   * @return in the open scope
   */
  public Network network(Shape input, int classes) {
    Shape shown = rule.input(input, classes);
    return Network.of(
        layers(shown, classes),
        shown,
        new Layer.Birth(init, seed.child("weights"), precision, device.check()),
        frozen.numbers());
  }

  /**
   * Reads a list of probes.
   *
   * @param plugins whose probes are known too
   * @param text names separated by commas or {@code +}; none if it is empty or {@code none}
   * @return the probes
   * @throws BadInput with the nearest name, if one is unknown
   */
  static List<Probe> probes(Plugins plugins, String text) {
    if (text.isEmpty() || text.equals("none")) {
      return List.of();
    }
    Catalogue<Probe> probes = plugins.joined(Probes.ALL, Probe.class);
    return Arrays.stream(text.split("\\+"))
        .flatMap(part -> probes.split(part).stream())
        .map(probes::parse)
        .toList();
  }

  /**
   * Weights that start at zero can leave it only by direct or fixed feedback, through a slope at
   * zero.
   */
  private void refuseDeadStarts() {
    boolean drawsNone = transfer.isPresent() && transfer.get().blocks().numbers().isEmpty();
    if (!(init instanceof Initialiser.Zero(double bias)) || drawsNone) {
      return;
    }
    List<Layer> layers =
        arch.map(named ->
                named.layers(
                    named instanceof Architecture.TransformerSmall ? ANY_TEXT : ANY_IMAGE, 2))
            .or(() -> blocks)
            .orElseGet(() -> Network.mlp(mlp.widths, 2, mlp.activation, 0, 0));
    List<Activation> activations = new ArrayList<>();
    collect(layers, activations);
    long dense = weighted(layers);
    if (dense > 1 && (rule instanceof Backprop || rule instanceof Shallow)) {
      throw new BadInput(
          "init zero cannot be learned by rule %s: hidden weights that are all zero stay so; use --init uniform"
              .formatted(Rules.ALL.nameOf(rule)));
    }
    for (Activation activation : activations) {
      if (activation.slopeAtZero() == 0 && bias <= 0) {
        throw new BadInput(
            "init zero cannot be learned through %s, whose slope at 0 is 0; use --init uniform, --init zero:bias=0.1 or --activation tanh"
                .formatted(activation.describe()));
      }
    }
  }

  private void refuseShiftedLabels() {
    if (adversarial > 0 && rule instanceof ForwardForward) {
      throw new BadInput(
          "adversarial %s shifts rows by a gradient of the network's output, but rule ff shows the network labelled rows; leave out adversarial, or use another rule"
              .formatted(configuration.get(Options.ADVERSARIAL)));
    }
  }

  /** Token numbers are names: what is done to numbers makes others of them. */
  private void refuseChangedTokens() {
    boolean changed = adversarial > 0 || !(presentation.preparation() instanceof Preparation.None);
    if (changed && Datasets.text(data).isPresent()) {
      throw new BadInput(
          "data %s are tokens, which cannot be changed as numbers, but %s; use --prepare none and leave out adversarial"
              .formatted(
                  Datasets.nameOf(data),
                  adversarial > 0
                      ? "adversarial is " + adversarial
                      : "prepare is " + configuration.get(Options.PREPARE)));
    }
  }

  private void refuseHalfOnGpu() {
    if (precision == Precision.BF16 && device == Device.CUDA) {
      throw new BadInput(
          "precision bf16 needs device cpu, but device is cuda; use --precision fp32");
    }
  }

  private static final Shape ANY_IMAGE = Shape.of(3, 64, 64);
  private static final Shape ANY_TEXT = Shape.of(16);

  private static long weighted(List<Layer> layers) {
    return layers.stream()
        .mapToLong(layer ->
            switch (layer) {
              case Dense _, MaskedDense _, Conv2d _ -> 1;
              default -> weighted(layer.inner());
            })
        .sum();
  }

  private static void collect(List<? extends Layer> layers, List<Activation> into) {
    for (Layer layer : layers) {
      if (layer instanceof Activation activation) {
        into.add(activation);
      }
      collect(layer.inner(), into);
    }
  }

  private static final int THREADS_PER_PROCESSOR = 8;

  /** Reads the options of one configuration and collects their normal form. */
  private static final class Reader {
    private final Configuration given;
    private final Plugins plugins;
    private Configuration normal;

    Reader(Configuration given) {
      this.given = given;
      this.plugins = given.plugins();
      String folder = given.get(Options.PLUGINS);
      this.normal =
          folder.isEmpty()
              ? given
              : given.with(
                  Options.PLUGINS, Path.of(folder).toAbsolutePath().normalize().toString());
    }

    <T> T of(Options option, Catalogue<T> ours, Class<T> kind) {
      Catalogue<T> catalogue = plugins.joined(ours, kind);
      T value = catalogue.parse(given.get(option));
      normal = normal.with(option, catalogue.printAll(value));
      return value;
    }

    Optional<Architecture> arch() {
      return given.blocks().isPresent() || given.isMlp()
          ? Optional.empty()
          : Optional.of(of(Options.ARCH, Architecture.ALL, Architecture.class));
    }

    Optional<Transfer> transfer() {
      String text = given.get(Options.INIT_FROM);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      Transfer transfer = Transfer.parse(text);
      normal = normal.with(Options.INIT_FROM, transfer.toString());
      return Optional.of(transfer);
    }

    double number(Options option) {
      try {
        return Double.parseDouble(given.get(option));
      } catch (NumberFormatException e) {
        throw new BadInput(
            option.key() + " must be a number, but is '" + given.get(option) + "'", e);
      }
    }

    int whole(Options option, int least) {
      try {
        return (int) Check.atLeast(option.key(), least, Integer.parseInt(given.get(option)));
      } catch (NumberFormatException e) {
        throw new BadInput(
            "%s must be a whole number of at least %d, but is '%s'"
                .formatted(option.key(), least, given.get(option)),
            e);
      }
    }

    /** More threads than cores only wait for each other; some thousand stop a machine. */
    int threads() {
      String text = given.get(Options.THREADS);
      if (text.equals(Options.AUTO)) {
        return 1;
      }
      if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < 1) {
        throw new BadInput(
            "threads must be a whole number of at least 1, or auto, but is '%s'".formatted(text));
      }
      int threads = Integer.parseInt(text);
      int processors = Runtime.getRuntime().availableProcessors();
      if (threads > THREADS_PER_PROCESSOR * processors) {
        throw new BadInput(
            "threads must be at most %d on this machine, which has %d processors, but is %d"
                .formatted(THREADS_PER_PROCESSOR * processors, processors, threads));
      }
      return threads;
    }

    long seed() {
      try {
        return Long.parseLong(given.get(Options.SEED));
      } catch (NumberFormatException e) {
        throw new BadInput(
            "seed must be a whole number, but is '" + given.get(Options.SEED) + "'", e);
      }
    }

    <E extends Enum<E>> E one(Options option, List<E> known) {
      String text = given.get(option);
      for (E constant : known) {
        if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
          return constant;
        }
      }
      List<String> names = known.stream().map(c -> c.name().toLowerCase(Locale.ROOT)).toList();
      throw new BadInput(
          "unknown %s '%s'; %s".formatted(option.key(), text, Nearest.hint(text, names)));
    }

    Presentation presentation() {
      Augmentation augmentation = Augmentation.parse(given.get(Options.AUGMENT));
      normal = normal.with(Options.AUGMENT, Augmentation.printAll(augmentation));
      return new Presentation(
          of(Options.PREPARE, Preparation.ALL, Preparation.class),
          augmentation,
          one(Options.ORDER, List.of(Presentation.Order.values())),
          one(Options.LAST_BATCH, List.of(Presentation.LastBatch.values())));
    }

    Schedule ownSchedule(boolean own, Schedule ofNetwork) {
      String text = given.get(Options.FEEDBACK_SCHEDULE);
      if (text.isEmpty()) {
        return ofNetwork;
      }
      if (!own) {
        throw new BadInput(
            "feedback-schedule '%s' needs an optimizer of its own, but there is none; add --feedback-optimizer adam:lr=1e-4"
                .formatted(text));
      }
      Schedule schedule = Schedule.parse(text);
      normal = normal.with(Options.FEEDBACK_SCHEDULE, Schedule.printAll(schedule));
      return schedule;
    }

    List<Integer> testAt() {
      String text = given.get(Options.TEST_AT);
      SortedSet<Integer> epochs = new TreeSet<>();
      for (String part : text.isEmpty() ? new String[0] : text.split(",", -1)) {
        try {
          epochs.add((int) Check.atLeast("an epoch of test-at", 1, Integer.parseInt(part.strip())));
        } catch (NumberFormatException e) {
          throw new BadInput(
              "test-at must be epochs like 10,20, or nothing, but is '" + text + "'", e);
        }
      }
      normal =
          normal.with(
              Options.TEST_AT,
              epochs.stream().map(String::valueOf).collect(Collectors.joining(",")));
      return List.copyOf(epochs);
    }

    List<Long> widths() {
      String text = given.get(Options.NET);
      List<Long> widths = new ArrayList<>();
      if (text.isEmpty() || text.equals("none")) {
        return widths;
      }
      for (String part : text.split(",", -1)) {
        try {
          widths.add(Check.atLeast("a width of net", 1, Long.parseLong(part.strip())));
        } catch (NumberFormatException e) {
          throw new BadInput(
              "net must be widths like 800,800, or none for no hidden layer, but is '" + text + "'",
              e);
        }
      }
      return widths;
    }

    DataRequest data() {
      try {
        String dir = given.get(Options.DATA_DIR);
        String column = given.get(Options.LABEL_COLUMN);
        DataRequest request =
            Datasets.located(
                new DataRequest(
                    given.get(Options.DATA),
                    dir.isEmpty() ? Optional.empty() : Optional.of(Path.of(dir)),
                    column.isEmpty() ? Optional.empty() : Optional.of(column),
                    number(Options.TEST_FRACTION),
                    seed()));
        normal = normal.with(Options.DATA, request.data());
        request
            .dataDir()
            .ifPresent(found -> normal = normal.with(Options.DATA_DIR, found.toString()));
        return request;
      } catch (InvalidPathException e) {
        throw new BadInput("data-dir is not a path: " + e.getMessage(), e);
      }
    }
  }
}
