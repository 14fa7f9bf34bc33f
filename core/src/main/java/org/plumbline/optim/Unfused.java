package org.plumbline.optim;

import org.plumbline.nn.Gradient;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Tensor;

/**
 * What libtorch's form of a step needs beside the slots, where steps are not fused.
 *
 * @param g the gradient, shaped like the parameter
 * @param root of the mean square, shaped like the parameter
 */
record Unfused(Tensor g, Tensor root) {
  static Unfused of(Parameter parameter) {
    return new Unfused(parameter.value().sameShape(), parameter.value().sameShape());
  }

  /** g ← gradient + decay W. */
  Tensor decayed(Parameter parameter, Gradient gradient, double decay) {
    Pieces.product(parameter, gradient).into(g);
    return decay == 0 ? g : g.add(parameter.value(), decay);
  }
}
