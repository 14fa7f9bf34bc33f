package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.numbers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Dropout;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Sequential;
import org.plumbline.optim.Adam;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Clusters;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;
import org.plumbline.value.Catalogue;

/**
 * What holds for every learning rule. A rule's test inherits it, names the rule, and tests the idea
 * by hand.
 */
@ExtendWith(InScope.class)
public abstract class LearningRuleContract {
  private static final Seed FEEDBACK = Seed.of(51);
  private static final Clusters PROBLEM = new Clusters(Seed.of(52));

  /** The rule with its defaults. */
  protected abstract LearningRule rule();

  /** Another value of the same rule, with nothing at its default if it has parameters. */
  protected LearningRule other() {
    return rule();
  }

  /** Where the rule is listed: for a rule of another project, a copy of ours with it. */
  protected Catalogue<LearningRule> catalogue() {
    return Rules.ALL;
  }

  /** Whether {@code attach} draws feedback. */
  protected boolean draws() {
    return true;
  }

  /** Whether every signal of a hidden block depends on the seed, where {@code attach} draws. */
  protected boolean everyHiddenSignalIsDrawn() {
    return draws();
  }

  /** Whether the output block is told the error itself. */
  protected boolean tellsTheOutputTheError() {
    return true;
  }

  /** Those of {@link #networks} that the rule refuses to serve. */
  protected Set<String> refuses() {
    return Set.of();
  }

  /** What the rule must pass on the clusters in 300 steps: frozen hidden blocks reach 0.67. */
  protected double accuracy() {
    return 0.95;
  }

  /** The shape of a row of data for a network, where {@link LearningRule#input} widens it. */
  protected Shape rows(Network network) {
    return network.input();
  }

  private Toy.Batch batch(Network network) {
    return Toy.batch(rows(network), (int) network.outputs(), Precision.FP32);
  }

  private Network network(Shape rows, int classes, List<Layer> layers, long seed) {
    return Network.of(
        layers,
        rule().input(rows, classes),
        Toy.birth(new Initialiser.Uniform(), Precision.FP32, seed));
  }

  private Network clustersNet(long seed) {
    return network(
        Shape.of(Clusters.FEATURES),
        Clusters.CLASSES,
        Network.mlp(List.of(32L, 24L), Clusters.CLASSES, new Activation.Tanh(), 0.1, 0),
        seed);
  }

  /**
   * Nets of every form: with dropout on images, with nothing hidden, with layers inside a block, of
   * convolutions.
   */
  private Map<String, Network> networks() {
    Map<String, Network> served = new HashMap<>(allNetworks());
    served.keySet().removeAll(refuses());
    return served;
  }

  private Map<String, Network> allNetworks() {
    return Map.of(
        "mlp",
        network(
            Shape.of(1, 3, 4),
            5,
            List.of(
                new Flatten(),
                new Dropout(0.1),
                new Dense(9),
                new Activation.Relu(),
                new Dropout(0.2),
                new Dense(8),
                new Activation.Relu(),
                new Dense(7),
                new Activation.Relu(),
                new Dense(5)),
            1),
        "nothing hidden",
        network(Shape.of(12), 5, List.of(new Dense(5)), 2),
        "two dense layers in a block",
        network(
            Shape.of(12),
            5,
            List.of(
                new Sequential(List.of(new Dense(9), new Activation.Tanh(), new Dense(8))),
                new Sequential(
                    List.of(
                        new Dense(7, Dense.Bias.WITHOUT),
                        new Activation.Gelu(),
                        new Dense(6),
                        new Activation.Tanh())),
                new Dense(5)),
            3),
        "convolutions",
        network(Toy.IMAGE, 5, Toy.convolutions(new Activation.Tanh(), 5), 4));
  }

  private static Training training(Network network, LearningRule rule, Seed feedback) {
    return Training.of(network, rule, new Sgd(0.1), feedback);
  }

  private List<double[]> told(Network network, LearningRule rule, Seed feedback) {
    return numbers(training(network, rule, feedback).tell(batch(network), 0).signals());
  }

  @Test
  void signalsAreShapedLikeOutputs() {
    networks()
        .forEach((name, network) -> {
          var told = training(network, rule(), FEEDBACK).tell(batch(network), 0);
          assertThat(told.signals()).as(name).hasSameSizeAs(network.blocks());
          for (int i = 0; i < told.signals().size(); i++) {
            if (told.signals().get(i) instanceof Signal.Told(Tensor gradient, var _)) {
              Tensor output = told.trace().steps().get(i).output();
              assertThat(gradient.shape()).as(name + ", block " + i).isEqualTo(output.shape());
              assertThat(gradient.precision()).isEqualTo(output.precision());
            }
          }
        });
  }

  @Test
  void thereIsOneFeedbackPointAHiddenTrainableBlock() {
    networks()
        .forEach((name, network) -> {
          var told = training(network, rule(), FEEDBACK).tell(batch(network), 0);
          assertThat(told.signals().size() - 1).as(name).isEqualTo(network.hidden());
          assertThat(network.blocks()).allMatch(block -> !block.parameters().isEmpty());
        });
  }

  @Test
  void aNetworkThatIsRefusedIsRefusedByAttachingWithAReason() {
    assertThat(allNetworks().keySet()).containsAll(refuses());
    for (String name : refuses()) {
      assertThatThrownBy(() -> rule().attach(named(allNetworks(), name), FEEDBACK))
          .as(name)
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("rule " + catalogue().nameOf(rule()))
          .hasMessageContaining("block ");
    }
  }

  @Test
  void hasACardInTheCatalogue() {
    Nature nature = Rules.nature(rule().getClass()).orElseThrow();
    assertThat(nature.citation()).containsPattern("[12][09][0-9][0-9]");
  }

