package org.plumbline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.relativeError;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SquaredError;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;

@ExtendWith(InScope.class)
class TangentKernelTest {
  private static final int ROWS = 6;

  private static Network tanhNet(Initialiser initialiser) {
    return Toy.net(List.of(6L, 9L, 8L, 3L), new Activation.Tanh(), initialiser, Precision.FP64);
  }

  private static Network linearNet() {
    return Network.of(
        List.<Layer>of(new Dense(9), new Dense(8), new Dense(3)),
        Shape.of(6),
        Toy.birth(new Toy.Normal(), Precision.FP64, 7));
  }

  private static Tensor inputs(Network network) {
    return Toy.inputs(Precision.FP64, Seed.of(11), ROWS, network.input());
  }

  private static Trace trace(Network network) {
    return network.trace(inputs(network), Mode.EVAL);
  }

  /** The whole kernel of the model. */
  private static double[] kernel(Network network) {
    Trace trace = trace(network);
    List<List<Tensor>> outputs = KernelTerms.ofOutputs(trace);
    return sum(KernelTerms.of(network, trace, outputs, outputs)).toDoubles();
  }

  /** The whole kernel of a rule. */
  private static double[] kernel(Network network, Feedback feedback) {
    Trace trace = trace(network);
    List<List<Tensor>> moves =
        KernelTerms.units(trace).stream().map(e -> told(feedback, trace, e)).toList();
    return sum(KernelTerms.of(network, trace, KernelTerms.ofOutputs(trace), moves)).toDoubles();
  }

  private static List<Tensor> told(Feedback feedback, Trace trace, Tensor error) {
    Outcome judged = new SquaredError().judge(trace.output(), trace.output().zerosLike());
    return feedback
        .signals(trace, new Outcome(judged.loss(), error, judged.target(), judged.objective()))
        .stream()
        .map(signal -> ((Signal.Told) signal).gradient())
        .toList();
  }

  private static Tensor sum(List<Tensor> terms) {
    Tensor sum = terms.getFirst().zerosLike();
    terms.forEach(term -> sum.add(term, 1));
    return sum;
  }

  /** {@code [outputs · rows]}, outputs first. */
  private static double[] outputs(Network network) {
    try (var _ = Scope.open()) {
      return trace(network).output().transposed().contiguous().toDoubles();
    }
  }

  /** J Jᵀ by central differences. */
  private static double[] byDifferences(Network network) {
    int side = (int) (ROWS * network.outputs());
    double[] kernel = new double[side * side];
    for (Parameter p : network.parameters()) {
      double[] numbers = p.value().toDoubles();
      for (int k = 0; k < numbers.length; k++) {
        double h = 1e-5;
        double[] up = moved(network, p, numbers, k, h);
        double[] down = moved(network, p, numbers, k, -h);
        for (int i = 0; i < side; i++) {
          for (int j = 0; j < side; j++) {
            kernel[i * side + j] += (up[i] - down[i]) * (up[j] - down[j]) / (4 * h * h);
          }
        }
      }
    }
    return kernel;
  }

  private static double[] moved(Network network, Parameter p, double[] numbers, int k, double by) {
    double[] changed = numbers.clone();
    changed[k] += by;
    try (var _ = Scope.open()) {
      p.value().copyFrom(Tensor.of(changed, p.value().shape().toArray()));
      double[] outputs = outputs(network);
      p.value().copyFrom(Tensor.of(numbers, p.value().shape().toArray()));
      return outputs;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"normal", "ntk"})
  void theFactorsGiveTheProductOfTheJacobians(String form) {
    Network net = tanhNet(form.equals("ntk") ? new Initialiser.Ntk() : new Toy.Normal());
    assertThat(relativeError(kernel(net), byDifferences(net))).isLessThan(1e-6);
  }

  /** Convolutions, norms with running statistics, pools: both factors summed over places. */
  @Test
  void theRowsOfAConvolutionGiveItToo() {
    Network net = Toy.convNet(Precision.FP64);
    assertThat(relativeError(kernel(net), byDifferences(net))).isLessThan(1e-6);
  }

  /** In a linear net what B_l stands for is W_L ⋯ W_{l+1}. */
  @Test
  void withTheTrueDirectionsTheKernelOfDirectFeedbackIsTheModels() {
    Network net = linearNet();
    Feedback feedback = new DirectFeedback().attach(net, Seed.of(2));
    Tensor w2 = named(net.state(), "2.weight");
    Tensor w3 = named(net.state(), "3.weight");
    assertThat(relativeError(kernel(net, feedback), kernel(net))).isGreaterThan(0.1);
    named(feedback.state(), "feedback.2").copyFrom(w3);
    named(feedback.state(), "feedback.1").copyFrom(w3.matmul(w2));
    assertThat(relativeError(kernel(net, feedback), kernel(net))).isLessThan(1e-12);
    Map<String, Double> readings = read(net, new DirectFeedback(), feedback, 4);
    assertThat(named(readings, "kernel/rule/hidden_cosine")).isCloseTo(1, Offset.offset(1e-9));
    assertThat(named(readings, "kernel/rule/hidden_share"))
        .isCloseTo(named(readings, "kernel/hidden_share"), Offset.offset(1e-9));
  }

