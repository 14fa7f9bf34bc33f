package org.plumbline.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.data.Preparation.Prepared;
import org.plumbline.nn.Block;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Stepper;
import org.plumbline.optim.Timing;
import org.plumbline.optim.Updates;
import org.plumbline.probe.Costs;
import org.plumbline.probe.Reading;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Buffers;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/** A network, what judges it, what tells it, what moves it; and the loop that all rules share. */
public final class Learner implements AutoCloseable {
  private final Network network;
  private final Prepared prepared;
  private final Objective objective;
  private final Feedback feedback;
  private final Stepper stepper;
  private final Optional<Stepper> own;
  private final double adversarial;
  private final Buffers buffers = new Buffers();

  /**
   * What one step saw, before the weights moved.
   *
   * @param loss the mean over the batch
   * @param correct rows whose greatest output is their class
   * @param rows in the batch
   * @param readings of the probes that were due
   */
  public record Stepped(double loss, int correct, int rows, Map<String, Double> readings) {}

  /**
   * Attaches a rule and an optimizer to a network.
   *
   * @param network live
   * @param objective judges its output
   * @param rule tells its blocks
   * @param optimizer moves its parameters
   * @param seed of the feedback
   */
  public Learner(
      Network network, Objective objective, LearningRule rule, Optimizer optimizer, Seed seed) {
    this(network, Prepared.NOTHING, objective, rule, optimizer, seed);
  }

  /**
   * Attaches a rule and an optimizer to a network whose inputs are prepared.
   *
   * @param network live
   * @param prepared what is done to inputs before the rule and the network see them
   * @param objective judges its output
   * @param rule tells its blocks
   * @param optimizer moves its parameters
   * @param seed of the feedback
   */
  public Learner(
      Network network,
      Prepared prepared,
      Objective objective,
      LearningRule rule,
      Optimizer optimizer,
      Seed seed) {
    this(network, prepared, objective, rule, optimizer, Beside.NONE, new Timing.Serial(), 1, seed);
  }

  /**
   * Attaches a rule and an optimizer to a network whose blocks are updated at a time of their own.
   *
   * @param network live
   * @param prepared what is done to inputs before the rule and the network see them
   * @param objective judges its output
   * @param rule tells its blocks
   * @param optimizer moves its parameters
   * @param beside what few trainings have
   * @param timing when
   * @param threads that may work at a time
   * @param seed of the feedback
   */
  public Learner(
      Network network,
      Prepared prepared,
      Objective objective,
      LearningRule rule,
      Optimizer optimizer,
      Beside beside,
      Timing timing,
      int threads,
      Seed seed) {
    this.network = network;
    this.prepared = prepared;
    this.objective = objective;
    this.feedback = rule.attach(network, seed.child("feedback"));
    this.own =
        feedback.parameters().isEmpty()
            ? Optional.empty()
            : beside.own.map(mover -> mover.attach(feedback.parameters()));
    this.adversarial = beside.adversarial;
    this.stepper =
        timing.attach(
            optimizer, network, this.own.isPresent() ? List.of() : feedback.parameters(), threads);
    if (feedback.takesTurns() && !stepper.isSeparate()) {
      throw new BadInput(
          "the rule lets blocks learn in turn, which needs updates of one block at a time; use --update serial and --clip 0");
    }
  }

  /** Ends what works beside the steps; needed where blocks are not updated one behind the other. */
  @Override
  public void close() {
    stepper.close();
  }

  /**
   * What few trainings have.
   *
   * @param own moves what the rule itself learns by gradients, if not the network's optimizer
   * @param adversarial how far every training input is shifted along the sign of its gradient; 0
   *     for not at all
   */
  public record Beside(Optional<Optimizer> own, double adversarial) {
    /** Neither. */
    public static final Beside NONE = new Beside(Optional.empty(), 0);
  }

  /**
   * What multiplies the learning rates in a step.
   *
   * @param network of the network
   * @param feedback of what the rule itself learns, where it has an optimizer of its own
   */
  public record Factors(double network, double feedback) {}

  /**
   * Takes one step with one factor on all rates.
   *
   * @param batch the rows
   * @param mode training, with the seed of this step
   * @param factor on the learning rate
   * @param probes that are due
   * @return what was seen
   * @throws Diverged if a number is not finite; then nothing has moved
   */
  public Stepped step(Batch batch, Mode mode, double factor, List<Reading> probes) {
    return step(batch, mode, new Factors(factor, factor), probes);
  }

