package org.plumbline.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.tensor.InScope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

@ExtendWith(InScope.class)
class ArchitectureTest {
  private static final Shape CIFAR = Shape.of(3, 32, 32);
  private static final Shape MNIST = Shape.of(1, 28, 28);

  private static Network network(String arch, Shape input) {
    return Network.of(
        Architecture.ALL.parse(arch).layers(input, 10), input, Layer.Birth.of(Seed.of(1)));
  }

  /** Blocks and parameters by hand from the papers' tables. */
  @ParameterizedTest
  @CsvSource({
    "lenet, 4, 62006", // LeCun's 61,706 has one input channel and is padded
    "launay-cnn, 4, 231306",
    "nokland-conv, 5, 10071562",
    "dkp-cnn, 3, 814442",
    "dkp-cnn:feedback=before-pool, 3, 814442",
    "vgg8b, 7, 8900234",
    "resnet20, 10, 269722"
  })
  void hasTheBlocksAndParametersOfItsPaper(String arch, int hidden, long parameters) {
    Network network = network(arch, CIFAR);
    assertThat(network.hidden()).isEqualTo(hidden);
    assertThat(network.size()).isEqualTo(parameters);
    assertThat(network.outputs()).isEqualTo(10);
  }

  @Test
  void lenetPadsSmallImages() {
    assertThat(network("lenet", MNIST).size()).isEqualTo(61_706);
  }

  @Test
  void signalsEnterBehindThePool() {
    Network launay = network("launay-cnn", CIFAR);
    assertThat(launay.shape(0)).isEqualTo(Shape.of(32, 15, 15));
    assertThat(launay.shape(2)).isEqualTo(Shape.of(576));
    assertThat(network("dkp-cnn", CIFAR).shape(1)).isEqualTo(Shape.of(6272));
    assertThat(network("dkp-cnn:feedback=before-pool", CIFAR).shape(1))
        .isEqualTo(Shape.of(32, 28, 28));
    Network resnet = network("resnet20", CIFAR);
    assertThat(resnet.shape(3)).isEqualTo(Shape.of(16, 32, 32));
    assertThat(resnet.shape(4)).isEqualTo(Shape.of(32, 16, 16));
    assertThat(resnet.shape(9)).isEqualTo(Shape.of(64));
  }

  @Test
  void vggLeavesOutPoolsThatImagesAreTooSmallFor() {
    assertThat(network("vgg8b:width=0.05", Shape.of(1, 8, 8)).hidden()).isEqualTo(7);
    assertThat(network("vgg8b:width=0.05", MNIST).hidden()).isEqualTo(7);
  }

  @Test
  void refusesRowsOfNumbers() {
    for (String name : Architecture.ALL.names()) {
      if (name.startsWith("transformer")) {
        continue; // takes just these, and refuses images: below
      }
      assertThatThrownBy(() -> Architecture.ALL.parse(name).layers(Shape.of(64), 10))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining(name)
          .hasMessageContaining("[64]")
          .hasMessageContaining("--arch mlp");
    }
  }

  @Test
  void theTransformerRefusesImagesAndHeadsThatDoNotDivide() {
    assertThatThrownBy(() -> new Architecture.TransformerSmall().layers(MNIST, 10))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("takes text")
        .hasMessageContaining("[1, 28, 28]");
    assertThatThrownBy(() -> Architecture.ALL.parse("transformer-small:width=30"))
        .isInstanceOf(BadInput.class)
        .hasMessageContaining("heads must divide the width 30 of transformer-small, but are 4");
  }

  @Test
  void refusesAnUnknownActivationWithTheNearestName() {
    assertThatThrownBy(() -> Architecture.ALL.parse("lenet:activation=tahn"))
        .hasMessageContaining("did you mean 'tanh'");
  }
}
