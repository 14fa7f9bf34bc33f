package org.plumbline.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.DataRequest;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.data.Split;
import org.plumbline.edge.Arithmetic;
import org.plumbline.edge.Budget;
import org.plumbline.edge.Course;
import org.plumbline.edge.Crew;
import org.plumbline.edge.Curve;
import org.plumbline.edge.Extractor;
import org.plumbline.edge.Federation;
import org.plumbline.edge.Mode;
import org.plumbline.edge.Model;
import org.plumbline.edge.Order;
import org.plumbline.edge.Plan;
import org.plumbline.edge.Predictor;
import org.plumbline.edge.Progress;
import org.plumbline.edge.Rate;
import org.plumbline.edge.Samples;
import org.plumbline.edge.Training;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;

/**
 * A training with whole numbers in its folder, whose only file is the model: weights, progress and
 * what it was told. Data and clocks have floats; between a row of bytes and the weights there are
 * none.
 *
 * @param folder where it lives
 * @param notes what it was told, and what it took
 */
record EdgeRun(Path folder, Map<String, String> notes) {
  static final String FILE = "model.edge";
  private static final String SECONDS = "seconds";
  private static final String CLASSES = "classes";
  private static final long SAVE_EVERY = 10_000_000_000L;

  EdgeRun {
    notes = Map.copyOf(notes);
  }

  Path file() {
    return folder.resolve(FILE);
  }

  /** Opens the model of a folder. */
  static Model open(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new BadInput(
          "%s must be a folder of 'edge train' with a %s, but has none".formatted(folder, FILE));
    }
    try {
      return Model.read(file);
    } catch (IOException e) {
      throw new Failure("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  void save(Model model) {
    try {
      Files.createDirectories(folder);
      model.write(file());
    } catch (IOException e) {
      throw new Failure("cannot write " + file() + ": " + e.getMessage(), e);
    }
  }

  static Split data(Map<String, String> notes) {
    String dir = EdgeFlag.DATA_DIR.text(notes);
    DataRequest all = DataRequest.of(EdgeFlag.DATA.text(notes));
    return Datasets.open(
        new DataRequest(
            all.data(),
            dir.isEmpty() ? Optional.empty() : Optional.of(Path.of(dir)),
            all.labelColumn(),
            all.testFraction(),
            all.seed()));
  }

  /** Rows as bytes: inputs of 0…1 become 0…255. */
  static Samples samples(Dataset rows) {
    int width = Math.toIntExact(rows.shape().size());
    if ((long) rows.size() * width > Integer.MAX_VALUE - 16) {
      throw new BadInput(
          "edge holds at most 2^31 bytes of rows, but %s has %d of %d"
              .formatted(rows.name(), rows.size(), width));
    }
    byte[] inputs = new byte[rows.size() * width];
    byte[] labels = new byte[rows.size()];
    float[] row = new float[width];
    for (int i = 0; i < rows.size(); i++) {
      rows.copyInput(i, row, 0);
      bytes(row, rows.name(), inputs, i * width);
      labels[i] = (byte) rows.label(i);
    }
    return Samples.of(inputs, labels, width, rows.classes().size());
  }

  static void bytes(float[] row, String name, byte[] into, int at) {
    for (int k = 0; k < row.length; k++) {
      if (!(row[k] >= 0 && row[k] <= 1)) {
        throw new BadInput(
            "edge takes inputs of 0 to 1, which become bytes, but %s has %s; use images, or scale the table"
                .formatted(name, row[k]));
      }
      into[at + k] = (byte) Math.round(255 * row[k]);
    }
  }

  static Plan plan(Map<String, String> notes, int inputs, int classes) {
    List<Integer> sizes = new ArrayList<>(List.of(inputs));
    String net = EdgeFlag.NET.text(notes);
    if (!net.isBlank() && !net.equals("none")) {
      for (String width : net.split(",", -1)) {
        sizes.add(EdgeFlag.NET.number(width, 1));
      }
    }
    sizes.add(classes);
    String arithmetic =
        EdgeFlag.ARITHMETIC.oneOf(EdgeFlag.ARITHMETIC.text(notes), List.of("pocketnn", "tifed"));
    String curve =
        EdgeFlag.CURVE.oneOf(EdgeFlag.CURVE.text(notes), List.of("tanh", "sigmoid", "relu8"));
    return new Plan(
        Arithmetic.valueOf(arithmetic.toUpperCase(Locale.ROOT)),
        Curve.valueOf(curve.toUpperCase(Locale.ROOT)),
        sizes,
        seed(notes));
  }

  private static long seed(Map<String, String> notes) {
    String text = EdgeFlag.SEED.text(notes);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new BadInput("seed must be a whole number, but is '" + text + "'", e);
    }
  }

  private int number(EdgeFlag flag, int least) {
    return flag.number(flag.text(notes), least);
  }

