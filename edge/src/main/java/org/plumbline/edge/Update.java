package org.plumbline.edge;

import java.util.List;

/**
 * The weights that some workers came to, as a sum. It is a value: it shares nothing with the
 * networks it was taken from, and sums of sums are sums, in any order.
 *
 * <pre>  W ← trunc(Σ_k W_k / count)   </pre>
 *
 * <p>The average truncates in both arithmetics, as TIFeD's server does.
 */
public final class Update {
  private final Plan plan;
  private final long[][] weights;
  private final long[][] biases;
  private final int[] counts;

  private Update(Plan plan) {
    this.plan = plan;
    this.weights = new long[plan.layers()][0];
    this.biases = new long[plan.layers()][0];
    this.counts = new int[plan.layers()];
  }

  /**
   * What one worker came to.
   *
   * @param network the worker's
   * @param layers which of its layers count, from 0
   * @return of those layers
   */
  public static Update of(Network network, List<Integer> layers) {
    Update update = new Update(network.plan());
    for (int l : layers) {
      update.add(l, network);
    }
    return update;
  }

  private void room(int layer) {
    if (counts[layer] == 0) {
      weights[layer] = new long[plan.inputs(layer) * plan.outputs(layer)];
      biases[layer] = new long[plan.outputs(layer)];
    }
  }

  private void add(int layer, Network network) {
    room(layer);
    add(weights[layer], network.weights(layer));
    add(biases[layer], network.biases(layer));
    counts[layer]++;
  }

  private static void add(long[] sums, short[] values) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += values[i];
    }
  }

  /**
   * The updates of several workers together.
   *
   * @param updates of networks with the same sizes
   * @return their sum
   */
  public static Update sum(List<Update> updates) {
    Update sum = new Update(updates.get(0).plan);
    for (Update update : updates) {
      if (!update.plan.sizes().equals(sum.plan.sizes())) {
        throw new Refused(
            "updates must be of one network, but are of "
                + sum.plan.print()
                + " and "
                + update.plan.print());
      }
      for (int l = 0; l < sum.counts.length; l++) {
        if (update.counts[l] > 0) {
          sum.room(l);
          add(sum.weights[l], update.weights[l]);
          add(sum.biases[l], update.biases[l]);
          sum.counts[l] = Math.addExact(sum.counts[l], update.counts[l]);
        }
      }
    }
    return sum;
  }

  private static void add(long[] sums, long[] values) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += values[i];
    }
  }

  /**
   * How many workers' weights of a layer are in it.
   *
   * @param layer from 0
   * @return 0 if the layer is not in it
   */
  public int count(int layer) {
    return counts[layer];
  }

  /**
   * Gives a network the average; layers that are not in the update are left alone.
   *
   * @param network of the same sizes, is changed
   */
  public void averageInto(Network network) {
    if (!plan.sizes().equals(network.plan().sizes())) {
      throw new Refused(
          "an update of " + plan.print() + " cannot be averaged into " + network.plan().print());
    }
    for (int l = 0; l < counts.length; l++) {
      if (counts[l] > 0) {
        average(weights[l], counts[l], network.weights(l));
        average(biases[l], counts[l], network.biases(l));
      }
    }
  }

  private static void average(long[] sums, int count, short[] into) {
    for (int i = 0; i < sums.length; i++) {
      into[i] = (short) (sums[i] / count); // truncating; an average of shorts is a short
    }
  }
}
