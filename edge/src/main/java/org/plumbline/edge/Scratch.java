package org.plumbline.edge;

/** Working memory of one thread, and what it counted. */
final class Scratch {
  /** So many samples go forward together, so that a row of weights is widened once for them. */
  static final int TILE = 32;

  /** So many rows of weights are widened at a time: they stay in the nearest cache. */
  static final int BLOCK = 64;

  final int[][] sums;
  final long[][] wide;
  final int[][] rows;
  final int[] places;
  final int[] values;
  final short[] feedback;

  /** Weights and biases that a step did not leave as they were. */
  long changed;

  /** Weights and biases that would have left ±32767. */
  long clamped;

  Scratch(Plan plan, int batch) {
    int outputs = 0;
    int inputs = 0;
    for (int l = 0; l < plan.layers(); l++) {
      outputs = Math.max(outputs, plan.outputs(l));
      inputs = Math.max(inputs, plan.inputs(l));
    }
    int tile = Math.min(batch, TILE);
    this.sums = new int[tile][outputs];
    this.wide = new long[tile][outputs];
    this.rows = new int[Math.min(BLOCK, inputs)][outputs];
    this.places = new int[Math.max(BLOCK, batch)];
    this.values = new int[Math.max(BLOCK, batch)];
    this.feedback = new short[outputs];
  }
}
