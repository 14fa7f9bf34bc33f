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
import org.plumbline.value.Check;

/**
 * PEPITA: a second forward pass, on an input shifted by the error; how much each unit's activity
 * changed is what it is taught.
 *
 * <pre>
 *   pass 1   h_l on x        ê = N e, the error of each row by itself
 *   pass 2   h′_l on x′ = x + ê F, with the same dropout masks        e′ = ∂loss/∂y′
 *   δ_l = (h_l − h′_l) / N, at the pre-activation: no φ′              l = 1…L−1
 *   gW_l = δ_lᵀ h′_{l−1}     gW_L = e′ᵀ h′_{L−1}     F: [outputs, n_0], uniform in ±gain √(6/n_0)
 * </pre>
 *
 * <p>Dellaferrera, Kreiman 2022, <a href="https://arxiv.org/abs/2201.11665">arXiv:2201.11665</a>,
 * code GiorgiaD/PEPITA. Published: no biases (layers {@code dense:bias=without} in a general
 * architecture), {@code --init kaiming}, dropout 0.1, batch 64, SGD with momentum 0.9 and rate 0.1
 * on MNIST, 0.01 on CIFAR-10, a tenth of it from epochs 60 and 90, 100 epochs. Biases, where there
 * are some, are taught by the column sums of δ_l. The code multiplies δ_l by the dropout mask once
 * more, which we do not: h_l and h′_l have it already. The output learns from e′, as in the code;
 * whether the paper means e is unconfirmed. Beyond about three layers the rule needs its F to
 * follow the weights (arXiv:2302.05440), which it does not do here. With relu, start with {@code
 * --init kaiming}; the sign variant shifts all rows alike, as all signs but one agree, and needs a
 * falling rate.
 *
 * <p>Convolutions are taught by the kernel's gradient at δ_l. A pool behind one gives h_l another
 * shape than the pre-activation has, where δ_l stands: such a block is refused. So is a
 * normalisation that learns, of which the rule says nothing.
 *
 * <p>To read an angle: in a linear net δ_l = −e F W_1ᵀ … W_lᵀ, so descent makes W_L…W_1 point
 * against F, towards 180°. The matrices shown to probes are B_l = −F W_1ᵀ … W_lᵀ, which carry the
 * minus sign: theirs with W_L…W_{l+1} falls below 90° as the rule learns.
 *
 * @param gain bound of the entries of F, in units of √(6/n_0); the authors' is 0.05
 * @param error what shifts the input
 */
@About("second pass on an input shifted by the error; Dellaferrera, Kreiman 2022")
@Nature(
    family = Nature.Family.FORWARD,
    citation = "Dellaferrera, Kreiman 2022, arXiv:2201.11665",
    estimatesGradient = false)
public record Pepita(
    @About("bound of the entries of F, in units of sqrt(6/inputs)") double gain,
    @About("what shifts the input: plain, or a tenth of its sign") Shift error)
    implements LearningRule {
  /** What shifts the input. */
  public enum Shift {
    /** x′ = x + ê F. */
    PLAIN,
    /** x′ = x + sign(ê) F / 10. */
    SIGN
  }

  private static final double OF_SIGN = 0.1;

  /**
   * Checks the gain.
   *
   * @param gain at least 0
   * @param error what shifts the input
   */
  public Pepita {
    Check.notNegative("gain", gain);
  }

  /** Gain 0.05, shifted by the error. */
  public Pepita() {
    this(0.05, Shift.PLAIN);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requirePreActivation("pepita", network);
    Hidden.requireNothingElse("pepita", network);
    Hidden.requireRandom("pepita", network, 1, "so that its activity never changes");
    long inputs = network.input().size();
    Tensor like = network.parameters().getFirst().value();
    Tensor f =
        seed.child("input")
            .uniform(gain * Math.sqrt(6.0 / inputs), network.outputs(), inputs)
            .to(like.precision())
            .to(like.device());
    return new SecondPass(error, network, f);
  }

  /** F, {@code [outputs, n_0]}. */
  private record SecondPass(Shift error, Network network, Tensor f) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      int rows = (int) outcome.error().size(0);
      Tensor shift =
          switch (error) {
            case PLAIN -> outcome.error().scaled(rows).matmul(f);
            case SIGN -> outcome.error().sign().matmul(f).multiply(OF_SIGN);
          };
      Tensor x = trace.input();
      Trace second = network.trace(x.plus(shift.reshaped(x.shape().toArray())), trace.mode());
      List<Signal> signals = new ArrayList<>();
      for (int i = 0; i < network.hidden(); i++) {
        Step step = second.steps().get(i);
        Tensor delta = trace.steps().get(i).output().minus(step.output()).multiply(1.0 / rows);
        long[] map = network.map(i).withRows(rows).toArray();
        signals.add(new Signal.Taught(step.localGradients(delta.reshaped(map))));
      }
      Step last = second.steps().getLast();
      signals.add(new Signal.Taught(last.gradients(outcome.of(last.output()).error())));
      return signals;
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of("feedback.0", f);
    }

    @Override
    public Paths paths() {
      List<Tensor> paths = new ArrayList<>();
      Tensor product = f.scaled(-1);
      Trace zeros = network.trace(Hidden.rows(network, network.outputs()), Mode.EVAL);
      for (Step step : zeros.hidden()) {
        product = step.localTangent(product.reshaped(step.input().shape().toArray()));
        paths.add(product.reshaped(product.size(0), -1));
      }
      return new Paths(Paths.Kind.DIRECT, paths);
    }
  }
}
