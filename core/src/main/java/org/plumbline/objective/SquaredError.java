package org.plumbline.objective;

import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * A linear output and half the squared error, summed over the outputs.
 *
 * <pre>  loss = (1/2N) Σ (y − t)²        e = (y − t) / N   </pre>
 */
@About("a linear output and half the squared error")
public record SquaredError() implements Objective {
  @Override
  public Outcome judge(Tensor output, Tensor target) {
    double share = 1.0 / output.size(0);
    Tensor difference = output.minus(target);
    Tensor loss = difference.dot(difference).multiply(share / 2);
    return new Outcome(loss, difference.multiply(share), target, this);
  }
}
