package org.plumbline.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.products;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Pool2d;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.optim.Adam;
import org.plumbline.optim.Updates;
import org.plumbline.rule.Feedback;
import org.plumbline.rule.LearningRule;
import org.plumbline.rule.Rules;
import org.plumbline.rule.Signal;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Meter;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

/** Counters inside the kernels against the formulas of the cost model. */
@ExtendWith(InScope.class)
class CostTest {
  private static final int ROWS = 4;

  /**
   * One block: its weight is {@code [out, in]} at each of {@code places}, and it puts out {@code
   * width} numbers, behind its pool.
   */
  record Part(long out, long in, long places, long width) {
    static Part dense(long in, long out) {
      return new Part(out, in, 1, out);
    }

    long products() {
      return out * in * places;
    }
  }

  /** Blocks from the input to the output, and what follows from them; all numbers a row. */
  record Dims(String name, long inputs, List<Part> parts, Supplier<Network> network) {
    static Dims of(long... n) {
      List<Part> parts = new ArrayList<>();
      for (int l = 1; l < n.length; l++) {
        parts.add(Part.dense(n[l - 1], n[l]));
      }
      List<Long> widths = Arrays.stream(n).boxed().toList();
      return new Dims(
          widths.toString(),
          n[0],
          parts,
          () -> Toy.net(widths, new Activation.Tanh(), new Initialiser.Uniform(), Precision.FP32));
    }

    /** Two convolutions with norms and pools, two dense layers. */
    static Dims ofImages() {
      Shape image = Shape.of(3, 12, 10);
      return new Dims(
          "images",
          image.size(),
          List.of(
              new Part(4, 3 * 9, 12 * 10, 4 * 6 * 5),
              new Part(7, 4 * 9, 6 * 5, 7 * 3 * 2),
              Part.dense(42, 20),
              Part.dense(20, 5)),
          () ->
              Network.of(
                  List.of(
                      new Conv2d(4, 3, 1, 1),
                      new BatchNorm(),
                      new Activation.Tanh(),
                      new Pool2d.Max(),
                      new Conv2d(7, 3, 1, 1),
                      new Activation.Tanh(),
                      new Pool2d.Average(),
                      new Flatten(),
                      new Dense(20),
                      new Activation.Tanh(),
                      new Dense(5)),
                  image,
                  Toy.birth(new Initialiser.Uniform(), Precision.FP32, 7)));
    }

    @Override
    public String toString() {
      return name;
    }

    int blocks() {
      return parts.size();
    }

    List<Part> behind() {
      return parts.subList(1, parts.size());
    }

    long outputs() {
      return parts.getLast().out();
    }

    /** F. */
    long forward() {
      return parts.stream().mapToLong(Part::products).sum();
    }

    /** F − F_1, n_0 n_1 of dense nets. */
    long back() {
      return forward() - parts.getFirst().products();
    }

    private LongStream widths() {
      return parts.subList(0, blocks() - 1).stream().mapToLong(Part::width);
    }

    /** hid. */
    long hidden() {
      return widths().sum();
    }

    long widest() {
      return widths().max().orElse(0);
    }

    /** Σ r_l (out + in) at every place, l = 2…L. */
    long factored(LongUnaryOperator rank) {
      return behind().stream()
          .mapToLong(p -> rank.applyAsLong(p.out) * (p.out + p.in) * p.places)
          .sum();
    }

    /** Σ r_l in at every place, l = 2…L: gradients of second factors. */
    long learned(LongUnaryOperator rank) {
      return behind().stream().mapToLong(p -> rank.applyAsLong(p.out) * p.in * p.places).sum();
    }

    /** Of mirroring one row of noise, a patch of a kernel: there and back. */
    long mirrored() {
      return behind().stream().mapToLong(p -> 2 * p.out * p.in).sum();
    }

    /** Every matrix or kernel, and the error at every place. */
    long wordsBack() {
      return behind().stream().mapToLong(p -> p.out * p.in + p.out * p.places).sum();
    }

    long wordsDirect() {
      return outputs() * hidden() + (blocks() - 1) * outputs();
    }

    long wordsSparse(long s) {
      return 2 * s * hidden() + hidden();
    }
  }

  /** Numbers a row; no words where no formula is stated. */
  private record Expected(long forward, long weights, long error, long extra, OptionalLong words) {
    static Expected of(Dims d, long error, long extra) {
      return new Expected(d.forward(), d.forward(), error, extra, OptionalLong.empty());
    }

    static Expected of(Dims d, long error, long extra, long words) {
      return new Expected(d.forward(), d.forward(), error, extra, OptionalLong.of(words));
    }

