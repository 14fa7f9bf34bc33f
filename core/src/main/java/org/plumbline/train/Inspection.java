package org.plumbline.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.data.Datasets;
import org.plumbline.probe.Costs;
import org.plumbline.tensor.Libtorch;
import org.plumbline.tensor.Scope;

/**
 * What a network is made of, and what a row costs by its rule and by back-propagation.
 *
 * @param anatomy blocks and feedback
 * @param rule as it prints
 * @param rows of the batch over which the costs were counted; those of some rules depend on it
 * @param costs by the rule
 * @param backprop by back-propagation, on the same pass
 */
public record Inspection(Anatomy anatomy, String rule, int rows, Costs costs, Costs backprop) {
  /**
   * Of a network that does not exist yet.
   *
   * @param experiment whose data are opened
   * @return its inspection
   */
  public static Inspection of(Experiment experiment) {
    Dataset data = Datasets.open(experiment.data()).train();
    Libtorch.threads(experiment.threadsOfOneOperation());
    try (var _ = Scope.open()) {
      Learner learner = Trainer.learner(experiment, data.shape(), data.classes().size());
      int rows = Math.min(experiment.batch(), data.size());
      int[] order = experiment.seed().child("order").child(0).permutation(data.size());
      List<Costs> costs =
          learner.costs(
              Batch.of(data, order, 0, rows, experiment.precision().kept(), experiment.device()));
      return new Inspection(
          Anatomy.of(learner, experiment.objective()),
          experiment.rules().print(experiment.rule()),
          rows,
          costs.getFirst(),
          costs.getLast());
    }
  }

  /**
   * Of the network of a run, as it began.
   *
   * @param run the run folder
   * @param plugins where its jars are, if not where they were
   * @return its inspection
   */
  public static Inspection of(Path run, Optional<Path> plugins) {
    return of(Experiment.ofRun(run, plugins));
  }
}
