package org.plumbline.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The keys of a configuration: each is a flag of {@code train} and a key of its YAML file, with one
 * default.
 */
public enum Options {
  /** What to learn. */
  DATA("digits", "NAME|FILE", "data set: a name of 'plumbline datasets', or a CSV file"),
  /** Where the data set is. */
  DATA_DIR(
      "",
      "DIR",
      "folder of the data set's files, or the file of a text; then the only place tried"),
  /** Which column of a table is the class. */
  LABEL_COLUMN("", "COLUMN", "CSV: column of the class, by name or 0-based index; -1 is the last"),
  /** How much is held back for the test. */
  TEST_FRACTION(
      "0.2", "SHARE", "share held back for the test, where a set has no test part of its own"),
  /** How many training rows. */
  TRAIN_ROWS("0", "N", "learn from the first N training rows alone; 0: from all"),
  /** What is done to every input. */
  PREPARE(
      "none",
      "NAME",
      "all inputs: none, standardise by channel, scale:mean=0.5,deviation=0.5, zca whitening"),
  /** What is done to training images at random. */
  AUGMENT("none", "NAME", "training images at random: none, crop:padding=4, flip, crop+flip"),
  /** How far training rows are shifted against the network. */
  ADVERSARIAL(
      "0",
      "SIZE",
      "shift every training input by this along the sign of its gradient, by back-propagation; 0: none"),
  /** Which network. */
  ARCH(
      "mlp",
      "NAME",
      "network: mlp of net, activation and dropout, lenet, launay-cnn, nokland-conv, dkp-cnn, vgg8b:width=0.5, resnet20, transformer-small"),
  /** Widths of the hidden layers. */
  NET("128,128", "WIDTHS", "widths of the hidden dense layers"),
  /** The function behind each hidden layer. */
  ACTIVATION("tanh", "NAME", "activation of the hidden layers"),
  /** Dropout behind each hidden layer. */
  DROPOUT("0", "RATE", "dropout behind each hidden layer"),
  /** Dropout of the inputs. */
  INPUT_DROPOUT("0", "RATE", "dropout of the inputs"),
  /** Initial weights. */
  INIT("uniform", "NAME", "initial weights"),
  /** Where weights come from instead. */
  INIT_FROM(
      "", "RUN[:BLOCKS]", "take the weights of a finished run, of all blocks or of some: RUN:1-3"),
  /** What is not trained. */
  FREEZE("", "BLOCKS", "blocks that are left as they start: 1-3"),
  /** The learning rule. */
  RULE("dfa", "RULE", "learning rule, as 'plumbline rules' lists them: dfa:gain=1"),
  /** Where rules of one's own are. */
  PLUGINS("", "DIR", "folder of jars with learning rules of your own; they are run"),
  /** The objective. */
  LOSS("softmax", "NAME", "loss: softmax, sigmoid, squared"),
  /** The optimizer. */
  OPTIMIZER("adam:lr=0.001", "NAME", "optimizer: sgd:lr=0.1,momentum=0.9, rmsprop, adam, adamw"),
  /** The optimizer of what the rule itself learns. */
  FEEDBACK_OPTIMIZER(
      "",
      "NAME",
      "optimizer of what the rule itself learns by gradients: heads, read-out, feedback; else the network's"),
  /** How the rate of what the rule itself learns changes. */
  FEEDBACK_SCHEDULE(
      "", "NAME", "its learning rate over time, with feedback-optimizer; else as the network's"),
  /** When blocks are updated. */
  UPDATE(
      "serial",
      "NAME",
      "when blocks are updated: serial, one by one; parallel, all at once; async:delay=1, hidden ones later"),
  /** How the rate changes. */
  SCHEDULE(
      "constant",
      "NAME",
      "learning rate over time: constant, step, at:epochs=50/75, exponential, cosine, cooldown, warmup:steps=100+cosine"),
  /** How often every row is seen. */
  EPOCHS("30", "N", "passes over the training data"),
  /** Rows a step. */
  BATCH("32", "N", "rows a step"),
  /** In which order the training rows come. */
  ORDER("shuffled", "NAME", "training rows of an epoch: shuffled anew, or as stored"),
  /** What becomes of an incomplete batch. */
  LAST_BATCH("kept", "NAME", "incomplete last batch of an epoch: kept or dropped"),
  /** The source of all randomness. */
  SEED("1", "N", "source of all randomness"),
  /** Threads of one operation. */
  THREADS(
      "auto",
      "N",
      "threads, or auto: the fastest by trial, recorded; results depend on it in the last bits"),
  /** How much is held back for validation. */
  VALIDATION("0", "SHARE", "share of the training data held back for validation"),
  /** When to stop early. */
  PATIENCE(
      "0",
      "EPOCHS",
      "stop after so many epochs without a better validation loss, keep the best; 0: never"),
  /** When enough is learned. */
  STOP_ERROR(
      "0",
      "SHARE",
      "stop once the training error, 0.75 old + 0.25 new at every epoch, is at most this; 0: never"),
  /** When the test set is judged before the end. */
  TEST_AT(
      "",
      "EPOCHS",
      "epochs after which the test set is judged and recorded too, 10,20; it chooses nothing"),
  /** The greatest gradient. */
  CLIP("0", "NORM", "greatest length of all gradients together; 0: no bound"),
  /** What to do when numbers stop being finite. */
  ON_DIVERGENCE(
      "fail",
      "POLICY",
      "when a number is not finite: fail, skip the step, rollback with half the rate"),
  /** How often the state is saved. */
  CHECKPOINT_EVERY("1000", "STEPS", "steps between checkpoints"),
  /** What is measured. */
  PROBE("alignment:rows=16", "NAMES", "probes, separated by commas, or none"),
  /** How often it is measured. */
  PROBE_EVERY("50", "STEPS", "steps between readings; 0: never"),
  /** Where to compute. */
  DEVICE("cpu", "NAME", "cpu or cuda"),
  /** The number format. */
  PRECISION("fp32", "NAME", "fp32, fp64, or bf16: large products in bf16, all else in fp32");

  private final String fallback;
  private final String argument;
  private final String about;

  Options(String fallback, String argument, String about) {
    this.fallback = fallback;
    this.argument = argument;
    this.about = about;
  }

  /** The key and flag that names a recipe to start from; what it says is what the run records. */
  public static final String PRESET = "preset";

  /** The value of {@link #THREADS} that is replaced by a number before a run begins. */
  static final String AUTO = "auto";

  /** The network {@code mlp}, of the options {@link #MLP}. */
  static final String DENSE = "mlp";

  /** What describes a multi-layer perceptron, and nothing else. */
  public static final List<Options> MLP = List.of(NET, ACTIVATION, DROPOUT, INPUT_DROPOUT);

  /** The one key that only a file has: a general architecture, in place of a named one. */
  static final String BLOCKS = "blocks";

  /**
   * The key as it is written.
   *
   * @return {@code data-dir}
   */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The value if nothing is given.
   *
   * @return empty if there is none
   */
  public String fallback() {
    return fallback;
  }

  /**
   * What stands for the value in help.
   *
   * @return {@code STEPS}
   */
  public String argument() {
    return argument;
  }

  /**
   * One line.
   *
   * @return without a full stop
   */
  public String about() {
    return about;
  }

  static Optional<Options> of(String key) {
    return Arrays.stream(values()).filter(o -> o.key().equals(key)).findFirst();
  }

  static List<String> keys() {
    return Stream.concat(Arrays.stream(values()).map(Options::key), Stream.of(BLOCKS, PRESET))
        .toList();
  }
}
