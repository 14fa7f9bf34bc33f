package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.named;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Optimizers;
import org.plumbline.optim.Sgd;
import org.plumbline.optim.Stepper;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.tensor.WorkingCopy;
import org.plumbline.toy.Toy;

/** Products in BF16, everything else in FP32. */
@ExtendWith(InScope.class)
class HalfTest {
  private static final double ROUNDING = 1.0 / 256; // of one BF16 number

  /** A layer, the rows it is shown, and whether it has a BatchNorm, which follows the data. */
  record Case(List<Layer> layers, Shape input) {
    Network network(Precision precision) {
      return Network.of(layers, input, Toy.birth(new Toy.Normal(), precision, 7));
    }

    @Override
    public String toString() {
      return layers.toString();
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case(List.of(new Dense(256)), Shape.of(300)),
        new Case(List.of(new Dense(300, Dense.Bias.WITHOUT)), Shape.of(256)),
        new Case(List.of(new MaskedDense(300, 0.5)), Shape.of(256)),
        new Case(List.of(new Conv2d(96, 3, 1, 1)), Shape.of(80, 6, 5)),
        new Case(List.of(new Conv2d(96, 3, 2, 1, 1, Dense.Bias.WITHOUT)), Shape.of(80, 6, 5)),
        new Case(List.of(new Conv2d(256, 3, 1, 1, 2, Dense.Bias.WITH)), Shape.of(64, 4, 4)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputGradientAndCarryAreThoseOfFp32WithinRounding(Case c) {
    Network half = c.network(Precision.BF16);
    Network full = c.network(Precision.FP32);
    Parameter weight = half.parameters().getFirst();
    assertThat(weight.copy()).isPresent();
    assertThat(full.parameters().getFirst().copy()).isEmpty();
    assertThat(bits(half.state())).isEqualTo(bits(full.state()));

    Tensor input = Toy.inputs(Precision.FP32, Seed.of(1), 7, c.input());
    Step a = half.blocks().getFirst().step(input, Mode.EVAL);
    Step b = full.blocks().getFirst().step(input, Mode.EVAL);
    near("output", a.output(), b.output());

    Tensor signal = Seed.of(2).normal(1, b.output().shape().toArray());
    near("carried", a.carry(signal, Parameter::value), b.carry(signal, Parameter::value));
    Tensor other = Seed.of(3).normal(1, weight.value().shape().toArray());
    near("by another weight", a.carry(signal, _ -> other), b.carry(signal, _ -> other));

    // as rules and probes see it: nothing is rounded; as the optimizer uses it: in BF16
    Gradients ofHalf = a.gradients(signal);
    Gradients ofFull = b.gradients(signal);
    for (int i = 0; i < ofFull.entries().size(); i++) {
      Tensor exact = ofFull.entries().get(i).gradient().value();
      requireClose("seen", ofHalf.entries().get(i).gradient().value(), exact, 1e-6);
      assertThat(ofHalf.entries().get(i).gradient().value().precision()).isEqualTo(Precision.FP32);
    }
    Tensor before = weight.value().copied();
    new Sgd(1).attach(half.parameters()).step(ofHalf, 1);
    near("used", before.minus(weight.value()), ofFull.entries().getFirst().gradient().value());
  }

  private static void near(String what, Tensor half, Tensor full) {
    assertThat(half.precision()).as(what).isEqualTo(Precision.FP32);
    requireClose(what, half, full, 1.5 * ROUNDING);
    assertThat(bits(half)).as(what + " is of BF16").isNotEqualTo(bits(full));
  }

  static List<String> optimizers() {
    return List.of(
        "sgd:lr=0.01", "sgd:lr=0.01,momentum=0.9", "rmsprop:lr=0.001", "adam:lr=0.001", "adamw");
  }

  /** After every step, fused or not, and after a restore. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void theCopyIsAlwaysTheRoundedWeight(String text) {
    Optimizer optimizer = Optimizers.ALL.parse(text);
    for (Case c : cases()) {
      Network network = c.network(Precision.BF16);
      Stepper stepper = optimizer.attach(network.parameters());
      Tensor first = fresh(network).copied();
      for (int i = 0; i < 3; i++) {
        Tensor input = Toy.inputs(Precision.FP32, Seed.of(1).child(i), 7, c.input());
        Step step = network.blocks().getFirst().step(input, Mode.EVAL);
        Tensor signal = Seed.of(2).child(i).normal(1, step.output().shape().toArray());
        stepper.step(step.gradients(signal), 1);
        fresh(network);
      }
      assertThat(bits(fresh(network))).isNotEqualTo(bits(first));
      Map<String, Tensor> saved = c.network(Precision.FP32).state();
      network.state().forEach((name, tensor) -> tensor.copyFrom(named(saved, name)));
      assertThat(bits(fresh(network))).isEqualTo(bits(first));
    }
  }

  /** The copy of the first weight, required to be fresh. */
  private static Tensor fresh(Network network) {
    Parameter weight = network.parameters().getFirst();
    Tensor copy = weight.copy().orElseThrow().current();
    assertThat(bits(copy)).isEqualTo(bits(weight.value().to(Precision.BF16)));
    return copy;
  }

  /** What the libtorch form of a step does with a working copy. */
  @Test
  void aStepThatIsNotFusedRefreshesTheCopyToo() {
    Tensor columns = Seed.of(1).normal(1, 300, 512).columns(0, 256); // not contiguous
    Parameter weight = new Parameter("weight", columns, Optional.of(WorkingCopy.of(columns)));
    for (String text : optimizers()) {
      Stepper stepper = Optimizers.ALL.parse(text).attach(List.of(weight));
      Tensor before = columns.copied();
      Gradient g =
          new Gradient.Factored(Seed.of(2).normal(1, 7, 300), Seed.of(3).normal(1, 7, 256));
      stepper.step(new Gradients(List.of(new Gradients.Entry(weight, g))), 1);
      assertThat(bits(columns)).isNotEqualTo(bits(before));
      assertThat(bits(weight.copy().orElseThrow().current()))
          .isEqualTo(bits(columns.to(Precision.BF16)));
    }
  }

  @Test
  void smallLayersStayInFp32() {
    Case small = new Case(List.of(new Dense(10)), Shape.of(2048));
    assertThat(small.network(Precision.BF16).parameters())
        .allMatch(p -> p.copy().isEmpty() && p.value().precision() == Precision.FP32);
  }
}
