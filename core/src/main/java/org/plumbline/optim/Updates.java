package org.plumbline.optim;

import java.util.Map;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Tensor;

/**
 * What a step did, for feedback that learns along.
 *
 * @param gradients as they were applied, after clipping
 * @param rate the learning rate that was used
 * @param decay c, the share that the step took off every weight beside its update: ηλ where weight
 *     decay is decoupled from the gradient, 0 elsewhere
 * @param before the values before the step of those parameters that the feedback follows
 */
public record Updates(
    Gradients gradients, double rate, double decay, Map<Parameter, Tensor> before) {
  /**
   * Of a step that nobody follows.
   *
   * @param gradients as they were applied
   * @param rate the learning rate
   * @param decay the share taken off
   */
  public Updates(Gradients gradients, double rate, double decay) {
    this(gradients, rate, decay, Map.of());
  }

  /**
   * The optimizer's own step of a parameter, after momentum, without decoupled decay: u where W ←
   * (1 − c) W + u.
   *
   * @param parameter one that the feedback follows
   * @return u, shaped like the parameter
   */
  public Tensor moved(Parameter parameter) {
    Tensor old = was(parameter);
    return parameter.value().minus(old).add(old, decay);
  }

  /**
   * The value of a parameter before the step.
   *
   * @param parameter one that the feedback follows
   * @return shaped like the parameter
   */
  public Tensor was(Parameter parameter) {
    Tensor old = before.get(parameter);
    if (old == null) {
      throw new IllegalArgumentException(
          "parameter %s is not one that the feedback follows".formatted(parameter.name()));
    }
    return old;
  }
}
