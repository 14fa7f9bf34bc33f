package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Trace;
import org.plumbline.objective.Outcome;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.objective.SquaredError;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;

class TargetProjectionTest extends LearningRuleContract {
  @Override
  protected LearningRule rule() {
    return new TargetProjection();
  }

  /** The signal never vanishes and does not know what the net gets wrong: 0.85. */
  @Override
  protected double accuracy() {
    return 0.8;
  }

  @Override
  protected LearningRule other() {
    return new TargetProjection(
        0.3,
        Law.NORMAL,
        Scale.BOTH,
        Storage.REGENERATED,
        Form.CHANNEL,
        TargetProjection.Unbounded.ALLOWED);
  }

  /** Those with relu, and with a block that ends in a dense layer. */
  @Override
  protected Set<String> refuses() {
    return Set.of("mlp", "two dense layers in a block");
  }

  @Test
  void anActivationWithoutBoundsIsRefusedInOneLine() {
    Network network = Toy.net(Toy.WIDTHS, new Activation.Relu(), new Toy.Normal(), Precision.FP32);
    assertThatThrownBy(() -> rule().attach(network, Seed.of(1)))
        .isInstanceOf(BadInput.class)
        .hasMessage(
            "rule drtp needs bounded activations, since its signal never ends, but block 1 (dense 12→9, relu) is not bounded; use --activation tanh or sigmoid, or drtp:unbounded=allowed with a rate that falls");
    assertThat(other().attach(network, Seed.of(1)).paths().matrices()).hasSize(3);
    for (Activation bounded : List.of(new Activation.Tanh(), new Activation.Sigmoid())) {
      Network served = Toy.net(Toy.WIDTHS, bounded, new Toy.Normal(), Precision.FP32);
      assertThat(rule().attach(served, Seed.of(1)).paths().matrices()).hasSize(3);
    }
  }

  private static Tensor signal(Feedback feedback, Trace trace, Outcome outcome, int block) {
    return ((Signal.Told) feedback.signals(trace, outcome).get(block)).gradient();
  }

  @Test
  void rowsAreRowsOfTheMatrix() {
    for (Precision precision : new Precision[] {Precision.FP64, Precision.FP32}) {
      Network network = Toy.tanhNet(precision);
      Toy.Batch batch = Toy.batch(network, precision);
      Trace trace = network.trace(batch.inputs(), Mode.EVAL);
      Outcome outcome = new SoftmaxCrossEntropy().judge(trace.output(), batch.targets());
      Feedback feedback = rule().attach(network, Seed.of(1));
      long[] labels = batch.targets().argmax().toLongs();
      for (int l = 1; l <= 3; l++) {
        Tensor told = signal(feedback, trace, outcome, l - 1);
        Tensor b = named(feedback.state(), "feedback." + l);
        for (int i = 0; i < labels.length; i++) {
          assertThat(bits(told.rows(i, 1)))
              .isEqualTo(bits(b.rows(labels[i], 1).scaled(-1.0 / labels.length)));
        }
      }
    }
  }

  @Test
  void signalsDoNotDependOnTheWeights() {
    Toy.Batch batch = Toy.batch(Toy.tanhNet(Precision.FP64), Precision.FP64);
    Network one = Toy.tanhNet(Precision.FP64);
    Network two =
        Toy.net(Toy.WIDTHS, new Activation.Tanh(), new Initialiser.Uniform(), Precision.FP64);
    assertThat(bits(one.state())).isNotEqualTo(bits(two.state()));
    for (int i = 0; i < 3; i++) {
      Trace first = one.trace(batch.inputs(), Mode.EVAL);
      Trace second = two.trace(batch.inputs(), Mode.EVAL);
      SoftmaxCrossEntropy softmax = new SoftmaxCrossEntropy();
      assertThat(
              bits(
                  signal(
                      rule().attach(one, Seed.of(1)),
                      first,
                      softmax.judge(first.output(), batch.targets()),
                      i)))
          .isEqualTo(
              bits(
                  signal(
                      rule().attach(two, Seed.of(1)),
                      second,
                      softmax.judge(second.output(), batch.targets()),
                      i)));
    }
  }

  /** The sign: the negative target points where the error does. */
  @Test
  void theNegativeTargetIsAtAnAcuteAngleToTheError() {
    Network network = Toy.tanhNet(Precision.FP64);
    Toy.Batch batch = Toy.batch(network, Precision.FP64);
    Trace trace = network.trace(batch.inputs(), Mode.EVAL);
    Outcome outcome = new SoftmaxCrossEntropy().judge(trace.output(), batch.targets());
    Tensor dots = outcome.error().scaled(16).times(outcome.target().scaled(-1)).sum(1);
    Tensor missing = trace.output().softmax().times(outcome.target()).sum(1).scaled(-1).plus(1);
    requireClose("⟨−t, e^⟩", dots, missing, 1e-12);
    // With B_l := the product of the weights of linear units, the signal has that angle, too.
    Feedback feedback = rule().attach(network, Seed.of(1));
    Tensor b = named(feedback.state(), "feedback.3");
    Tensor told = signal(feedback, trace, outcome, 2);
    requireClose("s = −t B/N", told, outcome.target().matmul(b).scaled(-1.0 / 16), 1e-15);
  }

  @Test
  void realTargetsAreProjectedAsTheyAre() {
    Network network = Toy.tanhNet(Precision.FP64);
    Trace trace = network.trace(Toy.batch(network, Precision.FP64).inputs(), Mode.EVAL);
    Tensor target = Seed.of(9).normal(1, 16, 5).to(Precision.FP64);
    Outcome outcome = new SquaredError().judge(trace.output(), target);
    Feedback feedback = rule().attach(network, Seed.of(1));
    requireClose(
        "signal",
        signal(feedback, trace, outcome, 1),
        target.scaled(-1.0 / 16).matmul(named(feedback.state(), "feedback.2")),
        1e-12);
  }
}
