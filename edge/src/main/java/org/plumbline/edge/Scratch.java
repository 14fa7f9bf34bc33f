package org.plumbline.edge;

/** Working memory of one thread, and what it counted. */
final class Scratch {
  final int[] sums;
  final long[] wide;
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
    this.sums = new int[outputs];
    this.wide = new long[outputs];
    this.places = new int[Math.max(inputs, batch)];
    this.values = new int[Math.max(inputs, batch)];
    this.feedback = new short[outputs];
  }
}
