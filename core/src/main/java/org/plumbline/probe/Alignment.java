package org.plumbline.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/**
 * Alignment: the cosine of what each hidden block is told with the exact gradient of the same pass.
 *
 * <pre>
 *   cos_i = ⟨s_l[i], g_l[i]⟩ / (‖s_l[i]‖ ‖g_l[i]‖)      g_l = ∂loss/∂h_l by back-propagation, same masks
 *   rows with ‖s_l[i]‖ or ‖g_l[i]‖ ≤ 1e-12 · (greatest row of the block) are counted, not averaged
 * </pre>
 *
 * <p>Beside it stands the null: the same batch mean for fresh feedback of the same law, drawn
 * {@code draws} times. Rows share a feedback matrix, so its spread is measured, not computed. Rules
 * that draw nothing have no null; a block that is taught gradients has no signal, and no readings.
 *
 * <p>Readings a block {@code l}: {@code alignment/l}, {@code alignment/l/std} (over rows), {@code
 * …/null}, {@code …/null_std}, {@code …/z}, {@code …/silent} and {@code …/vanished} (rows without
 * signal, without gradient), {@code …/gradient} (mean row norm of N g), {@code …/growth} (mean row
 * norm of N s over that of h), {@code …/common} (‖mean row of s‖² over mean ‖row‖²), {@code
 * …/gradient_ratio} (the gradient over that of the top hidden block; below 1e-6 the cosine is
 * noise), and {@code …/comparable}, 0 where the signal of the rule is no estimate of the gradient,
 * so that the cosine is no alignment. Launay et al. 2019, <a
 * href="https://arxiv.org/abs/1906.04554">arXiv:1906.04554</a>, measured the same cosine, but
 * across two passes.
 *
 * @param draws of fresh feedback for the null; 0 leaves it out
 */
@About("cosine of each block's signal with the true gradient, beside that of fresh random feedback")
public record Alignment(@About("draws of fresh feedback for the null") int draws) implements Probe {
  private static final double TINY = 1e-12;
  private static final long KEPT_BYTES = 256L << 20;

  /**
   * Checks the number of draws.
   *
   * @param draws at least 0
   */
  public Alignment {
    Check.atLeast("draws", 0, draws);
  }

  /** Twenty draws. */
  public Alignment() {
    this(20);
  }

  @Override
  public Reading attach(Network network, LearningRule rule, Feedback feedback, Seed seed) {
    Feedback exact = new Backprop().attach(network, seed);
    boolean comparable = Rules.estimatesGradient(rule);
    boolean drawsFeedback = !feedback.state().isEmpty();
    long bytes =
        feedback.state().values().stream().mapToLong(t -> t.size() * t.precision().bytes()).sum();
    // Drawn once where they fit: drawing great matrices takes longer than many steps.
    List<Feedback> kept = new ArrayList<>();
    for (int k = 0; drawsFeedback && bytes * draws <= KEPT_BYTES && k < draws; k++) {
      kept.add(rule.attach(network, seed.child(k)));
    }
    return (trace, outcome, signals) -> {
      if (!asks(signals)) {
        return Map.of();
      }
      try (var _ = Scope.open()) {
        List<Signal> truth = exact.signals(trace, outcome);
        List<Cosines> told = cosines(trace, signals, truth);
        List<List<Double>> nulls = new ArrayList<>();
        for (int k = 0; drawsFeedback && k < draws; k++) {
          try (var _ = Scope.open()) {
            Feedback fresh = k < kept.size() ? kept.get(k) : rule.attach(network, seed.child(k));
            List<Double> means = new ArrayList<>();
            cosines(trace, fresh.signals(trace, outcome), truth).forEach(c -> means.add(c.mean()));
            nulls.add(means);
          }
        }
        Map<String, Double> readings = new LinkedHashMap<>();
        for (int i = 0; i < told.size(); i++) {
          if (signals.get(i) instanceof Signal.Taught) {
            continue;
          }
          told.get(i).report("alignment/" + (i + 1), readings);
          if (!comparable) {
            readings.put("alignment/" + (i + 1) + "/comparable", 0.0);
          }
          double ratio = told.get(i).gradient() / told.getLast().gradient();
          Cosines.put("alignment/" + (i + 1) + "/gradient_ratio", ratio, readings);
          int block = i;
          reportNull(
              "alignment/" + (i + 1),
              told.get(i).mean(),
              nulls.stream().map(means -> means.get(block)).filter(Double::isFinite).toList(),
              readings);
        }
        return readings;
      }
    };
  }

