package org.plumbline.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.data.Batch;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.probe.Probe;
import org.plumbline.probe.Reading;
import org.plumbline.run.Checkpoint;
import org.plumbline.run.Checkpoints;
import org.plumbline.run.Entry;
import org.plumbline.run.NonFinite;
import org.plumbline.run.RunFolder;
import org.plumbline.run.Safetensors;
import org.plumbline.run.SafetensorsFile;
import org.plumbline.run.Storage;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Probes after the fact: read of every checkpoint that a run folder holds, and of its model if that
 * is another one.
 *
 * <p>All readings are of the same training rows, drawn from the run's seed, in training mode with
 * the same dropout masks, so that they can be compared with each other. The run is not changed.
 *
 * @param rows of the batch
 * @param readings from the first checkpoint to the last
 */
public record Hindsight(int rows, List<At> readings) {
  /**
   * The readings of one state.
   *
   * @param step of the checkpoint; of the model, the step at which training ended
   * @param of {@code checkpoint}, {@code checkpoint, model} where the model is the same, or {@code
   *     model}: then the network is the model's, with the feedback of the last checkpoint; {@code
   *     start} of the run as it began
   * @param readings by name; what is undefined is absent
   */
  public record At(long step, String of, Map<String, Double> readings) {}

  /**
   * Copies the list.
   *
   * @param rows of the batch
   * @param readings from the first checkpoint to the last
   */
  public Hindsight {
    readings = List.copyOf(readings);
  }

  /**
   * Reads probes of a run.
   *
   * @param run the run folder, which may be at work
   * @param plugins where its jars are, if not where they were
   * @param probes names separated by commas
   * @param rows of the batch, at least 1; at most all training rows are taken
   * @return what they read
   * @throws BadInput if the folder holds no run, a checkpoint is damaged, a probe is unknown, or
   *     the data are no longer those of the run
   */
  public static Hindsight of(Path run, Optional<Path> plugins, String probes, int rows) {
    return of(run, plugins, probes, rows, From.CHECKPOINTS);
  }

  /** What is read first. */
  public enum From {
    /** The oldest checkpoint that is kept. */
    CHECKPOINTS,
    /** The run as it began, which follows from its configuration: no checkpoint is needed. */
    START
  }

  /**
   * Reads probes of a run.
   *
   * @param run the run folder, which may be at work
   * @param plugins where its jars are, if not where they were
   * @param probes names separated by commas
   * @param rows of the batch, at least 1; at most all training rows are taken
   * @param from what is read first
   * @return what they read
   * @throws BadInput if the folder holds no run, a checkpoint is damaged, a probe is unknown, the
   *     data are no longer those of the run, or it began with the weights of a run that is gone
   */
  public static Hindsight of(Path run, Optional<Path> plugins, String probes, int rows, From from) {
    Check.atLeast("rows", 1, rows);
    String config = RunFolder.configOf(run);
    Experiment experiment = Experiment.ofRun(run, config, plugins);
    List<Probe> named = Experiment.probes(experiment.configuration().plugins(), probes);
    if (named.isEmpty()) {
      throw new BadInput("inspect --probe needs a probe: alignment,weights,cost");
    }
    Parts parts = Parts.of(experiment);
    Libtorch.threads(experiment.threadsOfOneOperation());
    Checkpoints checkpoints =
        new Checkpoints(Storage.disk(), run, Trainer.identity(config, parts), Checkpoints.KEEP);
    Seed seed = experiment.seed().child("probe");
    try (var _ = Scope.open()) {
      Network network = experiment.network(parts.train().shape(), parts.train().classes().size());
      if (from == From.START) {
        experiment.transfer().ifPresent(transfer -> transfer.into(network));
      } else if (experiment.transfer().isPresent()) { // a rule may refuse weights that were drawn
        checkpoints.saved().stream()
            .findFirst()
            .ifPresent(
                step -> Tensors.take("network.", checkpoints.at(step).tensors(), network.state()));
      }
      Learner learner = Trainer.learner(experiment, network, parts.train().shape());
      learner.prepared().fit(parts.train());
      List<Reading> attached = new ArrayList<>();
      for (Probe probe : named) {
        attached.add(probe.attach(learner.network(), experiment.rule(), learner.feedback(), seed));
      }
      int[] order = seed.child("rows").permutation(parts.train().size());
      int count = Math.min(rows, order.length);
      Batch batch =
          Batch.of(
              parts.train(), order, 0, count, experiment.precision().kept(), experiment.device());
      Mode mode = Mode.train(seed.child("noise"));
      List<At> all = new ArrayList<>();
      if (from == From.START) {
        all.add(new At(0, "start", learner.read(batch, mode, attached)));
      }
      for (long step : checkpoints.saved()) {
        restore(checkpoints.at(step), learner);
        all.add(new At(step, "checkpoint", learner.read(batch, mode, attached)));
      }
      Path model = run.resolve(Results.MODEL);
      if (!all.isEmpty() && Files.exists(model)) {
        At last = all.getLast();
        if (becomes(model, learner)) {
          all.add(new At(last.step, "model", learner.read(batch, mode, attached)));
        } else {
          all.set(all.size() - 1, new At(last.step, "checkpoint, model", last.readings));
        }
      }
      return new Hindsight(count, all);
    }
  }

  private static void restore(Checkpoint checkpoint, Learner learner) {
    Map<String, Entry> live = new LinkedHashMap<>(checkpoint.tensors());
    live.keySet().removeIf(name -> name.startsWith("best.")); // of early stopping
    live.keySet().removeIf(name -> name.startsWith(Trainer.PROBE)); // of other rows
    Tensors.restore("checkpoint of step " + checkpoint.step(), live, learner.state());
  }

  /** Whether taking the model's tensors changed anything. */
  private static boolean becomes(Path model, Learner learner) {
    List<double[]> before = numbers(learner);
    try (SafetensorsFile file = Safetensors.open(model)) {
      Tensors.restore(model.toString(), file.entries(NonFinite.REFUSE), learner.model());
    }
    List<double[]> after = numbers(learner);
    for (int i = 0; i < before.size(); i++) {
      if (!Arrays.equals(before.get(i), after.get(i))) {
        return true;
      }
    }
    return false;
  }

  private static List<double[]> numbers(Learner learner) {
    return learner.model().values().stream().map(t -> t.toDoubles()).toList();
  }
}