    static Expected chain(Dims d) {
      return of(d, d.back(), 0, d.wordsBack());
    }

    static Expected direct(Dims d, long extra) {
      return of(d, d.outputs() * d.hidden(), extra, d.wordsDirect());
    }

    /** Oja's rule on every P, over the batch: Dᵀ D P and P Pᵀ of it. */
    static long oja(Dims d, long r) {
      long rows = 0;
      long batch = 0;
      for (Part p : d.behind()) {
        long rank = Math.min(r, p.out);
        rows += 2 * p.out * rank * p.places;
        batch += 2 * rank * p.out * rank;
      }
      return rows + batch / ROWS;
    }
  }

  /** The formulas; those of what learns beside the network are the project's own. */
  private static final Map<String, Function<Dims, Expected>> FORMULAS = new LinkedHashMap<>();

  static {
    FORMULAS.put("bp", Expected::chain);
    FORMULAS.put(
        "shallow",
        d -> new Expected(d.forward(), d.parts().getLast().products(), 0, 0, OptionalLong.of(0)));
    for (String chain : List.of("fa", "usf", "frsf", "brsf", "kp")) {
      FORMULAS.put(chain, Expected::chain);
    }
    FORMULAS.put("wm", d -> Expected.of(d, d.back(), d.mirrored() * 128 / ROWS, d.wordsBack()));
    for (String direct : List.of("dfa", "dfa:storage=regenerated", "sdfa", "optical-dfa")) {
      FORMULAS.put(direct, d -> Expected.direct(d, 0));
    }
    FORMULAS.put(
        "udfa",
        d -> {
          long words = d.blocks() == 1 ? 0 : d.outputs() * d.widest() + d.outputs();
          return Expected.of(d, d.outputs() * d.widest(), 0, words);
        });
    FORMULAS.put("sparse-dfa", d -> Expected.of(d, d.hidden(), 0, d.wordsSparse(1)));
    FORMULAS.put(
        "sparse-dfa:connections=3", d -> Expected.of(d, 3 * d.hidden(), 0, d.wordsSparse(3)));
    for (String lowRank : List.of("dfa:rank=2", "sparse-dfa:connections=0,rank=2")) {
      FORMULAS.put(
          lowRank, d -> Expected.of(d, 2 * (d.hidden() + (d.blocks() - 1) * d.outputs()), 0));
    }
    FORMULAS.put(
        "dfa:form=channel",
        d -> {
          long channels = 0; // units, where a block is dense
          for (Part hidden : d.parts().subList(0, d.blocks() - 1)) {
            channels += hidden.out();
          }
          long words = d.outputs() * channels + (d.blocks() - 1) * d.outputs();
          return Expected.of(d, d.outputs() * channels, 0, words);
        });
    FORMULAS.put("drtp", d -> Expected.of(d, 0, 0, 0));
    FORMULAS.put("dkp", d -> Expected.direct(d, d.outputs() * d.hidden()));
    FORMULAS.put("fdfa", d -> Expected.direct(d, d.back() + d.outputs() * d.hidden()));
    FORMULAS.put("pfa", d -> Expected.of(d, d.factored(n -> 10 * n), d.learned(n -> 10 * n)));
    FORMULAS.put(
        "ldfa",
        d -> {
          LongUnaryOperator rank = n -> Math.min(n, d.outputs());
          long extra = d.learned(rank) + Expected.oja(d, d.outputs());
          return Expected.of(d, d.factored(rank), extra);
        });
    for (String head : List.of("pred", "mono-forward")) {
      FORMULAS.put(
          head, d -> Expected.of(d, 2 * d.outputs() * d.hidden(), d.outputs() * d.hidden()));
    }
    FORMULAS.put(
        "pepita",
        d -> {
          long error = d.inputs() * d.outputs();
          return new Expected(2 * d.forward(), d.forward(), error, 0, OptionalLong.empty());
        });
  }

  /** A reading that is a whole number, as counts of equal rows are. */
  private static long whole(Map<String, Double> readings, String name) {
    double value = named(readings, name);
    assertThat(value).as(name).isEqualTo(Math.rint(value));
    return (long) value;
  }