  /** ∂y/∂t = −η K_rule e, to first order. */
  @ParameterizedTest
  @ValueSource(strings = {"bp", "dfa", "udfa", "sparse-dfa", "fa", "usf"})
  void aSmallStepMovesTheOutputAsTheKernelSays(String name) {
    Network net = tanhNet(new Toy.Normal());
    LearningRule rule = Rules.ALL.parse(name);
    Feedback feedback = rule.attach(net, Seed.of(2));
    Tensor error = Toy.inputs(Precision.FP64, Seed.of(5), ROWS, Shape.of(3));
    double[] kernel = kernel(net, feedback);
    double[] e = error.transposed().contiguous().toDoubles();
    double eta = 1e-6;
    double[] predicted = new double[e.length];
    for (int i = 0; i < e.length; i++) {
      for (int j = 0; j < e.length; j++) {
        predicted[i] -= eta * kernel[i * e.length + j] * e[j];
      }
    }
    double[] before = outputs(net);
    Trace trace = trace(net);
    List<Tensor> told = told(feedback, trace, error);
    for (int l = 0; l < told.size(); l++) {
      trace
          .steps()
          .get(l)
          .gradients(told.get(l))
          .entries()
          .forEach(entry -> entry.gradient().addTo(entry.parameter().value(), 1, -eta));
    }
    double[] change = outputs(net);
    for (int i = 0; i < change.length; i++) {
      change[i] -= before[i];
    }
    assertThat(relativeError(change, predicted)).isLessThan(1e-4);
  }

  private static Map<String, Double> read(
      Network network, LearningRule rule, Feedback feedback, int rows) {
    return read(new TangentKernel(rows).attach(network, rule, feedback, Seed.of(3)), network, 1);
  }

  private static Map<String, Double> read(Reading reading, Network network, long batch) {
    Tensor x = Toy.inputs(Precision.FP64, Seed.of(batch), ROWS, network.input());
    Trace trace = network.trace(x, Mode.train(Seed.of(batch)));
    Outcome outcome = new SquaredError().judge(trace.output(), trace.output().zerosLike());
    return reading.read(
        trace, outcome, new Backprop().attach(network, Seed.of(0)).signals(trace, outcome));
  }

  /** ‖4K − K‖/‖K‖ = 3 where the last weight is doubled and only hidden blocks count. */
  @Test
  void driftIsOfTheFirstRowsWhateverIsShownLater() {
    Network net = tanhNet(new Toy.Normal());
    Reading reading =
        new TangentKernel(4)
            .attach(net, new Backprop(), new Backprop().attach(net, Seed.of(1)), Seed.of(3));
    Map<String, Double> first = read(reading, net, 1);
    assertThat(named(first, "kernel/drift")).isLessThan(1e-6);
    assertThat(named(read(reading, net, 2), "kernel/drift"))
        .as("other rows, the same weights")
        .isLessThan(1e-6);
    named(net.state(), "3.weight").multiply(2);
    Map<String, Double> then = read(reading, net, 2);
    assertThat(named(then, "kernel/1/drift")).isCloseTo(3, Offset.offset(1e-5));
    assertThat(named(then, "kernel/2/drift")).isCloseTo(3, Offset.offset(1e-5));
    assertThat(named(then, "kernel/3/drift")).isLessThan(1e-6);
    assertThat(named(then, "kernel/hidden_share"))
        .isCloseTo(4 * named(first, "kernel/hidden_share"), Offset.offset(1e-6));
    assertThat(named(first, "kernel/min_eigenvalue")).isGreaterThan(-1e-9);
    assertThat(named(first, "kernel/max_eigenvalue"))
        .isLessThan(named(first, "kernel/norm") * 1.001);
  }

  /** What a resumed run goes on with: rows and K_0 of another reading. */
  @Test
  void stateCarriesTheDrift() {
    Network net = tanhNet(new Toy.Normal());
    LearningRule rule = new DirectFeedback();
    Feedback feedback = rule.attach(net, Seed.of(2));
    Reading one = new TangentKernel(5).attach(net, rule, feedback, Seed.of(3));
    read(one, net, 1);
    Reading other = new TangentKernel(5).attach(net, rule, feedback, Seed.of(3));
    one.state().forEach((name, tensor) -> named(other.state(), name).copyFrom(tensor));
    named(net.state(), "2.weight").multiply(1.5);
    Map<String, Double> expected = read(one, net, 8);
    assertThat(read(other, net, 9)).isEqualTo(expected);
    assertThat(named(expected, "kernel/drift")).isGreaterThan(0.1);
    assertThat(named(expected, "kernel/rule/drift")).isGreaterThan(0.01);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dfa", "fa", "kp", "udfa", "shallow", "pfa"})
  void whatIsLinearInTheErrorHasAKernel(String name) {
    Network net = tanhNet(new Toy.Normal());
    LearningRule rule = Rules.ALL.parse(name);
    assertThat(read(net, rule, rule.attach(net, Seed.of(2)), 4)).containsKey("kernel/rule/drift");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bp", "drtp", "sdfa", "optical-dfa", "pred", "hsic", "mono-forward", "pepita"})
  void whatIsNotHasNone(String name) {
    Network net = tanhNet(new Toy.Normal());
    LearningRule rule = Rules.ALL.parse(name);
    assertThat(read(net, rule, rule.attach(net, Seed.of(2)), 4))
        .containsKey("kernel/drift")
        .doesNotContainKey("kernel/rule/drift");
  }

  @Test
  void ofFewerRowsThanItMayLookAt() {
    Network net = tanhNet(new Toy.Normal());
    Map<String, Double> all = read(net, new Backprop(), new Backprop().attach(net, Seed.of(1)), 50);
    assertThat(named(all, "kernel/drift")).isLessThan(1e-6);
    assertThat(all)
        .isEqualTo(read(net, new Backprop(), new Backprop().attach(net, Seed.of(1)), ROWS));
  }

  @Test
  void tooMuchIsRefused() {
    Network net = tanhNet(new Toy.Normal());
    assertThatThrownBy(() -> new TangentKernel(700).check(net))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("700 x 3 is 2100; use kernel:rows=666");
    assertThatThrownBy(() -> new TangentKernel(0)).hasMessageContaining("at least 1");
  }
}
