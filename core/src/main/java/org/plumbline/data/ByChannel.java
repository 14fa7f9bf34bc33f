package org.plumbline.data;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

/**
 * One mean and one deviation a channel, each {@code [channels, 1, …]} to stand beside a row.
 *
 * @param known whether they are measured or given
 */
record ByChannel(Tensor mean, Tensor deviation, Known known) implements Preparation.Prepared {
  private enum Known {
    MEASURED,
    GIVEN
  }

  static ByChannel measured(Shape row, Precision precision, Device device) {
    int channels = Math.toIntExact(row.axis(0));
    double[] ones = new double[channels];
    Arrays.fill(ones, 1);
    return of(row, new double[channels], ones, Known.MEASURED, precision, device);
  }

  static ByChannel given(
      Shape row, double[] mean, double[] deviation, Precision precision, Device device) {
    return of(row, mean, deviation, Known.GIVEN, precision, device);
  }

  private static ByChannel of(
      Shape row,
      double[] mean,
      double[] deviation,
      Known known,
      Precision precision,
      Device device) {
    long[] beside = beside(row);
    return new ByChannel(
        Tensor.of(mean, beside).to(precision).to(device),
        Tensor.of(deviation, beside).to(precision).to(device),
        known);
  }

  private static long[] beside(Shape row) {
    long[] axes = row.toArray();
    Arrays.fill(axes, 1, axes.length, 1);
    return axes;
  }

  /** Two passes, so that small deviations around a great mean are kept. */
  @Override
  public void fit(Dataset rows) {
    if (known == Known.GIVEN) {
      return;
    }
    int channels = Math.toIntExact(rows.shape().axis(0));
    double count = (double) rows.size() * rows.shape().size() / channels;
    double[] mean = sums(rows, new double[channels], (x, _) -> x);
    for (int c = 0; c < channels; c++) {
      mean[c] /= count;
    }
    double[] deviation = sums(rows, mean, (x, m) -> (x - m) * (x - m));
    for (int c = 0; c < channels; c++) {
      double d = Math.sqrt(deviation[c] / count);
      // below this a constant has been rounded
      deviation[c] = d > 1e-9 * Math.abs(mean[c]) ? d : 1;
    }
    long[] axes = this.mean.shape().toArray();
    this.mean.copyFrom(Tensor.of(mean, axes));
    this.deviation.copyFrom(Tensor.of(deviation, axes));
  }

  private interface Term {
    double of(double x, double mean);
  }

  /** The sum of a term over all places and rows of each channel. */
  private static double[] sums(Dataset rows, double[] mean, Term term) {
    int places = Math.toIntExact(rows.shape().size()) / mean.length;
    float[] row = new float[mean.length * places];
    double[] sums = new double[mean.length];
    for (int i = 0; i < rows.size(); i++) {
      rows.copyInput(i, row, 0);
      for (int c = 0; c < mean.length; c++) {
        double sum = 0;
        for (int k = c * places; k < (c + 1) * places; k++) {
          sum += term.of(row[k], mean[c]);
        }
        sums[c] += sum;
      }
    }
    return sums;
  }

  @Override
  public Tensor apply(Tensor inputs) {
    return inputs.minus(mean).over(deviation);
  }

  @Override
  public Tensor carry(Tensor signal) {
    return signal.over(deviation);
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("mean", mean);
    state.put("deviation", deviation);
    return state;
  }
}
