package org.plumbline.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.plumbline.data.Dataset;
import org.plumbline.data.Split;
import org.plumbline.edge.Crew;
import org.plumbline.edge.Mode;
import org.plumbline.edge.Network;
import org.plumbline.edge.Plan;
import org.plumbline.edge.Predictor;
import org.plumbline.edge.Progress;
import org.plumbline.edge.Rate;
import org.plumbline.edge.Samples;
import org.plumbline.edge.Training;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Layer;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.train.Learner;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code plumbline edge bench}: integers beside the float engine, the same net, data and batch. */
final class EdgeBench implements Command {
  private static final String ROUNDS = "--rounds";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Syntax.command(
            this,
            "bench",
            "Times training and prediction with integers beside the float engine, in turn, on one thread,",
            "by the seconds of the processor that each took.",
            "");
    for (EdgeFlag flag :
        List.of(
            EdgeFlag.DATA,
            EdgeFlag.DATA_DIR,
            EdgeFlag.NET,
            EdgeFlag.ARITHMETIC,
            EdgeFlag.INVERSE_RATE,
            EdgeFlag.BATCH)) {
      spec.addOption(flag.option());
    }
    return spec.addOption(
        Syntax.option(ROUNDS, "N", "epochs of each, the fastest counts (default: 4)").build());
  }

  /** The least seconds of the processor that one engine took; others may share it. */
  private static final class Clock {
    double training = Double.POSITIVE_INFINITY;
    double predicting = Double.POSITIVE_INFINITY;

    void time(Runnable train, Runnable predict) {
      training = Math.min(training, seconds(train));
      predicting = Math.min(predicting, seconds(predict));
    }

    private static double seconds(Runnable work) {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long started = threads.getCurrentThreadCpuTime();
      work.run();
      return (threads.getCurrentThreadCpuTime() - started) / 1e9;
    }
  }

  @Override
  public void run(ParseResult given, Console console) {
    Map<String, String> notes = EdgeTrain.notes(given, Map.of(EdgeFlag.THREADS.key(), "1"));
    int rounds = EdgeFlag.EPOCHS.number(given.matchedOptionValue(ROUNDS, "4"), 1);
    int batch = EdgeFlag.BATCH.number(EdgeFlag.BATCH.text(notes), 1);
    int rate = EdgeFlag.INVERSE_RATE.number(EdgeFlag.INVERSE_RATE.text(notes), 1);
    Split split = EdgeRun.data(notes);
    Dataset rows = split.train();
    Samples train = EdgeRun.samples(rows);
    Samples test = EdgeRun.samples(split.test());
    Plan plan = EdgeRun.plan(notes, train.width(), rows.classes().size());
    console.beforeLibtorch();
    Libtorch.threads(1);
    Clock whole = new Clock();
    Clock floats = new Clock();
    try (var _ = Scope.open();
        Crew crew = Crew.of(1);
        Learner learner = floats(plan, rows)) {
      Network network = new Network(plan);
      Predictor predictor = new Predictor(network, Mode.FAST, crew);
      for (int round = 0; round < rounds; round++) {
        Training.Settings once = new Training.Settings(1, batch, new Rate(rate, 0));
        Training training = new Training(network, once, train, Progress.NONE, Mode.FAST, crew);
        whole.time(() -> training.advance(Integer.MAX_VALUE), () -> predictor.judge(test));
        Seed seed = Seed.of(round);
        floats.time(() -> learner.epoch(rows, batch, seed), () -> learner.evaluate(split.test()));
        console.say("round %d of %d".formatted(round + 1, rounds));
      }
    }
    answer(console, plan, batch, train.size(), test.size(), whole, floats);
  }

  private static Learner floats(Plan plan, Dataset rows) {
    List<Long> hidden = new ArrayList<>();
    for (int l = 0; l < plan.layers() - 1; l++) {
      hidden.add((long) plan.outputs(l));
    }
    List<Layer> layers =
        org.plumbline.nn.Network.mlp(hidden, plan.classes(), new Activation.Tanh(), 0, 0);
    if (rows.shape().rank() > 1) {
      layers = Stream.concat(Stream.of(new Flatten()), layers.stream()).toList();
    }
    Seed seed = Seed.of(1);
    return new Learner(
        org.plumbline.nn.Network.of(layers, rows.shape(), Layer.Birth.of(seed)),
        new SoftmaxCrossEntropy(),
        new DirectFeedback(1),
        new Sgd(0.05),
        seed);
  }

  private static void answer(
      Console console, Plan plan, int batch, int train, int test, Clock whole, Clock floats) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("sizes", plan.sizes());
    object.put("batch", batch);
    Table table =
        new Table()
            .row("", "training, samples/CPU s", "prediction, samples/CPU s", "bytes of weights");
    int parameters = plan.parameters();
    put(object, table, "integers", train / whole.training, test / whole.predicting, 2 * parameters);
    put(object, table, "floats", train / floats.training, test / floats.predicting, 4 * parameters);
    object.put("training_ratio", floats.training / whole.training);
    object.put("prediction_ratio", floats.predicting / whole.predicting);
    List<String> lines = new ArrayList<>(table.lines());
    lines.add(
        "integers are %.1f times as fast in training, %.1f in prediction"
            .formatted(floats.training / whole.training, floats.predicting / whole.predicting));
    console.answer(object, lines);
  }

  private static void put(
      Map<String, Object> object, Table table, String name, double train, double test, int bytes) {
    object.put(name + "_training_samples_per_second", train);
    object.put(name + "_prediction_samples_per_second", test);
    object.put(name + "_weight_bytes", bytes);
    table.row(name, Words.whole(train), Words.whole(test), "%,d".formatted(bytes));
  }
}
