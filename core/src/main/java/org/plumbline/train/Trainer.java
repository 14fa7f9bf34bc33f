package org.plumbline.train;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.optim.Schedule;
import org.plumbline.probe.Probe;
import org.plumbline.probe.Reading;
import org.plumbline.run.Checkpoints;
import org.plumbline.run.Event;
import org.plumbline.run.NonFinite;
import org.plumbline.run.Provenance;
import org.plumbline.run.RunFolder;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.tensor.Fused;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;
import org.plumbline.value.Failure;
import org.plumbline.value.Plugins;

/**
 * Runs an experiment in a run folder. Killed at any moment and resumed, it ends with the same bytes
 * of {@code model.safetensors} as if it had never been stopped: whatever the next step reads is in
 * the last checkpoint, and every draw is keyed by seed, purpose and step.
 */
public final class Trainer {
  /** What was measured of the training rows, in a run folder. */
  static final String PREPARATION = "preparation.safetensors";

  /** What the names of the probes' tensors in a checkpoint begin with. */
  static final String PROBE = "probe.";

  private static final int PATIENCE_WITH_DIVERGENCE = 10;
  private static final double GROWTH = 1e3;
  private static final int STEP_EVENT_EVERY = 50;
  private static final double NEW_ERROR = 0.25;

  private final Experiment experiment;
  private final Parts parts;
  private final RunFolder folder;
  private final Map<String, String> identity;
  private final Watcher watcher;
  private final Learner learner;
  private final List<Reading> probes = new ArrayList<>();
  private final Map<String, Tensor> best = new LinkedHashMap<>();
  private final Position position = new Position();
  private final long stepsPerEpoch;
  private Map<String, Double> readings = Map.of();
  private long sessionRows;
  private double sessionSeconds;
  private long mark;

  private Trainer(
      Experiment experiment,
      Parts parts,
      RunFolder folder,
      Map<String, String> identity,
      Watcher watcher,
      Network network) {
    this.experiment = experiment;
    this.parts = parts;
    this.folder = folder;
    this.identity = identity;
    this.watcher = watcher;
    this.learner = learner(experiment, network, parts.train().shape());
    prepare();
    this.stepsPerEpoch =
        experiment.presentation().stepsPerEpoch(parts.train().size(), experiment.batch());
    Seed seed = experiment.seed().child("probe");
    for (Probe probe : experiment.probeEvery() > 0 ? experiment.probes() : List.<Probe>of()) {
      probes.add(probe.attach(learner.network(), experiment.rule(), learner.feedback(), seed));
    }
    if (experiment.patience() > 0) {
      learner.learned().forEach((name, tensor) -> best.put("best." + name, tensor.copied()));
    }
  }

  /** Measures the training rows, once a run: other machines find other last bits. */
  private void prepare() {
    Map<String, Tensor> state = learner.prepared().state();
    if (state.isEmpty()) {
      return;
    }
    if (folder.has(PREPARATION)) {
      Path file = folder.directory().resolve(PREPARATION);
      try (SafetensorsFile saved = Safetensors.open(file)) {
        Tensors.restore(file.toString(), saved.entries(NonFinite.REFUSE), state);
      }
      return;
    }
    watcher.measuring(experiment, parts.train().size());
    learner.prepared().fit(parts.train());
    folder.write(PREPARATION, Tensors.entries(state), Map.of());
  }

  /**
   * Trains in a new run folder.
   *
   * @param asked what; where its threads are {@code auto} they are chosen now
   * @param out the run folder
   * @param watcher hears of it
   * @return what came out
   * @throws BadInput if data, network or folder cannot be used; then no run was begun
   * @throws Failure if training diverges or the disk is full; what was saved is safe
   * @throws Stopped if the watcher asked for it
   */
  public static Summary train(Experiment asked, Path out, Watcher watcher) {
    Parts parts = Parts.of(asked);
    asked.check(parts.train());
    Threads.Choice threads = Threads.choose(asked, parts.train(), watcher);
    Experiment experiment = threads.in(asked);
    Libtorch.threads(experiment.threadsOfOneOperation());
    String config = experiment.configuration().yaml();
    Map<String, String> identity = identity(config, parts);
    Path run = out.toAbsolutePath().normalize();
    Optional<String> warning =
        experiment.transfer().flatMap(from -> from.otherwisePrepared(experiment.configuration()));
    Anatomy anatomy; // traced before the folder is made, so that a refusal leaves nothing behind
    try (var _ = Scope.open()) {
      Learner learner = learner(experiment, started(experiment, parts), parts.train().shape());
      anatomy = Anatomy.of(learner, experiment.objective());
      if (experiment.probeEvery() > 0) {
        experiment.probes().forEach(probe -> probe.check(learner.network()));
      }
    }
    try (var _ = Scope.open();
        RunFolder folder = RunFolder.create(run, identity)) {
      Trainer trainer =
          new Trainer(experiment, parts, folder, identity, watcher, started(experiment, parts));
      folder.append(trainer.startedEvent(anatomy));
      trainer.save();
      folder.write(Provenance.NAME, trainer.provenance(threads.trials()).print());
      folder.commit(config);
      warning.ifPresent(message -> trainer.warn(0, message));
      return trainer.run(anatomy);
    }
  }

