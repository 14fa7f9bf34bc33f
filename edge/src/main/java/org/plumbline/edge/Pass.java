package org.plumbline.edge;

/**
 * Working memory of a batch. A layer's output is stored as its distance from the curve's least
 * value, in a byte.
 */
final class Pass {
  final Network network;
  final Plan plan;
  final Ranges ranges;
  private final byte[][] outputs;
  private final byte[][] slopes;
  private final int[][][] signals;
  private final int[] errors;
  private final int[] rows;
  private Samples samples = Samples.of(new byte[0], new byte[0], 1, 2);

  Pass(Network network, Ranges ranges, Purpose purpose) {
    this.network = network;
    this.plan = network.plan();
    this.ranges = ranges;
    int batch = ranges.batch();
    int trained = purpose == Purpose.TRAINING ? batch : 0;
    this.rows = new int[batch];
    this.outputs = new byte[plan.layers()][];
    this.slopes = new byte[plan.layers()][];
    this.signals = new int[plan.layers()][][];
    for (int l = 0; l < plan.layers(); l++) {
      outputs[l] = new byte[batch * plan.outputs(l)];
      slopes[l] = new byte[trained * plan.outputs(l)];
      signals[l] = new int[trained][plan.outputs(l)];
    }
    this.errors = new int[trained * plan.classes()];
  }

  /** Which rows the batch is made of. */
  void begin(Samples of, int[] order, int from, int count) {
    samples = of;
    System.arraycopy(order, from, rows, 0, count);
  }

  /** The bytes that a layer reads. */
  byte[] inputs(int layer) {
    return layer == 0 ? samples.inputs() : outputs[layer - 1];
  }

  /** Where those of a sample begin. */
  int inputAt(int layer, int sample) {
    return (layer == 0 ? rows[sample] : sample) * plan.inputs(layer);
  }

  byte[] outputs(int layer) {
    return outputs[layer];
  }

  /** Inverse slopes as unsigned bytes; empty when predicting. */
  byte[] slopes(int layer) {
    return slopes[layer];
  }

  /** {@code [samples, outputs]}; empty when predicting. */
  int[][] signals(int layer) {
    return signals[layer];
  }

  int[] errors() {
    return errors;
  }

  int label(int sample) {
    return samples.label(rows[sample]);
  }

  /** The value of an output of the network. */
  int score(int sample, int output) {
    int last = plan.layers() - 1;
    return (outputs[last][sample * plan.classes() + output] & 0xFF) + plan.curve().least();
  }

  /** The class with the largest output, the first of equals. */
  int best(int sample) {
    int best = 0;
    for (int c = 1; c < plan.classes(); c++) {
      if (score(sample, c) > score(sample, best)) {
        best = c;
      }
    }
    return best;
  }
}
