package org.plumbline.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Direct Kolen-Pollack, DKP: direct feedback whose B_l learns as if it were the output block's
 * weight seen from h_l.
 *
 * <pre>
 *   s_l = e B_l        e: [batch, outputs]   B_l: [outputs, n_l]
 *   B_l ← (1 − c) B_l − η gB_l        gB_l = eᵀ h_l
 *   W_L ← (1 − c) W_L − η gW_L        gW_L = eᵀ h_{L−1}
 *   ⇒ W_L − B_{L−1} is multiplied by exactly (1 − c) at every step
 * </pre>
 *
 * <p>Webster, Choi, Ahn 2021, "Learning the connections in direct feedback alignment" (OpenReview),
 * and its code webstah/dkp-gist, whose text writes the gradient with a minus sign and whose code
 * descends on +eᵀ h_l, as we do. The network's own optimizer moves B_l with the network's rate;
 * theirs is a second one (Adam 1e-4). What it decays beside the gradient (sgd, adamw) it decays
 * alike in W_L and B_l; c comes on top of that, taken from both, so that the identity holds for
 * every optimizer. Only decay that is part of the gradient (adam, momentum) breaks it. Their second
 * term, yᵀ s_l, is left out.
 *
 * @param decay c; half of W_L − B_{L−1} is gone after ln 2 / c steps. The code's is 1e-6, which no
 *     usual run is long enough to feel
 * @param start of B_l
 */
@About("direct feedback that learns like the output's weight; Webster et al. 2021")
@Nature(family = Nature.Family.DIRECT, citation = "Webster, Choi, Ahn 2021, OpenReview")
public record DirectKolenPollack(
    @About("share taken off B and the output's weight at every step, in [0, 1)") double decay,
    @About("of B: random, uniform in 1/the root of width; kaiming, 2.4495 times that; zero")
        Start start)
    implements LearningRule {
  /** How B_l starts. */
  public enum Start {
    /** Uniform in ±1/√n_l. */
    RANDOM,
    /** Uniform in ±√(6/n_l), as in the code dkp-gist. */
    KAIMING,
    /** All zero: the hidden blocks are told nothing but zeros at the first step. */
    ZERO
  }

  /**
   * Checks the decay.
   *
   * @param decay in [0, 1)
   * @param start of B_l
   */
  public DirectKolenPollack {
    Check.fraction("decay", decay);
  }

  /** Decay 5e-4, random. */
  public DirectKolenPollack() {
    this(5e-4, Start.RANDOM);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireAnAnswerARow("dkp", network);
    FeedbackLaw law =
        new FeedbackLaw(start == Start.KAIMING ? Math.sqrt(6) : 1, Law.UNIFORM, Scale.WIDTH);
    Tensor like = network.parameters().getFirst().value();
    List<Parameter> b = new ArrayList<>();
    for (int i = 0; i < network.hidden(); i++) {
      long outputs = network.outputs();
      long width = network.width(i);
      Tensor drawn =
          switch (start) {
            case RANDOM, KAIMING -> law.draw(seed.child(i + 1L), outputs, width, network.widest());
            case ZERO -> Tensor.zeros(like.precision(), outputs, width);
          };
      b.add(new Parameter("feedback", drawn.to(like.precision()).to(like.device())));
    }
    List<Parameter> decaying =
        decay == 0 || b.isEmpty()
            ? List.of()
            : Stream.concat(b.stream(), partner(network)).toList();
    return new Live(List.copyOf(b), decaying, decay);
  }

  /** W_L, {@code [outputs, n_{L−1}]}: the weights of the output block. */
  private static Stream<Parameter> partner(Network network) {
    return network.blocks().getLast().parameters().stream()
        .filter(p -> p.value().shape().rank() > 1);
  }

  private record Live(List<Parameter> parameters, List<Parameter> follows, double decay)
      implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      Tensor e = outcome.error();
      List<Signal> signals = new ArrayList<>();
      for (int i = 0; i < parameters.size(); i++) {
        Parameter b = parameters.get(i);
        Step step = trace.steps().get(i);
        Tensor h = step.output().reshaped(e.size(0), -1);
        Gradient gradient = new Gradient.Factored(e, h);
        signals.add(
            new Signal.Told(
                Direct.told(step, e.matmul(b.value())).gradient(),
                new Gradients(List.of(new Gradients.Entry(b, gradient)))));
      }
      signals.add(new Signal.Told(e));
      return signals;
    }

    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      follows.forEach(p -> p.value().add(updates.was(p), -decay));
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      for (int i = 0; i < parameters.size(); i++) {
        state.put("feedback." + (i + 1), parameters.get(i).value());
      }
      return state;
    }

    @Override
    public Paths paths() {
      return new Paths(Paths.Kind.DIRECT, parameters.stream().map(Parameter::value).toList());
    }
  }
}