  private int workers() {
    return number(EdgeFlag.WORKERS, 0);
  }

  private Rate rate() {
    return new Rate(number(EdgeFlag.INVERSE_RATE, 1), number(EdgeFlag.DOUBLE_EVERY, 0));
  }

  /** Refuses, before anything is written, what would fail later. */
  void check() {
    number(EdgeFlag.BATCH, 1);
    number(EdgeFlag.EPOCHS, 1);
    number(EdgeFlag.THREADS, 1);
    number(EdgeFlag.BUFFER, 1);
    number(EdgeFlag.BUFFER_EPOCHS, 1);
    workers();
    rate();
    share();
    order();
  }

  private Order order() {
    String order = EdgeFlag.ORDER.oneOf(EdgeFlag.ORDER.text(notes), List.of("shuffled", "stored"));
    return order.equals("stored") ? Order.STORED : Order.SHUFFLED;
  }

  private Federation.Share share() {
    String mode = EdgeFlag.MODE.oneOf(EdgeFlag.MODE.text(notes), List.of("full", "single-layer"));
    return mode.equals("full") ? Federation.Share.FULL : Federation.Share.SINGLE_LAYER;
  }

  private Course course(Model model, Samples rows, Crew crew) {
    int batch = number(EdgeFlag.BATCH, 1);
    int epochs = number(EdgeFlag.EPOCHS, 1);
    if (workers() == 0) {
      Training.Settings settings = new Training.Settings(epochs, batch, rate(), order());
      return new Training(model.network(), settings, rows, model.progress(), Mode.FAST, crew);
    }
    Federation.Settings settings =
        new Federation.Settings(
            workers(),
            share(),
            number(EdgeFlag.BUFFER, 1),
            number(EdgeFlag.BUFFER_EPOCHS, 1),
            batch,
            epochs,
            rate(),
            order());
    return new Federation(model.network(), settings, rows, model.progress(), Mode.FAST, crew);
  }

  Budget budget(Plan plan) {
    int buffer = workers() == 0 ? 0 : number(EdgeFlag.BUFFER, 1);
    int threads = workers() == 0 ? number(EdgeFlag.THREADS, 1) : 1; // a worker is a device
    return Budget.training(plan, number(EdgeFlag.BATCH, 1), buffer, threads);
  }

  static List<String> lines(Budget budget) {
    Table table = new Table().row("bytes", "");
    budget.items().forEach(item -> table.row("%,d".formatted(item.bytes()), item.name()));
    return table.row("%,d".formatted(budget.total()), "in all").lines();
  }

  /** Trains to the end, or until a signal comes. The greeting is said once nothing is wrong. */
  void train(Model begun, Split split, Console console, List<String> greeting) {
    try (Crew crew = Crew.of(number(EdgeFlag.THREADS, 1));
        StopSignals signals = StopSignals.listen()) {
      Samples rows = features(begun.extractor(), samples(split.train()), crew);
      Course course = course(begun, rows, crew);
      greeting.forEach(console::say);
      double before = Double.parseDouble(notes.getOrDefault(SECONDS, "0"));
      long started = System.nanoTime();
      long saved = started;
      int epoch = course.progress().epoch();
      ProgressView view = ProgressView.on(console);
      try {
        while (course.advance(16) > 0) {
          long now = System.nanoTime();
          double seconds = before + (now - started) / 1e9;
          Progress at = course.progress();
          boolean endsEpoch = at.epoch() != epoch;
          epoch = at.epoch();
          double share = share(at, rows.size());
          if (endsEpoch) {
            view.milestone(share, () -> words(at, seconds));
          } else {
            view.show(share, () -> words(at, seconds));
          }
          if (endsEpoch || now - saved > SAVE_EVERY || signals.requested()) {
            save(model(course, begun.extractor(), split, seconds));
            saved = now;
          }
          if (signals.requested()) {
            throw new StoppedBySignal(
                signals.exitCode(),
                "stopped after %,d samples; saved; resume with: ./plumbline edge resume %s"
                    .formatted(at.samples(), Words.path(folder)));
          }
        }
      } finally {
        view.clear();
      }
    }
  }

  private double share(Progress at, int rows) {
    int epochs = number(EdgeFlag.EPOCHS, 1);
    int each = workers() == 0 ? rows : Math.max(1, rows / workers() / number(EdgeFlag.BUFFER, 1));
    return (at.epoch() + (double) at.done() / each) / epochs;
  }

  private String words(Progress at, double seconds) {
    return "epoch %d/%d  %s samples/s  updates of 0 %s"
        .formatted(
            at.epoch(),
            number(EdgeFlag.EPOCHS, 1),
            Words.whole(at.samples() / Math.max(1e-9, seconds)),
            Words.percent((double) at.updates().zero() / Math.max(1, at.updates().all())));
  }