  /**
   * Takes one step. The loop that all rules share.
   *
   * @param batch the rows
   * @param mode training, with the seed of this step
   * @param factors on the learning rates
   * @param probes that are due
   * @return what was seen
   * @throws Diverged if a number is not finite; then nothing has moved
   */
  public Stepped step(Batch batch, Mode mode, Factors factors, List<Reading> probes) {
    try (Scope scope = Scope.open(buffers)) {
      Optional<Feedback.AtOnce> atOnce =
          stepper.isSeparate() ? feedback.atOnce(batch.targets(), objective) : Optional.empty();
      if (atOnce.isEmpty()) {
        return whole(batch, mode, factors, probes);
      }
      if (probes.isEmpty()) {
        return step(batch, mode, factors, atOnce.get(), scope);
      }
      // Room for a whole pass, which steps that go block by block never need, is not kept.
      try (var _ = Scope.aside()) {
        return whole(batch, mode, factors, probes);
      }
    }
  }

  /** The step of a whole pass. */
  private Stepped whole(Batch batch, Mode mode, Factors factors, List<Reading> probes) {
    Trace trace = feedback.trace(network, shown(batch, mode), mode);
    Outcome outcome = objective.judge(trace.output(), batch.targets());
    boolean turns = feedback.takesTurns();
    List<Signal> signals = turns && probes.isEmpty() ? List.of() : feedback.signals(trace, outcome);
    Gradients gradients = turns ? Gradients.NONE : gradients(trace, signals);
    Tensor answer = feedback.predict(trace);
    boolean last = answer.equals(trace.output());
    double loss = (last ? outcome.loss() : outcome.of(answer).loss()).item();
    requireFinite(loss, gradients);
    int correct = correct(answer, batch.labels());
    Map<String, Double> readings = new LinkedHashMap<>();
    try (var _ = Scope.aside()) { // what probes make may be many times what a step needs
      probes.forEach(probe -> readings.putAll(probe.read(trace, outcome, signals)));
    }
    if (turns) {
      feedback.afterStep(trace, outcome, inTurn(trace, outcome, factors));
    } else {
      feedback.afterStep(trace, outcome, moved(gradients, factors));
      trace.steps().forEach(Step::settle);
    }
    return new Stepped(loss, correct, batch.labels().length, readings);
  }

  /**
   * The same step where no hidden block waits for another: each learns as soon as it has run, and
   * of what it did only the output is kept, until the next block has learned. If the loss turns out
   * not to be finite, the blocks below have moved already, each by a gradient of its own that was.
   */
  private Stepped step(
      Batch batch, Mode mode, Factors factors, Feedback.AtOnce told, Scope around) {
    List<Block> blocks = network.blocks();
    Tensor input = shown(batch, mode);
    for (int i = 0; i < network.hidden(); i++) {
      Tensor output;
      try (var _ = Scope.open()) {
        Step step = run(blocks.get(i), input, mode.child(i));
        Gradients gradients = gradients(i, step, told.of(i, step));
        requireFinite(0, gradients); // there is no loss yet
        take(gradients, factors);
        step.settle();
        output = around.keep(step.output());
      }
      around.handBack(input);
      input = output;
    }
    int last = network.hidden();
    Step step = run(blocks.get(last), input, mode.child(last));
    Outcome outcome = objective.judge(step.output(), batch.targets());
    Gradients gradients = gradients(last, step, new Signal.Told(outcome.error()));
    double loss = outcome.loss().item();
    requireFinite(loss, gradients);
    take(gradients, factors);
    step.settle();
    return new Stepped(
        loss, correct(step.output(), batch.labels()), batch.labels().length, Map.of());
  }

  /** Every block learns from what comes through those before it, which have learned already. */
  private Updates inTurn(Trace first, Outcome outcome, Factors factors) {
    Feedback.AtOnce told = feedback.inTurn(first, outcome);
    List<Block> blocks = network.blocks();
    Tensor input = first.input();
    Updates last = new Updates(Gradients.NONE, 0, 0);
    for (int i = 0; i < blocks.size(); i++) {
      Mode mode = first.mode().child(i);
      Step step = i == 0 ? first.steps().getFirst() : run(blocks.get(i), input, mode);
      Gradients gradients = gradients(i, step, told.of(i, step));
      requireFinite(0, gradients); // the loss is, of the pass before all of them
      last = take(gradients, factors);
      step.settle();
      input = i < network.hidden() ? run(blocks.get(i), input, mode).output() : input;
    }
    return last;
  }

  /**
   * What a step learns from: the prepared rows, or x + ε sign(∂loss/∂x) by back-propagation,
   * whatever the rule.
   */
  private Tensor shown(Batch batch, Mode mode) {
    Tensor x = prepared.apply(batch.inputs());
    if (adversarial == 0) {
      return x;
    }
    Trace trace = network.trace(x, mode);
    Tensor signal = atInput(trace, objective.judge(trace.output(), batch.targets()).error());
    return x.plus(signal.sign().multiply(adversarial));
  }