  static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (String rule : FORMULAS.keySet()) {
      for (Dims dims : List.of(Dims.of(784, 400, 10), Dims.of(20, 30, 17, 30, 5), Dims.of(12, 7))) {
        cases.add(Arguments.of(rule, dims));
      }
      if (!rule.equals("pepita")) { // which refuses pools
        cases.add(Arguments.of(rule, Dims.ofImages()));
      }
    }
    return cases.stream();
  }

  private static Network network(Dims dims) {
    return dims.network.get();
  }

  private static Map<String, Double> read(LearningRule rule, Network network, int rows) {
    Training training = Training.of(network, rule, new Adam(), Seed.of(5));
    var told =
        training.tell(
            new Toy.Batch(
                Toy.inputs(Precision.FP32, Seed.of(1), rows, network.input()),
                Toy.targets(Precision.FP32, Seed.of(2), rows, (int) network.outputs())),
            0);
    return new Cost()
        .attach(network, rule, training.feedback(), Seed.of(6))
        .read(told.trace(), told.outcome(), told.signals());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void countersAgreeWithTheFormulas(String rule, Dims dims) {
    String name = rule.replaceFirst(":.*", "");
    Assumptions.assumeTrue(Rules.ALL.names().contains(name), "no rule " + name + " yet");
    Expected expected = named(FORMULAS, rule).apply(dims);
    Map<String, Double> cost = read(Rules.ALL.parse(rule), network(dims), ROWS);
    assertThat(whole(cost, "cost/forward")).as("forward").isEqualTo(expected.forward);
    assertThat(whole(cost, "cost/weights")).as("weights").isEqualTo(expected.weights);
    assertThat(whole(cost, "cost/error")).as("error").isEqualTo(expected.error);
    assertThat(whole(cost, "cost/extra")).as("extra").isEqualTo(expected.extra);
    assertThat(whole(cost, "cost/total"))
        .as("total")
        .isEqualTo(expected.forward + expected.weights + expected.error + expected.extra);
    expected.words.ifPresent(
        words -> assertThat(whole(cost, "cost/words")).as("words").isEqualTo(words));
    assertThat(whole(cost, "cost/bp/error")).as("bp error").isEqualTo(dims.back());
    assertThat(whole(cost, "cost/bp/words")).as("bp words").isEqualTo(dims.wordsBack());
    assertThat(whole(cost, "cost/bp/total"))
        .as("bp total")
        .isEqualTo(2 * dims.forward() + dims.back());
  }

  /** Derivatives inside a block go no further than to its first weight. */
  @Test
  void aFirstConvolutionPaysForNoGradientOfItsInput() {
    Dims dims = Dims.ofImages();
    Network network = network(dims);
    var trace =
        network.trace(Toy.inputs(Precision.FP32, Seed.of(1), 3, network.input()), Mode.EVAL);
    for (int l = 0; l < dims.blocks(); l++) {
      var step = trace.steps().get(l);
      try (Meter meter = Meter.open(Meter.Part.WEIGHTS)) {
        products(step.gradients(step.output()));
        assertThat(meter.products(Meter.Part.WEIGHTS))
            .as("block %d", l + 1)
            .isEqualTo(3 * dims.parts.get(l).products());
      }
    }
  }

  @Test
  void feedbackMemoryIsThatOfTheMatrices() {
    Dims dims = Dims.of(20, 30, 17, 5);
    assertThat(read(Rules.ALL.parse("bp"), network(dims), 4))
        .containsEntry("cost/feedback_bytes", 0.0);
    assertThat(read(Rules.ALL.parse("dfa"), network(dims), 4))
        .containsEntry("cost/feedback_bytes", 4.0 * 5 * (30 + 17));
    assertThat(read(Rules.ALL.parse("fa"), network(dims), 4))
        .containsEntry("cost/feedback_bytes", 4.0 * (30 * 17 + 17 * 5));
    assertThat(read(Rules.ALL.parse("dfa:storage=regenerated"), network(dims), 4))
        .as("the seed")
        .containsEntry("cost/feedback_bytes", 8.0);
    Dims images = Dims.ofImages();
    assertThat(read(Rules.ALL.parse("fa"), network(images), 4))
        .containsEntry("cost/feedback_bytes", 4.0 * (7 * 36 + 20 * 42 + 5 * 20));
    assertThat(read(Rules.ALL.parse("dfa"), network(images), 4))
        .containsEntry("cost/feedback_bytes", 4.0 * 5 * (4 * 6 * 5 + 42 + 20));
  }

  /** 25088-4096-4096-1000 and 3072-1000-1000-1000-10: the formulas' published consequences. */
  @Test
  void theExamplesOfTheCostModel() {
    Dims vgg = Dims.of(25088, 4096, 4096, 1000);
    assertThat(vgg.wordsBack() / 1e6).isCloseTo(20.9, Offset.offset(0.05));
    assertThat(vgg.wordsDirect() / 1e6).isCloseTo(8.2, Offset.offset(0.05));
    assertThat(vgg.hidden()).as("values of s = 1").isEqualTo(8192);
    assertThat((double) vgg.wordsBack() / vgg.hidden()).isCloseTo(2500, Offset.offset(60.0));
    Dims cifar = Dims.of(3072, 1000, 1000, 1000, 10);
    assertThat(cifar.wordsBack() / 1e6).isCloseTo(2.01, Offset.offset(0.005));
    assertThat(cifar.wordsDirect() / 1e3).isCloseTo(30, Offset.offset(0.05));
    assertThat(cifar.hidden()).isEqualTo(3000);
  }

  /** Direct feedback saves at most a third of a step: 1.49 at n = 1000 and C = 10, never 1.5. */
  @Test
  void theHonestSpeedClaim() {
    double f = 1000.0 * 1000;
    double bp = 3 * f;
    double dfa = 2 * f + 10 * 1000;
    assertThat(bp / dfa).isCloseTo(1.49, Offset.offset(0.005)).isLessThan(1.5);
  }

  /** A rule that learns after the step: once done and undone, nothing has moved. */
  private record Learning(Feedback feedback, Tensor learned, Tensor counter) implements Feedback {
    @Override
    public List<Signal> signals(Trace trace, Outcome outcome) {
      return feedback.signals(trace, outcome);
    }

    @Override
    public void afterStep(Trace trace, Outcome outcome, Updates updates) {
      learned.addProduct(0.5, outcome.error().transposed(), trace.input(), 1);
      trace.steps().getFirst().gradients(trace.hidden().getFirst().output());
      counter.add(1L);
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of("feedback.1", learned, "count", counter);
    }
  }

  @Test
  void whatARuleDoesAfterTheStepIsCountedAndUndone() {
    Dims dims = Dims.of(20, 30, 5);
    Network network = network(dims);
    Tensor learned = Seed.of(1).normal(1, 5, 20);
    Tensor counter = Tensor.of(new long[] {3}, 1);
    LearningRule rule =
        (net, seed) -> new Learning(Rules.ALL.parse("dfa").attach(net, seed), learned, counter);
    List<Long> before = bits(learned);
    var weights = bits(network.state());
    Map<String, Double> cost = read(rule, network, ROWS);
    assertThat(cost).containsEntry("cost/extra", 5.0 * 20).containsEntry("cost/error", 5.0 * 30);
    assertThat(bits(learned)).isEqualTo(before);
    assertThat(counter.toLongs()).containsExactly(3);
    assertThat(bits(network.state())).isEqualTo(weights);
  }

  static Stream<String> everyRule() {
    return Rules.ALL.names().stream();
  }

  /** What has a formula and what has none: counted alike twice, and nothing moved. */
  @ParameterizedTest
  @MethodSource("everyRule")
  void countingChangesNothing(String name) {
    LearningRule rule = Rules.ALL.parse(name);
    Network network =
        Network.of(
            Network.mlp(List.of(24L, 16L), Clusters.CLASSES, new Activation.Tanh(), 0.1, 0),
            rule.input(Shape.of(Clusters.FEATURES), Clusters.CLASSES),
            Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    Training training = Training.of(network, rule, new Adam(), Seed.of(5));
    training.steps(new Clusters(Seed.of(7)), 0, 2);
    var told = training.tell(new Clusters(Seed.of(7)).batch(2, 16), 2);
    var weights = bits(network.state());
    var feedback = bits(training.feedback().state());
    Reading cost = new Cost().attach(network, rule, training.feedback(), Seed.of(6));
    var once = cost.read(told.trace(), told.outcome(), told.signals());
    assertThat(cost.read(told.trace(), told.outcome(), told.signals())).isEqualTo(once);
    assertThat(once.values()).allMatch(value -> value >= 0);
    assertThat(named(once, "cost/forward")).isGreaterThanOrEqualTo(10 * 24 + 24 * 16 + 16 * 4);
    assertThat(bits(network.state())).isEqualTo(weights);
    assertThat(bits(training.feedback().state())).isEqualTo(feedback);
  }

  @Test
  void readingLeavesNoTensorAlive() {
    Network network = network(Dims.of(12, 9, 5));
    LearningRule rule = Rules.ALL.parse("fa");
    Training training = Training.of(network, rule, new Adam(), Seed.of(5));
    var told = training.tell(Toy.batch(network, Precision.FP32), 0);
    Reading reading = new Cost().attach(network, rule, training.feedback(), Seed.of(6));
    long live = Scope.live();
    reading.read(told.trace(), told.outcome(), told.signals());
    assertThat(Scope.live()).isEqualTo(live);
  }
}
