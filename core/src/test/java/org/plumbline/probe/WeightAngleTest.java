package org.plumbline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.named;

import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Sequential;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Optimizers;
import org.plumbline.optim.Sgd;
import org.plumbline.rule.Backprop;
import org.plumbline.rule.DirectFeedback;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.FeedbackAlignment;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Paths;
import org.plumbline.rule.Rules;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

@ExtendWith(InScope.class)
class WeightAngleTest {
  private static final Clusters PROBLEM = new Clusters(Seed.of(72));

  private static Network network(Precision precision, Long... widths) {
    return Toy.net(List.of(widths), new Activation.Tanh(), new Initialiser.Uniform(), precision);
  }

  private static Tensor weight(Network network, int block) {
    return named(network.state(), block + ".weight");
  }

  /** A rule that shows these matrices. */
  private record Showing(Paths shown) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      throw new AssertionError("angles need no signals");
    }

    @Override
    public Paths paths() {
      return shown;
    }
  }

  private static Map<String, Double> read(Network network, LearningRule rule, Feedback feedback) {
    Training training = Training.of(network, new Backprop(), new Sgd(), Seed.of(1));
    var told = training.tell(Toy.batch(network, weight(network, 1).precision()), 0);
    return new WeightAngle()
        .attach(network, rule, feedback, Seed.of(3))
        .read(told.trace(), told.outcome(), told.signals());
  }

  private static Map<String, Double> read(Network network, Paths.Kind kind, Tensor... matrices) {
    return read(network, new Backprop(), new Showing(new Paths(kind, List.of(matrices))));
  }

  private static Map<String, Double> read(Network network, LearningRule rule) {
    return read(network, rule, rule.attach(network, Seed.of(2)));
  }

  /** What B_l stands for there is a product with weights that are no parameters. */
  @Test
  void aBlockWithAFrozenLayerIsNotOneDenseLayer() {
    Network net = Toy.frozen(List.of(12L, 9L, 9L, 9L, 5L), Precision.FP32, 3);
    Map<String, Double> readings = read(net, new DirectFeedback());
    assertThat(readings)
        .containsKeys("weights/3", "weights/2/product")
        .doesNotContainKeys("weights/2", "weights/1/product");
  }

  /** {@code [n_l, n_l−1]} of a convolution is gigabytes where nothing could be read of it. */
  @Test
  void whatStandsForABlockIsMadeOnlyWhereItIsCompared() {
    try (Meter meter = Meter.open(Meter.Part.EXTRA)) {
      Network net = Toy.convNet(Precision.FP32);
      Feedback feedback = new DirectFeedback().attach(net, Seed.of(2));
      Reading reading = new WeightAngle().attach(net, new DirectFeedback(), feedback, Seed.of(3));
      Training training = Training.of(net, new Backprop(), new Sgd(), Seed.of(1));
      var told = training.tell(Toy.batch(net, Precision.FP32), 0);
      long before = meter.products(Meter.Part.EXTRA);
      Map<String, Double> readings = reading.read(told.trace(), told.outcome(), told.signals());
      assertThat(readings).containsKey("weights/3").doesNotContainKey("weights/2");
      assertThat(meter.products(Meter.Part.EXTRA)).isEqualTo(before);
    }
  }

  @Test
  void ofAWeightWithItselfIsZero() {
    Network net = network(Precision.FP32, 12L, 9L, 8L, 5L);
    Map<String, Double> readings = read(net, Paths.Kind.LAYERED, weight(net, 2), weight(net, 3));
    for (int l : List.of(2, 3)) {
      assertThat(named(readings, "weights/" + l)).isCloseTo(0, Offset.offset(1e-6));
      assertThat(named(readings, "weights/" + l + "/ratio")).isCloseTo(1, Offset.offset(1e-12));
    }
    assertThat(readings).doesNotContainKeys("weights/1", "weights/4");
  }

  /** The pair of soft alignment: V = ρ W + √(1 − ρ²) R with R orthogonal to W and as long. */
  @Test
  void ofAPairBuiltAtThirtyDegreesIsThirty() {
    Network net = network(Precision.FP64, 12L, 9L, 5L);
    Tensor w = weight(net, 2);
    Tensor r = Seed.of(8).normal(1, 5, 9).to(Precision.FP64);
    r.add(w, -r.dot(w).item() / w.dot(w).item());
    r.multiply(w.norm().item() / r.norm().item());
    double rho = Math.cos(Math.toRadians(30));
    Tensor v = w.scaled(rho).plus(r.scaled(Math.sqrt(1 - rho * rho))).scaled(3);
    Map<String, Double> readings = read(net, Paths.Kind.LAYERED, v);
    assertThat(named(readings, "weights/2")).isCloseTo(30, Offset.offset(1e-9));
    assertThat(named(readings, "weights/2/ratio")).isCloseTo(3, Offset.offset(1e-12));
  }

  @Test
  void ofTheOppositeIsHalfATurn() {
    Network net = network(Precision.FP64, 12L, 9L, 5L);
    assertThat(named(read(net, Paths.Kind.LAYERED, weight(net, 2).scaled(-1)), "weights/2"))
        .isCloseTo(180, Offset.offset(1e-9));
  }

  /** Weak weight alignment, built: W_2 = B_2ᵀ B_1, W_3 = B_2. */
  @Test
  void ofDirectFeedbackIsWithTheProductsOfNeighbours() {
    Network net = network(Precision.FP64, 12L, 9L, 8L, 5L);
    Tensor b1 = Seed.of(8).normal(1, 5, 9).to(Precision.FP64);
    Tensor b2 = Seed.of(9).normal(1, 5, 8).to(Precision.FP64);
    weight(net, 2).copyFrom(b2.transposed().matmul(b1).scaled(0.1));
    weight(net, 3).copyFrom(b2);
    Map<String, Double> readings = read(net, Paths.Kind.DIRECT, b1, b2);
    assertThat(named(readings, "weights/2")).isCloseTo(0, Offset.offset(1e-6));
    assertThat(named(readings, "weights/2/ratio")).isCloseTo(10, Offset.offset(1e-9));
    assertThat(named(readings, "weights/3")).isCloseTo(0, Offset.offset(1e-6));
    assertThat(named(readings, "weights/2/product")).isCloseTo(0, Offset.offset(1e-6));
    assertThat(readings).doesNotContainKeys("weights/2/identity", "weights/3/product");
  }

  @Test
  void ofDirectFeedbackThatIsTheProductOfTheWeightsAboveIsZero() {
    Network net = network(Precision.FP64, 12L, 9L, 8L, 7L, 5L);
    Tensor b3 = weight(net, 4);
    Tensor b2 = b3.matmul(weight(net, 3));
    Tensor b1 = b2.matmul(weight(net, 2));
    Map<String, Double> readings = read(net, Paths.Kind.DIRECT, b1, b2.scaled(2), b3);
    for (int l : List.of(1, 2, 3)) {
      assertThat(named(readings, "weights/" + l + "/product")).isCloseTo(0, Offset.offset(1e-6));
    }
    assertThat(named(readings, "weights/2/product_ratio")).isCloseTo(2, Offset.offset(1e-12));
    assertThat(named(readings, "weights/4")).as("W_4 with B_3").isCloseTo(0, Offset.offset(1e-6));
  }

  @Test
  void sharedMatricesShowTheAngleToTheIdentityAsAControl() {
    Network net = network(Precision.FP64, 12L, 8L, 8L, 5L);
    Tensor b = Seed.of(8).normal(1, 5, 8).to(Precision.FP64);
    Map<String, Double> readings = read(net, Paths.Kind.DIRECT, b, b);
    Tensor square = b.transposed().matmul(b);
    double trace = 0;
    for (int i = 0; i < 8; i++) {
      trace += square.rows(i, 1).columns(i, 1).item();
    }
    double expected = Math.toDegrees(Math.acos(trace / square.norm().item() / Math.sqrt(8)));
    assertThat(named(readings, "weights/2/identity")).isCloseTo(expected, Offset.offset(1e-9));
    assertThat(read(net, Paths.Kind.DIRECT, b, b.scaled(2)))
        .doesNotContainKey("weights/2/identity");
  }

  @Test
  void ofUnrelatedMatricesIsARightAngleWithinItsNull() {
    Network net = network(Precision.FP32, 10L, 40L, 30L, 20L, 4L);
    for (LearningRule rule : List.of(new FeedbackAlignment(), new DirectFeedback())) {
      Map<String, Double> readings = read(net, rule);
      for (int l : List.of(2, 3, 4)) {
        double std = named(readings, "weights/" + l + "/null_std");
        assertThat(std)
            .isCloseTo(
                Math.toDegrees(1 / Math.sqrt((double) weight(net, l).size())),
                Offset.offset(1e-12));
        assertThat(named(readings, "weights/" + l)).isBetween(90 - 4 * std, 90 + 4 * std);
      }
    }
  }

  private static Network composite() {
    return Network.of(
        List.of(
            new Dense(9),
            new Sequential(List.of(new Dense(8), new Activation.Tanh(), new Dense(7))),
            new Activation.Tanh(),
            new Dense(5)),
        Shape.of(12),
        Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
  }

  @Test
  void underDirectFeedbackBlocksThatAreNotOneDenseLayerAreAbsent() {
    Network net = composite();
    assertThat(read(net, new DirectFeedback()))
        .containsKey("weights/3")
        .doesNotContainKeys("weights/2", "weights/1/product");
  }

  @Test
  void everyWeightOfABlockIsComparedWithItsOwn() {
    for (String rule : List.of("fa", "kp", "usf", "pfa", "wm")) {
      Network net = composite();
      Feedback feedback = Rules.ALL.parse(rule).attach(net, Seed.of(1));
      Map<String, Double> readings = read(net, Rules.ALL.parse(rule), feedback);
      assertThat(readings).as(rule).containsKeys("weights/2", "weights/2.1", "weights/3");
      assertThat(readings).doesNotContainKeys("weights/2.2", "weights/3.1");
    }
    Network net = composite();
    Feedback feedback = new FeedbackAlignment().attach(net, Seed.of(1));
    Tensor second = net.parameters().get(4).value(); // [7, 8]
    named(feedback.state(), "feedback.2.1").copyFrom(second.scaled(2));
    Map<String, Double> readings = read(net, new FeedbackAlignment(), feedback);
    assertThat(named(readings, "weights/2.1")).isCloseTo(0, Offset.offset(1e-5));
    assertThat(named(readings, "weights/2.1/ratio")).isCloseTo(2, Offset.offset(1e-5));
    assertThat(named(readings, "weights/2")).isGreaterThan(20);
  }

  @Test
  void rulesWithoutMatricesHaveNoAngles() {
    assertThat(read(network(Precision.FP32, 12L, 9L, 5L), new Backprop())).isEmpty();
  }

  @Test
  void zeroWeightsHaveNoAngle() {
    Network net = network(Precision.FP32, 12L, 9L, 5L);
    weight(net, 2).fill(0);
    assertThat(read(net, new FeedbackAlignment())).containsOnlyKeys("weights/2/null_std");
  }

  /** Weights turn towards fixed feedback, and learned feedback towards the weights. */
  @ParameterizedTest
  @ValueSource(strings = {"fa", "dfa", "kp", "wm"})
  void fallsAsTheRuleLearns(String name) {
    Assumptions.assumeTrue(Rules.ALL.names().contains(name), "no rule " + name + " yet");
    LearningRule rule = Rules.ALL.parse(name);
    Network net = network(Precision.FP32, 10L, 40L, 30L, 4L);
    Optimizer optimizer = Optimizers.ALL.parse("adamw:lr=0.01,decay=0.05");
    Training training = Training.of(net, rule, optimizer, Seed.of(4));
    double before = named(read(net, rule, training.feedback()), "weights/3");
    training.steps(PROBLEM, 0, 300);
    double after = named(read(net, rule, training.feedback()), "weights/3");
    assertThat(after).as("from %.1f degrees", before).isLessThan(before - 10);
  }
}