  /** A signal at the output carried to what the network was shown, by back-propagation. */
  static Tensor atInput(Trace trace, Tensor signal) {
    Tensor carried = signal;
    for (Step step : trace.steps().reversed()) {
      carried = step.carry(carried, Parameter::value);
    }
    return carried.reshaped(trace.input().shape().toArray());
  }

  private static Step run(Block block, Tensor input, Mode mode) {
    try (var _ = Meter.as(Meter.Part.FORWARD)) {
      return block.step(input, mode);
    }
  }

  /**
   * What the tensors of a step hold that are used again in the next: activations, signals, slopes.
   *
   * @return in bytes, the most that a step has needed so far
   */
  public long stepBytes() {
    return buffers.bytes();
  }

  /** What probes read of a pass; nothing moves. */
  Map<String, Double> read(Batch batch, Mode mode, List<Reading> probes) {
    try (var _ = Scope.open()) {
      Trace trace = trace(batch.inputs(), mode);
      Outcome outcome = objective.judge(trace.output(), batch.targets());
      List<Signal> signals = feedback.signals(trace, outcome);
      Map<String, Double> readings = new LinkedHashMap<>();
      probes.forEach(probe -> readings.putAll(probe.read(trace, outcome, signals)));
      return readings;
    }
  }

  /** What a step would cost, by its rule and by back-propagation. */
  List<Costs> costs(Batch batch) {
    try (var _ = Scope.open()) {
      Trace trace = feedback.trace(network, batch.inputs(), Mode.EVAL);
      Outcome outcome = objective.judge(trace.output(), batch.targets());
      return List.of(
          Costs.of(network, feedback, trace, outcome),
          Costs.of(network, new Backprop().attach(network, Seed.of(0)), trace, outcome));
    }
  }

  /**
   * Trains on every row once, in a fresh order.
   *
   * @param rows what to learn from
   * @param size of a batch; the last one may be smaller
   * @param seed of this epoch: its order and its dropout
   * @return the mean loss of the epoch
   */
  public double epoch(Dataset rows, int size, Seed seed) {
    int[] order = seed.child("order").permutation(rows.size());
    Tensor like = network.parameters().getFirst().value();
    double sum = 0;
    for (int from = 0; from < order.length; from += size) {
      try (var _ = Scope.open()) {
        int count = Math.min(size, order.length - from);
        Batch batch = Batch.of(rows, order, from, count, like.precision(), like.device());
        sum += count * step(batch, Mode.train(seed.child(from)), 1, List.of()).loss();
      }
    }
    return sum / order.length;
  }

  /**
   * Judges the network on data, in evaluation mode.
   *
   * @param rows at least one
   * @return loss, accuracy, confusion
   */
  public Evaluation evaluate(Dataset rows) {
    return Evaluation.of(this, rows);
  }

  /** A pass over {@code [batch, in…]} as the data set gives them. */
  Trace trace(Tensor inputs, Mode mode) {
    return feedback.trace(network, prepared.apply(inputs), mode);
  }

  /** The network. */
  Network network() {
    return network;
  }

  /** What is done to inputs before they are shown. */
  Prepared prepared() {
    return prepared;
  }

  /** What judges the output. */
  Objective objective() {
    return objective;
  }

  /** The rule at work. */
  Feedback feedback() {
    return feedback;
  }

  /** What a prediction needs: {@link #learned}, and {@code input.…} of the preparation. */
  Map<String, Tensor> model() {
    Map<String, Tensor> model = new LinkedHashMap<>();
    prepared.state().forEach((name, tensor) -> model.put("input." + name, tensor));
    model.putAll(learned());
    return model;
  }

  /** What of the model training changes: the network's tensors, and {@code head.…} of the rule. */
  Map<String, Tensor> learned() {
    Map<String, Tensor> learned = new LinkedHashMap<>(network.state());
    feedback.heads().forEach((name, tensor) -> learned.put("head." + name, tensor));
    return learned;
  }

  /** All live tensors: {@code network.…}, {@code rule.…}, {@code optimizer.…}. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    network.state().forEach((name, tensor) -> state.put("network." + name, tensor));
    feedback.state().forEach((name, tensor) -> state.put("rule." + name, tensor));
    stepper.state().forEach((name, tensor) -> state.put("optimizer." + name, tensor));
    own.ifPresent(mover ->
        mover.state().forEach((name, tensor) -> state.put("feedback-optimizer." + name, tensor)));
    return state;
  }

  /** Moves everything, each by its own stepper. */
  private Updates take(Gradients gradients, Factors factors) {
    if (own.isEmpty()) {
      return stepper.step(gradients, factors.network);
    }
    Set<Parameter> ofFeedback = Set.copyOf(feedback.parameters());
    Map<Boolean, List<Gradients.Entry>> parts =
        gradients.entries().stream()
            .collect(Collectors.partitioningBy(e -> ofFeedback.contains(e.parameter())));
    own.get().step(new Gradients(parts.getOrDefault(true, List.of())), factors.feedback);
    return stepper.step(new Gradients(parts.getOrDefault(false, List.of())), factors.network);
  }

