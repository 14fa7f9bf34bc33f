package org.plumbline.edge;

import java.util.List;

/**
 * What a network is, before it has learned: dense layers with one curve after each.
 *
 * @param arithmetic how is computed
 * @param curve after every layer, the last too
 * @param sizes inputs, units of every hidden layer, classes
 * @param seed of the feedback, which is drawn from it whenever it is needed
 */
public record Plan(Arithmetic arithmetic, Curve curve, List<Integer> sizes, long seed) {
  /** More inputs or units than this are refused. */
  public static final int MOST_UNITS = 1 << 16;

  /** More weights than this are refused. */
  public static final int MOST_PARAMETERS = 1 << 28;

  private static final int MOST_LAYERS = 64;

  /** Checks the sizes. */
  public Plan {
    sizes = List.copyOf(sizes);
    Refused.within("the number of layers", sizes.size() - 1L, 1, MOST_LAYERS);
    for (int size : sizes) {
      Refused.within("the size of a layer", size, 1, MOST_UNITS);
    }
    Refused.within("the number of classes", sizes.get(sizes.size() - 1), 2, 256);
    long parameters = 0;
    for (int l = 1; l < sizes.size(); l++) {
      parameters += (sizes.get(l - 1) + 1L) * sizes.get(l);
    }
    Refused.within("the number of parameters", parameters, 1, MOST_PARAMETERS);
  }

  /**
   * The number of layers with weights.
   *
   * @return at least 1
   */
  public int layers() {
    return sizes.size() - 1;
  }

  /**
   * The inputs of a layer.
   *
   * @param layer from 0
   * @return their number
   */
  public int inputs(int layer) {
    return sizes.get(layer);
  }

  /**
   * The outputs of a layer.
   *
   * @param layer from 0
   * @return their number
   */
  public int outputs(int layer) {
    return sizes.get(layer + 1);
  }

  /**
   * The inputs of the first layer.
   *
   * @return their number
   */
  public int inputs() {
    return sizes.get(0);
  }

  /**
   * The outputs of the last layer.
   *
   * @return their number
   */
  public int classes() {
    return sizes.get(layers());
  }

  /**
   * All weights and biases.
   *
   * @return their number
   */
  public int parameters() {
    int sum = 0;
    for (int l = 0; l < layers(); l++) {
      sum += (inputs(l) + 1) * outputs(l);
    }
    return sum;
  }

  /** What a stored byte of a layer's input is less to be its value. */
  int zero(int layer) {
    return layer == 0 ? arithmetic.inputZero() : -curve.least();
  }

  /** The largest magnitude of an input of a layer. */
  int mostInput(int layer) {
    return layer == 0 ? Math.max(255 - zero(0), zero(0)) : curve.most(arithmetic);
  }

  /** The bound of the feedback of a hidden layer. */
  int radius(int layer) {
    return arithmetic.radius(inputs(layer), outputs(layer), classes());
  }

  /** The key of one class's row of a layer's feedback. */
  long feedbackKey(int layer, int row) {
    return Draws.child(Draws.child(seed, layer), row);
  }

  /** Such as {@code 784-100-50-10}. */
  String print() {
    StringBuilder text = new StringBuilder();
    for (int size : sizes) {
      text.append(text.length() == 0 ? "" : "-").append(size);
    }
    return text.toString();
  }
}
