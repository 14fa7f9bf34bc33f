package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SquaredError;
import org.plumbline.probe.Alignment;
import org.plumbline.probe.Reading;
import org.plumbline.probe.TangentKernel;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.Law;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Scale;
import org.plumbline.rule.Signal;
import org.plumbline.run.Durable;
import org.plumbline.run.RunFolder;
import org.plumbline.run.Storage;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * The drift of the tangent kernel against the width of the network: it vanishes where the output is
 * linear, and does not behind a tanh or a layer of two units.
 *
 * <pre>
 *   30 points on the sphere of radius √10 in R^10, targets 0.8 sign(x1 x2 + 0.5 x3), no biases
 *   tanh nets 10-m-m-1 or 10-m-2-m-1, a_l = h_{l−1} W_lᵀ/√n_{l−1}, W ~ N(0, 1), B_l ~ N(0, 1)/√n_l
 *   full-batch descent on ½ Σ (y − t)², step 0.9/λ_max(K_0), until the mean square error is 0.01
 * </pre>
 *
 * <p>Liu, Zhu, Belkin 2020, <a href="https://arxiv.org/abs/2010.01092">arXiv:2010.01092</a>, say so
 * of gradient descent; the toy and its direct feedback are this project's.
 *
 * @param widths m, rising
 * @param seeds how many, from 1
 */
public record KernelSweep(List<Integer> widths, int seeds) {
  /** The file of one line a training. */
  public static final String CSV = "kernel.csv";

  private static final int ROWS = 30;
  private static final int INPUTS = 10;
  private static final double ENOUGH = 0.01;
  private static final long MOST_STEPS = 20_000;
  private static final int MOST_WIDTH = 4096;
  private static final String HEAD =
      "net,rule,width,seed,steps,mse,drift,hidden_share_start,hidden_share_end,alignment_1,alignment_last";

  /** What stands behind the last hidden layer. */
  public enum Net {
    /** 10-m-m-1 with a linear output. */
    LINEAR,
    /** 10-m-m-1 with a tanh behind the output. */
    TANH,
    /** 10-m-2-m-1 with a linear output. */
    BOTTLENECK;

    /**
     * As it is written.
     *
     * @return {@code linear}
     */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which rule trains. */
  public enum By {
    /** Back-propagation. */
    BP,
    /** Direct feedback. */
    DFA;

    /**
     * As it is written.
     *
     * @return {@code bp}
     */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    private LearningRule rule() {
      return switch (this) {
        case BP -> new Backprop();
        case DFA ->
            new DirectFeedback(1, Law.NORMAL, Scale.WIDTH, org.plumbline.rule.Storage.STORED);
      };
    }
  }

  /**
   * One training.
   *
   * @param net which
   * @param rule that trained it
   * @param width m
   * @param seed of points, weights and feedback
   * @param steps taken
   * @param mse the mean square error at the end
   * @param drift ‖K_t − K_0‖ / ‖K_0‖ of the model's kernel
   * @param shareAtStart ‖hidden terms‖ / ‖last term‖ of the rule's kernel
   * @param shareAtEnd the same
   * @param alignmentFirst of the first hidden block at the end, the mean cosine over the rows
   * @param alignmentLast of the last hidden block
   */
  public record Row(
      Net net,
      By rule,
      int width,
      int seed,
      long steps,
      double mse,
      double drift,
      double shareAtStart,
      double shareAtEnd,
      double alignmentFirst,
      double alignmentLast) {
    /**
     * Whether it came to the error at which all are compared.
     *
     * @return false where the steps were used up or numbers grew without bound
     */
    public boolean isLearned() {
      return mse <= ENOUGH;
    }

    private String key() {
      return "%s,%s,%d,%d".formatted(net.word(), rule.word(), width, seed);
    }

    private String line() {
      return String.format(
          Locale.ROOT,
          "%s,%d,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g",
          key(),
          steps,
          mse,
          drift,
          shareAtStart,
          shareAtEnd,
          alignmentFirst,
          alignmentLast);
    }

    private static Row parse(String line) {
      String[] f = line.split(",", -1);
      return new Row(
          Net.valueOf(f[0].toUpperCase(Locale.ROOT)),
          By.valueOf(f[1].toUpperCase(Locale.ROOT)),
          Integer.parseInt(f[2]),
          Integer.parseInt(f[3]),
          Long.parseLong(f[4]),
          Double.parseDouble(f[5]),
          Double.parseDouble(f[6]),
          Double.parseDouble(f[7]),
          Double.parseDouble(f[8]),
          Double.parseDouble(f[9]),
          Double.parseDouble(f[10]));
    }
  }

