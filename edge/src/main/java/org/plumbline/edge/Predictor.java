package org.plumbline.edge;

import java.util.ArrayList;
import java.util.List;

/** Says what a network takes rows for. It reads the network as it is at that moment. */
public final class Predictor {
  private static final int CHUNK = 32;

  private final Network network;
  private final Crew crew;
  private final Kernels kernels;
  private final List<Pass> passes = new ArrayList<>();
  private final List<Scratch> scratches = new ArrayList<>();

  /**
   * Reads a network.
   *
   * @param network what it reads
   * @param mode how sums are computed
   * @param crew does the work
   */
  public Predictor(Network network, Mode mode, Crew crew) {
    this.network = network;
    this.crew = crew;
    this.kernels = mode.kernels(network.plan());
    for (int t = 0; t < crew.threads(); t++) {
      passes.add(new Pass(network, Ranges.of(network.plan(), CHUNK), Purpose.PREDICTING));
      scratches.add(new Scratch(network.plan(), CHUNK));
    }
  }

  /**
   * How well rows were told.
   *
   * @param rows how many there were
   * @param right how many were taken for what they are
   * @param squaredError the sum of (ŷ − y)² over rows and classes
   */
  public record Score(int rows, int right, long squaredError) {}

  /**
   * Judges.
   *
   * @param samples rows and what they are
   * @return the score
   */
  public Score judge(Samples samples) {
    Plan plan = network.plan();
    Learner.fits(plan, samples);
    int[] right = new int[crew.threads()];
    long[] squares = new long[crew.threads()];
    crew.each(
        crew.threads(),
        part -> {
          int end = Crew.from(samples.size(), part + 1, crew.threads());
          int[] order = new int[CHUNK];
          Pass pass = passes.get(part);
          for (int at = Crew.from(samples.size(), part, crew.threads()); at < end; at += CHUNK) {
            int count = Math.min(CHUNK, end - at);
            forward(samples, at, count, order, part);
            for (int s = 0; s < count; s++) {
              right[part] += pass.best(s) == pass.label(s) ? 1 : 0;
              for (int c = 0; c < plan.classes(); c++) {
                long error =
                    (long) pass.score(s, c) - (pass.label(s) == c ? plan.arithmetic().hot() : 0);
                squares[part] += error * error;
              }
            }
          }
        });
    int allRight = 0;
    long allSquares = 0;
    for (int part = 0; part < crew.threads(); part++) {
      allRight += right[part];
      allSquares += squares[part];
    }
    return new Score(samples.size(), allRight, allSquares);
  }

  private void forward(Samples samples, int at, int count, int[] order, int part) {
    for (int s = 0; s < count; s++) {
      order[s] = at + s;
    }
    Pass pass = passes.get(part);
    pass.begin(samples, order, 0, count);
    for (int l = 0; l < network.plan().layers(); l++) {
      kernels.forward(pass, l, 0, count, scratches.get(part));
    }
  }

  /**
   * The outputs of one row; the class with the largest is meant, the first of equals.
   *
   * @param input the bytes of a row
   * @return one a class
   */
  public int[] scores(byte[] input) {
    Samples one = Samples.of(input, new byte[1], input.length, network.plan().classes());
    Learner.fits(network.plan(), one);
    forward(one, 0, 1, new int[1], 0);
    int[] scores = new int[network.plan().classes()];
    for (int c = 0; c < scores.length; c++) {
      scores[c] = passes.get(0).score(0, c);
    }
    return scores;
  }

  /**
   * What one row is taken for.
   *
   * @param input the bytes of a row
   * @return a class, from 0
   */
  public int classify(byte[] input) {
    int[] scores = scores(input);
    int best = 0;
    for (int c = 1; c < scores.length; c++) {
      best = scores[c] > scores[best] ? c : best;
    }
    return best;
  }
}
