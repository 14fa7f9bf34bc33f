package org.example;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Nature;
import org.plumbline.rule.Paths;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;
import org.plumbline.value.Key;

/**
 * Direct feedback alignment on hardware that forgets: every so many steps all feedback matrices are
 * drawn anew. How long must feedback stand still for the weights to align with it?
 *
 * <pre>
 *   s_l = e · B_l(k)        k = ⌊steps / every⌋        B_l(k): [outputs, n_l], uniform in ±gain/√n_l
 * </pre>
 *
 * <p>An example, made up; the rest is Nøkland 2016, arXiv:1609.01596.
 *
 * @param gain multiplies every entry of B
 * @param every steps between two draws
 */
@Key("redrawn-dfa")
@About("direct feedback alignment whose matrices are drawn anew every so many steps; an example")
@Nature(
    family = Nature.Family.DIRECT,
    citation = "an example, after Nøkland 2016, arXiv:1609.01596")
public record RedrawnFeedback(
    @About("multiplies every entry of B") double gain,
    @About("steps between two draws") long every)
    implements LearningRule {
  /**
   * Checks the parameters.
   *
   * @param gain above 0
   * @param every at least 1
   */
  public RedrawnFeedback {
    Check.positive("gain", gain);
    Check.atLeast("every", 1, every);
  }

  /** The defaults. */
  public RedrawnFeedback() {
    this(1, 1000);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    return new Redrawn(
        this,
        network,
        drawn(network, seed, 0),
        Tensor.of(new long[] {seed.key()}, 1),
        Tensor.of(new long[] {0}, 1));
  }

  private Feedback drawn(Network network, Seed seed, long k) {
    return new DirectFeedback(gain).attach(network, seed.child(k));
  }

  /** At work. Whatever the next step depends on is a tensor of the state. */
  private record Redrawn(
      RedrawnFeedback rule, Network network, Feedback direct, Tensor seed, Tensor steps)
      implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      return direct.signals(trace, outcome);
    }

    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      long done = steps.add(1L).toLongs()[0];
      if (done % rule.every == 0) {
        Feedback fresh = rule.drawn(network, new Seed(seed.toLongs()[0]), done / rule.every);
        direct.state().forEach((name, b) -> b.copyFrom(fresh.state().get(name)));
      }
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>(direct.state());
      state.put("seed", seed);
      state.put("steps", steps);
      return state;
    }

    @Override
    public Paths paths() {
      return direct.paths();
    }
  }
}
