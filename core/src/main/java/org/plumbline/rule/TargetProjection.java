package org.plumbline.rule;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.plumbline.nn.Block;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Objective;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;

/**
 * Direct random target projection, DRTP: every hidden block hears the target instead of the error,
 * so it can learn while the forward pass is still under way.
 *
 * <pre>
 *   s_l = −(1/N) t B_l        t: [batch, outputs], one-hot   B_l: [outputs, n_l], drawn once
 *   row i is −B_l[label_i]/N, a look-up
 * </pre>
 *
 * <p>Frenkel, Lefebvre, Bol 2021, <a href="https://arxiv.org/abs/1909.01311">arXiv:1909.01311</a>:
 * −t has the signs of the error of a classifier, ⟨−t_i, e^_i⟩ = 1 − p_label ≥ 0. The law of B_l is
 * theirs, uniform in ±√(6/n_l). Their code sends +t, which differs only in the draw, and neither
 * averages it over the batch nor over the classes: gain 2.4495 N C repeats its hidden steps. Real
 * targets are projected as they are.
 *
 * <p>On images the signal enters at the end of the block, behind the pool; in their code between
 * activation and pool.
 *
 * <p>The signal never ends, whatever the net has learnt, so weights grow for ever; only a bounded
 * activation stops what they do. Hidden blocks that do not end in one are refused unless {@code
 * unbounded=allowed}: with relu, digits come to 0.87 and fall, below frozen features. Dellaferrera
 * and Kreiman 2022 publish DRTP with relu as a comparator of {@code pepita}; their rate falls
 * twice, which is what ends the growth there.
 *
 * @param gain multiplies every entry of B_l; √6 = 2.4495 is the authors'
 * @param law the distribution of the entries
 * @param scale their size before the gain
 * @param storage whether B_l is kept or drawn anew at every use
 * @param form a column for every place, or one for every channel
 * @param unbounded what becomes of hidden blocks without a bounded activation
 */
@About(
    "direct random target projection: blocks hear the target, not the error; Frenkel et al. 2021")
@Nature(family = Nature.Family.DIRECT, citation = "Frenkel, Lefebvre, Bol 2021, arXiv:1909.01311")
public record TargetProjection(
    @About("multiplies every entry of B") double gain,
    @About("distribution of B: uniform, normal, orthogonal") Law law,
    @About("size of B: width, one, widest, outputs, both, sum") Scale scale,
    @About("of B: stored, regenerated from the seed at every use") Storage storage,
    @About("on images: full; channel, constant over space, or kernel, the same but larger")
        Form form,
    @About("hidden blocks without bounded activation: refused, allowed with a falling rate")
        Unbounded unbounded)
    implements LearningRule {
  /** What becomes of hidden blocks whose output has no bounds. */
  public enum Unbounded {
    /** An error, since their weights grow for ever. */
    REFUSED,
    /** They learn; a rate that falls ends the growth. */
    ALLOWED
  }

  /**
   * Checks the gain.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   * @param form of B_l
   * @param unbounded refused or allowed
   */
  public TargetProjection {
    new FeedbackLaw(gain, law, scale);
  }

  /** Uniform in ±√(6/n_l). */
  public TargetProjection() {
    this(2.4495, Law.UNIFORM, Scale.WIDTH, Storage.STORED, Form.FULL, Unbounded.REFUSED);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    for (int i = 0; i < network.hidden(); i++) {
      Block block = network.blocks().get(i);
      if (unbounded == Unbounded.REFUSED && !block.bounded()) {
        throw new BadInput(
            "rule drtp needs bounded activations, since its signal never ends, but block %d (%s) is not bounded; use --activation tanh or sigmoid, or drtp:unbounded=allowed with a rate that falls"
                .formatted(i + 1, block.describe()));
      }
    }
    return new Live(
        Matrices.direct(network, new FeedbackLaw(gain, law, scale), storage, form, seed));
  }

  private record Live(Matrices matrices) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      return Direct.told(trace, outcome, sent(outcome.target()));
    }

    @Override
    public Optional<AtOnce> atOnce(Tensor target, Objective objective) {
      IntFunction<Tensor> sent = sent(target);
      return Optional.of((block, step) -> Direct.told(step, sent.apply(block)));
    }

    @Override
    public Optional<Tensor> broadcast(Outcome outcome) {
      return Optional.of(outcome.target().scaled(-1.0 / outcome.target().size(0)));
    }

    /** −(1/N) t · B_l of hidden block l − 1: {@code [batch, n_l]}. */
    private IntFunction<Tensor> sent(Tensor t) {
      double each = -1.0 / t.size(0);
      if (isOneHot(t)) {
        Tensor labels = t.argmax();
        return i -> matrices.rows(i, labels).multiply(each);
      }
      Tensor heard = t.scaled(each);
      return i -> matrices.sent(i, heard);
    }

    /** Whether every row is 0 but for one 1. */
    private static boolean isOneHot(Tensor target) {
      int columns = Math.toIntExact(target.size(1));
      double[] numbers = target.toDoubles();
      for (int from = 0; from < numbers.length; from += columns) {
        int ones = 0;
        for (int j = from; j < from + columns; j++) {
          if (numbers[j] != 0 && numbers[j] != 1) {
            return false;
          }
          ones += numbers[j] == 1 ? 1 : 0;
        }
        if (ones != 1) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Map<String, Tensor> state() {
      return matrices.state();
    }

    @Override
    public Paths paths() {
      return new Paths(Paths.Kind.DIRECT, matrices.all());
    }
  }
}
