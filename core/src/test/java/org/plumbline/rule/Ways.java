package org.plumbline.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.plumbline.toy.Numbers.named;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.plumbline.nn.Activation;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.GroupNorm;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Pool2d;
import org.plumbline.nn.Residual;
import org.plumbline.nn.Sequential;
import org.plumbline.optim.Updates;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.toy.Toy;
import org.plumbline.toy.Training;

/** What the tests of the layered family share. */
final class Ways {
  private Ways() {}

  /** The angle between two tensors as vectors, in degrees. */
  static double angle(Tensor a, Tensor b) {
    Tensor x = a.to(Precision.FP64).reshaped(-1);
    Tensor y = b.to(Precision.FP64).reshaped(-1);
    double cosine = x.dot(y).item() / x.norm().item() / y.norm().item();
    return Math.toDegrees(Math.acos(Math.min(1, cosine)));
  }

  /** The weights of blocks 2 … L. */
  static List<Tensor> weights(Network network) {
    List<Tensor> weights = new ArrayList<>();
    for (int l = 2; l <= network.blocks().size(); l++) {
      weights.add(named(network.state(), l + ".weight"));
    }
    return weights;
  }

  /** The angles of the feedback with the weights, l = 2 … L. */
  static List<Double> angles(Training training) {
    List<Tensor> weights = weights(training.network());
    List<Tensor> ways = training.feedback().paths().matrices();
    List<Double> angles = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      angles.add(angle(ways.get(i), weights.get(i)));
    }
    return angles;
  }

  /** W_l = V_l in signs, or zero, for every element of blocks 2 … L. */
  static void requireTheSignsOfTheWeights(Training training) {
    List<Tensor> weights = weights(training.network());
    List<Tensor> ways = training.feedback().paths().matrices();
    assertThat(ways).hasSameSizeAs(weights);
    for (int i = 0; i < weights.size(); i++) {
      double[] products = ways.get(i).times(weights.get(i)).toDoubles();
      assertThat(Arrays.stream(products).min().orElseThrow()).isGreaterThanOrEqualTo(0);
      assertThat(Arrays.stream(products).max().orElseThrow()).isPositive();
    }
  }

  /** Lets the feedback do what it does behind a step in which nothing else moved. */
  static void behindAStep(Training training) {
    behindSteps(training, 1);
  }

  /** The same behind several steps. */
  static void behindSteps(Training training, int steps) {
    var told = training.tell(Toy.batch(training.network(), precision(training.network())), 0);
    for (int i = 0; i < steps; i++) {
      training
          .feedback()
          .afterStep(told.trace(), told.outcome(), new Updates(Gradients.NONE, 0, 0));
    }
  }

  /** Blocks of two weights, FP64: 12, 9 and 8, 7 and 6, 5. */
  static Network composite() {
    return Network.of(
        List.of(
            new Sequential(List.of(new Dense(9), new Activation.Tanh(), new Dense(8))),
            new Sequential(
                List.of(
                    new Dense(7, Dense.Bias.WITHOUT),
                    new Activation.Tanh(),
                    new Dense(6),
                    new Activation.Tanh())),
            new Dense(5)),
        Shape.of(12),
        Toy.birth(new Toy.Normal(), Precision.FP64, 3));
  }

  /** A block of two convolutions, one strided, with a norm between, FP64. */
  static Network compositeOfImages() {
    return Network.of(
        List.of(
            new Conv2d(4, 3, 1, 1),
            new Activation.Tanh(),
            new Sequential(
                List.of(
                    new Conv2d(5, 3, 2, 1),
                    new GroupNorm(),
                    new Activation.Tanh(),
                    new Conv2d(4, 2, 1, 0, 1, Dense.Bias.WITHOUT),
                    new Activation.Tanh())),
            new Flatten(),
            new Dense(5)),
        Toy.IMAGE,
        Toy.birth(new Toy.Normal(), Precision.FP64, 4));
  }

  /** Residual blocks, around the second of which goes a convolution, FP64. */
  static Network residual() {
    return Network.of(
        List.of(
            new Conv2d(4, 3, 1, 1),
            new Activation.Tanh(),
            new Residual(
                List.of(
                    new Conv2d(4, 3, 1, 1, 1, Dense.Bias.WITHOUT),
                    new BatchNorm(),
                    new Activation.Tanh(),
                    new Conv2d(4, 3, 1, 1, 1, Dense.Bias.WITHOUT),
                    new BatchNorm())),
            new Activation.Tanh(),
            new Residual(
                List.of(new Conv2d(6, 3, 2, 1), new GroupNorm()),
                List.of(new Conv2d(6, 1, 2, 0, 1, Dense.Bias.WITHOUT))),
            new Activation.Tanh(),
            new Flatten(),
            new Dense(5)),
        Toy.IMAGE,
        Toy.birth(new Toy.Normal(), Precision.FP64, 6));
  }

  /** A depthwise convolution and one of 1 by 1, each a block, FP64. */
  static Network depthwise() {
    return Network.of(
        List.of(
            new Conv2d(4, 3, 1, 1),
            new Activation.Tanh(),
            new Conv2d(8, 3, 1, 1, 4, Dense.Bias.WITH),
            new Activation.Tanh(),
            new Pool2d.Average(),
            new Conv2d(6, 1, 1, 0),
            new Activation.Tanh(),
            new Flatten(),
            new Dense(5)),
        Toy.IMAGE,
        Toy.birth(new Toy.Normal(), Precision.FP64, 5));
  }

  /** Nets of dense layers and of images, with one weight a block and with several, FP64. */
  static List<Network> nets() {
    return List.of(
        Toy.tanhNet(Precision.FP64),
        composite(),
        Toy.convNet(Precision.FP64),
        compositeOfImages(),
        residual());
  }

  /** The same, and one with a convolution in groups. */
  static List<Network> allNets() {
    List<Network> nets = new ArrayList<>(nets());
    nets.add(depthwise());
    return nets;
  }

  /** A net of linear units without biases, FP64. */
  static Network linear(Long... widths) {
    return Network.of(
        Toy.layers(List.of(widths), new Activation.Identity(), Dense.Bias.WITHOUT),
        Shape.of(widths[0]),
        Toy.birth(new Toy.Normal(), Precision.FP64, 7));
  }

  private static Precision precision(Network network) {
    return network.parameters().stream()
        .map(Parameter::value)
        .findFirst()
        .orElseThrow()
        .precision();
  }
}
