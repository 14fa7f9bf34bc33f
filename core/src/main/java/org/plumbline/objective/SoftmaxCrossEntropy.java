package org.plumbline.objective;

import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;

/**
 * Softmax and cross-entropy.
 *
 * <pre>
 *   loss = −(1/N) Σ t log softmax(y)        e = (softmax(y) − t) / N        rows of t sum to 1
 * </pre>
 */
@About("softmax and cross-entropy: one class of several")
public record SoftmaxCrossEntropy() implements Objective {
  @Override
  public Outcome judge(Tensor output, Tensor target) {
    double share = 1.0 / output.size(0);
    Tensor logp = output.logSoftmax();
    Tensor loss = logp.dot(target).multiply(-share);
    return new Outcome(loss, logp.exp().add(target, -1).multiply(share), target, this);
  }
}
