package org.plumbline.objective;

import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * A logistic function and binary cross-entropy at every output, summed over the outputs.
 *
 * <pre>  loss = (1/N) Σ softplus(y) − t y        e = (sigmoid(y) − t) / N   </pre>
 */
@About("a logistic output and cross-entropy for each class by itself")
public record SigmoidCrossEntropy() implements Objective {
  @Override
  public Outcome judge(Tensor output, Tensor target) {
    double share = 1.0 / output.size(0);
    // Subtracted element by element: at great outputs both terms are great and nearly equal.
    Tensor loss = output.softplus().addTimes(target, output, -1).sum().multiply(share);
    return new Outcome(loss, output.sigmoid().add(target, -1).multiply(share), target, this);
  }
}
