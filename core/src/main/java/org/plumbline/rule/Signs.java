package org.plumbline.rule;

import java.util.List;
import java.util.Map;
import org.plumbline.nn.Backward;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/** What the three rules of sign symmetry share: V_l = |M_l| ⊙ sign(W_l), whatever M_l is. */
final class Signs {
  private Signs() {}

  /** M_l of this law with the root mean square σ_l, {@code [out, in]}. */
  static Tensor magnitude(Law law, Sigma sigma, Crossing crossing, Seed seed) {
    double v = sigma.of(crossing.weight().value().shape());
    double gain = law == Law.UNIFORM ? v * Math.sqrt(3) : v; // U(±v) has the std v/√3
    return new FeedbackLaw(gain, law, Scale.ONE).draw(seed, crossing.out(), crossing.in(), 1);
  }

  /** |M_l| ⊙ sign(W_l) with the W_l of the moment, shaped like it. */
  static Tensor signed(Tensor magnitude, Parameter weight) {
    return magnitude.abs().multiply(weight.value().sign());
  }

  /** Feedback of these V_l. */
  static Feedback feedback(Network network, Backward v, Map<String, Tensor> state) {
    return feedback(network, v, state, () -> {});
  }

  /** Feedback of these V_l that does something behind every step. */
  static Feedback feedback(
      Network network, Backward v, Map<String, Tensor> state, Runnable behindStep) {
    List<Crossing> crossings = Crossing.of(network);
    return new Layered(
        v,
        state,
        () -> Crossing.paths(crossings, c -> v.instead(c.weight())),
        List.of(),
        (Updates updates) -> behindStep.run());
  }
}
