package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;
import static org.plumbline.toy.Numbers.requireClose;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;

/** Blocks made of layers, and blocks that are left as they are. */
@ExtendWith(InScope.class)
class CompositesTest {
  private static final Conv2d SAME = new Conv2d(4, 3, 1, 1, 1, Dense.Bias.WITHOUT);

  abstract static class OnImages extends BlockContract {
    @Override
    protected Shape input() {
      return Shape.of(4, 6, 6);
    }
  }

  @Nested
  class AroundTheInput extends OnImages {
    @Override
    protected Layer layer() {
      return new Residual(
          List.of(SAME, new BatchNorm(), new Activation.Tanh(), SAME, new BatchNorm()));
    }

    @Override
    protected boolean isOneWay() {
      return false;
    }

    @Test
    void whatIsCarriedThroughTheBodyIsAddedToTheSignal() {
      Step step = block().step(rows(), Mode.EVAL);
      Tensor signal = Seed.of(6).normal(1, step.output().shape().toArray()).to(Precision.FP64);
      Tensor nothing = step.carry(signal, w -> w.value().zerosLike());
      requireClose("around", nothing, signal, 1e-15);
    }

    @Test
    void refusesABodyThatEndsOtherwiseThanTheShortcut() {
      assertThatThrownBy(
              () -> new Residual(List.of(new Conv2d(8, 3, 2, 1))).output(Shape.of(4, 6, 6)))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("[8, 3, 3] and [4, 6, 6]");
      assertThatThrownBy(() -> new Residual(List.of())).hasMessageContaining("at least one layer");
    }
  }

  @Nested
  class AroundAProjection extends OnImages {
    @Override
    protected Layer layer() {
      return new Residual(
          List.of(new Conv2d(6, 3, 2, 1), new GroupNorm()),
          List.of(new Conv2d(6, 1, 2, 0, 1, Dense.Bias.WITHOUT), new BatchNorm()));
    }

    @Override
    protected boolean isOneWay() {
      return false;
    }

    @Test
    void runningStatisticsOfBothWaysHaveNames() {
      assertThat(block().buffers()).extracting(Parameter::name).containsExactly("mean", "variance");
    }
  }

  /** Only the shortcut has a weight: that is where "just behind the first weights" is. */
  @Nested
  class AroundAProjectionOnly extends OnImages {
    @Override
    protected Layer layer() {
      return new Residual(
          List.of(new Activation.Tanh(), new Pool2d.Average(2, 2, 0)),
          List.of(new Conv2d(4, 2, 2, 0)));
    }

    @Override
    protected boolean isOneWay() {
      return false;
    }
  }

  /** A normalisation before the weight learns, but is not "the first weights". */
  @Nested
  class NormalisedBefore extends BlockContract {
    @Override
    protected Layer layer() {
      return new Sequential(List.of(new LayerNorm(), new Dense(5), new Activation.Tanh()));
    }

    @Override
    protected boolean startsWithItsWeights() {
      return false;
    }

    @Test
    void theLocalSignalIsBehindTheWeight() {
      Step step = block().step(rows(), Mode.EVAL);
      assertThat(step.local(step.output()).shape()).isEqualTo(step.output().shape());
      assertThat(step.localGradients(step.output()).entries())
          .extracting(e -> e.parameter().name())
          .containsExactly("weight", "bias");
      assertThat(step.gradients(step.output()).entries()).hasSize(4);
    }
  }

  @Nested
  class AroundWithoutWeights extends OnImages {
    @Override
    protected Layer layer() {
      return new Residual(
          List.of(new Conv2d(7, 3, 2, 1)), List.of(new Pool2d.Average(1, 2, 0), new Widen(7)));
    }

    @Override
    protected boolean isOneWay() {
      return false;
    }
  }

  @Nested
  class Widened extends OnImages {
    @Override
    protected Layer layer() {
      return new Widen(7);
    }

    @Test
    void theChannelsAreInTheMiddleOfZeros() {
      Tensor x = Tensor.of(new double[] {3, 4}, 1, 2, 1, 1);
      Step step = new Widen(5).attach(Shape.of(2, 1, 1), birth()).step(x, Mode.EVAL);
      assertThat(step.output().toDoubles()).containsExactly(0, 3, 4, 0, 0);
    }

    @Test
    void refusesToNarrow() {
      assertThatThrownBy(() -> new Widen(3).output(Shape.of(4, 2, 2)))
          .hasMessageContaining("at most 3 channels");
    }
  }

  @Nested
  class Global extends OnImages {
    @Override
    protected Layer layer() {
      return new GlobalPool();
    }

    @Test
    void isTheMeanOfEachChannel() {
      Tensor x = Tensor.of(new double[] {1, 2, 3, 6, 0, 0, 0, 2}, 1, 2, 2, 2);
      assertThat(new GlobalPool().step(x, Mode.EVAL).output().toDoubles()).containsExactly(3, 0.5);
    }
  }

  @Nested
  class LayerNormOfImages extends OnImages {
    @Override
    protected Layer layer() {
      return new LayerNorm();
    }
  }

  @Nested
  class LayerNormOfRows extends BlockContract {
    @Override
    protected Layer layer() {
      return new LayerNorm();
    }
  }