  /**
   * Copies the list.
   *
   * @param widths m, rising
   * @param seeds how many
   */
  public KernelSweep {
    widths = List.copyOf(widths);
  }

  /**
   * Understands a wish.
   *
   * @param widths m, separated by commas
   * @param seeds how many
   * @return the sweep
   * @throws BadInput if a number cannot be used
   */
  public static KernelSweep of(String widths, String seeds) {
    TreeSet<Integer> all = new TreeSet<>();
    for (String part : widths.split(",", -1)) {
      int width;
      try {
        width = Integer.parseInt(part.strip());
      } catch (NumberFormatException e) {
        throw new BadInput(
            "widths must be numbers of units like 32,128,512, but is '" + widths + "'", e);
      }
      if (width < 1 || width > MOST_WIDTH) {
        throw new BadInput(
            "a width of sweep kernel must be from 1 to %d, but one is %d"
                .formatted(MOST_WIDTH, width));
      }
      all.add(width);
    }
    return new KernelSweep(List.copyOf(all), Comparison.seeds(seeds));
  }

  /**
   * Trains what the folder does not hold yet. A line is a function of its net, rule, width and seed
   * alone, so that a folder can be gone on with, and widths and seeds be added to it.
   *
   * @param out new, empty, or of another sweep of this kind
   * @param told of every training that has ended
   * @return the rows that were asked for, in order
   * @throws BadInput if the folder holds something else
   */
  public List<Row> run(Path out, Consumer<Row> told) {
    Durable durable = new Durable(Storage.disk());
    Path file = out.resolve(CSV);
    Map<String, Row> known = new LinkedHashMap<>();
    if (Files.exists(file)) {
      read(file).forEach(row -> known.put(row.key(), row));
    }
    Libtorch.threads(1); // of products so small, and so that a line is the same everywhere
    List<Row> rows = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      for (int width : widths) {
        for (Net net : Net.values()) {
          for (By rule : By.values()) {
            String key = "%s,%s,%d,%d".formatted(net.word(), rule.word(), width, seed);
            Row row = known.get(key);
            if (row == null) {
              row = train(net, rule, width, seed);
              known.put(key, row);
              durable.write(file, csv(List.copyOf(known.values())));
              told.accept(row);
            }
            rows.add(row);
          }
        }
      }
    }
    return rows;
  }

  /**
   * The file.
   *
   * @param rows one a training
   * @return a line of names first
   */
  public static String csv(List<Row> rows) {
    StringBuilder csv = new StringBuilder(HEAD).append('\n');
    rows.forEach(row -> csv.append(row.line()).append('\n'));
    return csv.toString();
  }

  /**
   * Reads a file of rows.
   *
   * @param file as {@link #csv} gives it
   * @return the rows
   * @throws BadInput if it is something else
   */
  public static List<Row> read(Path file) {
    return parse(file, new Durable(Storage.disk()).read(file, RunFolder.CONFIG_LIMIT));
  }

