package org.plumbline.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * Indirect feedback alignment: the error enters at the first hidden block only and goes up from
 * there, through the forward weights.
 *
 * <pre>
 *   s_1 = e · B_1        s_l = δ_{l−1} W_lᵀ,  l = 2…L−1        s_L = e
 *   B_1: [outputs, n_1], drawn once      W_l: [n_l, n_{l−1}]     δ_l: the signal at the pre-activation
 * </pre>
 *
 * <p>Nøkland 2016, <a href="https://arxiv.org/abs/1609.01596">arXiv:1609.01596</a>: a figure and a
 * few words there, absent from the author's code, so this form of it is unconfirmed. δ_{l−1} W_lᵀ
 * has the shape of a_l, the pre-activation of block l, and stands for the signal at its end;
 * therefore the two must be of one shape: a pool is refused, a flattening is none. Of a kernel,
 * δ_{l−1} W_lᵀ is its convolution. A block whose weight is zero passes nothing on, and nothing ever
 * changes that: such a start is refused. W_l stands in its own update, which bounded activations
 * hold and relu does not. Another "IFA", arXiv:2505.20892, initialises feedback and is not this.
 *
 * @param gain multiplies every entry of B_1
 * @param law the distribution of the entries
 * @param scale their size before the gain
 * @param storage whether B_1 is kept or drawn anew at every use
 */
@About("indirect feedback alignment: the error to the first block, up from there; Nøkland 2016")
@Nature(
    family = Nature.Family.DIRECT,
    citation = "Nøkland 2016, arXiv:1609.01596",
    weightTransport = true)
public record IndirectFeedback(
    @About("multiplies every entry of B_1") double gain,
    @About("distribution of B_1: uniform, normal, orthogonal") Law law,
    @About("size of B_1: width, one, widest, outputs, both, sum") Scale scale,
    @About("of B_1: stored, regenerated from the seed at every use") Storage storage)
    implements LearningRule {
  /**
   * Checks the gain.
   *
   * @param gain above 0
   * @param law the distribution
   * @param scale the size
   * @param storage kept or drawn anew
   */
  public IndirectFeedback {
    new FeedbackLaw(gain, law, scale);
  }

  /** Uniform in ±1/√n_1. */
  public IndirectFeedback() {
    this(1, Law.UNIFORM, Scale.WIDTH, Storage.STORED);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    if (network.hidden() > 1) {
      Hidden.requireAsManyAsTheWeightGives(
          "ifa",
          network,
          "let every hidden layer with a weight be a block of its own, or use --rule dfa");
      Hidden.requireRandom("ifa", network, 2, "which lets no signal through, ever");
    }
    FeedbackLaw drawn = new FeedbackLaw(gain, law, scale);
    Matrices first =
        Matrices.of(
            network.parameters().getFirst().value(),
            network.hidden() > 0 ? List.of("feedback.1") : List.of(),
            storage,
            seed,
            (s, i) ->
                drawn.draw(s.child(1), network.outputs(), network.width(0), network.widest()));
    return new Upward(first, network);
  }

  /** B_1, and the network with W_2 … W_{L−1}. */
  private record Upward(Matrices first, Network network) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      List<Signal> signals = new ArrayList<>();
      List<Step> hidden = trace.hidden();
      for (int i = 0; i < hidden.size(); i++) {
        Tensor arriving =
            i == 0
                ? outcome.error().matmul(first.get(0))
                : through(hidden.get(i), delta(hidden.get(i - 1), signals.getLast()));
        signals.add(Direct.told(hidden.get(i), arriving));
      }
      signals.add(new Signal.Told(outcome.error()));
      return signals;
    }

    /** δ_l, shaped like a_l. */
    private static Tensor delta(Step step, Signal signal) {
      return step.local(((Signal.Told) signal).gradient());
    }

    /** δ_{l−1} W_lᵀ, of a kernel its convolution; shaped like a_l. */
    private static Tensor through(Step step, Tensor delta) {
      return step.localTangent(delta.reshaped(step.input().shape().toArray()));
    }

    @Override
    public Map<String, Tensor> state() {
      return first.state();
    }

    /** B_l = B_1 W_2ᵀ … W_lᵀ: what it amounts to in a linear net. */
    @Override
    public Paths paths() {
      List<Tensor> paths = new ArrayList<>(first.all());
      for (int i = 1; i < network.hidden(); i++) {
        Tensor b = paths.getLast();
        Tensor rows = b.zerosLike().reshaped(network.shape(i - 1).withRows(b.size(0)).toArray());
        Step step = network.blocks().get(i).step(rows, Mode.EVAL);
        paths.add(through(step, b).reshaped(b.size(0), -1));
      }
      return new Paths(Paths.Kind.DIRECT, paths);
    }
  }
}
