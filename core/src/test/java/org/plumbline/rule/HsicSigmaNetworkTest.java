package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

class HsicSigmaNetworkTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return Rules.ALL.parse("hsic:training=sigma-network");
  }

  @Override
  protected boolean everyHiddenSignalIsDrawn() {
    return false; // those of the network itself are not
  }

  private static Tensor through(Map<String, Tensor> state, String prefix, Tensor x, int blocks) {
    Tensor h = x;
    for (int l = 1; l <= blocks; l++) {
      h = h.linear(named(state, prefix + l + ".weight"), named(state, prefix + l + ".bias")).tanh();
    }
    return h;
  }

  @Test
  void theOutputBlockStandsOnTheAverageOfThreeNets() {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = rule().attach(network, Seed.of(1));
    Tensor x = Toy.batch(network, Precision.FP64).inputs();
    Trace trace = feedback.trace(network, x, Mode.EVAL);
    Tensor average =
        through(network.state(), "", x, 3)
            .plus(through(feedback.heads(), "twin.1.", x, 3))
            .plus(through(feedback.heads(), "twin.2.", x, 3))
            .scaled(1.0 / 3);
    Tensor w = named(network.state(), "4.weight");
    Tensor y = average.linear(w, named(network.state(), "4.bias"));
    requireClose("answer", feedback.predict(trace), y, 1e-12);
    assertThat(feedback.heads().keySet()).hasSize(12).doesNotContain("twin.1.4.weight");
  }

  /** Names count blocks as without freezing, where a frozen one still has a number of its own. */
  @Test
  void twinsOfANetworkWithFrozenBlocksKeepAllHiddenOnes() {
    Network network = Toy.frozen(Toy.WIDTHS, Precision.FP64, 2); // blocks 1 and 2, block 3, block 4
    List<String> names = new ArrayList<>(rule().attach(network, Seed.of(1)).state().keySet());
    assertThat(names)
        .hasSize(12)
        .contains("twin.1.1.weight", "twin.1.2.weight", "twin.2.3.weight", "twin.2.3.bias")
        .noneMatch(name -> name.matches("twin\\.\\d\\.4\\..*"));
    Network last =
        Toy.frozen(
            Toy.WIDTHS,
            Precision.FP64,
            4); // blocks 1, 2, and block 3 with the frozen one behind it
    assertThat(rule().attach(last, Seed.of(1)).state().keySet())
        .hasSize(8)
        .contains("twin.1.1.weight", "twin.2.2.weight")
        .doesNotContain("twin.1.3.weight", "twin.1.4.weight");
  }

  /** J of each twin by each of its weights, from block to block with the input held fast. */
  @Test
  void twinsLearnByTheirOwnWidthsOfKernels() {
    Network network = Toy.tanhNet(Precision.FP64);
    HsicBottleneck rule = (HsicBottleneck) Rules.ALL.parse("hsic:training=sigma-network,eps=0.01");
    Training training = Training.of(network, rule, new Sgd(0.1), Seed.of(1));
    Training.Told told = training.tell(Toy.batch(network, Precision.FP64), 0);
    Map<String, Tensor> state = training.feedback().state();
    Tensor x = told.trace().input();
    for (int block = 0; block < 3; block++) {
      Gradients own = ((Signal.Told) told.signals().get(block)).own();
      assertThat(own.entries()).hasSize(4);
      for (int twin = 1; twin <= 2; twin++) {
        String prefix = "twin." + twin + ".";
        String at = prefix + (block + 1);
        double width = twin == 1 ? 0.2 : 2;
        Tensor input = through(state, prefix, x, block);
        Tensor weight = named(state, at + ".weight");
        Tensor bias = named(state, at + ".bias");
        requireSameGradients(
            new Gradients(own.entries().subList(2 * twin - 2, 2 * twin)),
            List.of(weight, bias).stream()
                .map(p ->
                    differences(
                        p,
                        () ->
                            HsicBottleneckTest.Oracle.bottleneck(
                                rule,
                                width,
                                input.linear(weight, bias).tanh(),
                                x,
                                told.outcome().target())))
                .toList(),
            1e-6);
      }
    }
  }

  @Test
  void threeNetsStartWithWeightsOfTheirOwn() {
    Network network = Toy.tanhNet(Precision.FP64);
    Feedback feedback = rule().attach(network, Seed.of(1));
    assertThat(
            List.of(
                bits(named(network.state(), "1.weight")),
                bits(named(feedback.state(), "twin.1.1.weight")),
                bits(named(feedback.state(), "twin.2.1.weight"))))
        .doesNotHaveDuplicates();
  }

  /** They stand in the answer of an evaluation. */
  @Test
  void theRunningStatisticsOfTheNetsBesideFollowTheData() {
    Network network =
        Network.of(
            List.of(
                new Conv2d(4, 3, 1, 1),
                new BatchNorm(),
                new Activation.Tanh(),
                new Flatten(),
                new Dense(5)),
            Shape.of(2, 4, 4),
            Toy.birth(new Toy.Normal(), Precision.FP64, 3));
    Training training = Training.of(network, rule(), new Sgd(1e-9), Seed.of(1));
    Tensor mean = named(training.feedback().state(), "twin.1.1.mean");
    assertThat(mean.norm().item()).isZero();
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    for (int i = 0; i < 200; i++) {
      training.step(batch, i);
      training.tell(batch, i).trace().steps().forEach(Step::settle);
    }
    Trace trained = training.feedback().trace(network, batch.inputs(), Mode.train(Seed.of(1)));
    Trace evaluated = training.feedback().trace(network, batch.inputs(), Mode.EVAL);
    requireClose("answer", evaluated.output(), trained.output(), 0.02);
  }
}
