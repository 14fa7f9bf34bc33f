package org.plumbline.rule;

import java.util.List;
import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Optical direct feedback: a co-processor of light computes e B_l, with few levels at its input and
 * analog noise at its output.
 *
 * <pre>
 *   s_l = (1/N) (T(clip(e^)) B_l + σ G)     e^ = N e: [batch, outputs]   B_l: [outputs, n_l]
 *   clip(z)_i = z_i min(1, τ/‖z_i‖₂), row by row       G ~ N(0, 1), fresh at every step: [batch, n_l]
 *   ternary:  T(z) = sign(z) [|z| &gt; θ]
 *   quantise: T(z) = D clamp(round(z/D), −q, q)       q = 2^(bits−1) − 1   D = 1/q
 *   shots=two: the processor takes 0 and 1 only, T = T₊ − T₋ takes two exposures, the variance is 2σ²
 * </pre>
 *
 * <p>Launay et al. 2020, "Light-in-the-loop", <a
 * href="https://arxiv.org/abs/2006.01475">arXiv:2006.01475</a>; <a
 * href="https://arxiv.org/abs/2012.06373">arXiv:2012.06373</a>; clipping and noise: Ohana et al.
 * 2021, <a href="https://arxiv.org/abs/2106.03645">arXiv:2106.03645</a>. θ = 0.1 is unconfirmed. A
 * port of the last rescales every row to τ; we shorten only the longer ones. Noise on the
 * projection alone is no guarantee of privacy.
 *
 * <p>Noise falls on every number of s_l by itself, whatever the form of B_l.
 *
 * @param encoding T
 * @param theta θ of ternary; from 1 on, it silences every hidden block of a classifier
 * @param bits of quantise, for errors within ±1; greater ones are cut
 * @param clip τ, before T; 0 for none
 * @param noise σ
 * @param shots exposures for one product
 * @param gain multiplies every entry of B_l
 * @param law the distribution of the entries
 * @param scale their size before the gain
 * @param storage whether B_l is kept or drawn anew at every use
 * @param form a column for every place, or one for every channel
 */
@About("an optical processor's direct feedback: ternary error, analog noise; Launay et al. 2020")
@Nature(
    family = Nature.Family.DIRECT,
    citation = "Launay et al. 2020, arXiv:2006.01475; Ohana et al. 2021, arXiv:2106.03645")
public record OpticalFeedback(
    @About("of the error: none, ternary, quantise") Encoding encoding,
    @About("ternary: errors up to it are 0") double theta,
    @About("quantise: bits of an error in ±1") int bits,
    @About("greatest length of a row of the error; 0 for any") double clip,
    @About("standard deviation of the noise on the product") double noise,
    @About("exposures for one product: one, two (doubles the variance)") Shots shots,
    @About("multiplies every entry of B") double gain,
    @About("distribution of B: uniform, normal, orthogonal") Law law,
    @About("size of B: width, one, widest, outputs, both, sum") Scale scale,
    @About("of B: stored, regenerated from the seed at every use") Storage storage,
    @About("on images: full; channel, constant over space, or kernel, the same but larger")
        Form form)
    implements LearningRule {
  private static final int MOST_BITS = 24; // what single precision holds

  /** What the processor is shown. */
  public enum Encoding {
    /** The error as it is. */
    NONE,
    /** −1, 0, 1. */
    TERNARY,
    /** 2^bits − 1 even levels in ±1. */
    QUANTISE
  }

  /** Exposures for one product. */
  public enum Shots {
    /** Noise of variance σ². */
    ONE,
    /** The positive and the negative part by themselves: variance 2σ². */
    TWO
  }

  /**
   * Checks the numbers.
   *
   * @param encoding of the error
   * @param theta at least 0
   * @param bits 2…24
   * @param clip at least 0
   * @param noise at least 0
   * @param shots exposures
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   * @param form of B_l
   */
  public OpticalFeedback {
    Check.notNegative("theta", theta);
    Check.atLeast("bits", 2, bits);
    if (bits > MOST_BITS) {
      throw new BadInput("bits must be at most " + MOST_BITS + ", but is " + bits);
    }
    Check.notNegative("clip", clip);
    Check.notNegative("noise", noise);
    new FeedbackLaw(gain, law, scale);
  }

  /** Ternary with threshold 0.1, without noise; B_l uniform in ±1/√n_l. */
  public OpticalFeedback() {
    this(Encoding.TERNARY);
  }

  /**
   * Threshold 0.1, 8 bits, no clipping, no noise; B_l uniform in ±1/√n_l.
   *
   * @param encoding of the error
   */
  public OpticalFeedback(Encoding encoding) {
    this(encoding, 0.1, 8, 0, 0, Shots.ONE, 1, Law.UNIFORM, Scale.WIDTH, Storage.STORED, Form.FULL);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Direct clean =
        new Direct(
            this::shown,
            Matrices.direct(network, new FeedbackLaw(gain, law, scale), storage, form, seed));
    if (noise == 0) {
      return clean;
    }
    double variance = noise * noise * (shots == Shots.TWO ? 2 : 1);
    return new Noisy(clean, Noise.of(seed.child("noise")), Math.sqrt(variance));
  }

  /** (1/N) T(clip(e^)), {@code [batch, outputs]}. */
  private Tensor shown(Outcome outcome) {
    double rows = outcome.error().size(0);
    return encoded(clipped(outcome.error().scaled(rows))).multiply(1 / rows);
  }

  /** Rows of at most length τ, {@code [batch, outputs]}. */
  private Tensor clipped(Tensor z) {
    if (clip == 0) {
      return z;
    }
    Tensor lengths = z.squared().sum(1).sqrt().reshaped(-1, 1);
    return z.over(lengths.scaled(1 / clip).clamped(1, Float.MAX_VALUE));
  }

  /** T(z), {@code [batch, outputs]}, never z itself. */
  Tensor encoded(Tensor z) {
    return switch (encoding) {
      case NONE -> z.copied();
      case TERNARY -> z.hardShrunk(theta).sign();
      case QUANTISE -> {
        double q = Math.pow(2, bits - 1.0) - 1;
        yield z.scaled(q).rounded().clamped(-q, q).multiply(1 / q);
      }
    };
  }

  private record Noisy(Direct clean, Noise noise, double std) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      Tensor shown = clean.broadcast().apply(outcome);
      Seed step = noise.seed();
      double size = std / outcome.error().size(0);
      return Direct.told(
          trace,
          outcome,
          i -> {
            Tensor product = clean.matrices().sent(i, shown);
            Tensor g = step.child(i + 1L).normal(size, product.shape().toArray());
            return product.add(g.to(product.precision()).to(product.device()), 1);
          });
    }

    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      noise.advance();
    }

    @Override
    public Map<String, Tensor> state() {
      return noise.with(clean.state());
    }

    @Override
    public Paths paths() {
      return clean.paths();
    }
  }
}