  private static List<Row> parse(Path file, String csv) {
    List<String> lines = csv.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
      throw new BadInput(
          file + " is of something else than sweep kernel; name another folder with --out");
    }
    try {
      return lines.stream().skip(1).map(Row::parse).toList();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BadInput(file + " is damaged; delete it, then repeat the command", e);
    }
  }

  /**
   * The mean drift over the seeds that learned.
   *
   * @param rows of a sweep
   * @param net which
   * @param rule that trained
   * @param width m
   * @return not a number where none did
   */
  public static double drift(List<Row> rows, Net net, By rule, int width) {
    return rows.stream()
        .filter(row -> row.net == net && row.rule == rule && row.width == width)
        .filter(Row::isLearned)
        .mapToDouble(Row::drift)
        .average()
        .orElse(Double.NaN);
  }

  /**
   * Trains one network until it has learned.
   *
   * @param net which
   * @param by the rule
   * @param width m
   * @param seed of points, weights and feedback
   * @return what was measured
   */
  public static Row train(Net net, By by, int width, int seed) {
    try (var _ = Scope.open()) {
      Seed all = Seed.of(seed);
      Tensor x = points(all.child("points"));
      Tensor t = targets(x);
      Network network =
          Network.of(
              layers(net, width),
              Shape.of(INPUTS),
              new Layer.Birth(
                  new Initialiser.Ntk(), all.child("weights"), Precision.FP64, Device.CPU));
      LearningRule rule = by.rule();
      Feedback feedback = rule.attach(network, all.child("feedback"));
      Reading kernel = new TangentKernel(ROWS).attach(network, rule, feedback, all);
      Reading alignment = new Alignment(0).attach(network, rule, feedback, all);
      Map<String, Double> start = read(network, feedback, List.of(kernel), x, t);
      double rate = 0.9 / start.getOrDefault("kernel/max_eigenvalue", Double.NaN);
      Descent descent = descend(network, feedback, x, t, rate);
      Map<String, Double> end = read(network, feedback, List.of(kernel, alignment), x, t);
      String share = by == By.BP ? "kernel/hidden_share" : "kernel/rule/hidden_share";
      return new Row(
          net,
          by,
          width,
          seed,
          descent.steps,
          descent.mse,
          of(end, "kernel/drift"),
          of(start, share),
          of(end, share),
          of(end, "alignment/1"),
          of(end, "alignment/" + network.hidden()));
    }
  }

  private static double of(Map<String, Double> readings, String name) {
    return readings.getOrDefault(name, Double.NaN);
  }

  /** How a descent ended. */
  private record Descent(long steps, double mse) {}

  /** Full batches of the summed loss, until the error is small enough or no number. */
  private static Descent descend(
      Network network, Feedback feedback, Tensor x, Tensor t, double rate) {
    for (long steps = 0; ; steps++) {
      try (var _ = Scope.open()) {
        Trace trace = network.trace(x, Mode.EVAL);
        Outcome outcome = new SquaredError().judge(trace.output(), t);
        double mse = 2 * outcome.loss().item();
        if (!(mse > ENOUGH) || mse > 1e6 || steps == MOST_STEPS) {
          return new Descent(steps, mse);
        }
        List<Signal> signals = feedback.signals(trace, outcome);
        List<Gradients> gradients = new ArrayList<>();
        for (int l = 0; l < signals.size(); l++) {
          Step step = trace.steps().get(l);
          gradients.add(step.gradients(((Signal.Told) signals.get(l)).gradient()));
        }
        for (Gradients block : gradients) {
          block
              .entries()
              .forEach(entry ->
                  // the error is of the mean over the rows, the descent on the sum
                  entry.gradient().addTo(entry.parameter().value(), 1, -rate * ROWS));
        }
      }
    }
  }

  private static Map<String, Double> read(
      Network network, Feedback feedback, List<Reading> readings, Tensor x, Tensor t) {
    Trace trace = network.trace(x, Mode.EVAL);
    Outcome outcome = new SquaredError().judge(trace.output(), t);
    List<Signal> signals = feedback.signals(trace, outcome);
    Map<String, Double> all = new LinkedHashMap<>();
    readings.forEach(reading -> all.putAll(reading.read(trace, outcome, signals)));
    return all;
  }

  /** {@code [30, 10]}, every row of length √10. */
  private static Tensor points(Seed seed) {
    double[] x = seed.normal(1, ROWS, INPUTS).toDoubles();
    for (int i = 0; i < ROWS; i++) {
      double square = 0;
      for (int k = 0; k < INPUTS; k++) {
        square += x[i * INPUTS + k] * x[i * INPUTS + k];
      }
      for (int k = 0; k < INPUTS; k++) {
        x[i * INPUTS + k] *= Math.sqrt(INPUTS / square);
      }
    }
    return Tensor.of(x, ROWS, INPUTS);
  }

  /** {@code [30, 1]}. */
  private static Tensor targets(Tensor points) {
    double[] x = points.toDoubles();
    double[] t = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      int at = i * INPUTS;
      t[i] = 0.8 * Math.signum(x[at] * x[at + 1] + 0.5 * x[at + 2]);
    }
    return Tensor.of(t, ROWS, 1);
  }

  private static List<Layer> layers(Net net, int width) {
    List<Layer> layers = new ArrayList<>();
    for (int hidden :
        net == Net.BOTTLENECK ? new int[] {width, 2, width} : new int[] {width, width}) {
      layers.add(new Dense(hidden, Dense.Bias.WITHOUT));
      layers.add(new Activation.Tanh());
    }
    layers.add(new Dense(1, Dense.Bias.WITHOUT));
    if (net == Net.TANH) {
      layers.add(new Activation.Tanh());
    }
    return layers;
  }
}
