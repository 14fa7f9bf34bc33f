package org.plumbline.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Paths;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/** Fresh feedbacks of one law: what a cosine comes to without having learned anything. */
final class Chance {
  private static final long KEPT_BYTES = 256L << 20;
  private static final int LEAST_DRAWS = 4;
  private static final int FEW_OUTPUTS = 32;

  private final Network network;
  private final LearningRule rule;
  private final Seed seed;
  private final int draws;
  // Drawn once where they fit: drawing great matrices takes longer than many steps.
  private final List<Feedback> kept = new ArrayList<>();
  private final List<Together> together = new ArrayList<>();
  private double perRow; // multiply-accumulates of a pass, once they are known

  private Chance(Network network, LearningRule rule, int draws, Seed seed) {
    this.network = network;
    this.rule = rule;
    this.draws = draws;
    this.seed = seed;
  }

  /**
   * Of a rule.
   *
   * @param rule what is drawn
   * @param bytes of one draw
   */
  static Chance of(Network network, LearningRule rule, int draws, long bytes, Seed seed) {
    Chance chance = new Chance(network, rule, draws, seed);
    for (int k = 0; bytes * draws <= KEPT_BYTES && k < draws; k++) {
      chance.kept.add(rule.attach(network, seed.child(k)));
    }
    chance.gather();
    return chance;
  }

  /**
   * The matrices of all draws for one hidden block, and the inner products of each draw's rows.
   *
   * <pre>
   *   ⟨e B, g⟩ = ⟨e, g Bᵀ⟩: one product for all draws        ‖e B‖² = e (B Bᵀ) eᵀ: small once B is fixed
   * </pre>
   *
   * @param matrices {@code [draws · outputs, n_l]}
   * @param grams B Bᵀ of each draw, {@code outputs²} numbers
   */
  private record Together(Tensor matrices, List<double[]> grams) {
    static Together of(List<Tensor> each) {
      Tensor matrices = Tensor.below(each);
      try (var _ = Scope.open()) {
        return new Together(matrices, each.stream().map(b -> b.linear(b).toDoubles()).toList());
      }
    }

    /** The mean cosine of every draw, of what it hears, with gradients. */
    List<Double> means(List<double[]> heard, Cosines.Rows gradients) {
      double[] dots = gradients.times(matrices);
      int rows = gradients.count();
      int draws = heard.size();
      int outputs = heard.getFirst().length / rows;
      List<Double> means = new ArrayList<>(draws);
      for (int k = 0; k < draws; k++) {
        double[] inner = new double[rows];
        double[] lengths = new double[rows];
        for (int i = 0; i < rows; i++) {
          for (int c = 0; c < outputs; c++) {
            double e = heard.get(k)[i * outputs + c];
            double through = 0;
            for (int d = 0; d < outputs; d++) {
              through += grams.get(k)[c * outputs + d] * heard.get(k)[i * outputs + d];
            }
            inner[i] += e * dots[(i * draws + k) * outputs + c];
            lengths[i] += e * through;
          }
          lengths[i] = Math.sqrt(Math.max(0, lengths[i]));
        }
        means.add(gradients.cosines(inner, lengths).mean());
      }
      return means;
    }
  }

  private void gather() {
    long numbers = 0; // also of matrices that the rule does not keep
    for (int l = 0; l < network.hidden(); l++) {
      numbers += draws * network.outputs() * network.width(l);
    }
    if (kept.isEmpty() || network.outputs() > FEW_OUTPUTS || numbers * Double.BYTES > KEPT_BYTES) {
      return;
    }
    List<Paths> paths = new ArrayList<>();
    for (Feedback feedback : kept) {
      Paths p = feedback.paths();
      if (p.kind() != Paths.Kind.DIRECT || p.matrices().size() != network.hidden()) {
        return;
      }
      paths.add(p);
    }
    for (int l = 0; l < network.hidden(); l++) {
      int block = l;
      together.add(Together.of(paths.stream().map(p -> p.matrices().get(block)).toList()));
    }
  }

  /**
   * The mean cosines of every hidden block for each draw, as many as can be afforded.
   *
   * @param gradients of each hidden block
   * @return by draw
   */
  List<List<Double>> means(Trace trace, Outcome outcome, List<Cosines.Rows> gradients) {
    List<double[]> heard = new ArrayList<>();
    if (!together.isEmpty()) {
      try (var _ = Scope.open()) {
        kept.forEach(f -> f.broadcast(outcome).ifPresent(e -> heard.add(e.toDoubles())));
      }
    }
    if (heard.size() < kept.size() || kept.isEmpty()) {
      return oneByOne(trace, outcome, gradients);
    }
    List<List<Double>> byBlock = new ArrayList<>();
    for (int l = 0; l < gradients.size(); l++) {
      byBlock.add(together.get(l).means(heard, gradients.get(l)));
    }
    List<List<Double>> byDraw = new ArrayList<>();
    for (int k = 0; k < kept.size(); k++) {
      int draw = k;
      byDraw.add(byBlock.stream().map(means -> means.get(draw)).toList());
    }
    return byDraw;
  }

  private List<List<Double>> oneByOne(Trace trace, Outcome outcome, List<Cosines.Rows> gradients) {
    DoubleSupplier pass =
        () -> {
          perRow = perRow > 0 ? perRow : perRow(trace);
          return perRow * trace.input().size(0);
        };
    List<List<Double>> nulls = new ArrayList<>();
    double budget = Double.POSITIVE_INFINITY;
    for (int k = 0; k < draws && k < budget; k++) {
      try (var _ = Scope.open();
          Meter meter = Meter.open(Meter.Part.ERROR)) {
        Feedback drawn = k < kept.size() ? kept.get(k) : rule.attach(network, seed.child(k));
        nulls.add(means(drawn.signals(trace, outcome), gradients));
        if (k == 0) { // all draws cost alike
          budget = Math.max(LEAST_DRAWS, affordable(pass.getAsDouble(), meter));
        }
      }
    }
    return nulls;
  }

  /** How many draws cost as much as two steps, in multiply-accumulates. */
  private static double affordable(double pass, Meter draw) {
    double products = products(draw);
    double step = 2 * pass + products;
    return 2 * step / products;
  }

  /** Of a pass, that of its first row. */
  private double perRow(Trace trace) {
    try (Meter meter = Meter.open(Meter.Part.FORWARD)) {
      network.trace(trace.input().rows(0, 1), Mode.EVAL);
      return products(meter);
    }
  }

  private static double products(Meter meter) {
    return Arrays.stream(Meter.Part.values()).mapToDouble(meter::products).sum();
  }

  /** The mean cosines of what one feedback says. */
  private static List<Double> means(List<Signal> signals, List<Cosines.Rows> gradients) {
    List<Double> means = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      Cosines.Rows gradient = gradients.get(i);
      means.add(
          signals.get(i) instanceof Signal.Told told
              ? gradient.cosines(Cosines.flat(told.gradient())).mean()
              : Double.NaN);
    }
    return means;
  }
}
