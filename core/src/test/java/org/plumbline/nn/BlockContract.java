package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.differences;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;

/** What holds for every block. A layer's test inherits it and names the layer. */
@ExtendWith(InScope.class)
public abstract class BlockContract {
  private static final int ROWS = 4;
  private static final double BY_DIFFERENCES = 1e-7;

  /** The layer. */
  protected abstract Layer layer();

  /** The shape of one row of its input. */
  protected Shape input() {
    return Shape.of(6);
  }

  /** Whether a training pass draws. */
  protected boolean draws() {
    return false;
  }

  /** Whether a signal comes back by one way only, through every weight. */
  protected boolean isOneWay() {
    return true;
  }

  /** Whether the parameters begin with those of the first weights. */
  protected boolean startsWithItsWeights() {
    return true;
  }

  private final Mode train = Mode.train(Seed.of(4));

  final Block block() {
    return layer().attach(input(), Toy.birth(new Toy.Normal(), Precision.FP64, 3));
  }

  /** What is shown, {@code [4, in…]}. */
  protected Tensor rows() {
    return Toy.inputs(Precision.FP64, Seed.of(5), ROWS, input());
  }

  private static Tensor signalFor(Step step) {
    return Seed.of(6).normal(1, step.output().shape().toArray()).to(Precision.FP64);
  }

  @Test
  void theOutputHasTheDeclaredShape() {
    assertThat(block().step(rows(), train).output().shape())
        .isEqualTo(layer().output(input()).withRows(layer().rows(ROWS, input())));
  }

  @Test
  void aStepRemembersItsInputAndLeavesItAlone() {
    Tensor x = rows();
    List<Long> before = bits(x);
    Step step = block().step(x, train);
    step.gradients(signalFor(step));
    step.carry(signalFor(step), Parameter::value);
    assertThat(bits(step.input())).isEqualTo(before);
    assertThat(bits(x)).isEqualTo(before);
  }

  @Test
  void thereIsOneGradientAParameterInTheirOrder() {
    Block block = block();
    Step step = block.step(rows(), train);
    Gradients gradients = step.gradients(signalFor(step));
    assertThat(gradients.entries().stream().map(Gradients.Entry::parameter))
        .isEqualTo(block.parameters());
    for (Gradients.Entry entry : gradients.entries()) {
      assertThat(entry.gradient().value().shape()).isEqualTo(entry.parameter().value().shape());
    }
  }

  @Test
  void gradientsByParametersAreThoseOfDifferences() {
    Block block = block();
    Tensor x = rows();
    Step step = block.step(x, train);
    Tensor signal = signalFor(step);
    for (Gradients.Entry entry : step.gradients(signal).entries()) {
      Tensor expected =
          differences(
              entry.parameter().value(), () -> block.step(x, train).output().dot(signal).item());
      requireClose(
          "gradient by a " + entry.parameter().name(),
          entry.gradient().value(),
          expected,
          BY_DIFFERENCES);
    }
  }

  @Test
  void theCarriedSignalIsThatOfDifferences() {
    Block block = block();
    Tensor x = rows();
    Step step = block.step(x.copied(), train);
    Tensor signal = signalFor(step);
    Tensor expected = differences(x, () -> block.step(x, train).output().dot(signal).item());
    requireClose("carried", step.carry(signal, Parameter::value), expected, BY_DIFFERENCES);
  }

  /** ⟨signal, tangent(t)⟩ = ⟨carried signal, t⟩: the derivative and its transpose. */
  @Test
  void theTangentIsTheTransposeOfCarrying() {
    Step step = block().step(rows(), train);
    Tensor signal = signalFor(step);
    Tensor t = Seed.of(7).normal(1, step.input().shape().toArray()).to(Precision.FP64);
    Tensor tangent = step.tangent(t);
    assertThat(tangent.shape()).isEqualTo(step.output().shape());
    double expected = step.carry(signal, Parameter::value).dot(t).item();
    assertThat(tangent.dot(signal).item())
        .isCloseTo(expected, within(1e-12 * Math.max(1, Math.abs(expected))));
  }

  /**
   * ⟨local(signal), localTangent(t)⟩ = ⟨signal, tangent(t)⟩: the same derivative, cut elsewhere.
   */
  @Test
  void theTangentOfTheFirstWeightsEndsWhereTheLocalSignalBegins() {
    if (!isOneWay()) {
      return;
    }
    Step step = block().step(rows(), train);
    Tensor signal = signalFor(step);
    Tensor t = Seed.of(7).normal(1, step.input().shape().toArray()).to(Precision.FP64);
    Tensor first = step.localTangent(t);
    Tensor local = step.local(signal);
    assertThat(first.shape()).isEqualTo(local.shape());
    double expected = step.tangent(t).dot(signal).item();
    assertThat(first.dot(local).item())
        .isCloseTo(expected, within(1e-12 * Math.max(1, Math.abs(expected))));
  }

  @Test
  void theGradientsOfTheFirstWeightsComeFromTheLocalSignal() {
    Step step = block().step(rows(), train);
    Tensor signal = signalFor(step);
    Gradients first = step.localGradients(step.local(signal));
    Gradients all = step.gradients(signal);
    if (!startsWithItsWeights()) {
      return;
    }
    int size = first.entries().size();
    assertThat(size).isEqualTo(Math.min(size, all.entries().size()));
    for (int i = 0; i < size; i++) {
      Gradients.Entry entry = first.entries().get(i);
      assertThat(entry.parameter()).isEqualTo(all.entries().get(i).parameter());
      requireClose(
          "gradient " + i,
          entry.gradient().value(),
          all.entries().get(i).gradient().value(),
          1e-14);
    }
  }

  @Test
  void theCarriedSignalIsLinearInEveryMatrixPutInPlaceOfAWeight() {
    Step step = block().step(rows(), train);
    Tensor signal = signalFor(step);
    List<Parameter> asked = new ArrayList<>();
    Tensor doubled =
        step.carry(
            signal,
            p -> {
              asked.add(p);
              return p.value().scaled(2);
            });
    assertThat(new HashSet<>(asked)).as("every weight once").hasSameSizeAs(asked);
    assertThat(asked).allMatch(p -> p.name().equals("weight"));
    if (!isOneWay()) {
      return;
    }
    requireClose(
        "carried through doubled matrices",
        doubled,
        step.carry(signal, Parameter::value).scaled(Math.pow(2, asked.size())),
        1e-14);
  }

  @Test
  void evaluatingIsDeterministic() {
    Block block = block();
    assertThat(bits(block.step(rows(), Mode.EVAL).output()))
        .isEqualTo(bits(block.step(rows(), Mode.EVAL).output()));
  }

  @Test
  void trainingRepeatsWithItsSeed() {
    Block block = block();
    Tensor output = block.step(rows(), train).output();
    assertThat(bits(block.step(rows(), train).output())).isEqualTo(bits(output));
    if (draws()) {
      assertThat(bits(block.step(rows(), Mode.train(Seed.of(5))).output()))
          .isNotEqualTo(bits(output));
    }
  }

  @Test
  void attachingRepeatsWithItsSeed() {
    List<List<Long>> once = block().parameters().stream().map(p -> bits(p.value())).toList();
    assertThat(block().parameters().stream().map(p -> bits(p.value()))).isEqualTo(once);
  }

  @Test
  void describesItselfInALine() {
    assertThat(block().describe()).isNotBlank().doesNotContain("\n", "Live", "[", "@");
  }
}
