package org.plumbline.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
import org.plumbline.objective.Outcome;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.Paths;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Meter.Part;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

/**
 * What a network is made of, and what tells its blocks.
 *
 * @param blocks from the input to the output
 * @param parameters trainable numbers of the network
 * @param feedbackBytes all that the rule keeps: matrices, heads, counters
 */
public record Anatomy(List<Block> blocks, long parameters, long feedbackBytes) {
  private static final int ROWS = 2;

  /**
   * One block. Costs are multiply-accumulates a row of its output, of text a token, counted.
   *
   * @param number from 1
   * @param name for example {@code dense 64→128, tanh}
   * @param output the shape of one row of its output
   * @param parameters trainable numbers
   * @param feedback the matrix its signal comes through, if there is one
   * @param forward to compute its output
   * @param gradient to compute its weight gradients; 0 if it is never told anything
   */
  public record Block(
      int number,
      String name,
      Shape output,
      long parameters,
      Optional<Matrix> feedback,
      long forward,
      long gradient) {}

  /** Where a feedback matrix is. */
  public enum Held {
    /** In memory, its own. */
    KEPT,
    /** In memory, as part of one that several blocks or factors share. */
    SHARED,
    /** Nowhere: made from the seed or from the weights at every use. */
    REGENERATED;

    /**
     * As people read it.
     *
     * @return {@code kept}
     */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A feedback matrix.
   *
   * @param shape {@code [from, to]}, or that of a kernel, {@code [from, to, kh, kw]}
   * @param std the standard deviation of its entries, around zero
   * @param rmsGain rms(‖e B‖ / ‖e‖) over isotropic e; of a kernel away from the edges, where
   *     nothing falls on the padding
   * @param held where it is
   * @param bytes of all that is kept for this block alone: of two factors both, of several weights
   *     those of all; 0 unless it is kept
   */
  public record Matrix(Shape shape, double std, double rmsGain, Held held, long bytes) {
    /** The matrix of hidden block {@code block}; V_{l+1} is named by block l+1. */
    private static Matrix of(Tensor matrix, Paths.Kind kind, int block, Map<String, Tensor> state) {
      double norm = matrix.norm().item();
      String name = "feedback." + (kind == Paths.Kind.LAYERED ? block + 1 : block);
      Map<String, Tensor> own = new HashMap<>(state);
      own.keySet().removeIf(key -> !key.equals(name) && !key.startsWith(name + "."));
      boolean kept = !own.isEmpty();
      boolean shared = memory(state) > matrix.size();
      return new Matrix(
          matrix.shape(),
          norm / Math.sqrt((double) matrix.size()),
          norm / Math.sqrt((double) matrix.size(0)),
          kept ? Held.KEPT : shared ? Held.SHARED : Held.REGENERATED,
          memory(own));
    }
  }

  /**
   * Copies the list.
   *
   * @param blocks from the input to the output
   * @param parameters trainable numbers of the network
   * @param feedbackBytes all that the rule keeps
   */
  public Anatomy {
    blocks = List.copyOf(blocks);
  }

  /** Traces two rows of zeros, since some rules compare rows; it also shows that all fits. */
  static Anatomy of(Learner learner, Objective objective) {
    try (var _ = Scope.open()) {
      Network network = learner.network();
      Tensor like = network.parameters().getFirst().value();
      Feedback feedback = learner.feedback();
      Trace trace =
          network.trace(
              Tensor.zeros(like.precision(), network.input().withRows(ROWS).toArray())
                  .to(like.device()),
              Mode.EVAL);
      Outcome outcome = objective.judge(trace.output(), trace.output().zerosLike());
      List<Signal> signals = feedback.signals(trace, outcome);
      Paths paths = feedback.paths();
      List<Tensor> matrices = paths.matrices();
      List<Block> blocks = new ArrayList<>();
      for (int i = 0; i < network.blocks().size(); i++) {
        org.plumbline.nn.Block block = network.blocks().get(i);
        blocks.add(
            new Block(
                i + 1,
                block.describe(),
                network.shape(i),
                block.parameters().stream().mapToLong(p -> p.value().size()).sum(),
                i < matrices.size()
                    ? Optional.of(Matrix.of(matrices.get(i), paths.kind(), i + 1, feedback.state()))
                    : Optional.empty(),
                forward(block, trace.steps().get(i)),
                gradient(trace.steps().get(i), signals.get(i))));
      }
      return new Anatomy(blocks, network.size(), memory(feedback.state()));
    }
  }

  private static long forward(org.plumbline.nn.Block block, Step step) {
    try (Meter meter = Meter.open(Part.FORWARD)) {
      block.step(step.input(), Mode.EVAL);
      return meter.products(Part.FORWARD) / step.output().size(0);
    }
  }

  private static long gradient(Step step, Signal signal) {
    try (Meter meter = Meter.open(Part.WEIGHTS)) {
      Gradients gradients =
          switch (signal) {
            case Signal.Told told -> step.gradients(told.gradient());
            case Signal.Taught taught -> taught.gradients();
            case Signal.Silent _ -> Gradients.NONE;
          };
      gradients.entries().forEach(entry -> entry.gradient().value());
      return meter.products(Part.WEIGHTS) / step.output().size(0);
    }
  }

  private static long memory(Map<String, Tensor> state) {
    return state.values().stream().mapToLong(t -> t.size() * t.precision().bytes()).sum();
  }
}
