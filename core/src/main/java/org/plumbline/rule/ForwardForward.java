package org.plumbline.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * Forward-Forward: every hidden block raises its goodness, the sum of its squared activities, for
 * rows shown with their right label, and lowers it for rows shown with a wrong one. Nothing goes
 * back from block to block.
 *
 * <pre>
 *   rows: N with the right label, N with a wrong one;  z_i = 1 or 0
 *   block input  h / (√mean h² + 1e-8), row by row           G_i = Σ_j h_l,ij²
 *   loss_l = mean BCE(sigmoid(G − θ), z) + peer · mean_j (mean_k r_k − r_j)²        θ = threshold · n_l
 *   s_l    = (1/N) (sigmoid(G − θ) − z) h_l + the slope of the peer loss
 *   r ← 0.9 r + 0.1 · mean activity of the right rows,  r(0) = 0.5
 *   y = Σ_l h_l R_lᵀ,  h_l normalised, of a neutral pass     R_l: [outputs, n_l], zero at first
 *                                                            l = 2…L−1, or 1 if it is the only one
 * </pre>
 *
 * <p>Hinton 2022, <a href="https://arxiv.org/abs/2212.13345">arXiv:2212.13345</a>; recipe of the
 * re-implementation loeweX/Forward-Forward: three layers of 1000, relu, SGD with momentum 0.9, rate
 * 1e-3, decay 3e-4, batch 100, 100 epochs, and {@code ff:threshold=1}. Where we differ:
 *
 * <ul>
 *   <li>The published θ = n_l cannot be passed by activities within ±1: with tanh or sigmoid no row
 *       is ever good enough. Half of it, our default, can be by bounded and unbounded activities.
 *   <li>Derivatives are exact; the re-implementation lets the gradient pass relu unchanged, {@code
 *       slope=straight}. The slope of goodness is zero where relu is, so this changes the peer loss
 *       alone: it reaches units that are silent.
 *   <li>One optimizer moves everything, unless {@code feedback-optimizer} names that of the
 *       read-out; there it has rate 1e-2 and decay 3e-3.
 * </ul>
 *
 * <p>The label: an image keeps its shape, and its first C numbers in memory, those of the first
 * channel from the upper left corner row by row, are replaced; behind a row of a table C inputs are
 * appended. The right one holds {@code label}, the others 0; in the neutral pass, whose trace
 * everybody sees, each holds label/C. Pixels reach from 0 to 1, so that a label of 1, as published,
 * stands out as far as a pixel can. A standardised column has deviation 1.
 *
 * <p>The network's own output block is silent and answers nothing: the read-out R does, or, with
 * {@code answer=goodness}, the label for which blocks 2…L−1 together (block 1 if it is the only
 * one) reach the greatest goodness, after C passes more. Those sums are taken as outputs as they
 * are, so that their softmax is nearly always 0 or 1.
 *
 * @param threshold θ over the width of the block; below 1 where activities lie within ±1
 * @param peer weight of the loss that draws the mean activities of a block's units together; 0
 *     leaves it out
 * @param label what the input of a row's class is set to
 * @param answer who answers
 * @param slope of the activation
 */
@About("blocks tell rightly from wrongly labelled rows, and nothing goes back; Hinton 2022")
@Nature(
    family = Nature.Family.FORWARD,
    citation = "Hinton 2022, arXiv:2212.13345",
    estimatesGradient = false)
