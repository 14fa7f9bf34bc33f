package org.plumbline.data;

import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * {@link Preparation.Zca} at work.
 *
 * @param mean the mean row, m, {@code [pixels]}
 * @param matrix W, symmetric, {@code [pixels, pixels]}
 */
record Whitened(double epsilon, Tensor mean, Tensor matrix) implements Preparation.Prepared {
  private static final long MOST_PIXELS = 10_000; // 800 MB a matrix in FP64, of which three live
  private static final int ROWS = 1000;

  static Whitened of(Shape row, double epsilon, Precision precision, Device device) {
    long pixels = row.size();
    if (pixels > MOST_PIXELS) {
      throw new BadInput(
          "preparation 'zca' keeps a matrix of all pairs of numbers of a row, of which there may be %,d, but %s has %,d; use standardise"
              .formatted(MOST_PIXELS, row, pixels));
    }
    return new Whitened(
        epsilon,
        Tensor.zeros(precision, pixels).to(device),
        Tensor.zeros(precision, pixels, pixels).to(device));
  }

  @Override
  public void fit(Dataset rows) {
    int pixels = Math.toIntExact(rows.shape().size());
    try (var _ = Scope.open()) {
      Tensor m = meanOf(rows, pixels);
      Tensor covariance = Tensor.zeros(Precision.FP64, pixels, pixels);
      double[] some = new double[Math.min(ROWS, rows.size()) * pixels];
      for (int from = 0; from < rows.size(); from += ROWS) {
        try (var _ = Scope.open()) {
          int count = Math.min(ROWS, rows.size() - from);
          Tensor x = numbers(rows, from, count, pixels, some).minus(m);
          covariance.addProduct(1, x.transposed(), x, 1.0 / rows.size());
        }
      }
      Tensor.Eigen eigen = covariance.eigen();
      // rounding leaves some eigenvalues of a singular matrix just below zero
      Tensor root = eigen.values().clamped(0, Double.MAX_VALUE).add(epsilon).sqrt();
      Tensor scaled = eigen.vectors().over(root);
      mean.copyFrom(m);
      matrix.copyFrom(covariance.setProduct(scaled, eigen.vectors().transposed()));
    }
  }

  private static Tensor meanOf(Dataset rows, int pixels) {
    double[] mean = new double[pixels];
    float[] row = new float[pixels];
    for (int i = 0; i < rows.size(); i++) {
      rows.copyInput(i, row, 0);
      for (int k = 0; k < pixels; k++) {
        mean[k] += row[k];
      }
    }
    for (int k = 0; k < pixels; k++) {
      mean[k] /= rows.size();
    }
    return Tensor.of(mean, pixels);
  }

  /** {@code [count, pixels]}, FP64, by way of an array that is used again. */
  private static Tensor numbers(Dataset rows, int from, int count, int pixels, double[] some) {
    float[] row = new float[pixels];
    for (int i = 0; i < count; i++) {
      rows.copyInput(from + i, row, 0);
      for (int k = 0; k < pixels; k++) {
        some[i * pixels + k] = row[k];
      }
    }
    return Tensor.of(some, some.length / pixels, pixels).rows(0, count);
  }

  @Override
  public Tensor apply(Tensor inputs) {
    Tensor centred = inputs.reshaped(inputs.size(0), -1).minus(mean);
    return centred.matmul(matrix).reshaped(inputs.shape().toArray());
  }

  @Override
  public Tensor carry(Tensor signal) {
    Tensor rows = signal.reshaped(signal.size(0), -1);
    return rows.matmul(matrix.transposed()).reshaped(signal.shape().toArray());
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("mean", mean);
    state.put("matrix", matrix);
    return state;
  }
}