  /**
   * Goes on with a run from its last checkpoint. A finished run is completed where something is
   * missing.
   *
   * @param run the run folder
   * @param watcher hears of it
   * @return what came out
   * @throws BadInput if the folder holds no run, or its state or data are not what they were
   * @throws Failure if training diverges or the disk is full; what was saved is safe
   * @throws Stopped if the watcher asked for it
   */
  public static Summary resume(Path run, Watcher watcher) {
    return resume(run, Optional.empty(), watcher);
  }

  /**
   * Goes on with a run from its last checkpoint. A finished run is completed where something is
   * missing.
   *
   * @param run the run folder
   * @param plugins where its jars are, if not where they were
   * @param watcher hears of it
   * @return what came out
   * @throws BadInput if the folder holds no run, or its state, data or jars are not what they were
   * @throws Failure if training diverges or the disk is full; what was saved is safe
   * @throws Stopped if the watcher asked for it
   */
  public static Summary resume(Path run, Optional<Path> plugins, Watcher watcher) {
    Path directory = run.toAbsolutePath().normalize();
    try (RunFolder folder = RunFolder.open(directory)) {
      String config = folder.config();
      Experiment experiment = Experiment.ofRun(directory, config, plugins);
      Parts parts = Parts.of(experiment);
      Libtorch.threads(experiment.threadsOfOneOperation());
      Map<String, String> identity = identity(config, parts);
      Checkpoints.Loaded loaded = folder.resume(identity);
      loaded.warnings().forEach(watcher::warned);
      try (var _ = Scope.open()) {
        Network network = experiment.network(parts.train().shape(), parts.train().classes().size());
        if (experiment.transfer().isPresent()) { // a rule may refuse weights that were drawn
          Tensors.take("network.", loaded.checkpoint().tensors(), network.state());
        }
        Trainer trainer = new Trainer(experiment, parts, folder, identity, watcher, network);
        trainer.restore(loaded);
        if (!trainer.position.finished.isEmpty()) {
          watcher.warned(
              "run %s is complete at step %d; making what is missing"
                  .formatted(directory, trainer.position.step));
          if (!folder.has(Provenance.NAME)) {
            folder.write(Provenance.NAME, trainer.provenance(List.of()).print());
          }
        } else {
          Provenance now = trainer.provenance(List.of());
          Provenance before = folder.has(Provenance.NAME) ? folder.provenance() : now;
          warnOfOther("libtorch", before.libtorch(), now.libtorch(), watcher);
          warnOfOther("processor", before.cpu(), now.cpu(), watcher);
          trainer.warnOfOther(before.setting().plugins(), now.setting().plugins());
          folder.write(
              Provenance.NAME,
              before.resumed(Instant.now(), trainer.position.step, steps()).print());
        }
        return trainer.run(Anatomy.of(trainer.learner, experiment.objective()));
      }
    }
  }

  private static void warnOfOther(String what, String before, String now, Watcher watcher) {
    if (!before.equals(now)) {
      watcher.warned(
          "the run was started with %s %s, but goes on with %s; its last bits may not be those of an undisturbed run"
              .formatted(what, before, now));
    }
  }

  /** Other code of the user's may be another rule: the run itself keeps the warning. */
  private void warnOfOther(List<Plugins.Jar> before, List<Plugins.Jar> now) {
    if (!before.equals(now)) {
      warn(
          position.step,
          "the run was started with the plugins %s, but goes on with %s; it may not end as an undisturbed run would"
              .formatted(listed(before), listed(now)));
    }
  }