  private static Layer.Birth birth() {
    return Toy.birth(new Toy.Normal(), Precision.FP64, 3);
  }

  private static final List<Layer> FOUR =
      List.of(
          new Conv2d(4, 3, 1, 1),
          new BatchNorm(),
          new Activation.Tanh(),
          new Conv2d(5, 3, 1, 1),
          new Activation.Tanh(),
          new Flatten(),
          new Dense(6),
          new Activation.Tanh(),
          new Dense(3));

  private static Network network(Integer... frozen) {
    return Network.of(FOUR, Shape.of(2, 4, 4), birth(), Set.of(frozen));
  }

  @Test
  void frozenBlocksJoinTheBlockBeforeOrTheFirst() {
    assertThat(network().blocks()).hasSize(4);
    assertThat(network(1, 2).blocks()).hasSize(2);
    assertThat(network(1, 2).shape(0)).isEqualTo(Shape.of(6));
    assertThat(network(2).blocks()).hasSize(3);
    assertThat(network(2).shape(0)).isEqualTo(Shape.of(80));
    assertThat(network(4).blocks()).hasSize(3);
    assertThat(network(4).outputs()).isEqualTo(3);
  }

  @Test
  void freezingNamesAndComputesTheSame() {
    Network whole = network();
    Network frozen = network(1, 2);
    assertThat(frozen.state().keySet()).isEqualTo(whole.state().keySet());
    Tensor x = Toy.inputs(Precision.FP64, Seed.of(5), 6, Shape.of(2, 4, 4));
    assertThat(bits(frozen.trace(x, Mode.EVAL).output()))
        .isEqualTo(bits(whole.trace(x, Mode.EVAL).output()));
    assertThat(frozen.parameters()).hasSize(4).allMatch(p -> p.value().shape().rank() <= 2);
  }

  @Test
  void aFrozenBlockRunsAsInEvaluationAndItsStatisticsStay() {
    Network frozen = network(1);
    Tensor x = Toy.inputs(Precision.FP64, Seed.of(5), 6, Shape.of(2, 4, 4));
    Trace trace = frozen.trace(x, Mode.train(Seed.of(4)));
    assertThat(bits(trace.output())).isEqualTo(bits(frozen.trace(x, Mode.EVAL).output()));
    List<Long> before = bits(statistics(frozen));
    trace.steps().forEach(Step::settle);
    assertThat(bits(statistics(frozen))).isEqualTo(before);
    Network free = network();
    free.trace(x, Mode.train(Seed.of(4))).steps().forEach(Step::settle);
    assertThat(bits(statistics(free))).isNotEqualTo(before);
  }

  private static Tensor statistics(Network network) {
    return Objects.requireNonNull(network.state().get("1.mean"));
  }

  @Test
  void aSignalIsCarriedThroughFrozenWeightsExactlyWhateverStandsForOthers() {
    Network frozen = network(3);
    Tensor x = Toy.inputs(Precision.FP64, Seed.of(5), 6, Shape.of(2, 4, 4));
    Step step = frozen.trace(x, Mode.EVAL).steps().get(1); // block 2 with block 3 behind it
    Tensor signal = Seed.of(6).normal(1, 6, 6).to(Precision.FP64);
    List<Parameter> asked = new ArrayList<>();
    step.carry(
        signal,
        w -> {
          asked.add(w);
          return w.value();
        });
    assertThat(asked).hasSize(1).allMatch(w -> w.value().shape().rank() == 4);
  }

  @Test
  void theTwinOfANetworkHasItsFrozenWeights() {
    Network frozen = network(2);
    Network twin = frozen.twin(Seed.of(9));
    assertThat(bits(tensor(twin, "2.weight"))).isEqualTo(bits(tensor(frozen, "2.weight")));
    assertThat(bits(tensor(twin, "1.weight"))).isNotEqualTo(bits(tensor(frozen, "1.weight")));
  }

  private static Tensor tensor(Network network, String name) {
    return Objects.requireNonNull(network.state().get(name));
  }

  /** One block a stage: three residual blocks of two normalisations each. */
  @Test
  void everyRunningStatisticHasANameOfItsOwn() {
    Residual residual = new Residual(List.of(SAME, new BatchNorm(), SAME, new BatchNorm()));
    Residual nested = new Residual(List.of(residual), List.of(SAME, new BatchNorm()));
    Layer stage =
        new Sequential(
            List.of(residual, new Activation.Relu(), residual, new Activation.Relu(), nested));
    Network network =
        Network.of(
            List.of(stage, new Flatten(), new Dense(3)), Shape.of(4, 4, 4), birth(), Set.of());
    Set<Tensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());
    tensors.addAll(network.state().values());
    // 7 kernels, 7 normalisations of 4 tensors, a dense layer of 2
    assertThat(tensors).hasSize(7 + 7 * 4 + 2);
    assertThat(network.state()).hasSize(7 + 7 * 4 + 2);
  }

  @Test
  void refusesBlocksThatAreNotThereAndToFreezeAll() {
    assertThatThrownBy(() -> network(5))
        .hasMessageContaining("block 5")
        .hasMessageContaining("1 to 4");
    assertThatThrownBy(() -> network(1, 2, 3, 4)).hasMessageContaining("nothing to train");
  }
}
