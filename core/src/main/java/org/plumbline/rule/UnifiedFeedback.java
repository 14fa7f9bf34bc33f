package org.plumbline.rule;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Unified direct feedback: one random matrix for all hidden blocks; each hears through as many of
 * its columns as it is wide. One product a batch, then slices.
 *
 * <pre>
 *   P = e M        e: [batch, outputs]   M: [outputs, d_max], drawn once   d_max = max n_l
 *   on (default)   s_l = P[:, 0:n_l] / √(n_l C)      M ~ N(0, 1)
 *   off            s_l = P[:, 0:n_l]                 M ~ N(0, 1)
 *   tinydfa        s_l = P[:, 0:n_l] / √d_max        M ~ U(±1)
 * </pre>
 *
 * <p>Launay, Poli, Krzakala 2019, <a href="https://arxiv.org/abs/1906.04554">arXiv:1906.04554</a>;
 * tinydfa: Launay, Poli, Boniface, Krzakala 2020, <a
 * href="https://arxiv.org/abs/2006.12878">arXiv:2006.12878</a>. Their code of 2019 projects the
 * error of every row by itself but averages the output's gradient over the batch of 128: gain 128
 * repeats it. Blocks of equal width have the same B_l, and a narrower one has a part of it, so
 * their feedback is correlated.
 *
 * @param normalise how entries are scaled by the widths
 * @param gain multiplies every entry of M
 * @param storage whether M is kept or drawn anew at every step
 */
@About("one random matrix, sliced for each block, scaled by width; Launay et al. 2019")
@Nature(
    family = Nature.Family.DIRECT,
    citation =
        "Launay, Poli, Krzakala 2019, arXiv:1906.04554; Launay et al. 2020, arXiv:2006.12878")
public record UnifiedFeedback(
    @About("scale by width: on, off, tinydfa (uniform, over the root of the widest)")
        Normalise normalise,
    @About("multiplies every entry of M") double gain,
    @About("of M: stored, regenerated from the seed at every step") Storage storage)
    implements LearningRule {
  /** How entries are scaled by the widths. */
  public enum Normalise {
    /** Normal entries over √(n_l C). */
    ON,
    /** Normal entries as they are. */
    OFF,
    /** Uniform entries in ±1 over √d_max. */
    TINYDFA
  }

  /**
   * Checks the gain.
   *
   * @param normalise how entries are scaled
   * @param gain above 0
   * @param storage kept or drawn anew
   */
  public UnifiedFeedback {
    Check.positive("gain", gain);
  }

  /** Normalised, gain 1, stored. */
  public UnifiedFeedback() {
    this(Normalise.ON);
  }

  /**
   * Gain 1, stored.
   *
   * @param normalise how entries are scaled
   */
  public UnifiedFeedback(Normalise normalise) {
    this(normalise, 1, Storage.STORED);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    FeedbackLaw law =
        new FeedbackLaw(1, normalise == Normalise.TINYDFA ? Law.UNIFORM : Law.NORMAL, Scale.ONE);
    long outputs = network.outputs();
    long widest = network.widest();
    Matrices shared =
        Matrices.of(
            network.parameters().getFirst().value(),
            List.of("feedback"),
            storage,
            seed,
            (s, _) -> law.draw(s, outputs, widest, widest));
    List<Slice> slices =
        IntStream.range(0, network.hidden())
            .mapToObj(i -> new Slice(network.width(i), factor(network.width(i), outputs, widest)))
            .toList();
    return new Live(shared, slices);
  }

  private double factor(long width, long outputs, long widest) {
    return gain
        * switch (normalise) {
          case ON -> 1 / Math.sqrt((double) width * outputs);
          case OFF -> 1;
          case TINYDFA -> 1 / Math.sqrt((double) widest);
        };
  }

  private record Slice(long width, double factor) {
    Tensor of(Tensor whole) {
      return whole.columns(0, width).scaled(factor);
    }
  }

  private record Live(Matrices shared, List<Slice> slices) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      if (slices.isEmpty()) {
        return Direct.told(trace, outcome, _ -> outcome.error());
      }
      Tensor p = outcome.error().matmul(shared.get(0));
      return Direct.told(trace, outcome, i -> slices.get(i).of(p));
    }

    @Override
    public Optional<Tensor> broadcast(Outcome outcome) {
      return Optional.of(outcome.error());
    }

    @Override
    public Map<String, Tensor> state() {
      return shared.state();
    }

    @Override
    public Paths paths() {
      Tensor m = shared.get(0);
      return new Paths(Paths.Kind.DIRECT, slices.stream().map(slice -> slice.of(m)).toList());
    }
  }
}
