package org.plumbline.probe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Block;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Nature;
import org.plumbline.rule.Paths;
import org.plumbline.rule.Rules;
import org.plumbline.rule.Shallow;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Tangent kernel: how far the model has moved away from its linearisation at the first reading, and
 * how much of that the hidden blocks have a part in.
 *
 * <pre>
 *   K[(c,i),(c',j)] = Σ_l ⟨g_l^c(i), g_l^c'(j)⟩ (⟨h_{l−1}(i), h_{l−1}(j)⟩ + 1 with a bias)    g_l^c = ∂y_c/∂a_l
 *   drift(t)        = ‖K_t − K_0‖ / ‖K_0‖
 *   K_rule          = the same with d_l^c'(j) in place of the second g; direct feedback: d_l^c' = B_l[c',:] ⊙ φ'(a_l)
 *   a small step of the rule: ∂y_c(i)/∂t = −η Σ_{j,c'} K_rule[(c,i),(c',j)] e_c'(j)
 * </pre>
 *
 * <p>Liu, Zhu, Belkin 2020, <a href="https://arxiv.org/abs/2010.01092">arXiv:2010.01092</a>: with a
 * linear output the drift falls as 1/√width; behind a non-linear output or a narrow layer it does
 * not. K_rule and the hidden share are this project's. A kernel that stays is learning by the first
 * linearisation alone, and under direct feedback, where B knows nothing of W, that is learning by
 * the last layer.
 *
 * <p>All readings are of the same rows, the first of the batch of the first reading, in evaluation
 * mode, by one reverse sweep an output through one recorded pass of these rows. They and K_0 are
 * state: a resumed run goes on with them.
 *
 * <p>Readings: {@code kernel/drift}; {@code kernel/norm}, ‖K‖; {@code kernel/min_eigenvalue} and
 * {@code kernel/max_eigenvalue}, whose inverse bounds the step on the summed squared error; {@code
 * kernel/hidden_share}, ‖Σ_{l&lt;L} K^l‖ / ‖K^L‖; of every block {@code kernel/l/drift} and of
 * hidden ones {@code kernel/l/share}, ‖K^l‖ / ‖K^L‖. Where what the rule tells is linear in the
 * error and is not back-propagation: {@code kernel/rule/drift}, {@code …/hidden_share}, {@code
 * …/min_eigenvalue} of the symmetric part, {@code …/cosine} with K, {@code …/hidden_cosine} of the
 * hidden terms alone, and {@code kernel/rule/l/share}, {@code kernel/rule/l/cosine}.
 *
 * @param rows of the batch, at most
 */
@About("drift of the tangent kernel since the first reading, and the rule's own kernel")
public record TangentKernel(@About("rows of the first batch that are looked at") int rows)
    implements Probe {
  /** So many outputs times rows make matrices of 32 MB, and eigenvalues in some seconds. */
  private static final int MOST = 2000;

  /** Numbers of the gradients of single rows, where they must be multiplied out. */
  private static final long MOST_NUMBERS = 1L << 28;

  /** A rule is linear in the error if signals of a sum differ from their sum by less than this. */
  private static final double LINEAR = 1e-3;

  /**
   * Checks the number.
   *
   * @param rows at least 1
   */
  public TangentKernel {
    Check.atLeast("rows of kernel", 1, rows);
  }

  /** Thirty rows. */
  public TangentKernel() {
    this(30);
  }

  @Override
  public void check(Network network) {
    if (network.tokens() > 1) {
      throw new BadInput(
          "probe kernel is of rows that stand for themselves, but block 1 (%s) makes %d of a text, one a token; leave the probe out"
              .formatted(network.blocks().getFirst().describe(), network.tokens()));
    }
    long outputs = network.outputs();
    if (rows * outputs > MOST) {
      throw new BadInput(
          "probe kernel keeps a matrix of (rows x outputs)² numbers and takes at most %d rows x outputs, but %d x %d is %d; use kernel:rows=%d"
              .formatted(MOST, rows, outputs, rows * outputs, Math.max(1, MOST / outputs)));
    }
    try (var _ = Scope.open()) {
      Tensor like = network.parameters().getFirst().value();
      Trace dry =
          network.trace(
              Tensor.zeros(like.precision(), network.input().withRows(1).toArray())
                  .to(like.device()),
              Mode.EVAL);
      for (int l = 0; l < dry.steps().size(); l++) {
        Step step = dry.steps().get(l);
        Block block = network.blocks().get(l);
        long size = block.parameters().stream().mapToLong(p -> p.value().size()).sum();
        boolean apart = KernelTerms.isFactored(step.gradients(step.output().zerosLike()));
        if (!apart && size * rows * outputs > MOST_NUMBERS) {
          throw new BadInput(
              "probe kernel multiplies out the gradient of every row and output of block %d (%s) and takes at most %d numbers, but %d rows x %d outputs x %d weights are %d; use kernel:rows=%d, or leave the probe out"
                  .formatted(
                      l + 1,
                      block.describe(),
                      MOST_NUMBERS,
                      rows,
                      outputs,
                      size,
                      size * rows * outputs,
                      Math.max(1, MOST_NUMBERS / size / outputs)));
        }
      }
    }
  }

  @Override
  public Reading attach(Network network, LearningRule rule, Feedback feedback, Seed seed) {
    check(network);
    boolean candidate =
        !(rule instanceof Backprop)
            && Rules.nature(rule.getClass()).map(Nature::family).orElse(Nature.Family.DIRECT)
                != Nature.Family.LOCAL // whose fresh heads say nothing yet
            && (rule instanceof Shallow || feedback.paths().kind() != Paths.Kind.NONE);
    Tensor like = network.parameters().getFirst().value();
    long side = rows * network.outputs();
    return new Live(
        network,
        feedback,
        candidate,
        Tensor.zeros(like.precision(), network.input().withRows(rows).toArray()).to(like.device()),
        Tensor.zeros(Precision.FP32, network.blocks().size(), side * side),
        Tensor.zeros(Precision.FP32, candidate ? side * side : 1),
        Tensor.of(new long[1]));
  }

  /**
   * At work.
   *
   * @param candidate whether the rule may have a kernel of its own
   * @param shown the rows, {@code [rows, in…]}
   * @param first the terms of K_0, {@code [blocks, (outputs · rows)²]}, as many numbers as there
   *     were rows for
   * @param told the rule's kernel then
   * @param taken how many rows; 0 before the first reading
   */
  private record Live(
      Network network,
      Feedback feedback,
      boolean candidate,
      Tensor shown,
      Tensor first,
      Tensor told,
      Tensor taken)
      implements Reading {
    @Override
    public Map<String, Double> read(Trace trace, Outcome outcome, List<Signal> signals) {
      try (var _ = Scope.open()) {
        boolean begins = taken.toLongs()[0] == 0;
        if (begins) {
          long count = Math.min(shown.size(0), trace.input().size(0));
          shown.rows(0, count).copyFrom(trace.input().rows(0, count));
          taken.fill((double) count);
        }
        Trace pass = network.trace(shown.rows(0, taken.toLongs()[0]).contiguous(), Mode.EVAL);
        List<List<Tensor>> outputs = KernelTerms.ofOutputs(pass);
        List<Tensor> terms = KernelTerms.of(network, pass, outputs, outputs);
        Optional<List<Tensor>> own =
            moves(pass, outcome).map(moves -> KernelTerms.of(network, pass, outputs, moves));
        if (begins) {
          for (int l = 0; l < terms.size(); l++) {
            kept(first.rows(l, 1).reshaped(-1), terms.get(l)).copyFrom(terms.get(l));
          }
          own.ifPresent(rule -> kept(told, sum(rule)).copyFrom(sum(rule)));
        }
        Map<String, Double> readings = new LinkedHashMap<>();
        ofModel(terms, readings);
        own.ifPresent(rule -> ofRule(rule, terms, readings));
        return readings;
      }
    }

    private void ofModel(List<Tensor> terms, Map<String, Double> readings) {
      Tensor all = sum(terms);
      List<Tensor> before = new ArrayList<>();
      for (int l = 0; l < terms.size(); l++) {
        before.add(kept(first.rows(l, 1).reshaped(-1), all).to(Precision.FP64));
      }
      Cosines.put("kernel/drift", drift(all, sum(before)), readings);
      Cosines.put("kernel/norm", all.norm().item(), readings);
      double[] eigenvalues = eigenvalues(all);
      Cosines.put("kernel/min_eigenvalue", eigenvalues[0], readings);
      Cosines.put("kernel/max_eigenvalue", eigenvalues[eigenvalues.length - 1], readings);
      shares("kernel", terms, readings);
      for (int l = 0; l < terms.size(); l++) {
        Cosines.put(
            "kernel/%d/drift".formatted(l + 1), drift(terms.get(l), before.get(l)), readings);
      }
    }

    private void ofRule(List<Tensor> own, List<Tensor> terms, Map<String, Double> readings) {
      Tensor all = sum(own);
      Cosines.put("kernel/rule/drift", drift(all, kept(told, all).to(Precision.FP64)), readings);
      Cosines.put("kernel/rule/min_eigenvalue", eigenvalues(all)[0], readings);
      Cosines.put("kernel/rule/cosine", cosine(all, sum(terms)), readings);
      int hidden = own.size() - 1;
      if (hidden > 0) {
        Cosines.put(
            "kernel/rule/hidden_cosine",
            cosine(sum(own.subList(0, hidden)), sum(terms.subList(0, hidden))),
            readings);
      }
      shares("kernel/rule", own, readings);
      for (int l = 0; l < hidden; l++) {
        Cosines.put(
            "kernel/rule/%d/cosine".formatted(l + 1), cosine(own.get(l), terms.get(l)), readings);
      }
    }

    private static void shares(String name, List<Tensor> terms, Map<String, Double> readings) {
      double last = terms.getLast().norm().item();
      List<Tensor> hidden = terms.subList(0, terms.size() - 1);
      if (!hidden.isEmpty()) {
        Cosines.put(name + "/hidden_share", sum(hidden).norm().item() / last, readings);
      }
      for (int l = 0; l < hidden.size(); l++) {
        Cosines.put(
            "%s/%d/share".formatted(name, l + 1), hidden.get(l).norm().item() / last, readings);
      }
    }

    /** What the rule tells the blocks for each unit error, if it is linear in the error. */
    private Optional<List<List<Tensor>>> moves(Trace pass, Outcome outcome) {
      if (!candidate) {
        return Optional.empty();
      }
      List<Tensor> units = KernelTerms.units(pass);
      List<List<Tensor>> moves = new ArrayList<>();
      for (Tensor unit : units) {
        Optional<List<Tensor>> told = told(pass, outcome, unit);
        if (told.isEmpty()) {
          return Optional.empty();
        }
        moves.add(told.get());
      }
      Tensor mixed = units.getFirst().zerosLike();
      for (int c = 0; c < units.size(); c++) {
        mixed.add(units.get(c), -2 - c);
      }
      List<Tensor> together = told(pass, outcome, mixed).orElseThrow();
      for (int l = 0; l < together.size(); l++) {
        Tensor sum = together.get(l).zerosLike();
        for (int c = 0; c < units.size(); c++) {
          sum.add(moves.get(c).get(l), -2 - c);
        }
        double size = together.get(l).norm().item();
        if (!(sum.minus(together.get(l)).norm().item() <= LINEAR * size)) {
          return Optional.empty();
        }
      }
      return Optional.of(moves);
    }

    private Optional<List<Tensor>> told(Trace pass, Outcome outcome, Tensor error) {
      // A target that is not zero, so that a rule that sends targets shows that it does.
      Tensor target = KernelTerms.units(pass).getFirst();
      List<Tensor> told = new ArrayList<>();
      List<Signal> signals =
          feedback.signals(pass, new Outcome(outcome.loss(), error, target, outcome.objective()));
      for (int l = 0; l < signals.size(); l++) {
        switch (signals.get(l)) {
          case Signal.Told signal -> told.add(signal.gradient());
          case Signal.Silent _ -> told.add(pass.steps().get(l).output().zerosLike());
          case Signal.Taught _ -> {
            return Optional.empty();
          }
        }
      }
      return Optional.of(told);
    }

    /** The part of what is kept that there were rows for, {@code [side, side]} as another. */
    private static Tensor kept(Tensor numbers, Tensor like) {
      return numbers.rows(0, like.size()).reshaped(like.size(0), like.size(1));
    }

    private static Tensor sum(List<Tensor> terms) {
      Tensor sum = terms.getFirst().zerosLike();
      terms.forEach(term -> sum.add(term, 1));
      return sum;
    }

    private static double drift(Tensor now, Tensor before) {
      return now.minus(before).norm().item() / before.norm().item();
    }

    private static double cosine(Tensor a, Tensor b) {
      return a.dot(b).item() / a.norm().item() / b.norm().item();
    }

    /** Of the symmetric part, rising. */
    private static double[] eigenvalues(Tensor kernel) {
      return kernel.plus(kernel.transposed()).scaled(0.5).eigen().values().toDoubles();
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      state.put("rows", shown);
      state.put("first", first);
      if (candidate) {
        state.put("rule", told);
      }
      state.put("taken", taken);
      return state;
    }
  }
}
