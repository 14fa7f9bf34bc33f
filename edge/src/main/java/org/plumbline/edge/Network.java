package org.plumbline.edge;

/**
 * Dense layers with 16-bit weights. Born with zero weights: direct feedback alignment needs no
 * others. {@code W_l} is {@code [inputs, outputs]}, row by row.
 */
public final class Network {
  private final Plan plan;
  private final short[][] weights;
  private final short[][] biases;

  /**
   * A network that has learned nothing.
   *
   * @param plan what it is
   */
  public Network(Plan plan) {
    this.plan = plan;
    this.weights = new short[plan.layers()][];
    this.biases = new short[plan.layers()][];
    for (int l = 0; l < plan.layers(); l++) {
      weights[l] = new short[plan.inputs(l) * plan.outputs(l)];
      biases[l] = new short[plan.outputs(l)];
    }
  }

  /**
   * What it is.
   *
   * @return the plan
   */
  public Plan plan() {
    return plan;
  }

  /**
   * A network of the same plan and weights that shares no array with this one.
   *
   * @return the copy
   */
  public Network copy() {
    Network copy = new Network(plan);
    copy.take(this);
    return copy;
  }

  /** Takes over the weights of a network of the same sizes. */
  void take(Network other) {
    for (int l = 0; l < plan.layers(); l++) {
      System.arraycopy(other.weights[l], 0, weights[l], 0, weights[l].length);
      System.arraycopy(other.biases[l], 0, biases[l], 0, biases[l].length);
    }
  }

  short[] weights(int layer) {
    return weights[layer];
  }

  short[] biases(int layer) {
    return biases[layer];
  }

  /**
   * A weight.
   *
   * @param layer from 0
   * @param input from 0
   * @param output from 0
   * @return in ±32767
   */
  public int weight(int layer, int input, int output) {
    return weights[layer][input * plan.outputs(layer) + output];
  }

  /**
   * A bias.
   *
   * @param layer from 0
   * @param output from 0
   * @return in ±32767
   */
  public int bias(int layer, int output) {
    return biases[layer][output];
  }

  /**
   * The largest magnitude of a weight or bias.
   *
   * @return 0…32767
   */
  public int largestWeight() {
    int largest = 0;
    for (int l = 0; l < plan.layers(); l++) {
      for (short weight : weights[l]) {
        largest = Math.max(largest, Math.abs(weight));
      }
      for (short bias : biases[l]) {
        largest = Math.max(largest, Math.abs(bias));
      }
    }
    return largest;
  }

  /**
   * How many weights and biases stand at ±32767.
   *
   * @return of {@link Plan#parameters}
   */
  public int clampedWeights() {
    int clamped = 0;
    for (int l = 0; l < plan.layers(); l++) {
      for (short weight : weights[l]) {
        clamped += Math.abs(weight) >= Arithmetic.LARGEST_WEIGHT ? 1 : 0;
      }
      for (short bias : biases[l]) {
        clamped += Math.abs(bias) >= Arithmetic.LARGEST_WEIGHT ? 1 : 0;
      }
    }
    return clamped;
  }
}
