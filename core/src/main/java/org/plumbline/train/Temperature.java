package org.plumbline.train;

/**
 * One number by which a network's outputs are divided so that its shares are as sure as it is
 * right. Guo et al. 2017, <a href="https://arxiv.org/abs/1706.04599">arXiv:1706.04599</a>.
 *
 * <p>The loss is convex in 1/T, so a section search finds its only minimum.
 */
final class Temperature {
  private static final double MOST = -Math.log(1e-12); // as the losses of Cached
  private static final double WIDEST = Math.log(1e4);
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final int STEPS = 60;

  private Temperature() {}

  /** The T with the least loss, 1e-4…1e4. */
  static double fitted(double[] outputs, int[] labels) {
    double low = -WIDEST;
    double high = WIDEST;
    double a = high - GOLDEN * (high - low);
    double b = low + GOLDEN * (high - low);
    double atA = loss(outputs, labels, Math.exp(a), Double.MAX_VALUE);
    double atB = loss(outputs, labels, Math.exp(b), Double.MAX_VALUE);
    for (int i = 0; i < STEPS; i++) {
      if (atA <= atB) {
        high = b;
        b = a;
        atB = atA;
        a = high - GOLDEN * (high - low);
        atA = loss(outputs, labels, Math.exp(a), Double.MAX_VALUE);
      } else {
        low = a;
        a = b;
        atA = atB;
        b = low + GOLDEN * (high - low);
        atB = loss(outputs, labels, Math.exp(b), Double.MAX_VALUE);
      }
    }
    return Math.exp((low + high) / 2);
  }

  /** Softmax of outputs / T. */
  static Cached.Judged judged(double[] outputs, int[] labels, double temperature) {
    int classes = outputs.length / labels.length;
    int correct = 0;
    for (int i = 0; i < labels.length; i++) {
      correct += greatest(outputs, i, classes) == labels[i] ? 1 : 0;
    }
    return new Cached.Judged(
        (double) correct / labels.length, loss(outputs, labels, temperature, MOST));
  }

  private static double loss(double[] outputs, int[] labels, double temperature, double most) {
    int classes = outputs.length / labels.length;
    double loss = 0;
    for (int i = 0; i < labels.length; i++) {
      double greatest = outputs[i * classes + greatest(outputs, i, classes)];
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        sum += Math.exp((outputs[i * classes + c] - greatest) / temperature);
      }
      double own = (outputs[i * classes + labels[i]] - greatest) / temperature;
      loss += Math.min(most, Math.log(sum) - own);
    }
    return loss / labels.length;
  }

  private static int greatest(double[] outputs, int row, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = outputs[row * classes + c] > outputs[row * classes + best] ? c : best;
    }
    return best;
  }
}
