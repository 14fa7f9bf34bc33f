package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.products;
import static org.plumbline.toy.Numbers.requireClose;
import static org.plumbline.toy.Numbers.requireSameGradients;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Affine;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Pool2d;
import org.plumbline.nn.Sequential;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Sgd;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;
import org.plumbline.value.BadInput;

class PepitaTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new Pepita();
  }

  @Override
  protected LearningRule other() {
    return new Pepita(0.2, Pepita.Shift.SIGN);
  }

  @Override
  protected boolean tellsTheOutputTheError() {
    return false;
  }

  @Override
  protected Set<String> refuses() {
    return Set.of("two dense layers in a block", "convolutions"); // which have a pool
  }

  /** Weaker than the error carried back: the second block hears a difference of differences. */
  @Override
  protected double accuracy() {
    return 0.8;
  }

  private static Training on(Network network, LearningRule rule) {
    return Training.of(network, rule, new Sgd(0.1), Seed.of(1));
  }

  private static Tensor f(Training training) {
    return named(training.feedback().state(), "feedback.0");
  }

  @Test
  void withoutAShiftOnlyTheOutputLearnsAndItsGradientIsThatOfBackprop() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = on(network, new Pepita(0, Pepita.Shift.PLAIN));
    List<Tensor> expected = new ArrayList<>();
    List<Tensor> truth = products(on(network, new Backprop()).tell(batch, 0).gradients());
    for (int i = 0; i < truth.size(); i++) {
      expected.add(i < truth.size() - 2 ? truth.get(i).zerosLike() : truth.get(i));
    }
    requireSameGradients(training.tell(batch, 0).gradients(), expected, 1e-12);
  }

  /** L = 2: δ_1 = −e F W_1ᵀ, feedback alignment with V_2 = −F W_1ᵀ, but on x′. */
  @Test
  void ofLinearUnitsIsFeedbackAlignmentOnTheShiftedInput() {
    Network network =
        Toy.net(List.of(12L, 9L, 5L), new Activation.Identity(), new Toy.Normal(), Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = on(network, new Pepita(3, Pepita.Shift.PLAIN));
    Tensor path = f(training).scaled(-1).linear(named(network.state(), "1.weight"));
    requireClose("path", training.feedback().paths().matrices().getFirst(), path, 1e-12);
    Training.Told told = training.tell(batch, 0);
    Tensor shifted =
        batch.inputs().plus(told.outcome().error().scaled(Toy.ROWS).matmul(f(training)));
    // told the error of the first pass, but on the steps of the second
    Training alignment = on(network, new FeedbackAlignment());
    named(alignment.feedback().state(), "feedback.2").copyFrom(path);
    Trace second = network.trace(shifted, Mode.EVAL);
    Tensor s =
        ((Signal.Told) alignment.feedback().signals(second, told.outcome()).getFirst()).gradient();
    Gradients expected =
        second
            .steps()
            .getFirst()
            .gradients(s)
            .and(second.steps().getLast().gradients(told.outcome().of(second.output()).error()));
    requireSameGradients(told.gradients(), products(expected), 1e-12);
  }

  /** With the same masks: a unit that is dropped has h = h′ = 0, in block and input. */
  @Test
  void bothPassesHaveTheSameDropoutMasks() {
    Network network =
        Network.of(
            Network.mlp(List.of(40L), 5, new Activation.Identity(), 0.5, 0),
            Shape.of(12),
            Toy.birth(new Toy.Normal(), Precision.FP64, 1));
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = on(network, new Pepita(3, Pepita.Shift.PLAIN));
    Training.Told told = training.tell(batch, 0);
    Tensor mask = told.trace().steps().getFirst().output(); // 0 where a unit was dropped
    Tensor e = told.outcome().error();
    Tensor delta = e.matmul(f(training)).scaled(-1).linear(named(network.state(), "1.weight"));
    double[] masked = delta.toDoubles();
    double[] h = mask.toDoubles();
    int dropped = 0;
    for (int i = 0; i < h.length; i++) {
      dropped += h[i] == 0 ? 1 : 0;
      masked[i] = h[i] == 0 ? 0 : 2 * masked[i]; // inverted dropout at 0.5
    }
    assertThat(dropped).isBetween(h.length / 4, 3 * h.length / 4);
    Tensor expected = Tensor.of(masked, mask.shape().toArray());
    Tensor bias = products(told.gradients()).get(1);
    requireClose("gradient by the bias", bias, expected.sum(0), 1e-12);
  }

  @Test
  void theSignOfTheErrorShiftsByATenth() {
    Network network = Toy.tanhNet(Precision.FP64);
    Training plain = on(network, new Pepita(3, Pepita.Shift.PLAIN));
    Training sign = on(network, new Pepita(3, Pepita.Shift.SIGN));
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Trace trace = network.trace(batch.inputs(), Mode.EVAL);
    Outcome outcome = new SoftmaxCrossEntropy().judge(trace.output(), batch.targets());
    // an error of which the sign is ten times itself
    Tensor tenth = outcome.error().sign().scaled(0.1 / Toy.ROWS);
    Outcome signed = new Outcome(outcome.loss(), tenth, outcome.target(), outcome.objective());
    requireSameGradients(
        taught(sign.feedback().signals(trace, outcome)),
        products(taught(plain.feedback().signals(trace, signed))),
        1e-12);
  }

  private static Gradients taught(List<Signal> signals) {
    Gradients all = Gradients.NONE;
    for (Signal signal : signals) {
      all = all.and(((Signal.Taught) signal).gradients());
    }
    return all;
  }

  @Test
  void zeroWeightsAreRefused() {
    Network zero =
        Toy.net(Toy.WIDTHS, new Activation.Tanh(), new Initialiser.Zero(), Precision.FP32);
    assertThatThrownBy(() -> rule().attach(zero, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule pepita needs random hidden weights, but those of block 1 (dense 12→9, tanh) are"
                + " all zero, so that its activity never changes; use --init uniform");
  }

  /** Their outputs are shaped alike, but δ would be that of the wrong one. */
  @Test
  void twoWeightsOfOneShapeInABlockAreRefused() {
    Network network =
        Network.of(
            List.of(
                new Sequential(List.of(new Dense(8), new Activation.Tanh(), new Dense(8))),
                new Dense(5)),
            Shape.of(12),
            Toy.birth(new Toy.Normal(), Precision.FP32, 1));
    assertThatThrownBy(() -> rule().attach(network, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("block 1 (dense 12→8, tanh, dense 8→8) has 2 of them");
  }

  /** h − h′ is then behind the frozen layer, where δ_l does not stand. */
  @Test
  void frozenLayersBehindAWeightAreRefusedAndThoseInFrontAreServed() {
    List<Long> widths = List.of(12L, 9L, 9L, 5L);
    assertThatThrownBy(() -> rule().attach(Toy.frozen(widths, Precision.FP32, 2), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule pepita needs hidden blocks that end with what they learn, but block 1 (dense 12→9, tanh, frozen (dense 9→9, tanh)) has a frozen layer behind its weight; freeze the first blocks only");
    Network front = Toy.frozen(widths, Precision.FP32, 1);
    assertThat(rule().attach(front, Seed.of(1)).paths().matrices()).hasSize(1);
  }

  private static Network images(Layer... layers) {
    List<Layer> all = new ArrayList<>(List.of(layers));
    all.addAll(List.of(new Flatten(), new Dense(5)));
    return Network.of(all, Shape.of(2, 6, 6), Toy.birth(new Toy.Normal(), Precision.FP64, 3));
  }

  /** Linear units: h − h′ of a block is −ê B_l, so that δ_l sums to what the paths say. */
  @Test
  void thePathsOfLinearConvolutionsAreTheWaysOfTheShift() {
    Network network = images(new Conv2d(4, 3, 1, 1), new Conv2d(3, 3, 2, 1));
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Training training = on(network, new Pepita(3, Pepita.Shift.PLAIN));
    Training.Told told = training.tell(batch, 0);
    Tensor shift = told.outcome().error().scaled(Toy.ROWS).matmul(f(training));
    Trace second =
        network.trace(
            batch.inputs().plus(shift.reshaped(batch.inputs().shape().toArray())), Mode.EVAL);
    for (int i = 0; i < network.hidden(); i++) {
      Tensor changed = told.trace().steps().get(i).output().minus(second.steps().get(i).output());
      Tensor path = training.feedback().paths().matrices().get(i);
      requireClose(
          "path " + (i + 1),
          changed.reshaped(Toy.ROWS, -1),
          told.outcome().error().scaled(Toy.ROWS).matmul(path),
          1e-12);
    }
  }

  @Test
  void poolsAndNormalisationsThatLearnAreRefused() {
    Activation tanh = new Activation.Tanh();
    assertThatThrownBy(
            () -> rule().attach(images(new Conv2d(4, 3, 1, 1), tanh, new Pool2d.Max()), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule pepita needs hidden blocks of one weight whose output is shaped like its product, but block 1 (conv 3x3 2→4, tanh, max-pool 2/2, flatten) has 1 of them and makes [4, 3, 3] of [4, 6, 6]; let every hidden layer with weights be a block of its own, without a pool");
    assertThatThrownBy(
            () -> rule().attach(images(new Conv2d(4, 3, 1, 1), new BatchNorm(), tanh), Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessageEndingWith("has a normalisation that learns, too; use affine=without");
    Network served = images(new Conv2d(4, 3, 1, 1), new BatchNorm(0.1, 1e-5, Affine.WITHOUT), tanh);
    assertThat(rule().attach(served, Seed.of(1)).paths().matrices()).hasSize(1);
  }
}
