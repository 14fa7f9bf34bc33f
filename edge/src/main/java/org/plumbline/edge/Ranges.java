package org.plumbline.edge;

import java.util.ArrayList;
import java.util.List;

/**
 * The proof, made before the first step, that nothing overflows: for every intermediate the largest
 * magnitude that any weights in ±32767, any inputs and any labels can give, and the width that
 * holds it. What does not fit 32 bits is summed in pieces that do and added up in 64; what would
 * not fit then either is refused.
 *
 * <p>Let X be the largest input of a layer, n the number of inputs, C the classes, m the batch:
 *
 * <pre>
 *   weighted sum   |z| ≤ (n·X + 1)·32767      784·255·32767 = 6.6·10⁹: 64 bits, in pieces of ⌊(2³¹−1)/(X·32767)⌋ inputs
 *   error          |e| ≤ top + hot            143 (TIFeD 144)
 *   told           |e·B| ≤ C·|e|·R            32 bits, or refused
 *   batch sum      |hᵀδ| ≤ m·X·|δ|            32 bits, or 64 in pieces of ⌊(2³¹−1)/(X·|δ|)⌋ samples
 *   new weight     |w| + |hᵀδ|/rate           before it is clamped
 * </pre>
 *
 * @param plan the network
 * @param batch samples of a step, at most
 * @param layers one a layer, in order
 */
public record Ranges(Plan plan, int batch, List<OfLayer> layers) {
  /** What holds a number. */
  public enum Width {
    /** 32 bits. */
    INT,
    /** 64 bits, added up from sums of 32. */
    LONG
  }

  /**
   * The bounds of one layer.
   *
   * @param sum of inputs times weights, with the bias
   * @param inputsAtOnce so many products of input and weight are below 2³¹ together
   * @param error of an output
   * @param told e·B before it is divided by the inverse slope; the error itself in the last layer
   * @param batchSum of inputs times signals
   * @param samplesAtOnce so many products of input and signal are below 2³¹ together
   * @param width holds the batch sum and the weight that it changes
   */
  public record OfLayer(
      long sum,
      int inputsAtOnce,
      long error,
      long told,
      long batchSum,
      int samplesAtOnce,
      Width width) {}

  /** Copies. */
  public Ranges {
    layers = List.copyOf(layers);
  }

  /**
   * Proves.
   *
   * @param plan the network
   * @param batch samples of a step, at most
   * @return the bounds
   * @throws Refused if an intermediate may overflow
   */
  public static Ranges of(Plan plan, int batch) {
    Refused.within("the batch", batch, 1, 1 << 20);
    Arithmetic arithmetic = plan.arithmetic();
    long error = (long) plan.curve().most(arithmetic) + arithmetic.hot();
    List<OfLayer> layers = new ArrayList<>();
    for (int l = 0; l < plan.layers(); l++) {
      long input = plan.mostInput(l);
      long sum = (plan.inputs(l) * input + 1) * Arithmetic.LARGEST_WEIGHT; // below 2⁴⁰
      int inputsAtOnce = (int) (Integer.MAX_VALUE / (input * Arithmetic.LARGEST_WEIGHT));
      long told =
          l == plan.layers() - 1
              ? error
              : Math.multiplyExact(plan.classes() * error, plan.radius(l));
      if (told * input > Integer.MAX_VALUE) {
        throw new Refused(
            "layer %d of %s may be told up to %d, times inputs up to %d, which 32 bits do not hold; use fewer classes or more units"
                .formatted(l + 1, plan.print(), told, input));
      }
      long batchSum = batch * input * told; // below 2⁵¹
      int samplesAtOnce = (int) (Integer.MAX_VALUE / (input * told));
      Width width =
          batchSum + Arithmetic.LARGEST_WEIGHT <= Integer.MAX_VALUE ? Width.INT : Width.LONG;
      layers.add(new OfLayer(sum, inputsAtOnce, error, told, batchSum, samplesAtOnce, width));
    }
    return new Ranges(plan, batch, layers);
  }
}
