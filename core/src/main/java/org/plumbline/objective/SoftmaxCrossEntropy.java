package org.plumbline.objective;

import org.plumbline.tensor.Precision;
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
  private static final long FEW = 1 << 12; // numbers that Java works through before libtorch

  @Override
  public Outcome judge(Tensor output, Tensor target) {
    double share = 1.0 / output.size(0);
    if (output.precision() == Precision.FP32 && output.size() <= FEW) {
      return judged(output, target, share);
    }
    Tensor logp = output.logSoftmax();
    Tensor loss = logp.dot(target).multiply(-share);
    return new Outcome(loss, logp.exp().add(target, -1).multiply(share), target, this);
  }

  /** The same in double precision, one row after the other: seven calls of libtorch take longer. */
  private Outcome judged(Tensor output, Tensor target, double share) {
    float[] y = output.toFloats();
    float[] t = target.toFloats();
    int width = Math.toIntExact(output.size(1));
    float[] error = new float[y.length];
    double[] p = new double[width];
    double loss = 0;
    for (int row = 0; row < y.length; row += width) {
      double greatest = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < width; j++) {
        greatest = Math.max(greatest, y[row + j]);
      }
      double sum = 0;
      for (int j = 0; j < width; j++) {
        p[j] = Math.exp(y[row + j] - greatest);
        sum += p[j];
      }
      double log = greatest + Math.log(sum);
      for (int j = 0; j < width; j++) {
        loss -= t[row + j] * (y[row + j] - log);
        error[row + j] = (float) (share * (p[j] / sum - t[row + j]));
      }
    }
    return new Outcome(
        Tensor.of(new float[] {(float) (share * loss)}).to(output.device()),
        Tensor.of(error, output.shape().toArray()).to(output.device()),
        target,
        this);
  }
}
