package org.plumbline.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Network;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Buffers;
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
 * <p>Launay et al. 2019, <a href="https://arxiv.org/abs/1906.04554">arXiv:1906.04554</a>, measured
 * the same cosine, but across two passes.
 *
 * <p>Readings of hidden block {@code l}:
 *
 * <ul>
 *   <li>{@code alignment/l} the mean over rows, {@code …/std} (ddof 0), {@code …/silent} and {@code
 *       …/vanished} the rows without signal and without gradient;
 *   <li>{@code …/delta} the same mean of δ_l, behind the activation's derivative;
 *   <li>{@code …/null}, {@code …/null_std}, {@code …/z}: the mean and the standard deviation of
 *       {@code alignment/l} over {@code draws} fresh feedbacks of the same law, drawn without what
 *       reads the weights ({@link LearningRule#unlearned}), and how many such deviations it is
 *       above that mean. Rows share a feedback matrix, so the spread is measured, not computed.
 *       {@code …/null_draws} says over how many: fewer than asked for where they would cost more
 *       multiply-accumulates than two steps, as in layered rules, but at least four. Rules that
 *       draw nothing have no null;
 *   <li>{@code …/gradient} the mean row norm of N g, {@code …/gradient_ratio} that over the top
 *       hidden block's: below 1e-6 the gradient has vanished and the cosine is noise;
 *   <li>{@code …/growth} the mean row norm of N s over that of h_l, {@code …/activity_ratio} that
 *       of h_l over that of the input, of tokens over that of what they were embedded as (growing
 *       residual streams hide vanishing gradients);
 *   <li>{@code …/common} the share of the signal that all rows have in common, ‖mean row‖² / mean
 *       ‖row‖²;
 *   <li>{@code …/comparable}, 0 where the rule's signal is no estimate of the gradient, so that the
 *       cosine is no alignment.
 * </ul>
 *
 * <p>And of the gradients applied, whole batch, all parameters of the block as one vector: {@code
 * update/l} the cosine with those of back-propagation, output block included, {@code update/total}
 * of all blocks together. Rules that teach a block its gradients tell no signal, so they have this
 * form only.
 *
 * <p>Of a great batch it is enough to look at the first {@code rows}; where a row is not a matter
 * of itself, as under batch normalisation, all are looked at.
 *
 * @param draws of fresh feedback for the null, at most; 0 leaves it out
 * @param rows of the batch that are looked at, at most; 0 is all
 */
@About("cosine of each block's signal with the true gradient, beside that of fresh random feedback")
public record Alignment(
    @About("draws of fresh feedback for the null") int draws,
    @About("of a batch that are looked at, the first; 0: all") int rows)
    implements Probe {
  /**
   * Checks the numbers.
   *
   * @param draws at least 0
   * @param rows at least 0
   */
  public Alignment {
    Check.atLeast("draws", 0, draws);
    Check.atLeast("rows", 0, rows);
  }

  /** Twenty draws, all rows. */
  public Alignment() {
    this(20);
  }

  /**
   * All rows.
   *
   * @param draws at least 0
   */
  public Alignment(int draws) {
    this(draws, 0);
  }

  @Override
  public Reading attach(Network network, LearningRule rule, Feedback feedback, Seed seed) {
    Feedback exact = new Backprop().attach(network, seed);
    boolean comparable = Rules.estimatesGradient(rule);
    long bytes =
        feedback.state().values().stream().mapToLong(t -> t.size() * t.precision().bytes()).sum();
    Optional<Chance> chance =
        bytes > 0 && draws > 0
            ? Optional.of(Chance.of(network, rule.unlearned(), draws, bytes, seed))
            : Optional.empty();
    Buffers buffers = new Buffers();
    return (trace, outcome, signals) -> {
      // A few rows need little room, which is kept; all of them much, which is not.
      try (var _ = rows > 0 ? Scope.open(buffers) : Scope.open()) {
        return read(exact, comparable, chance, FirstRows.of(rows, trace, outcome, signals));
      }
    };
  }

  private static Map<String, Double> read(
      Feedback exact, boolean comparable, Optional<Chance> chance, FirstRows looked) {
    Trace trace = looked.trace();
    List<Signal> truth = exact.signals(trace, looked.outcome());
    List<Cosines.Rows> gradients = gradients(trace, truth);
    List<Map<String, Double>> blocks =
        blocks(trace, looked.signals(), truth, gradients, comparable);
    chance.ifPresent(c -> {
      List<List<Double>> nulls = c.means(trace, looked.outcome(), gradients);
      for (int i = 0; i < blocks.size(); i++) {
        int block = i;
        reportNull(
            "alignment/" + (i + 1),
            nulls.stream().map(all -> all.get(block)).filter(Double::isFinite).toList(),
            blocks.get(i));
      }
    });
    Map<String, Double> readings = new LinkedHashMap<>();
    blocks.forEach(readings::putAll);
    UpdateCosines.read(trace, looked.signals(), truth, readings);
    return readings;
  }

  /** What every hidden block reads but for its null. */
  private static List<Map<String, Double>> blocks(
      Trace trace,
      List<Signal> signals,
      List<Signal> truth,
      List<Cosines.Rows> gradients,
      boolean comparable) {
    List<Step> hidden = trace.hidden();
    List<Map<String, Double>> blocks = new ArrayList<>();
    double input = Cosines.Rows.of(Cosines.flat(start(trace))).mean();
    for (int i = 0; i < hidden.size(); i++) {
      String name = "alignment/" + (i + 1);
      Map<String, Double> readings = new LinkedHashMap<>();
      Step step = hidden.get(i);
      Cosines.Rows gradient = gradients.get(i);
      double activity = Cosines.Rows.of(Cosines.flat(step.output())).mean();
      Optional<Tensor> told = told(signals.get(i));
      double rows = gradient.count();
      if (told.isPresent()) {
        Cosines.Rows signal = Cosines.Rows.of(Cosines.flat(told.get()));
        Cosines cosines = gradient.cosines(signal);
        Tensor exact = told(truth.get(i)).orElseThrow();
        Cosines.put(name, cosines.mean(), readings);
        Cosines.put(name + "/std", cosines.std(), readings);
        Cosines.put(
            name + "/delta",
            Cosines.of(Cosines.flat(step.local(told.get())), Cosines.flat(step.local(exact)))
                .mean(),
            readings);
        Cosines.put(name + "/silent", cosines.silent(), readings);
        Cosines.put(name + "/growth", rows * signal.mean() / activity, readings);
        Cosines.put(name + "/common", signal.common(), readings);
      } else if (signals.get(i) instanceof Signal.Silent) {
        Cosines.put(name + "/silent", rows, readings);
      }
      Cosines.put(name + "/vanished", gradient.vanished(), readings);
      Cosines.put(name + "/gradient", rows * gradient.mean(), readings);
      Cosines.put(name + "/gradient_ratio", gradient.mean() / gradients.getLast().mean(), readings);
      Cosines.put(name + "/activity_ratio", activity / input, readings);
      if (!comparable) {
        readings.put(name + "/comparable", 0.0);
      }
      blocks.add(readings);
    }
    return blocks;
  }

  /**
   * h_0: what was shown, or of tokens, which are numbers by name only, what they were embedded as.
   */
  private static Tensor start(Trace trace) {
    boolean tokens = trace.steps().getFirst().output().size(0) != trace.input().size(0);
    return tokens ? trace.steps().getFirst().output() : trace.input();
  }

  /** The exact gradients, as the signals of direct feedback lie, to which they are compared. */
  private static List<Cosines.Rows> gradients(Trace trace, List<Signal> truth) {
    List<Cosines.Rows> all = new ArrayList<>();
    for (int i = 0; i < trace.hidden().size(); i++) {
      all.add(
          Cosines.Rows.of(
              Cosines.flat(told(truth.get(i)).orElseThrow())
                  .lyingLike(Cosines.flat(trace.hidden().get(i).output()))));
    }
    return all;
  }

  private static Optional<Tensor> told(Signal signal) {
    return signal instanceof Signal.Told told ? Optional.of(told.gradient()) : Optional.empty();
  }

  private static void reportNull(String name, List<Double> nulls, Map<String, Double> readings) {
    if (nulls.isEmpty()) {
      return;
    }
    double nullMean = nulls.stream().mapToDouble(x -> x).average().orElseThrow();
    double square =
        nulls.stream().mapToDouble(x -> (x - nullMean) * (x - nullMean)).average().orElseThrow();
    double nullStd = Math.sqrt(square);
    readings.put(name + "/null", nullMean);
    readings.put(name + "/null_std", nullStd);
    readings.put(name + "/null_draws", (double) nulls.size());
    Double mean = readings.get(name);
    if (mean != null && nullStd > 0) {
      readings.put(name + "/z", (mean - nullMean) / nullStd);
    }
  }
}