  private static String listed(List<Plugins.Jar> jars) {
    return jars.isEmpty()
        ? "(none)"
        : jars.stream()
            .map(jar -> jar.name() + " (SHA-256 " + jar.sha256().substring(0, 12) + "…)")
            .collect(Collectors.joining(", "));
  }

  /** A network as a run begins with it: drawn, or taken from another run. */
  private static Network started(Experiment experiment, Parts parts) {
    Network network = experiment.network(parts.train().shape(), parts.train().classes().size());
    experiment.transfer().ifPresent(transfer -> transfer.into(network));
    return network;
  }

  /** A network with its rule and optimizer, as the experiment's seed has them. */
  static Learner learner(Experiment experiment, Shape input, int classes) {
    return learner(experiment, experiment.network(input, classes), input);
  }

  static Learner learner(Experiment experiment, Network network, Shape input) {
    return new Learner(
        network,
        experiment
            .presentation()
            .preparation()
            .attach(input, experiment.precision().kept(), experiment.device()),
        experiment.objective(),
        experiment.rule(),
        experiment.optimizer(),
        new Learner.Beside(experiment.own(), experiment.adversarial()),
        experiment.timing(),
        experiment.threads(),
        experiment.seed());
  }

  private Summary run(Anatomy anatomy) {
    long steps = Math.multiplyExact(stepsPerEpoch, experiment.epochs());
    if (position.finished.isEmpty()) {
      watcher.started(
          new Watcher.Started(
              folder.directory(), experiment, position.step, steps, stepsPerEpoch, anatomy));
      mark = System.nanoTime();
      try (learner;
          Feed feed = new Feed(experiment, parts.train())) {
        while (position.finished.isEmpty()) {
          epoch(feed, position.step / stepsPerEpoch, steps);
        }
      }
    }
    if (position.bestEpoch > 0) {
      learner.learned().forEach((name, tensor) -> tensor.copyFrom(tensorOf(best, "best." + name)));
    } else if (experiment.patience() > 0) {
      watcher.warned(
          "no epoch had a finite validation loss, so none could be chosen; the model is the last one");
    }
    return new Results(experiment, folder, learner, parts.train(), parts.test(), position)
        .complete();
  }

  /** Trains from wherever the epoch is to its end, or to a rollback. */
  private void epoch(Feed feed, long epoch, long steps) {
    long end = Math.min(steps, (epoch + 1) * stepsPerEpoch);
    while (position.step < end) {
      try {
        step(feed, epoch, steps);
      } catch (Diverged diverged) {
        if (recover(diverged)) {
          return;
        }
      }
      boolean ends = position.step == end;
      boolean stop = watcher.stopRequested();
      boolean saves = stop || position.step % experiment.checkpointEvery() == 0;
      if ((ends || saves) && wentBackFromOverflow()) {
        return;
      }
      if (ends) {
        endEpoch(epoch, steps);
      }
      if (position.finished.isEmpty()) {
        if (saves) {
          save();
        }
        if (stop) {
          throw new Stopped(folder.directory(), position.step);
        }
      }
    }
  }

  private void step(Feed feed, long epoch, long steps) {
    long number = position.step;
    boolean due = due(number + 1);
    Learner.Factors factors =
        new Learner.Factors(
            factor(experiment.schedule(), number), factor(experiment.ownSchedule(), number));
    Learner.Stepped stepped;
    try (var _ = Scope.open()) {
      Batch batch = feed.batch(number);
      long began = System.nanoTime();
      stepped =
          learner.step(
              batch,
              Mode.train(experiment.seed().child("noise").child(number)),
              factors,
              due ? probes : List.of());
      position.stepSeconds += (System.nanoTime() - began) * 1e-9;
    }
    position.step++;
    position.interval.add(stepped);
    position.epoch.add(stepped);
    sessionRows += stepped.rows() / parts.train().labels(); // of a text, windows
    clock();
    if (due && !stepped.readings().isEmpty()) {
      readings = stepped.readings();
      folder.append(new Event.Probe(position.step, epoch + 1, readings));
      watchGrowth();
    }
    int every = experiment.probeEvery() > 0 ? experiment.probeEvery() : STEP_EVENT_EVERY;
    if (position.step % every == 0) {
      folder.append(position.stepEvent(epoch + 1));
      position.interval.clear();
    }
    watcher.stepped(
        new Watcher.Progress(
            position.step,
            steps,
            epoch + 1,
            experiment.epochs(),
            position.epoch.loss(),
            position.epoch.accuracy(),
            readings,
            position.seconds,
            sessionRows / Math.max(1e-9, sessionSeconds)));
  }

