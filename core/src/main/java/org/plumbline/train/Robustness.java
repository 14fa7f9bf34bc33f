package org.plumbline.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.plumbline.data.Batch;
import org.plumbline.data.Dataset;
import org.plumbline.lens.Attack;
import org.plumbline.lens.Attacks;
import org.plumbline.lens.Victim;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * What an attack leaves of a network's accuracy.
 *
 * @param attack with all its parameters
 * @param rows that were attacked
 * @param points one a strength, rising
 */
public record Robustness(String attack, int rows, List<Point> points) {
  /**
   * At one strength.
   *
   * @param strength in units of the inputs as the data set gives them; 0 leaves them as they are
   * @param accuracy the share whose greatest output is their class, 0…1
   * @param loss the mean over the rows
   */
  public record Point(double strength, double accuracy, double loss) {}

  /**
   * Copies the list.
   *
   * @param attack with all its parameters
   * @param rows that were attacked
   * @param points one a strength, rising
   */
  public Robustness {
    points = List.copyOf(points);
  }

  /**
   * The attack's name.
   *
   * @return without its parameters
   */
  public String name() {
    return Attacks.ALL.nameOf(Attacks.ALL.parse(attack));
  }

  /**
   * Attacks rows, batch by batch; a batch draws the same at every strength.
   *
   * @param between called before every batch; may end it by throwing
   */
  static Robustness of(Learner learner, Dataset rows, Attack attack, Seed seed, Runnable between) {
    attack.check(rows.shape());
    Trained victim = new Trained(learner, range(rows));
    Tensor like = learner.network().parameters().getFirst().value();
    int[] order = IntStream.range(0, rows.size()).toArray();
    int atOnce = Evaluation.rows(learner.network()); // as the evaluation: the same bits
    if (attack.needs() == Attack.Needs.GRADIENTS) {
      victim.requireGradient(rows, Attacks.ALL.nameOf(attack));
    }
    List<Point> points = new ArrayList<>();
    for (double strength : attack.strengths()) {
      double loss = 0;
      int correct = 0;
      for (int from = 0; from < order.length; from += atOnce) {
        between.run();
        int count = Math.min(atOnce, order.length - from);
        try (var _ = Scope.open()) {
          Batch batch = Batch.of(rows, order, from, count, like.precision(), like.device());
          Tensor inputs =
              strength == 0
                  ? batch.inputs()
                  : attack.disturbed(victim, batch, strength, seed.child(from));
          Tensor answer = victim.answer(inputs);
          loss += count * learner.objective().judge(answer, batch.targets()).loss().item();
          long[] best = answer.to(Precision.FP64).argmax().toLongs();
          for (int i = 0; i < count; i++) {
            correct += best[i] == batch.labels()[i] ? 1 : 0;
          }
        }
      }
      points.add(new Point(strength, (double) correct / order.length, loss / order.length));
    }
    return new Robustness(Attacks.ALL.printAll(attack), order.length, points);
  }

  /** Some rows in order, drawn evenly; all of them for 0. */
  static int[] some(int size, int wanted, Seed seed) {
    if (wanted > size) {
      throw new BadInput(
          "attack-rows must be at most %d, the test rows, but is %d; 0 takes all"
              .formatted(size, wanted));
    }
    int[] rows =
        wanted == 0
            ? IntStream.range(0, size).toArray()
            : Arrays.copyOf(seed.permutation(size), wanted);
    Arrays.sort(rows);
    return rows;
  }

  private static Victim.Range range(Dataset rows) {
    return rows.shape().rank() == 3 ? Victim.Range.PIXELS : Victim.Range.ALL;
  }

  /** A learner as attacks see it. */
  record Trained(Learner learner, Range range) implements Victim {
    @Override
    public Tensor answer(Tensor inputs) {
      return learner.feedback().predict(learner.trace(inputs, Mode.EVAL));
    }

    @Override
    public Tensor uphill(Tensor inputs, Tensor targets) {
      Trace trace = learner.trace(inputs, Mode.EVAL);
      Tensor signal = direction(learner.objective(), trace.output(), targets);
      Tensor prepared = Learner.atInput(trace, signal);
      return learner.prepared().carry(prepared.reshaped(inputs.shape().toArray()));
    }

    /**
     * Each row's error over its greatest number, in FP64: in FP32 a small one would be 0. Where a
     * share is so near 1 that even FP64 has its error as 0, the others say what it is, since errors
     * of softmax sum to 0.
     */
    private static Tensor direction(Objective objective, Tensor output, Tensor targets) {
      Tensor wanted = targets.to(Precision.FP64);
      Tensor error = objective.judge(output.to(Precision.FP64), wanted).error();
      if (objective instanceof SoftmaxCrossEntropy) {
        error = error.minus(wanted.times(error.sum(1).reshaped(-1, 1)));
      }
      Tensor sizes = error.abs();
      Tensor greatest = sizes.gathered(sizes.argmax().reshaped(-1, 1));
      return error
          .over(greatest.clamped(Double.MIN_NORMAL, Double.MAX_VALUE))
          .to(output.precision());
    }

    /** The gradient is the true one only where the rows go through the network to the answer. */
    private void requireGradient(Dataset rows, String attack) {
      Tensor like = learner.network().parameters().getFirst().value();
      try (var _ = Scope.open()) {
        Batch one = Batch.of(rows, new int[] {0}, 0, 1, like.precision(), like.device());
        Tensor shown = learner.prepared().apply(one.inputs());
        Trace trace = learner.feedback().trace(learner.network(), shown, Mode.EVAL);
        boolean same =
            trace.input().shape().equals(shown.shape())
                && trace.input().minus(shown).norm().item() == 0
                && learner.feedback().predict(trace).equals(trace.output());
        if (!same) {
          throw new BadInput(
              "attack %s follows the gradient of the network's output, but the rule of this run answers with something else; use noise or square"
                  .formatted(attack));
        }
      }
    }
  }
}
