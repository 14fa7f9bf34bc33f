package org.plumbline.toy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Affine;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.GroupNorm;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Network;
import org.plumbline.nn.Pool2d;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

/** The small networks and batches of the tests; everything is a function of a seed. */
public final class Toy {
  /** Widths of the identities' net, from the input to the output. */
  public static final List<Long> WIDTHS = List.of(12L, 9L, 8L, 7L, 5L);

  /** Rows of the identities' batch, N. */
  public static final int ROWS = 16;

  private Toy() {}

  /** N(0, 1/fan_in) for weights, N(0, 1/4) for biases. */
  public record Normal() implements Initialiser {
    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return seed.normal(1 / Math.sqrt((double) in), out, in);
    }

    @Override
    public Tensor bias(Seed seed, long out, long in) {
      return seed.normal(0.5, out);
    }
  }

  /** What layers need to become live. */
  public static Layer.Birth birth(Initialiser initialiser, Precision precision, long seed) {
    return new Layer.Birth(initialiser, Seed.of(seed), precision, Device.CPU);
  }

  /** The layers dense, activation, …, dense of these widths, the first being the input's. */
  public static List<Layer> layers(List<Long> widths, Activation activation, Dense.Bias bias) {
    List<Layer> layers = new ArrayList<>();
    for (long width : widths.subList(1, widths.size())) {
      layers.add(new Dense(width, bias));
      layers.add(activation);
    }
    layers.removeLast();
    return layers;
  }

  /** The tanh net 12-9-8-7-5 with normal weights. */
  public static Network tanhNet(Precision precision) {
    return net(WIDTHS, new Activation.Tanh(), new Normal(), precision);
  }

  /** A tanh net of these widths, the first being the input's, with frozen blocks. */
  public static Network frozen(List<Long> widths, Precision precision, Integer... blocks) {
    return Network.of(
        layers(widths, new Activation.Tanh(), Dense.Bias.WITH),
        Shape.of(widths.getFirst()),
        birth(new Normal(), precision, 7),
        Set.of(blocks));
  }

  /** Rows of {@link #convNet}: images of two channels. */
  public static final Shape IMAGE = Shape.of(2, 8, 8);

  /**
   * Layers for images of an even size: a convolution with a norm over the batch and a pool, one
   * with a norm over channels, and a dense output. All tests of nets of images stand on these.
   */
  public static List<Layer> convolutions(Activation activation, long outputs) {
    return List.of(
        new Conv2d(4, 3, 1, 1, 1, Dense.Bias.WITHOUT), // whose gradient would be zero
        new BatchNorm(),
        activation,
        new Pool2d.Max(),
        new Conv2d(6, 3, 1, 1),
        new GroupNorm(2, 1e-5, Affine.WITH),
        activation,
        new Flatten(),
        new Dense(outputs));
  }

  /** The tanh net of {@link #convolutions} with normal weights: three blocks, five outputs. */
  public static Network convNet(Precision precision) {
    return Network.of(
        convolutions(new Activation.Tanh(), 5), IMAGE, birth(new Normal(), precision, 7));
  }

  /** A net with biases of these widths, the first being the input's. */
  public static Network net(
      List<Long> widths, Activation activation, Initialiser initialiser, Precision precision) {
    return Network.of(
        layers(widths, activation, Dense.Bias.WITH),
        Shape.of(widths.getFirst()),
        birth(initialiser, precision, 7));
  }

  /** Inputs from N(0, 1), {@code [rows, axes…]}. */
  public static Tensor inputs(Precision precision, Seed seed, long rows, Shape row) {
    return seed.normal(1, row.withRows(rows).toArray()).to(precision);
  }

  /** Random classes, one-hot: {@code [rows, outputs]}. */
  public static Tensor targets(Precision precision, Seed seed, int rows, int outputs) {
    double[] t = new double[rows * outputs];
    for (int i = 0; i < rows; i++) {
      t[i * outputs + (int) (seed.uniform(i) * outputs)] = 1;
    }
    return Tensor.of(t, rows, outputs).to(precision);
  }

  /** The batch of the identities: 16 rows for a network. */
  public static Batch batch(Network network, Precision precision) {
    return batch(network.input(), (int) network.outputs(), precision);
  }

  /** The batch of the identities: 16 rows of data. */
  public static Batch batch(Shape row, int outputs, Precision precision) {
    return new Batch(
        inputs(precision, Seed.of(11), ROWS, row), targets(precision, Seed.of(12), ROWS, outputs));
  }

  /**
   * Some rows and what they should give.
   *
   * @param inputs {@code [rows, in…]}
   * @param targets {@code [rows, outputs]}
   */
  public record Batch(Tensor inputs, Tensor targets) {}
}