  /** Whether a hidden block has or could have a signal to measure. */
  private static boolean asks(List<Signal> signals) {
    return signals.stream()
        .limit(signals.size() - 1L)
        .anyMatch(signal -> !(signal instanceof Signal.Taught));
  }

  private static void reportNull(
      String name, double mean, List<Double> nulls, Map<String, Double> readings) {
    if (nulls.isEmpty()) {
      return;
    }
    double nullMean = nulls.stream().mapToDouble(x -> x).average().orElseThrow();
    double square =
        nulls.stream().mapToDouble(x -> (x - nullMean) * (x - nullMean)).average().orElseThrow();
    double nullStd = Math.sqrt(square);
    readings.put(name + "/null", nullMean);
    readings.put(name + "/null_std", nullStd);
    if (Double.isFinite(mean) && nullStd > 0) {
      readings.put(name + "/z", (mean - nullMean) / nullStd);
    }
  }

  private static List<Cosines> cosines(Trace trace, List<Signal> signals, List<Signal> truth) {
    List<Cosines> all = new ArrayList<>();
    for (int i = 0; i < trace.hidden().size(); i++) {
      Tensor activity = trace.hidden().get(i).output();
      Tensor told = signals.get(i) instanceof Signal.Told s ? s.gradient() : activity.zerosLike();
      Tensor exact = ((Signal.Told) truth.get(i)).gradient();
      all.add(Cosines.of(told, exact, activity));
    }
    return all;
  }

  /**
   * The cosines of one block.
   *
   * @param mean over the rows that have both a signal and a gradient; NaN if none has
   * @param std over the same rows, ddof 0
   * @param silent rows without a signal
   * @param vanished rows without a gradient
   * @param gradient mean over rows of N ‖g‖
   * @param growth mean over rows of N ‖s‖, over that of ‖h‖
   * @param common share of the signal that all rows have in common: ‖mean row‖² / mean ‖row‖²
   */
  record Cosines(
      double mean,
      double std,
      int silent,
      int vanished,
      double gradient,
      double growth,
      double common) {
    static Cosines of(Tensor told, Tensor exact, Tensor activity) {
      Tensor s = flat(told);
      Tensor g = flat(exact);
      double[] dots = s.times(g).sum(1).toDoubles();
      double[] sn = s.squared().sum(1).sqrt().toDoubles();
      double[] gn = g.squared().sum(1).sqrt().toDoubles();
      double[] hn = flat(activity).squared().sum(1).sqrt().toDoubles();
      double leastS = TINY * max(sn);
      double leastG = TINY * max(gn);
      int n = dots.length;
      int valid = 0;
      int silent = 0;
      int vanished = 0;
      double sum = 0;
      double squares = 0;
      double gradient = 0;
      double signal = 0;
      double active = 0;
      for (int i = 0; i < n; i++) {
        gradient += gn[i];
        signal += sn[i];
        active += hn[i] / n;
        boolean hasSignal = sn[i] > leastS;
        boolean hasGradient = gn[i] > leastG;
        silent += hasSignal ? 0 : 1;
        vanished += hasGradient ? 0 : 1;
        if (hasSignal && hasGradient) {
          double cos = dots[i] / sn[i] / gn[i];
          sum += cos;
          squares += cos * cos;
          valid++;
        }
      }
      double mean = sum / valid;
      double std = Math.sqrt(Math.max(0, squares / valid - mean * mean));
      double square = 0;
      for (double norm : sn) {
        square += norm * norm;
      }
      double together = s.sum(0).norm().item();
      double common = together * together / n / square;
      return new Cosines(mean, std, silent, vanished, gradient, signal / active, common);
    }

    void report(String name, Map<String, Double> readings) {
      put(name, mean, readings);
      put(name + "/std", std, readings);
      put(name + "/silent", silent, readings);
      put(name + "/vanished", vanished, readings);
      put(name + "/gradient", gradient, readings);
      put(name + "/growth", growth, readings);
      put(name + "/common", common, readings);
    }

    private static void put(String name, double value, Map<String, Double> readings) {
      if (Double.isFinite(value)) {
        readings.put(name, value);
      }
    }

    private static Tensor flat(Tensor tensor) {
      return tensor.reshaped(tensor.size(0), -1).to(Precision.FP64);
    }

    private static double max(double[] values) {
      double max = 0;
      for (double value : values) {
        max = Math.max(max, value);
      }
      return max;
    }
  }
}