  /** On the learning rate of a step. */
  private double factor(Schedule schedule, long step) {
    return position.rateScale * schedule.factor(step, stepsPerEpoch, experiment.epochs());
  }

  private boolean due(long step) {
    return experiment.probeEvery() > 0 && (step == 1 || step % experiment.probeEvery() == 0);
  }

  private void endEpoch(long epoch, long steps) {
    double validationLoss = Double.NaN;
    double validationAccuracy = Double.NaN;
    for (Dataset held : parts.validation()) {
      Evaluation evaluation = learner.evaluate(held);
      validationLoss = evaluation.loss();
      validationAccuracy = evaluation.accuracy();
    }
    clock();
    folder.append(
        new Event.Epoch(
            epoch + 1,
            position.step,
            position.epoch.loss(),
            position.epoch.accuracy(),
            validationLoss,
            validationAccuracy,
            experiment.optimizer().rate() * factor(experiment.schedule(), position.step - 1),
            position.seconds,
            position.stepSeconds));
    double error = 1 - position.epoch.accuracy();
    position.trainError = (1 - NEW_ERROR) * position.trainError + NEW_ERROR * error;
    position.epoch.clear();
    if (experiment.testAt().contains(Math.toIntExact(epoch + 1))) {
      test(epoch);
    }
    if (experiment.patience() > 0 && validationLoss < position.bestLoss) {
      position.bestLoss = validationLoss;
      position.bestEpoch = epoch + 1;
      learner.learned().forEach((name, tensor) -> tensorOf(best, "best." + name).copyFrom(tensor));
    }
    boolean impatient =
        experiment.patience() > 0 && epoch + 1 - position.bestEpoch >= experiment.patience();
    boolean learned = experiment.stopError() > 0 && position.trainError <= experiment.stopError();
    if (impatient || learned || position.step == steps) {
      position.finished =
          position.step == steps ? "epochs" : impatient ? "early-stopping" : "training-error";
      folder.append(new Event.Finished(position.step, position.finished, position.seconds));
      save();
    }
  }

  /** Judges the test set before the end. Whatever a rule counts when it is asked, is put back. */
  private void test(long epoch) {
    try (var _ = Scope.open()) {
      Map<String, Tensor> before = new LinkedHashMap<>();
      learner.feedback().state().forEach((name, tensor) -> before.put(name, tensor.copied()));
      Dataset test = parts.test();
      Evaluation evaluation = learner.evaluate(test);
      int count = Math.min(experiment.batch(), test.size());
      int[] order = IntStream.range(0, count).toArray();
      Map<String, Double> readings =
          probes.isEmpty()
              ? Map.of()
              : learner.read(
                  Batch.of(
                      test, order, 0, count, experiment.precision().kept(), experiment.device()),
                  Mode.EVAL,
                  probes);
      learner.feedback().state().forEach((name, tensor) -> tensor.copyFrom(tensorOf(before, name)));
      folder.append(
          new Event.Tested(
              epoch + 1, position.step, evaluation.loss(), evaluation.accuracy(), readings));
    }
    mark = System.nanoTime(); // is no training
  }

  /** Whether the last update left something that is not finite, and training went back from it. */
  private boolean wentBackFromOverflow() {
    try {
      learner.requireFiniteState();
      return false;
    } catch (Diverged diverged) {
      return recover(diverged);
    }
  }

  /** Deals with a step that diverged; true if training went back to a checkpoint. */
  private boolean recover(Diverged diverged) {
    long step = position.step + (diverged.taken() ? 0 : 1);
    boolean patient =
        position.skips + position.rollbacks < PATIENCE_WITH_DIVERGENCE
            && experiment.divergence() != Experiment.Divergence.FAIL
            && !(diverged.taken() && experiment.divergence() == Experiment.Divergence.SKIP);
    if (!patient) {
      folder.write("diagnosis.json", Results.diagnosis(step, diverged));
      throw new Failure(
          "training diverged at step %d: %s; what was saved is safe, the norms are in %s; lower the rate, use --clip 1 or --on-divergence rollback"
              .formatted(step, diverged.getMessage(), folder.directory().resolve("diagnosis.json")),
          diverged);
    }
    if (experiment.divergence() == Experiment.Divergence.SKIP) {
      position.skips++;
      position.step++;
      warn(step, "step " + step + " skipped: " + diverged.getMessage());
      return false;
    }
    long rollbacks = position.rollbacks + 1;
    double rateScale = position.rateScale / 2;
    double seconds = position.seconds;
    double stepSeconds = position.stepSeconds;
    // Not to a checkpoint that a stop left in between: the run would go another way than without
    // it.
    Checkpoints.Loaded loaded = folder.rewind(identity, anchor(step - 1));
    loaded.warnings().forEach(watcher::warned);
    restore(loaded);
    position.rollbacks = rollbacks;
    position.rateScale = rateScale;
    position.seconds = seconds;
    position.stepSeconds = stepSeconds;
    warn(
        position.step,
        "went back from step %d to %d with half the rate: %s"
            .formatted(step, position.step, diverged.getMessage()));
    save();
    return true;
  }

