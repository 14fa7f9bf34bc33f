package org.plumbline.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.plumbline.nn.Backward;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * Layered feedback of two factors, of which the second learns beside the weight.
 *
 * <pre>
 *   u_l = δ_l P_l        s_{l−1} = T(u_l Q_l)        P_l: [n_l, r]   Q_l: [r, n_{l−1}]        l = L…2
 *   gQ_l = u_lᵀ h_{l−1} = P_lᵀ gW_l        W_l and Q_l: the optimizer's step, then − c of their old value
 * </pre>
 *
 * <p>Of images, P_l is a convolution of 1 by 1 from out to r channels, δ P at every place, and Q_l
 * a kernel of r channels in the place of W_l's out: {@code [r, in, kh, kw]}.
 *
 * @param pairs one a weight
 * @param sent T, what is done to a carried signal {@code [batch, n_{l−1}]}
 * @param decay c
 * @param learning how P moves, if it does
 */
record TwoFactors(List<Pair> pairs, UnaryOperator<Tensor> sent, double decay, Learning learning)
    implements Feedback {
  /** From channels to channels, at every place by itself. */
  static final Convolution ONE_BY_ONE = new Convolution(1, 0, 1);

  /**
   * The factors that stand for one weight.
   *
   * @param at the weight
   * @param p {@code [out, r]}
   * @param q shaped like the weight, with r in place of out
   */
  record Pair(Crossing at, Tensor p, Parameter q) {
    /** P Q, shaped like the weight. */
    Tensor product() {
      return p.matmul(q.value().reshaped(p.size(1), -1))
          .reshaped(at.weight().value().shape().toArray());
    }

    /**
     * δ P.
     *
     * @param delta {@code [batch, out]} or {@code [batch, out, height, width]}
     * @return with r in place of out
     */
    Tensor mixed(Tensor delta) {
      return delta.shape().rank() == 2
          ? delta.matmul(p)
          : ONE_BY_ONE.of(delta, p.transposed().reshaped(p.size(1), p.size(0), 1, 1));
    }
  }

  /** Draws P. */
  interface First {
    /** {@code [out, r]}, for a weight. */
    Tensor factor(Crossing crossing, Seed seed);
  }

  /** Moves P behind a step. */
  interface Learning {
    /** P stays. */
    Learning NONE = (pair, gradient) -> {};

    /**
     * Changes P in place.
     *
     * @param pair P and Q
     * @param gradient by the weight, as it was applied
     */
    void move(Pair pair, Gradient gradient);
  }

  /**
   * Draws the factors: P as {@code first} says, Q uniform in ±1/√n_{l−1}, as a weight.
   *
   * @param rule its name, for messages
   */
  static List<Pair> drawn(String rule, Network network, First first, Seed seed) {
    Hidden.requireOneGroup(rule, network);
    List<Pair> pairs = new ArrayList<>();
    for (Crossing c : Crossing.of(network)) {
      Tensor w = c.weight().value();
      Tensor p = first.factor(c, c.seed(seed).child("p")).to(w.precision()).to(w.device());
      long[] shape = w.shape().toArray();
      shape[0] = p.size(1);
      Tensor q = c.seed(seed).child("q").uniform(1 / Math.sqrt((double) c.in()), shape);
      pairs.add(new Pair(c, p, new Parameter(c.name(), q.to(w.precision()).to(w.device()))));
    }
    return List.copyOf(pairs);
  }

  @Override
  public List<Signal> signals(Trace trace, Outcome outcome) {
    Map<Parameter, Pair> byWeight = new HashMap<>();
    pairs.forEach(pair -> byWeight.put(pair.at.weight(), pair));
    Map<Parameter, Tensor> mixed = new HashMap<>();
    Backward backward = backward(byWeight, mixed);
    List<Signal> signals = new ArrayList<>();
    Tensor signal = outcome.error();
    for (Step step : trace.steps().subList(1, trace.steps().size()).reversed()) {
      Tensor carried = sent.apply(step.carry(signal, backward)); // first: it leaves its δ P
      Gradients own = own(step.gradients(signal), byWeight, mixed);
      signals.add(new Signal.Told(signal, own));
      signal = carried;
    }
    signals.add(new Signal.Told(signal));
    return signals.reversed();
  }

  private static Backward backward(Map<Parameter, Pair> byWeight, Map<Parameter, Tensor> mixed) {
    return new Backward() {
      @Override
      public Tensor instead(Parameter weight) {
        Pair pair = byWeight.get(weight);
        return pair == null ? weight.value() : pair.q.value();
      }

      @Override
      public Tensor mixed(Parameter weight, Tensor local) {
        Pair pair = byWeight.get(weight);
        if (pair == null) {
          return local;
        }
        Tensor u = pair.mixed(local);
        mixed.put(weight, u);
        return u;
      }
    };
  }

  /** gQ = Pᵀ gW, as gW is: of δ P and h. */
  private static Gradients own(
      Gradients gradients, Map<Parameter, Pair> byWeight, Map<Parameter, Tensor> mixed) {
    List<Gradients.Entry> entries = new ArrayList<>();
    // With several weights in a block, what is carried between them is not the exact delta.
    boolean alone =
        gradients.entries().stream().filter(e -> byWeight.containsKey(e.parameter())).count() == 1;
    for (Gradients.Entry entry : gradients.entries()) {
      Pair pair = byWeight.get(entry.parameter());
      if (pair != null) {
        Optional<Tensor> carried =
            alone ? Optional.ofNullable(mixed.get(entry.parameter())) : Optional.empty();
        entries.add(
            new Gradients.Entry(
                pair.q,
                switch (entry.gradient()) {
                  case Gradient.Factored(Tensor delta, Tensor input) ->
                      new Gradient.Factored(carried.orElseGet(() -> pair.mixed(delta)), input);
                  case Gradient.Convolved(
                          Tensor delta,
                          Tensor input,
                          Tensor _,
                          Convolution convolution) ->
                      new Gradient.Convolved(
                          carried.orElseGet(() -> pair.mixed(delta)),
                          input,
                          pair.q.value(),
                          convolution);
                  case Gradient.Summed(Tensor _, Tensor sums) -> whole(pair, sums);
                  case Gradient.Whole(Tensor value) -> whole(pair, value);
                }));
      }
    }
    return new Gradients(entries);
  }

  /** Pᵀ gW, whatever axes follow the first. */
  private static Gradient whole(Pair pair, Tensor gradient) {
    return new Gradient.Whole(
        pair.p
            .transposed()
            .matmul(gradient.reshaped(pair.p.size(0), -1))
            .reshaped(pair.q.value().shape().toArray()));
  }

  @Override
  public List<Parameter> parameters() {
    return pairs.stream().map(Pair::q).toList();
  }

  @Override
  public List<Parameter> follows() {
    return decay == 0
        ? List.of()
        : pairs.stream().flatMap(pair -> Stream.of(pair.at.weight(), pair.q)).toList();
  }

  @Override
  public void afterStep(Trace trace, Outcome outcome, Updates updates) {
    follows().forEach(p -> p.value().add(updates.was(p), -decay));
    Map<Parameter, Gradient> applied = new HashMap<>();
    updates.gradients().entries().forEach(e -> applied.put(e.parameter(), e.gradient()));
    for (Pair pair : pairs) {
      Gradient gradient = applied.get(pair.at.weight());
      if (gradient != null) {
        learning.move(pair, gradient);
      }
    }
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (Pair pair : pairs) {
      state.put(pair.at.name() + ".p", pair.p);
      state.put(pair.at.name() + ".q", pair.q.value());
    }
    return state;
  }

  @Override
  public Paths paths() {
    Map<Crossing, Pair> byPlace = new LinkedHashMap<>();
    pairs.forEach(pair -> byPlace.put(pair.at, pair));
    return Crossing.paths(
        List.copyOf(byPlace.keySet()), c -> Objects.requireNonNull(byPlace.get(c)).product());
  }
}
