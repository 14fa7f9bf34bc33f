package org.plumbline.rule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * The HSIC bottleneck: every hidden block shall depend little on the input and much on the label,
 * as a kernel statistic of the batch measures it.
 *
 * <pre>
 *   J_l = nHSIC(h_l, x) − λ nHSIC(h_l, t)        s_l = ∂J_l/∂h_l        l = 1…L−1        s_L = e
 * </pre>
 *
 * <p>Ma, Lewis, Kleijn 2020, <a href="https://arxiv.org/abs/1908.01580">arXiv:1908.01580</a>;
 * {@link Dependence} has the statistic and its slope, with H K H where the author's code has K H:
 * the same trace, but symmetric. Trainings:
 *
 * <ul>
 *   <li>format: the output block is a softmax layer on the hidden blocks, taught by the error, at
 *       the same time or, with {@code format-from}, after them. The paper does the latter.
 *   <li>unformatted: the output block is trained by J_L too, and a row is of the class whose mean
 *       output, over the batches of the training, is nearest. The paper has a unit for every class
 *       and takes the greatest; J_L cannot tell one unit from another, and in an output block
 *       without activation several classes share one.
 *   <li>sigma-network: two more nets with σ/5 and 2σ learn beside the hidden blocks, and the output
 *       block stands on the average of the last hidden blocks of the three.
 * </ul>
 *
 * <p>Where we differ: the paper updates one block after the other and passes the batch forward
 * again in between, {@code order=in-turn}; by default all blocks learn from one pass, as under
 * every other rule. Its blocks have batch normalisation. A batch of one row says nothing of
 * dependence: blocks are silent. Costs O(m³) a block and batch, m the rows of the batch.
 *
 * @param sigma σ, the kernels' width for each column
 * @param lambda λ, the weight of the label
 * @param eps ε of the normalised estimate, at least 1e-10
 * @param estimate normalised or plain
 * @param training what the output block does
 * @param formatFrom the number of steps after which the hidden blocks freeze, and before which the
 *     output block is silent; 0: all learn together, always
 * @param order in which the blocks learn from a batch
 */
@About("hidden blocks keep the label and forget the input, by kernels; Ma et al. 2020")
@Nature(
    family = Nature.Family.LOCAL,
    citation = "Ma, Lewis, Kleijn 2020, AAAI, arXiv:1908.01580",
    estimatesGradient = false)