public record ForwardForward(
    @About("goodness to pass, a unit; published: 1, out of reach of tanh") double threshold,
    @About("weight of the loss that makes units alike in mean activity") double peer,
    @About("what the input of a row's class is set to") double label,
    @About("who answers: readout, a softmax layer; goodness, of every label") Answer answer,
    @About("of the activation: exact; straight, taken as 1 wherever it is") Slope slope)
    implements LearningRule {
  /** Who answers. */
  public enum Answer {
    /** A softmax layer on the normalised activities of the neutral pass. */
    READOUT,
    /** The label with which the blocks reach the greatest goodness. */
    GOODNESS
  }

  /** What the activation's derivative is taken for. */
  public enum Slope {
    /** What it is. */
    EXACT,
    /** 1, as the re-implementation does. */
    STRAIGHT
  }

  private static final double TINY = 1e-8;
  private static final double MEMORY = 0.9;
  private static final double FIRST_ACTIVITY = 0.5;

  /**
   * Checks the numbers.
   *
   * @param threshold above 0
   * @param peer at least 0
   * @param label above 0
   * @param answer who answers
   * @param slope of the activation
   */
  public ForwardForward {
    Check.positive("threshold", threshold);
    Check.notNegative("peer", peer);
    Check.positive("label", label);
  }

  /**
   * With exact derivatives.
   *
   * @param threshold above 0
   * @param peer at least 0
   * @param label above 0
   * @param answer who answers
   */
  public ForwardForward(double threshold, double peer, double label, Answer answer) {
    this(threshold, peer, label, answer, Slope.EXACT);
  }

  /** Half of the published threshold, the rest as published. */
  public ForwardForward() {
    this(0.5, 0.03, 1, Answer.READOUT);
  }

  @Override
  public Shape input(Shape rows, int classes) {
    if (rows.rank() == 1) {
      return Shape.of(rows.axis(0) + classes);
    }
    if (rows.size() < classes) {
      throw new BadInput(
          "rule ff shows the class in the first %d numbers of an image, one a class, but images %s have only %d; use a table, or another rule"
              .formatted(classes, rows, rows.size()));
    }
    return rows;
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireNoTokens("ff", network);
    if (network.hidden() == 0) {
      throw new BadInput(
          "rule ff needs a hidden block, but block 1 (%s) is the output already; use --net 128,128"
              .formatted(network.blocks().getFirst().describe()));
    }
    if (network.outputs() < 2) {
      throw new BadInput(
          "rule ff needs at least 2 classes, a right and a wrong one, but there is 1");
    }
    if (network.input().size() - network.outputs() < (network.input().rank() == 1 ? 1 : 0)) {
      throw new BadInput(
          "rule ff needs an input with room for %d classes, but that of block 1 (%s) is %s; make the network for LearningRule.input(rows, classes)"
              .formatted(
                  network.outputs(), network.blocks().getFirst().describe(), network.input()));
    }
    Hidden.requireRandom("ff", network, 1, "which makes all its units alike");
    if (slope == Slope.STRAIGHT) {
      Hidden.requirePreActivation("ff:slope=straight", network);
      Hidden.requireNothingElse("ff:slope=straight", network);
    }
    Tensor like = network.parameters().getFirst().value();
    List<Tensor> usual = new ArrayList<>();
    List<Tensor> seen = new ArrayList<>();
    List<Parameter> readout = new ArrayList<>();
    for (int i = 0; i < network.hidden(); i++) {
      long width = network.width(i);
      if (peer > 0) {
        seen.add(Tensor.zeros(like.precision(), width).to(like.device()));
        usual.add(seen.getLast().plus(FIRST_ACTIVITY));
      }
      if (answer == Answer.READOUT && i >= judged(network)) {
        Tensor zeros = Tensor.zeros(like.precision(), network.outputs(), width).to(like.device());
        readout.add(new Parameter("readout." + (i + 1), zeros));
      }
    }
    return new Contrast(
        this,
        network,
        Tensor.of(new long[] {seed.child("wrong").key()}, 1),
        Tensor.of(new long[] {0}),
        usual,
        seen,
        readout);
  }

  /** The first block, from 0, that answers are read from: the second, if there are two. */
  private static int judged(Network network) {
    return Math.min(1, network.hidden() - 1);
  }

  /**
   * Forward-Forward at work.
   *
   * @param key of the draws of wrong labels, INT64 {@code [1]}
   * @param steps taken, an INT64 scalar
   * @param usual r of each hidden block, {@code [n_l]}; none without a peer loss
   * @param seen the mean activity of the right rows when signals were last asked for, which r takes
   *     in when the step is taken
   * @param readout R of each block that answers are read from; none where goodness answers
   */
  private record Contrast(
      ForwardForward rule,
      Network network,
      Tensor key,
      Tensor steps,
      List<Tensor> usual,
      List<Tensor> seen,
      List<Parameter> readout)
      implements Feedback {

    // ---- passes

    @Override
    public Trace trace(Network attached, Tensor rows, Mode mode) {
      long n = rows.size(0);
      Shape needed =
          network.input().rank() == 1
              ? Shape.of(network.input().size() - network.outputs())
              : network.input();
      if (!rows.shape().withoutRows().equals(needed)) {
        throw new BadInput(
            "rule ff shows this network rows of %s, to which it gives the label itself, but they are %s; make the network for LearningRule.input(rows, classes)"
                .formatted(needed, rows.shape().withoutRows()));
      }
      Tensor given = rows.reshaped(n, -1);
      Tensor shown = Tensor.zeros(rows.precision(), n, network.input().size()).to(rows.device());
      shown.columns(0, given.size(1)).copyFrom(given);
      label(shown).fill(rule.label / network.outputs());
      return pass(shown, mode);
    }

    /** A pass over {@code [rows, n_0]} in which every block sees normalised rows. */
    private Trace pass(Tensor flat, Mode mode) {
      List<Step> steps = new ArrayList<>();
      Tensor x = flat.reshaped(network.input().withRows(flat.size(0)).toArray());
      for (int i = 0; i < network.blocks().size(); i++) {
        Step step = network.blocks().get(i).step(normalised(x), mode.child(i));
        steps.add(step);
        x = step.output();
      }
      return new Trace(steps, mode);
    }

    private static Tensor normalised(Tensor h) {
      Tensor rows = flat(h);
      Tensor size = rows.squared().sum(1).multiply(1.0 / rows.size(1)).sqrt().add(TINY);
      return rows.over(size.reshaped(-1, 1)).reshaped(h.shape().toArray());
    }

    private static Tensor flat(Tensor h) {
      return h.reshaped(h.size(0), -1);
    }

    /** A view of the place of the label in {@code [rows, n_0]}. */
    private Tensor label(Tensor rows) {
      long classes = network.outputs();
      return rows.columns(network.input().rank() == 1 ? rows.size(1) - classes : 0, classes);
    }

    /**
     * The rows of a neutral pass with a label, {@code [rows, C]}: all that the neutral label holds
     * goes to one class. Up to the size of a row, which no block sees, they are the rows as they
     * were before they were normalised.
     */
    private Tensor labelled(Trace neutral, Tensor label) {
      Tensor rows = flat(neutral.input()).copied();
      Tensor place = label(rows);
      place.copyFrom(label.times(place.sum(1).reshaped(-1, 1)));
      return rows;
    }

    /** For every row one of the other classes, all alike in chance: {@code [rows, C]}. */
    private Tensor wrong(Tensor target) {
      int classes = Math.toIntExact(network.outputs());
      long[] right = target.argmax().toLongs();
      Seed seed = new Seed(key.toLongs()[0]).child(steps.toLongs()[0]);
      float[] wrong = new float[right.length * classes];
      for (int i = 0; i < right.length; i++) {
        int other = 1 + (int) (seed.uniform(i) * (classes - 1));
        wrong[i * classes + (int) ((right[i] + other) % classes)] = 1;
      }
      return Tensor.of(wrong, right.length, classes).to(target.precision()).to(target.device());
    }

    // ---- learning

    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      long n = trace.input().size(0);
      Tensor right = labelled(trace, outcome.target());
      Tensor both = Tensor.zeros(right.precision(), 2 * n, right.size(1)).to(right.device());
      both.rows(0, n).copyFrom(right);
      both.rows(n, n).copyFrom(labelled(trace, wrong(outcome.target())));
      Trace pass = pass(both, trace.mode());
      List<Gradients> heads = heads(trace, outcome);
      List<Signal> signals = new ArrayList<>();
      for (int i = 0; i < network.hidden(); i++) {
        Step step = pass.steps().get(i);
        Tensor slope = slope(i, flat(step.output()), n).reshaped(step.output().shape().toArray());
        Gradients gradients =
            switch (rule.slope) {
              case EXACT -> step.gradients(slope);
              case STRAIGHT -> step.localGradients(slope);
            };
        signals.add(new Signal.Taught(gradients.and(heads.get(i))));
      }
      signals.add(Signal.SILENT);
      return signals;
    }

    /** ∂loss_l/∂h_l, of the right rows and then the wrong ones, {@code [2 N, n_l]}. */
    private Tensor slope(int block, Tensor h, long n) {
      Tensor gap = h.squared().sum(1).add(-rule.threshold * h.size(1)).sigmoid();
      gap.rows(0, n).add(-1.0);
      Tensor slope = h.times(gap.multiply(1.0 / n).reshaped(-1, 1));
      if (rule.peer > 0) {
        Tensor active = h.rows(0, n).sum(0).multiply(1.0 / n);
        seen.get(block).copyFrom(active);
        Tensor r = usual.get(block).copied().approach(active, 1 - MEMORY);
        slope.rows(0, n).add(r.minus(r.mean()), rule.peer * 2 * (1 - MEMORY) / h.size(1) / n);
      }
      return slope;
    }

    /** The gradients by R of every hidden block, by the error of the read-out. */
    private List<Gradients> heads(Trace trace, Outcome outcome) {
      List<Gradients> heads =
          new ArrayList<>(Collections.nCopies(network.hidden(), Gradients.NONE));
      if (!readout.isEmpty()) {
        Tensor e = outcome.of(predict(trace)).error();
        for (int k = 0; k < readout.size(); k++) {
          int block = judged(network) + k;
          Gradient gradient = new Gradient.Factored(e, feature(trace, block));
          heads.set(block, new Gradients(List.of(new Gradients.Entry(readout.get(k), gradient))));
        }
      }
      return heads;
    }

    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      for (int i = 0; i < usual.size(); i++) {
        usual.get(i).approach(seen.get(i), 1 - MEMORY);
      }
      steps.add(1L);
    }

    // ---- answering

    @Override
    public Tensor predict(Trace trace) {
      if (readout.isEmpty()) {
        return goodness(trace);
      }
      Tensor y = trace.output().zerosLike();
      for (int k = 0; k < readout.size(); k++) {
        y.add(feature(trace, judged(network) + k).linear(readout.get(k).value()), 1.0);
      }
      return y;
    }

    /** The normalised activity of a block, {@code [rows, n_l]}: what the block behind was shown. */
    private static Tensor feature(Trace trace, int block) {
      return flat(trace.steps().get(block + 1).input());
    }

    private Tensor goodness(Trace trace) {
      Tensor y = trace.output().zerosLike();
      for (int c = 0; c < y.size(1); c++) {
        try (var _ = Scope.open()) {
          Tensor label = y.zerosLike();
          label.columns(c, 1).fill(1);
          List<Step> steps = pass(labelled(trace, label), trace.mode()).hidden();
          for (Step step : steps.subList(judged(network), steps.size())) {
            y.columns(c, 1).add(flat(step.output()).squared().sum(1).reshaped(-1, 1), 1.0);
          }
        }
      }
      return y;
    }

    @Override
    public List<Parameter> parameters() {
      return readout;
    }

    @Override
    public Map<String, Tensor> heads() {
      Map<String, Tensor> heads = new LinkedHashMap<>();
      readout.forEach(p -> heads.put(p.name(), p.value()));
      return heads;
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>(heads());
      for (int i = 0; i < usual.size(); i++) {
        state.put("activity." + (i + 1), usual.get(i));
      }
      state.put("seed", key);
      state.put("step", steps);
      return state;
    }
  }
}