  /**
   * Direct feedback does not attenuate: tells of a signal that has grown out of proportion, once a
   * block.
   */
  private void watchGrowth() {
    readings.forEach((name, value) -> {
      if (name.endsWith("/growth")) {
        double first = position.growth.computeIfAbsent(name, _ -> value);
        if (first > 0 && value > GROWTH * first) {
          position.growth.put(name, -1.0);
          warn(
              position.step,
              "the signal of block %s, measured by its activity, has grown %.0f times"
                  .formatted(
                      name.substring(name.indexOf('/') + 1, name.lastIndexOf('/')), value / first));
        }
      }
    });
  }

  private void warn(long step, String message) {
    folder.append(new Event.Warning(step, message));
    watcher.warned(message);
  }

  private void save() {
    try (var _ = Scope.open()) {
      folder.save(position.step, anchor(position.step), Tensors.entries(state()), position.save());
    }
  }

  /** The last step up to one whose checkpoint does not depend on when training was stopped. */
  private long anchor(long step) {
    return step - step % experiment.checkpointEvery();
  }

  private void restore(Checkpoints.Loaded loaded) {
    Tensors.restore(
        "checkpoint of step " + loaded.checkpoint().step(), loaded.checkpoint().tensors(), state());
    position.load(loaded.checkpoint().state());
  }

  private Map<String, Tensor> state() {
    Map<String, Tensor> state = learner.state();
    state.putAll(best);
    for (int k = 0; k < probes.size(); k++) {
      String name = PROBE + (k + 1) + ".";
      probes.get(k).state().forEach((key, tensor) -> state.put(name + key, tensor));
    }
    return state;
  }

  private static Tensor tensorOf(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException("no tensor " + name);
    }
    return tensor;
  }

  private void clock() {
    long now = System.nanoTime();
    double passed = (now - mark) * 1e-9;
    mark = now;
    position.seconds += passed;
    sessionSeconds += passed;
  }

  private Event.Started startedEvent(Anatomy anatomy) {
    return new Event.Started(
        String.valueOf(folder.directory().getFileName()),
        experiment.rules().print(experiment.rule()),
        Datasets.nameOf(experiment.data()),
        experiment.epochs(),
        stepsPerEpoch,
        anatomy.parameters(),
        anatomy.blocks().stream()
            .map(b -> new Event.Block(b.number(), b.name(), b.parameters()))
            .toList(),
        anatomy.blocks().stream()
            .flatMap(b ->
                b.feedback().stream()
                    .map(m -> new Event.Feedback(b.number(), m.shape(), m.std(), m.rmsGain())))
            .toList(),
        OptionalLong.of(anatomy.feedbackBytes()));
  }

  private Provenance provenance(List<Provenance.Trial> trials) {
    return Provenance.gather(
        Libtorch.version(),
        new Provenance.Setting(
            experiment.threads(),
            experiment.configuration().get(Options.DEVICE),
            experiment.configuration().get(Options.PRECISION),
            experiment.data().seed(),
            experiment.configuration().plugins().jars(),
            experiment.transfer().map(Transfer::fingerprint).orElse(""),
            trials),
        new Provenance.Data(
            Datasets.nameOf(experiment.data()),
            parts.hash(),
            parts.train().size(),
            parts.validation().stream().mapToLong(Dataset::size).sum(),
            parts.test().size()),
        Instant.now(),
        steps());
  }

  private static Provenance.Steps steps() {
    return Fused.present() ? Provenance.Steps.FUSED : Provenance.Steps.LIBTORCH;
  }

  /** What the state of a run depends on. */
  static Map<String, String> identity(String config, Parts parts) {
    return Map.of("configuration", Parts.sha256(config), "data", parts.hash());
  }
}