public record HsicBottleneck(
    @About("width of the kernels for each column") double sigma,
    @About("weight of the label") double lambda,
    @About("ridge of the normalised estimate") double eps,
    @About("of dependence: normalised, plain") Estimate estimate,
    @About("format, unformatted, sigma-network") Training training,
    @About("step at which hidden blocks freeze and the output starts; 0: together") long formatFrom,
    @About("of blocks on a batch: together; in-turn, each behind those that have learned")
        Order order)
    implements LearningRule {
  /** How dependence is estimated. */
  public enum Estimate {
    /** nHSIC: by correlations of kernels, whatever their size. */
    NORMALISED,
    /** HSIC: by covariances of kernels. */
    PLAIN
  }

  /** In which order the blocks learn from a batch. */
  public enum Order {
    /** All from one pass. */
    TOGETHER,
    /** One after the other, with a new pass through the blocks that have learned. */
    IN_TURN
  }

  /** What the output block does. */
  public enum Training {
    /** Learns from the error. */
    FORMAT,
    /** Learns as the hidden blocks do; its units are read by a table. */
    UNFORMATTED,
    /** Learns from the error, on the average of three nets. */
    SIGMA_NETWORK
  }

  /**
   * Checks the numbers.
   *
   * @param sigma above 0
   * @param lambda at least 0
   * @param eps at least 1e-10
   * @param estimate normalised or plain
   * @param training what the output block does
   * @param formatFrom at least 0; 0 where nothing is formatted
   * @param order of the blocks; together where three nets learn
   */
  public HsicBottleneck {
    Check.positive("sigma", sigma);
    Check.notNegative("lambda", lambda);
    if (!(eps >= 1e-10 && eps <= 1)) {
      throw new BadInput("eps must be at least 1e-10 and at most 1, but is " + eps);
    }
    Check.atLeast("format-from", 0, formatFrom);
    if (formatFrom > 0 && training == Training.UNFORMATTED) {
      throw new BadInput(
          "format-from must be 0 where training is unformatted, but is %d; leave it out"
              .formatted(formatFrom));
    }
    if (order == Order.IN_TURN && training == Training.SIGMA_NETWORK) {
      throw new BadInput(
          "order must be together where training is sigma-network, but is in-turn; leave it out");
    }
  }

  /**
   * All blocks learn from one pass.
   *
   * @param sigma above 0
   * @param lambda at least 0
   * @param eps at least 1e-10
   * @param estimate normalised or plain
   * @param training what the output block does
   * @param formatFrom at least 0
   */
  public HsicBottleneck(
      double sigma,
      double lambda,
      double eps,
      Estimate estimate,
      Training training,
      long formatFrom) {
    this(sigma, lambda, eps, estimate, training, formatFrom, Order.TOGETHER);
  }

  /** σ 5, λ 500; the output block learns beside the others. */
  public HsicBottleneck() {
    this(5, 500, 1e-5, Estimate.NORMALISED, Training.FORMAT, 0);
  }

  @Override
  public Feedback attach(Network network, Seed seed) {
    Hidden.requireNoTokens("hsic", network);
    if (training == Training.UNFORMATTED) {
      return Unformatted.of(this, network);
    }
    List<Twin> twins = new ArrayList<>();
    if (training == Training.SIGMA_NETWORK) {
      twins.add(new Twin(network.twin(seed.child(1)), bottleneck(0.2), -1));
      twins.add(new Twin(network.twin(seed.child(2)), bottleneck(2), -2));
    }
    Optional<Tensor> steps =
        formatFrom == 0 ? Optional.empty() : Optional.of(Tensor.of(new long[1]));
    return new Formatted(this, bottleneck(1), List.copyOf(twins), steps);
  }

  private Bottleneck bottleneck(double width) {
    return new Bottleneck(new Dependence(estimate, sigma * width, eps), lambda);
  }

  /** J at one width of the kernels. */
  record Bottleneck(Dependence dependence, double lambda) {
    /** side(x) − λ side(t), which all blocks share: {@code [m, m]}. */
    Tensor shared(Tensor x, Tensor t) {
      return dependence.side(flat(x)).add(dependence.side(flat(t)), -lambda);
    }

    /** ∂J/∂h, {@code [m, n]}. */
    Tensor gradient(Tensor h, Tensor shared) {
      return dependence.gradient(flat(h), shared);
    }

    private static Tensor flat(Tensor rows) {
      return rows.reshaped(rows.size(0), -1);
    }
  }

  /** A net beside the network, of another width of kernels; {@code key} sets its dropout apart. */
  private record Twin(Network network, Bottleneck bottleneck, long key) {
    List<Step> hidden(Tensor rows, Mode mode) {
      return network.trace(rows, mode.child(key)).hidden();
    }

    List<Parameter> parameters() {
      return network.blocks().subList(0, network.hidden()).stream()
          .flatMap(block -> block.parameters().stream())
          .toList();
    }

    /** The hidden blocks' tensors as {@code twin.1.1.weight}. */
    Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      network
          .state()
          .forEach((name, tensor) -> {
            int number = Integer.parseInt(name.substring(0, name.indexOf('.')));
            if (number < network.outputNumber()) {
              state.put("twin." + -key + "." + name, tensor);
            }
          });
      return state;
    }
  }

  /** The output block learns from the error. */
  private record Formatted(
      HsicBottleneck rule, Bottleneck bottleneck, List<Twin> twins, Optional<Tensor> steps)
      implements Local {
    @Override
    public Losses losses(Trace trace, Outcome outcome) {
      if (outcome.target().size(0) < 2 || (steps.isPresent() && formatting())) {
        return (block, h) -> Signal.SILENT;
      }
      Tensor x = trace.input();
      Tensor shared = bottleneck.shared(x, outcome.target());
      List<List<Step>> beside = twins.stream().map(twin -> twin.hidden(x, trace.mode())).toList();
      List<Tensor> sharedBeside =
          twins.stream().map(twin -> twin.bottleneck.shared(x, outcome.target())).toList();
      return (block, h) -> {
        Gradients own = Gradients.NONE;
        for (int k = 0; k < twins.size(); k++) {
          Step step = beside.get(k).get(block);
          Tensor gradient = twins.get(k).bottleneck.gradient(step.output(), sharedBeside.get(k));
          own = own.and(step.gradients(gradient.reshaped(step.output().shape().toArray())));
        }
        return new Signal.Told(bottleneck.gradient(h, shared), own);
      };
    }

    @Override
    public Signal output(Losses losses, Trace trace, Outcome outcome) {
      return steps.isPresent() && !formatting()
          ? Signal.SILENT
          : Local.super.output(losses, trace, outcome);
    }

    @Override
    public boolean takesTurns() {
      return rule.order == Order.IN_TURN;
    }

    private boolean formatting() {
      return steps.orElseThrow().item() >= rule.formatFrom;
    }

    /** The output block's step is one on the average of the last hidden blocks. */
    @Override
    public Trace trace(Network network, Tensor rows, Mode mode) {
      Trace own = network.trace(rows, mode);
      if (twins.isEmpty() || own.hidden().isEmpty()) {
        return own;
      }
      Tensor average = own.hidden().getLast().output().copied();
      twins.forEach(twin -> average.add(twin.hidden(rows, mode).getLast().output(), 1));
      average.multiply(1.0 / (1 + twins.size()));
      List<Step> steps = new ArrayList<>(own.hidden());
      steps.add(network.blocks().getLast().step(average, mode.child(network.hidden())));
      return new Trace(steps, mode);
    }

    /** The twins' running statistics follow the data as those of the network do. */
    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      for (Twin twin : twins) {
        if (twin.network.blocks().stream().anyMatch(block -> !block.buffers().isEmpty())) {
          twin.hidden(trace.input(), trace.mode()).forEach(Step::settle);
        }
      }
      steps.ifPresent(count -> count.add(1L));
    }

    @Override
    public List<Parameter> parameters() {
      return twins.stream().flatMap(twin -> twin.parameters().stream()).toList();
    }

    @Override
    public Map<String, Tensor> heads() {
      Map<String, Tensor> heads = new LinkedHashMap<>();
      twins.forEach(twin -> heads.putAll(twin.state()));
      return heads;
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>(heads());
      steps.ifPresent(count -> state.put("steps", count));
      return state;
    }
  }

  /**
   * The output block learns as the hidden blocks do, and a row is of the class whose mean output,
   * over the batches of the training, is nearest.
   *
   * <pre>
   *   answer_c = (⟨y, μ_c⟩ − ‖μ_c‖²/2) / v + log share of c        v: variance within the classes
   * </pre>
   *
   * @param sums of the outputs of each class, {@code [classes, outputs]}
   * @param counts of the rows of each class, {@code [classes, 1]}
   * @param squares the sum of ‖y‖² over all rows, {@code [1]}
   */
  private record Unformatted(
      Order order, Bottleneck bottleneck, Tensor sums, Tensor counts, Tensor squares)
      implements Local {
    /** What is left of a sum after one more batch: the outputs it is of have moved on. */
    private static final double KEPT = 0.99;

    /** Share of the mean square that counts as variance within, at least. */
    private static final double LEAST = 1e-4;

    /** Makes 0 / 0 a zero. */
    private static final double TINY = 1e-30;

    static Unformatted of(HsicBottleneck rule, Network network) {
      Tensor like = network.parameters().getFirst().value();
      long classes = network.outputs();
      return new Unformatted(
          rule.order,
          rule.bottleneck(1),
          Tensor.zeros(like.precision(), classes, classes).to(like.device()),
          Tensor.zeros(like.precision(), classes, 1).to(like.device()),
          Tensor.zeros(like.precision(), 1).to(like.device()));
    }

    @Override
    public Losses losses(Trace trace, Outcome outcome) {
      if (outcome.target().size(0) < 2) {
        return (block, h) -> Signal.SILENT;
      }
      Tensor shared = bottleneck.shared(trace.input(), outcome.target());
      return (block, h) -> new Signal.Told(bottleneck.gradient(h, shared));
    }

    @Override
    public Signal output(Losses losses, Trace trace, Outcome outcome) {
      return losses.of(trace.hidden().size(), trace.output());
    }

    @Override
    public boolean takesTurns() {
      return order == Order.IN_TURN;
    }

    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      Tensor y = trace.output();
      Tensor t = outcome.target();
      sums.addProduct(KEPT, t.transposed(), y, 1);
      counts.multiply(KEPT).add(t.sum(0).reshaped(-1, 1), 1);
      squares.multiply(KEPT).add(y.dot(y), 1);
    }

    @Override
    public Tensor predict(Trace trace) {
      Tensor means = sums.over(counts.plus(TINY));
      Tensor lengths = means.squared().sum(1); // ‖μ_c‖²
      Tensor within =
          squares
              .scaled(1 + LEAST)
              .minus(lengths.dot(counts))
              .multiply(1.0 / means.size(1))
              .over(counts.sum().plus(TINY));
      Tensor shares = counts.plus(1.0 / counts.size()).over(counts.sum().plus(1));
      return trace
          .output()
          .matmul(means.transposed())
          .add(lengths, -0.5)
          .over(within.plus(TINY))
          .add(shares.log().reshaped(-1), 1);
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      state.put("sums", sums);
      state.put("counts", counts);
      state.put("squares", squares);
      return state;
    }

    @Override
    public Map<String, Tensor> heads() {
      return state();
    }
  }
}