  /** Whoever learns by gradients must be given one: by some signal, once. */
  @Test
  void everyParameterOfTheFeedbackGetsItsGradientWithASignal() {
    Training training = Training.of(clustersNet(1), rule(), new Sgd(0.1), FEEDBACK);
    training.steps(PROBLEM, 0, 3);
    Toy.Batch batch = PROBLEM.batch(3, 32);
    List<Parameter> moved =
        training.tell(batch, 3).gradients().entries().stream()
            .map(Gradients.Entry::parameter)
            .toList();
    assertThat(moved).doesNotHaveDuplicates().containsAll(training.feedback().parameters());
  }

  @Test
  void theLastSignalIsTheError() {
    Assumptions.assumeThat(tellsTheOutputTheError()).as("declared by the rule").isTrue();
    networks()
        .forEach((name, network) -> {
          var told = training(network, rule(), FEEDBACK).tell(batch(network), 0);
          assertThat(told.signals().getLast()).isInstanceOf(Signal.Told.class);
          assertThat(numbers(told.signals()).getLast())
              .as(name)
              .isEqualTo(told.outcome().error().toDoubles());
        });
  }

  @Test
  void attachingAndTellingLeaveEverythingAlone() {
    networks()
        .forEach((name, network) -> {
          var weights = bits(network.state());
          Training training = training(network, rule(), FEEDBACK);
          assertThat(bits(network.state())).as(name).isEqualTo(weights);
          var feedback = bits(training.feedback().state());
          Toy.Batch batch = batch(network);
          var told = training.tell(batch, 0);
          var again = training.tell(batch, 0);
          assertThat(bits(network.state())).as(name).isEqualTo(weights);
          assertThat(bits(training.feedback().state())).as(name).isEqualTo(feedback);
          assertThat(bits(told.trace().output())).isEqualTo(bits(again.trace().output()));
          assertThat(bits(told.outcome().error())).isEqualTo(bits(again.outcome().error()));
        });
  }

  @Test
  void theSameSeedGivesTheSameSignals() {
    networks()
        .forEach((name, network) ->
            assertThat(told(network, rule(), FEEDBACK))
                .as(name)
                .usingRecursiveComparison()
                .isEqualTo(told(network, rule(), FEEDBACK)));
  }

  @Test
  void anotherSeedGivesOtherSignalsIfTheRuleDraws() {
    networks()
        .forEach((name, network) -> {
          List<double[]> one = told(network, rule(), FEEDBACK);
          List<double[]> other = told(network, rule(), Seed.of(99));
          for (int i = 0; i < network.hidden(); i++) {
            if (everyHiddenSignalIsDrawn()) {
              assertThat(one.get(i)).as(name).isNotEqualTo(other.get(i));
            } else if (!draws()) {
              assertThat(one.get(i)).as(name).isEqualTo(other.get(i));
            }
          }
        });
  }

  @Test
  void aRuleThatDrawsShowsItsFeedbackAsState() {
    Feedback feedback = rule().attach(clustersNet(1), FEEDBACK);
    assertThat(feedback.state().isEmpty() && draws()).isFalse();
    feedback
        .heads()
        .forEach((name, head) -> assertThat(feedback.state()).containsEntry(name, head));
    for (Parameter own : feedback.parameters()) {
      assertThat(feedback.state()).containsValue(own.value());
    }
  }

  @Test
  void stateSavedAndRestoredGivesTheSameNextStep() {
    Sgd momentum = new Sgd(0.1, 0.9, Sgd.Acceleration.CLASSICAL, 1e-3);
    Training one = Training.of(clustersNet(1), rule(), momentum, FEEDBACK);
    one.steps(PROBLEM, 0, 5);
    Training two = Training.of(clustersNet(2), rule(), momentum, Seed.of(53));
    two.steps(PROBLEM, 3, 5); // a past of its own, which must not show
    copy(one.network().state(), two.network().state());
    copy(one.feedback().state(), two.feedback().state());
    copy(one.stepper().state(), two.stepper().state());
    one.steps(PROBLEM, 5, 8);
    two.steps(PROBLEM, 5, 8);
    assertThat(bits(two.network().state())).isEqualTo(bits(one.network().state()));
    assertThat(bits(two.feedback().state())).isEqualTo(bits(one.feedback().state()));
  }

  private static void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
    assertThat(to.keySet()).isEqualTo(from.keySet());
    from.forEach((name, tensor) -> named(to, name).copyFrom(tensor));
  }

  @Test
  void aStepLeavesNoTensorAlive() {
    Training training = Training.of(clustersNet(1), rule(), new Adam(), FEEDBACK);
    training.steps(PROBLEM, 0, 2);
    long before = Scope.live();
    training.steps(PROBLEM, 2, 12);
    assertThat(Scope.live()).isEqualTo(before);
  }

  @Test
  void printsAsItParses() {
    for (LearningRule rule : List.of(rule(), other())) {
      assertThat(catalogue().parse(catalogue().print(rule))).isEqualTo(rule);
    }
    assertThat(catalogue().about(catalogue().nameOf(rule()))).isNotBlank();
  }

  @Test
  void learnsClustersThatNeedHiddenBlocks(TestReporter reporter) {
    Training training = Training.of(clustersNet(1), rule(), new Adam(0.01), FEEDBACK);
    assertThat(training.accuracy(PROBLEM)).as("before").isLessThan(0.6);
    training.steps(PROBLEM, 0, 300);
    double reached = training.accuracy(PROBLEM);
    reporter.publishEntry("accuracy", Double.toString(reached));
    assertThat(reached).as("after").isGreaterThan(accuracy());
  }
}