  private Updates moved(Gradients gradients, Factors factors) {
    Map<Parameter, Tensor> before = new HashMap<>();
    feedback.follows().forEach(p -> before.put(p, p.value().copied()));
    Updates updates = take(gradients, factors);
    return new Updates(updates.gradients(), updates.rate(), updates.decay(), before);
  }

  private Gradients gradients(Trace trace, List<Signal> signals) {
    List<Step> steps = trace.steps();
    if (signals.size() != steps.size()) {
      throw new IllegalStateException(
          "a rule returns one signal a block, but returned %d for %d blocks"
              .formatted(signals.size(), steps.size()));
    }
    Gradients all = Gradients.NONE;
    for (int i = 0; i < steps.size(); i++) {
      all = all.and(gradients(i, steps.get(i), signals.get(i)));
    }
    return all;
  }

  private Gradients gradients(int block, Step step, Signal signal) {
    return switch (signal) {
      case Signal.Told(Tensor gradient, Gradients own) -> {
        requireShape(block, step.output().shape(), gradient.shape());
        yield step.gradients(gradient).and(own);
      }
      case Signal.Taught(Gradients gradients) -> gradients;
      case Signal.Silent _ -> Gradients.NONE;
    };
  }

  private void requireShape(int block, Shape needed, Shape found) {
    if (!found.equals(needed)) {
      throw new IllegalStateException(
          "signal for block %d (%s) must be %s, but is %s; a rule returns one signal a block, shaped like the block's output"
              .formatted(block + 1, network.blocks().get(block).describe(), needed, found));
    }
  }

  /**
   * Refuses a step whose loss or whose signals are not finite, before it is taken. Where a bias
   * hears a signal too, its sums tell: they are not finite where the signal is not.
   */
  private void requireFinite(double loss, Gradients gradients) {
    boolean fine = Double.isFinite(loss);
    Optional<Tensor> summed = Optional.empty();
    for (Gradients.Entry entry : gradients.entries().reversed()) {
      switch (entry.gradient()) {
        case Gradient.Summed(Tensor signal, Tensor sums) -> {
          fine = fine && sums.hasFiniteNorm();
          summed = Optional.of(signal);
        }
        case Gradient.Factored(Tensor left, Tensor _) ->
            fine = fine && (told(summed, left) || left.hasFiniteNorm());
        case Gradient.Convolved convolved ->
            fine = fine && (told(summed, convolved.signal()) || convolved.signal().hasFiniteNorm());
        case Gradient.Whole(Tensor value) -> fine = fine && value.hasFiniteNorm();
      }
    }
    if (!fine) {
      List<Diverged.Norm> norms = new ArrayList<>();
      for (Gradients.Entry entry : gradients.entries()) {
        norms.add(new Diverged.Norm(name(entry), norm(entry.gradient())));
      }
      throw new Diverged(loss, norms);
    }
  }

  private static boolean told(Optional<Tensor> summed, Tensor signal) {
    return summed.isPresent() && summed.get() == signal;
  }

  private static double norm(Gradient gradient) {
    return switch (gradient) {
      case Gradient.Factored(Tensor left, Tensor _) -> left.norm().item();
      case Gradient.Convolved convolved -> convolved.signal().norm().item();
      case Gradient.Summed(Tensor _, Tensor sums) -> sums.norm().item();
      case Gradient.Whole(Tensor value) -> value.norm().item();
    };
  }

  /**
   * Refuses weights and slots of which a number is not finite: an update can overflow although what
   * it was made of did not. Asked before they are saved.
   */
  void requireFiniteState() {
    try (var _ = Scope.open()) {
      state()
          .forEach((name, tensor) -> {
            // 0 · x is 0 for every finite x, however great, and NaN for all others
            if (tensor.precision() != Precision.INT64 && tensor.scaled(0).sum().item() != 0) {
              throw new Diverged(name);
            }
          });
    }
  }

  private String name(Gradients.Entry entry) {
    Map<String, Tensor> named = new LinkedHashMap<>(network.state());
    named.putAll(feedback.state());
    return named.entrySet().stream()
        .filter(e -> e.getValue() == entry.parameter().value())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(entry.parameter().name());
  }

  static int correct(Tensor prediction, int[] labels) {
    float[] numbers = prediction.toFloats();
    int width = numbers.length / labels.length;
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      int best = 0;
      for (int j = 1; j < width; j++) {
        best = numbers[i * width + j] > numbers[i * width + best] ? j : best;
      }
      correct += best == labels[i] ? 1 : 0;
    }
    return correct;
  }
}
