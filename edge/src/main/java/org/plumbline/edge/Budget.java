package org.plumbline.edge;

import java.util.ArrayList;
import java.util.List;

/**
 * The bytes that arrays take, known before any is made. Headers of objects and the program itself
 * are not in it.
 *
 * @param items in the order in which they are explained
 */
public record Budget(List<Item> items) {
  /**
   * One kind of memory.
   *
   * @param name what it holds
   * @param bytes how many
   */
  public record Item(String name, long bytes) {}

  /** Copies. */
  public Budget {
    items = List.copyOf(items);
  }

  /**
   * All together.
   *
   * @return bytes
   */
  public long total() {
    long sum = 0;
    for (Item item : items) {
      sum += item.bytes;
    }
    return sum;
  }

  /**
   * What training takes.
   *
   * @param plan the network
   * @param batch samples of a step
   * @param buffer rows that are kept, 0 if they lie elsewhere
   * @param threads that share the work
   * @return the bytes
   */
  public static Budget training(Plan plan, int batch, int buffer, int threads) {
    List<Item> items = new ArrayList<>();
    items.add(new Item("weights and biases, 16 bit", 2L * plan.parameters()));
    items.add(new Item("feedback, drawn when needed", 0));
    items.add(new Item("activations of a batch, 8 bit", units(plan) * batch));
    items.add(new Item("inverse slopes of a batch, 8 bit", units(plan) * batch));
    items.add(new Item("signals of a batch, 32 bit", 4 * units(plan) * batch));
    items.add(
        new Item("errors and row numbers of a batch, 32 bit", 4L * (plan.classes() + 1) * batch));
    items.add(new Item("sums, widened rows, one row of feedback", threads * scratch(plan, batch)));
    items.add(new Item("pieces of the curve", 2L * (2 * Curve.FAR + 1)));
    items.add(new Item("buffer of rows and labels", (plan.inputs() + 5L) * buffer));
    return new Budget(items);
  }

  /**
   * What predicting one row at a time takes.
   *
   * @param plan the network
   * @return the bytes
   */
  public static Budget predicting(Plan plan) {
    List<Item> items = new ArrayList<>();
    items.add(new Item("weights and biases, 16 bit", 2L * plan.parameters()));
    items.add(new Item("activations of 32 rows, 8 bit", 32 * units(plan)));
    items.add(new Item("row numbers, 32 bit", 32L * 4));
    items.add(new Item("sums, widened rows", scratch(plan, 32)));
    items.add(new Item("pieces of the curve", 2L * (2 * Curve.FAR + 1)));
    return new Budget(items);
  }

  private static long units(Plan plan) {
    long sum = 0;
    for (int l = 0; l < plan.layers(); l++) {
      sum += plan.outputs(l);
    }
    return sum;
  }

  private static long scratch(Plan plan, int batch) {
    long outputs = 0;
    long inputs = 0;
    for (int l = 0; l < plan.layers(); l++) {
      outputs = Math.max(outputs, plan.outputs(l));
      inputs = Math.max(inputs, plan.inputs(l));
    }
    long tile = Math.min(batch, Scratch.TILE);
    long rows = Math.min(Scratch.BLOCK, inputs);
    return outputs * (tile * (4 + 8) + 4 * rows + 2) + 2L * 4 * Math.max(Scratch.BLOCK, batch);
  }
}
