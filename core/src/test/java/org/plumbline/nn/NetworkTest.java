package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.plumbline.toy.Numbers.bits;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.value.BadInput;

/** How layers become blocks, and what a network says of itself. */
@ExtendWith(InScope.class)
class NetworkTest {
  private static Network of(Shape input, Layer... layers) {
    return Network.of(
        List.of(layers), input, Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
  }

  private static List<String> described(Network network) {
    return network.blocks().stream().map(Block::describe).toList();
  }

  @Test
  void layersWithoutParametersJoinTheBlockBefore() {
    Network network =
        of(
            Shape.of(6),
            new Dense(5),
            new Activation.Tanh(),
            new Dropout(0.1),
            new Dense(4),
            new Activation.Relu(),
            new Dense(3),
            new Dropout(0.2));
    assertThat(described(network))
        .containsExactly(
            "dense 6→5, tanh, dropout 0.1", "dense 5→4, relu", "dense 4→3, dropout 0.2");
    assertThat(network.hidden()).isEqualTo(2);
  }

  @Test
  void leadingLayersWithoutParametersJoinTheBlockAfter() {
    Network network =
        of(Shape.of(2, 3, 1), new Dropout(0.5), new Flatten(), new Dense(4), new Dense(3));
    assertThat(described(network)).containsExactly("dropout 0.5, flatten, dense 6→4", "dense 4→3");
    assertThat(network.blocks()).allMatch(block -> !block.parameters().isEmpty());
  }

  @Test
  void aSequentialIsOneBlock() {
    Network network =
        of(
            Shape.of(6),
            new Sequential(List.of(new Dense(5), new Activation.Tanh(), new Dense(4))),
            new Activation.Tanh(),
            new Dense(3));
    assertThat(described(network)).containsExactly("dense 6→5, tanh, dense 5→4, tanh", "dense 4→3");
  }

  @Test
  void widthsAndShapesAreThoseOfTheTrace() {
    Network network =
        of(Shape.of(1, 2, 3), new Flatten(), new Dense(7), new Activation.Tanh(), new Dense(4));
    Trace trace = network.trace(Tensor.zeros(Precision.FP32, 5, 1, 2, 3), Mode.EVAL);
    for (int i = 0; i < network.blocks().size(); i++) {
      assertThat(trace.steps().get(i).output().shape()).isEqualTo(network.shape(i).withRows(5));
    }
    assertThat(trace.hidden()).hasSize(network.hidden());
    assertThat(network.width(0)).isEqualTo(7);
    assertThat(network.outputs()).isEqualTo(4);
    assertThat(network.widest()).as("of the hidden blocks").isEqualTo(7);
    assertThat(network.size()).isEqualTo(6 * 7 + 7 + 7 * 4 + 4);
  }

  @Test
  void theStateNamesEveryParameterOnce() {
    Network network =
        of(
            Shape.of(6),
            new Sequential(List.of(new Dense(5), new Dense(4), new Dense(4))),
            new Dense(3));
    assertThat(network.state()).hasSize(network.parameters().size());
    assertThat(network.state().keySet())
        .containsExactly(
            "1.weight",
            "1.bias",
            "1.2.weight",
            "1.3.bias",
            "1.4.weight",
            "1.5.bias",
            "2.weight",
            "2.bias");
    assertThat(network.state().values())
        .containsExactlyElementsOf(network.parameters().stream().map(Parameter::value).toList());
  }

  @Test
  void aLayerOfTooManyWeightsIsRefused() {
    assertThatThrownBy(() -> of(Shape.of(64), new Dense(100_000_000)))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("64 inputs and width 100000000 make more");
  }

  @Test
  void anMlpHasOneBlockALayer() {
    List<Layer> layers = Network.mlp(List.of(5L, 4L), 3, new Activation.Tanh(), 0.1, 0.2);
    assertThat(described(of(Shape.of(6), layers.toArray(Layer[]::new))))
        .containsExactly(
            "dropout 0.2, dense 6→5, tanh, dropout 0.1",
            "dense 5→4, tanh, dropout 0.1",
            "dense 4→3");
  }

  @Test
  void addingALayerBehindLeavesTheWeightsBefore() {
    Network two = of(Shape.of(6), new Dense(5), new Dense(4));
    Network three = of(Shape.of(6), new Dense(5), new Dense(4), new Dense(3));
    for (int i = 0; i < 4; i++) {
      assertThat(bits(three.parameters().get(i).value()))
          .isEqualTo(bits(two.parameters().get(i).value()));
    }
  }

  @Test
  void aBlockIsBoundedBehindABoundedActivation() {
    Layer dense = new Dense(4);
    Layer tanh = new Activation.Tanh();
    assertThat(bounded(dense)).isFalse();
    assertThat(bounded(dense, tanh)).isTrue();
    assertThat(bounded(dense, new Activation.Sigmoid(), new Dropout(0.1))).isTrue();
    assertThat(bounded(new Sequential(List.of(dense, tanh)), new Dropout(0.1))).isTrue();
    assertThat(bounded(tanh, dense)).isFalse();
    assertThat(bounded(new Sequential(List.of(dense, tanh, dense)))).isFalse();
    for (Activation open :
        List.of(
            new Activation.Relu(),
            new Activation.LeakyRelu(),
            new Activation.Gelu(),
            new Activation.Softplus(),
            new Activation.Identity())) {
      assertThat(bounded(dense, open)).as(open.describe()).isFalse();
      assertThat(bounded(dense, tanh, open)).as(open.describe()).isTrue();
    }
  }

  /** Of the one block that these layers make. */
  private static boolean bounded(Layer... layers) {
    Network network =
        Network.of(
            List.of(layers), Shape.of(4), Toy.birth(new Initialiser.Uniform(), Precision.FP32, 1));
    assertThat(network.blocks()).hasSize(1);
    return network.blocks().getFirst().bounded();
  }

  @Test
  void everyBlockDrawsItsOwnMask() {
    Network network =
        of(Shape.of(50), new Dense(50), new Dropout(0.5), new Dense(50), new Dropout(0.5));
    for (Parameter p : network.parameters()) {
      p.value().fill(p.name().equals("bias") ? 1 : 0);
    }
    Trace trace = network.trace(Tensor.zeros(Precision.FP32, 4, 50), Mode.train(Seed.of(1)));
    assertThat(bits(trace.steps().get(0).output()))
        .isNotEqualTo(bits(trace.steps().get(1).output()));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> of(Shape.of(6), new Activation.Tanh()))
        .hasMessage(
            "a network needs at least one layer with parameters, but has none; add 'dense'");
    assertThatThrownBy(() -> of(Shape.of(6))).hasMessageContaining("needs at least one layer");
    assertThatThrownBy(() ->
            of(Shape.of(6), new Dense(2)).trace(Tensor.zeros(Precision.FP32, 4, 5), Mode.EVAL))
        .hasMessage("the network takes inputs [batch, …] with rows of [6], but they are [4, 5]");
  }

