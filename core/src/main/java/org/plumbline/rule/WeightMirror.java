package org.plumbline.rule;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.plumbline.nn.Block;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Weight mirror: behind every training step, noise goes through each block alone, and what comes
 * out, correlated with what went in, copies W into V.
 *
 * <pre>
 *   s_{l−1} = δ_l V_l                                                            l = L…2
 *   ξ ~ noise of variance s², [rows, n_{l−1}], fresh for every block        z = φ_l(ξ W_lᵀ + b_l)
 *   V_l ← (1 − λ) V_l + (η / rows) (z − mean of z)ᵀ ξ
 *   ⇒ V_l is drawn to (η s² / λ) diag(E φ_l') W_l; without λ it grows that way without bound
 *   normalised: u ~ U[0, 1) [rows, n_l]        V_l ← V_l · 0.5 / (mean over columns of std of u V_l)
 * </pre>
 *
 * <p>Akrout, Wilson, Humphreys, Lillicrap, Tweed 2019, <a
 * href="https://arxiv.org/abs/1904.05391">arXiv:1904.05391</a>, eq. 7, with V at first as there,
 * N(0, 1/(n_{l−1} + n_l)). Where we differ: the reference has noise U(±0.05), η = 0.01 on the sum
 * of 128 rows (1.28 on their mean), λ = 0 and a norm control that changes a copy only. Here λ = η
 * s², so that V comes to the size of W by itself and no norm control is needed, and the noise is as
 * large as activity is, which keeps relu units with a negative bias in view. z is centred over the
 * rows: its mean says nothing of W, but with biases would be most of the variance; {@code
 * means=kept} correlates z as it is, as the reference does. Outputs are mirrored as the network
 * gives them, before the loss; the reference's are logistic units: {@code top=logistic}. A block of
 * several weights, frozen ones too, or with a way around its weight, mirrors each alone, linearly:
 * z = ξ W_lᵀ. So does a convolution, whose unfolded kernel {@code [out, in · kh · kw]} is mirrored:
 * a row of ξ is one patch, as one place of the output sees it. Stride, padding and groups then make
 * no difference, and a row costs one place, not an image.
 *
 * @param rate η
 * @param noise the size of ξ: the bound of a uniform, the standard deviation of a normal law
 * @param law the distribution of ξ
 * @param decay λ
 * @param control of the norm of V
 * @param rows of noise in a mirror step
 * @param steps mirror steps behind each training step
 * @param initial mirror steps before training
 * @param means of z over the rows, before it is correlated
 * @param top what becomes of the last block's z
 */
@About("weight mirror: noise through each block copies W into V; Akrout et al. 2019")
@Nature(
    family = Nature.Family.LAYERED,
    citation = "Akrout, Wilson, Humphreys, Lillicrap, Tweed 2019, arXiv:1904.05391",
    backwardChain = true)
public record WeightMirror(
    @About("rate of the mirror") double rate,
    @About("size of the noise: bound or standard deviation") double noise,
    @About("distribution of the noise: uniform, normal, orthogonal") Law law,
    @About("share taken off V at every mirror step, in [0, 1)") double decay,
    @About("of the norm of V: free, normalised") Control control,
    @About("rows of noise in a mirror step") int rows,
    @About("mirror steps behind each training step") int steps,
    @About("mirror steps before training") int initial,
    @About("mean over the rows of what comes out: removed, kept") Means means,
    @About("the last block's noise comes out as it is, or of a logistic: plain, logistic") Top top)
    implements LearningRule {
  /** What holds the norm of V. */
  public enum Control {
    /** The decay, if there is one. */
    FREE,
    /** V is rescaled behind every mirror step. */
    NORMALISED
  }

  /** What becomes of the mean over the rows of what comes out. */
  public enum Means {
    /** It is taken off, so that V sees less noise. */
    REMOVED,
    /** It stays, as in the reference. */
    KEPT
  }

  /** What becomes of what comes out of the last block. */
  public enum Top {
    /** Nothing: a softmax is part of the loss. */
    PLAIN,
    /** 1 / (1 + exp(−z)): where the loss is one of logistic units. */
    LOGISTIC
  }

  /**
   * Checks the numbers.
   *
   * @param rate above 0
   * @param noise above 0
   * @param law the distribution
   * @param decay in [0, 1)
   * @param control of the norm
   * @param rows at least 2
   * @param steps at least 0
   * @param initial at least 0
   * @param means of what comes out
   * @param top what becomes of the last block's z
   */
  public WeightMirror {
    Check.positive("rate", rate);
    Check.positive("noise", noise);
    Check.fraction("decay", decay);
    Check.atLeast("rows", 2, rows);
    Check.atLeast("steps", 0, steps);
    Check.atLeast("initial", 0, initial);
  }

  /** Rate 0.015, noise U(±1), decay 0.005, 128 rows, one step behind each training step. */
  public WeightMirror() {
    this(0.015, 1, Law.UNIFORM, 0.005, Control.FREE, 128, 1, 0, Means.REMOVED, Top.PLAIN);
  }

  /** Without the mirror steps before training. */
  @Override
  public LearningRule unlearned() {
    return new WeightMirror(rate, noise, law, decay, control, rows, steps, 0, means, top);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireNoTokens("wm", network);
    FeedbackLaw first = new FeedbackLaw(1, Law.NORMAL, Scale.SUM);
    Substitutes v = Substitutes.of(network, first, Storage.STORED, seed);
    Tensor key = Tensor.of(new long[] {seed.key()}, 1);
    Tensor count = Tensor.of(new long[1]);
    Map<String, Tensor> state = new LinkedHashMap<>(v.state());
    state.put("seed", key);
    state.put("mirrored", count);
    Set<Parameter> dense = oneDenseLayer(network);
    mirror(network, v, dense, key, count, initial);
    return new Layered(
        v,
        state,
        v::paths,
        List.of(), // nothing is followed: the mirror looks for itself
        updates -> mirror(network, v, dense, key, count, steps));
  }

  private void mirror(
      Network network, Substitutes v, Set<Parameter> dense, Tensor key, Tensor count, int times) {
    for (int i = 0; i < times; i++) {
      try (var _ = Scope.open()) {
        Seed seed = new Seed(key.toLongs()[0]).child("mirror").child(count.toLongs()[0]);
        v.each((c, matrix) -> reflect(matrix, c, network, dense, c.seed(seed)));
        count.add(1L);
      }
    }
  }

  /** One mirror step of one weight, V in place. */
  private void reflect(Tensor v, Crossing c, Network network, Set<Parameter> dense, Seed seed) {
    Tensor xi =
        new FeedbackLaw(noise, law, Scale.ONE)
            .draw(seed.child("noise"), rows, c.in(), 1)
            .to(v.precision())
            .to(v.device());
    Tensor z = dense.contains(c.weight()) ? answer(xi, c, network) : linear(xi, c);
    if (top == Top.LOGISTIC && c.block() == network.blocks().size()) {
      z = z.sigmoid();
    }
    Tensor said = means == Means.KEPT ? z : z.minus(z.sum(0).multiply(1.0 / rows));
    Tensor flat = v.reshaped(c.out(), c.in());
    flat.addProduct(1 - decay, said.transposed(), xi, rate / rows);
    if (control == Control.NORMALISED) {
      Tensor u = seed.child("norm").uniform(0.5, rows, c.out()); // U[0, 1) but for its mean
      Tensor uv = u.to(v.precision()).to(v.device()).matmul(flat);
      Tensor variance = uv.minus(uv.sum(0).multiply(1.0 / rows)).squared().sum(0);
      double std = variance.multiply(1.0 / rows).sqrt().mean().item();
      if (std > 0) {
        v.multiply(0.5 / std);
      }
    }
  }

  /** Through the block, {@code [rows, out]}. */
  private static Tensor answer(Tensor noise, Crossing c, Network network) {
    int i = c.block() - 1;
    Tensor rows = noise.reshaped(network.shape(i - 1).withRows(noise.size(0)).toArray());
    Step step = network.blocks().get(i).step(rows, Mode.EVAL);
    return step.output().reshaped(noise.size(0), -1);
  }

  /** Through the weight alone, {@code [rows, out]}. */
  private static Tensor linear(Tensor noise, Crossing c) {
    return noise.linear(c.weight().value().reshaped(c.out(), c.in()));
  }

  /**
   * The weights that are all of their block's: one dense layer and what follows it unit by unit.
   * Where noise could also go around the weight, it would be mirrored with what goes around.
   */
  private static Set<Parameter> oneDenseLayer(Network network) {
    Set<Parameter> dense = new HashSet<>();
    for (Crossing c : Crossing.of(network)) {
      int i = c.block() - 1;
      Block block = network.blocks().get(i);
      if (Hidden.weights(block).size() == 1
          && !block.endsFrozen()
          && network.width(i - 1) == c.in()
          && network.width(i) == c.out()
          && !goesAround(block, network.shape(i - 1), c.weight().value())) {
        dense.add(c.weight());
      }
    }
    return dense;
  }

  /** Whether a signal is carried where the weight stands for nothing. */
  private static boolean goesAround(Block block, Shape in, Tensor like) {
    try (var _ = Scope.open()) {
      Tensor row = Tensor.zeros(like.precision(), in.withRows(1).toArray()).to(like.device());
      Step step = block.step(row, Mode.EVAL);
      Tensor signal =
          Seed.of(1)
              .normal(1, step.output().shape().toArray())
              .to(like.precision())
              .to(like.device());
      return step.carry(signal, w -> w.value().zerosLike()).norm().item() > 0;
    }
  }
}
