package org.plumbline.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Networks and rows for tests, of every kind and as hostile as they can be. */
final class Cases {
  private Cases() {}

  /** How rows and weights are filled. */
  enum Fill {
    RANDOM,
    SPARSE,
    EXTREME
  }

  static Plan plan(Random random, Arithmetic arithmetic, Curve curve) {
    List<Integer> sizes = new ArrayList<>();
    sizes.add(1 + random.nextInt(400));
    for (int hidden = random.nextInt(3); hidden > 0; hidden--) {
      sizes.add(1 + random.nextInt(40));
    }
    sizes.add(2 + random.nextInt(9));
    return new Plan(arithmetic, curve, sizes, random.nextLong());
  }

  static Network network(Plan plan, Fill fill, Random random) {
    Network network = new Network(plan);
    for (int l = 0; l < plan.layers(); l++) {
      fill(network.weights(l), fill, random);
      fill(network.biases(l), fill, random);
    }
    return network;
  }

  private static void fill(short[] values, Fill fill, Random random) {
    for (int i = 0; i < values.length; i++) {
      values[i] =
          (short)
              switch (fill) {
                case RANDOM -> random.nextInt(65535) - 32767;
                case SPARSE -> random.nextInt(4) == 0 ? random.nextInt(2001) - 1000 : 0;
                case EXTREME -> random.nextInt(8) == 0 ? -32767 : 32767;
              };
    }
  }

  static Samples samples(Plan plan, int rows, Fill fill, Random random) {
    byte[] inputs = new byte[rows * plan.inputs()];
    byte[] labels = new byte[rows];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] =
          (byte)
              switch (fill) {
                case RANDOM -> random.nextInt(256);
                case SPARSE -> random.nextInt(4) == 0 ? random.nextInt(256) : 0;
                case EXTREME -> random.nextInt(8) == 0 ? 0 : 255;
              };
    }
    for (int row = 0; row < rows; row++) {
      labels[row] = (byte) (fill == Fill.EXTREME ? 0 : random.nextInt(plan.classes()));
    }
    return Samples.of(inputs, labels, plan.inputs(), plan.classes());
  }

  /** Rows of a class are alike: something to learn. */
  static Samples stripes(int rows, int width, int classes, long seed) {
    Random random = new Random(seed);
    byte[] inputs = new byte[rows * width];
    byte[] labels = new byte[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = (byte) random.nextInt(classes);
      for (int i = 0; i < width; i++) {
        int bright = i * classes / width == labels[row] ? 160 : 0;
        inputs[row * width + i] = (byte) (bright + random.nextInt(90));
      }
    }
    return Samples.of(inputs, labels, width, classes);
  }

  static int[] order(int rows) {
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = i;
    }
    return order;
  }

  static byte[] bytes(Network network) {
    return new Model(network, Progress.NONE, java.util.Map.of(), java.util.Optional.empty())
        .bytes();
  }
}