  @Test
  void theMapOfABlockIsItsImageThoughItIsFlattened() {
    Network network =
        Network.of(
            List.of(
                new Conv2d(4, 3, 1, 1),
                new Activation.Tanh(),
                new Pool2d.Max(),
                new Conv2d(3, 3, 1, 1),
                new Flatten(),
                new Dropout(0.1),
                new Dense(27), // as wide as the map before it
                new Activation.Tanh(),
                new Dense(2)),
            Shape.of(1, 6, 6),
            Toy.birth(new Toy.Normal(), Precision.FP32, 1));
    assertThat(network.map(0)).isEqualTo(Shape.of(4, 3, 3));
    assertThat(network.map(1)).isEqualTo(Shape.of(3, 3, 3));
    assertThat(network.shape(1)).isEqualTo(Shape.of(27));
    assertThat(network.map(2)).isEqualTo(Shape.of(27));
    assertThat(network.map(3)).isEqualTo(Shape.of(2));
    Network flat =
        Network.of(
            List.of(new Flatten(), new Dense(36), new Dense(2)),
            Shape.of(1, 6, 6),
            Toy.birth(new Toy.Normal(), Precision.FP32, 1));
    assertThat(flat.map(0)).isEqualTo(Shape.of(36));
  }

  @Test
  void aFrozenBlockThatFlattensLeavesItsMapToTheOneItJoins() {
    Network network =
        Network.of(
            List.of(new Conv2d(4, 3, 1, 1), new Conv2d(3, 3, 1, 1), new Flatten(), new Dense(2)),
            Shape.of(1, 6, 6),
            Toy.birth(new Toy.Normal(), Precision.FP32, 1),
            Set.of(2));
    assertThat(network.hidden()).isEqualTo(1);
    assertThat(network.map(0)).isEqualTo(Shape.of(3, 6, 6));
  }
}
