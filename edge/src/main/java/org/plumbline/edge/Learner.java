package org.plumbline.edge;

import java.util.ArrayList;
import java.util.List;

/**
 * Direct feedback alignment in whole numbers: every layer hears the output's error through fixed
 * numbers of its own.
 *
 * <pre>
 *   z = h W + b      h = f(z)      e = ŷ − y          [batch, …], row vectors
 *   δ_l = (e B_l) / g_l            δ_last = e / g     g: inverse slopes
 *   W ← clamp(W − (hᵀ δ) / rate)   b ← clamp(b − (Σ δ) / rate)
 * </pre>
 *
 * <p>The batch sum is divided once, after the product: neither for each sample nor by the batch. In
 * PocketNN's paper it is divided by −rate and added, which truncation makes the same. Changes its
 * network in place; one learner at a time may.
 */
public final class Learner {
  private final Network network;
  private final Crew crew;
  private final Kernels kernels;
  private final Pass pass;
  private final List<Scratch> scratches = new ArrayList<>();
  private final List<Integer> layers;
  private Divisor rate = Divisor.of(1);
  private long steps;

  /**
   * Trains all layers.
   *
   * @param network is changed
   * @param batch samples of a step, at most
   * @param mode how sums are computed
   * @param crew does the work
   * @throws Refused if an intermediate could overflow
   */
  public Learner(Network network, int batch, Mode mode, Crew crew) {
    this(network, batch, mode, crew, all(network.plan()));
  }

  /**
   * Trains some layers: the others are passed forward only.
   *
   * @param network is changed
   * @param batch samples of a step, at most
   * @param mode how sums are computed
   * @param crew does the work
   * @param layers counted from 0
   * @throws Refused if an intermediate could overflow
   */
  public Learner(Network network, int batch, Mode mode, Crew crew, List<Integer> layers) {
    this.network = network;
    this.crew = crew;
    this.kernels = mode.kernels(network.plan());
    this.pass = new Pass(network, Ranges.of(network.plan(), batch), Purpose.TRAINING);
    this.layers = List.copyOf(layers);
    for (int t = 0; t < crew.threads(); t++) {
      scratches.add(new Scratch(network.plan(), batch));
    }
  }

  private static List<Integer> all(Plan plan) {
    List<Integer> layers = new ArrayList<>();
    for (int l = 0; l < plan.layers(); l++) {
      layers.add(l);
    }
    return layers;
  }

  /**
   * What it changes.
   *
   * @return the same as was given
   */
  public Network network() {
    return network;
  }

  /**
   * Learns from some rows, once.
   *
   * @param samples where they are
   * @param order their numbers
   * @param from the first of {@code order}
   * @param count how many of {@code order}, the batch at most
   * @param inverseRate what the batch sums are divided by, 1…2³⁰
   */
  public void step(Samples samples, int[] order, int from, int count, int inverseRate) {
    Plan plan = network.plan();
    Refused.within("the samples of a step", count, 1, pass.ranges.batch());
    fits(plan, samples);
    if (rate.by() != inverseRate) {
      rate = Divisor.of(inverseRate);
    }
    pass.begin(samples, order, from, count);
    int parts = Math.min(crew.threads(), count);
    crew.each(
        parts,
        part -> hear(Crew.from(count, part, parts), Crew.from(count, part + 1, parts), part));
    crew.each(crew.threads(), part -> change(count, part));
    steps++;
  }

  static void fits(Plan plan, Samples samples) {
    if (samples.width() != plan.inputs()) {
      throw new Refused(
          "rows must have the network's " + plan.inputs() + " inputs, but have " + samples.width());
    }
  }

  private void hear(int from, int to, int part) {
    Plan plan = network.plan();
    for (int l = 0; l < plan.layers(); l++) {
      kernels.forward(pass, l, from, to, scratches.get(part));
    }
    int[] errors = pass.errors();
    for (int s = from; s < to; s++) {
      for (int c = 0; c < plan.classes(); c++) {
        int target = pass.label(s) == c ? plan.arithmetic().hot() : 0;
        errors[s * plan.classes() + c] = pass.score(s, c) - target;
      }
    }
    for (int l : layers) {
      kernels.signals(pass, l, from, to, scratches.get(part));
    }
  }

  private void change(int count, int part) {
    for (int l : layers) {
      int rows = network.plan().inputs(l) + 1;
      int from = Crew.from(rows, part, crew.threads());
      int to = Crew.from(rows, part + 1, crew.threads());
      kernels.update(pass, l, count, rate, from, to, scratches.get(part));
    }
  }

  /**
   * What became of the updates so far.
   *
   * @return counts since this learner was made
   */
  public Updates updates() {
    long each = 0;
    for (int l : layers) {
      each += (network.plan().inputs(l) + 1L) * network.plan().outputs(l);
    }
    long changed = 0;
    long clamped = 0;
    for (Scratch scratch : scratches) {
      changed += scratch.changed;
      clamped += scratch.clamped;
    }
    return new Updates(steps * each, steps * each - changed, clamped);
  }

  /**
   * What became of the updates of weights and biases.
   *
   * @param all one a step and parameter
   * @param zero those that division made 0
   * @param clamped those that ended at ±32767 instead of beyond
   */
  public record Updates(long all, long zero, long clamped) {
    /** None. */
    public static final Updates NONE = new Updates(0, 0, 0);

    /**
     * Both together.
     *
     * @param other the other
     * @return their sums
     */
    public Updates plus(Updates other) {
      return new Updates(all + other.all, zero + other.zero, clamped + other.clamped);
    }
  }
}