  private Model model(Course course, Optional<Extractor> extractor, Split split, double seconds) {
    Map<String, String> all = new LinkedHashMap<>(notes);
    all.put(SECONDS, Double.toString(seconds));
    all.put(CLASSES, String.join("\t", split.train().classes()).replace('\n', ' '));
    return new Model(course.network(), course.progress(), all, extractor);
  }

  private static Samples features(Optional<Extractor> extractor, Samples rows, Crew crew) {
    return extractor.map(e -> e.features(rows, crew)).orElse(rows);
  }

  static List<String> classes(Model model) {
    String names = model.notes().getOrDefault(CLASSES, "");
    List<String> classes = List.of(names.split("\t", -1));
    if (classes.size() == model.network().plan().classes()) {
      return classes;
    }
    List<String> numbers = new ArrayList<>();
    for (int c = 0; c < model.network().plan().classes(); c++) {
      numbers.add(Integer.toString(c));
    }
    return numbers;
  }

  /** What came out, by the names that {@code train} uses, and what only whole numbers have. */
  static void answer(Path folder, Model model, Split split, Console console) {
    EdgeRun run = new EdgeRun(folder, model.notes());
    Plan plan = model.network().plan();
    try (Crew crew = Crew.of(run.number(EdgeFlag.THREADS, 1))) {
      Predictor predictor = new Predictor(model.network(), Mode.FAST, crew);
      Predictor.Score train =
          predictor.judge(features(model.extractor(), samples(split.train()), crew));
      Predictor.Score test =
          predictor.judge(features(model.extractor(), samples(split.test()), crew));
      Progress progress = model.progress();
      double seconds = Double.parseDouble(model.notes().getOrDefault(SECONDS, "0"));
      double all = Math.max(1, progress.updates().all());
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("rule", "dfa");
      object.put("data", EdgeFlag.DATA.text(model.notes()));
      object.put("epochs", progress.epoch());
      object.put("steps", run.steps(progress, split.train().size()));
      object.put("parameters", plan.parameters());
      object.put("train_loss", loss(train, plan));
      object.put("train_accuracy", (double) train.right() / train.rows());
      object.put("test_loss", loss(test, plan));
      object.put("test_accuracy", (double) test.right() / test.rows());
      object.put("seconds", seconds);
      object.put("samples_per_second", seconds > 0 ? progress.samples() / seconds : 0.0);
      object.put("run", folder);
      object.put("arithmetic", plan.arithmetic().name().toLowerCase(Locale.ROOT));
      object.put("inverse_rate", run.rate().inverse());
      object.put("workers", run.workers());
      object.put("zero_updates", progress.updates().zero() / all);
      object.put("clamped_updates", progress.updates().clamped() / all);
      object.put("clamped_weights", (double) model.network().clampedWeights() / plan.parameters());
      object.put("largest_weight", model.network().largestWeight());
      object.put("bytes", run.budget(plan).total());
      console.answer(
          object,
          List.of(
              "test accuracy %s, loss %s (training data: %s, %s); %,d epochs, %,d parameters, %s, %s samples/s"
                  .formatted(
                      percent(test),
                      Words.number(loss(test, plan)),
                      percent(train),
                      Words.number(loss(train, plan)),
                      progress.epoch(),
                      plan.parameters(),
                      Words.duration(seconds),
                      Words.whole(seconds > 0 ? progress.samples() / seconds : 0)),
              "updates of 0: %s; clamped weights: %s, the largest is %,d%s"
                  .formatted(
                      Words.percent(progress.updates().zero() / all),
                      Words.percent((double) model.network().clampedWeights() / plan.parameters()),
                      model.network().largestWeight(),
                      progress.updates().clamped() == 0
                          ? ""
                          : "; %,d updates were clamped: steps may be too long, an --inverse-rate above %,d makes them shorter"
                              .formatted(progress.updates().clamped(), run.rate().inverse())),
              "next: ./plumbline edge predict %s FILE, ./plumbline edge inspect %s"
                  .formatted(Words.path(folder), Words.path(folder))));
    }
  }

  private static String percent(Predictor.Score score) {
    return "%.2f %%".formatted(100.0 * score.right() / score.rows());
  }

  /** Half the squared error of a row, the target counted as 1. */
  private static double loss(Predictor.Score score, Plan plan) {
    double hot = plan.arithmetic().hot();
    return score.squaredError() / (2 * hot * hot * score.rows());
  }

  private long steps(Progress progress, int rows) {
    long batch = number(EdgeFlag.BATCH, 1);
    if (workers() == 0) {
      return progress.epoch() * (((long) rows + batch - 1) / batch)
          + (progress.done() + batch - 1) / batch;
    }
    long buffer = number(EdgeFlag.BUFFER, 1);
    long steps = (buffer + batch - 1) / batch;
    return progress.samples() / buffer * steps;
  }
}
