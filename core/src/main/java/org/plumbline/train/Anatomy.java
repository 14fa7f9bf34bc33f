package org.plumbline.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.data.Datasets;
import org.plumbline.data.Split;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

/**
 * What a network is made of and what its rule costs.
 *
 * @param blocks from the input to the output
 * @param parameters trainable numbers
 */
public record Anatomy(List<Block> blocks, long parameters) {
  /**
   * One block. Costs are multiply-accumulates a row.
   *
   * @param number from 1
   * @param name for example {@code dense 64→128, tanh}
   * @param output the shape of one row of its output
   * @param parameters trainable numbers
   * @param feedback the fixed matrix its signal comes through, if there is one
   * @param forward to compute its output
   * @param gradient to compute its weight gradients; 0 if it is never told anything
   * @param error to compute its signal by this rule
   * @param backprop to compute its signal by back-propagation
   */
  public record Block(
      int number,
      String name,
      Shape output,
      long parameters,
      Optional<Matrix> feedback,
      long forward,
      long gradient,
      long error,
      long backprop) {}

  /**
   * A feedback matrix.
   *
   * @param shape {@code [from, to]}
   * @param std the standard deviation of its entries, around zero
   * @param rmsGain rms(‖e B‖ / ‖e‖) over isotropic e
   */
  public record Matrix(Shape shape, double std, double rmsGain) {
    static Matrix of(Tensor matrix) {
      double norm = matrix.norm().item();
      return new Matrix(
          matrix.shape(),
          norm / Math.sqrt((double) matrix.size()),
          norm / Math.sqrt((double) matrix.size(0)));
    }
  }

  /**
   * Copies the list.
   *
   * @param blocks from the input to the output
   * @param parameters trainable numbers
   */
  public Anatomy {
    blocks = List.copyOf(blocks);
  }

  /**
   * Of a network that does not exist yet.
   *
   * @param experiment whose data are opened for their shape
   * @return its anatomy
   */
  public static Anatomy of(Experiment experiment) {
    Split split = Datasets.open(experiment.data());
    try (var _ = Scope.open()) {
      Learner learner =
          Trainer.learner(experiment, split.train().shape(), split.train().classes().size());
      return of(learner, experiment);
    }
  }

  /**
   * Of the network of a run.
   *
   * @param run the run folder
   * @param plugins where its jars are, if not where they were
   * @return its anatomy
   */
  public static Anatomy of(Path run, Optional<Path> plugins) {
    return of(Experiment.ofRun(run, plugins));
  }

  /** Traces two rows of zeros, since some rules compare rows; it also shows that all fits. */
  static Anatomy of(Learner learner, Experiment experiment) {
    try (var _ = Scope.open()) {
      Network network = learner.network();
      Tensor like = network.parameters().getFirst().value();
      Feedback feedback = learner.feedback();
      Trace trace =
          network.trace(
              Tensor.zeros(like.precision(), network.input().withRows(2).toArray())
                  .to(like.device()),
              Mode.EVAL);
      Tensor target = trace.output().zerosLike();
      Outcome outcome = experiment.objective().judge(trace.output(), target);
      List<Signal> signals = feedback.signals(trace, outcome);
      List<Tensor> matrices = feedback.paths().matrices();
      List<Block> blocks = new ArrayList<>();
      for (int i = 0; i < network.blocks().size(); i++) {
        long weights = weights(network, i);
        boolean hidden = i < network.hidden();
        boolean told = !(signals.get(i) instanceof Signal.Silent);
        Optional<Matrix> matrix =
            i < matrices.size() ? Optional.of(Matrix.of(matrices.get(i))) : Optional.empty();
        long backprop = hidden ? weights(network, i + 1) : 0;
        blocks.add(
            new Block(
                i + 1,
                network.blocks().get(i).describe(),
                network.shape(i),
                network.blocks().get(i).parameters().stream()
                    .mapToLong(p -> p.value().size())
                    .sum(),
                matrix,
                weights,
                told ? weights : 0,
                told && hidden ? matrix.map(m -> m.shape().size()).orElse(backprop) : 0,
                backprop));
      }
      return new Anatomy(blocks, network.size());
    }
  }

  private static long weights(Network network, int block) {
    return network.blocks().get(block).parameters().stream()
        .filter(p -> p.value().shape().rank() > 1)
        .mapToLong(p -> p.value().size())
        .sum();
  }
}
