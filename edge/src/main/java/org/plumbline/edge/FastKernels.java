package org.plumbline.edge;

import java.util.Arrays;

/**
 * Loops over outputs, which lie side by side, so that the JIT makes vector instructions of them.
 * Inputs of 0 are passed over; four rows go into a sum at a time, so that it is loaded and stored a
 * quarter as often. A sum of 32 bits takes in as many products as {@link Ranges} allows.
 */
final class FastKernels implements Kernels {
  private final Table table;

  FastKernels(Plan plan) {
    this.table = Table.of(plan);
  }

  @Override
  public void forward(Pass pass, int layer, int from, int to, Scratch scratch) {
    int inputs = pass.plan.inputs(layer);
    int outputs = pass.plan.outputs(layer);
    short[] weights = pass.network.weights(layer);
    short[] biases = pass.network.biases(layer);
    int atOnce = pass.ranges.layers().get(layer).inputsAtOnce();
    int zero = pass.plan.zero(layer);
    long[] wide = scratch.wide;
    for (int s = from; s < to; s++) {
      int count = gather(pass.inputs(layer), pass.inputAt(layer, s), inputs, zero, outputs, scratch);
      for (int j = 0; j < outputs; j++) {
        wide[j] = biases[j];
      }
      for (int k = 0; k < count; k += atOnce) {
        products(weights, scratch, k, Math.min(count, k + atOnce), outputs);
        add(wide, scratch.sums, outputs);
      }
      curve(pass, layer, s, wide);
    }
  }

  /** The inputs that are not 0, and where their rows of weights begin. */
  private static int gather(
      byte[] bytes, int at, int inputs, int zero, int outputs, Scratch scratch) {
    int count = 0;
    for (int i = 0; i < inputs; i++) {
      int input = (bytes[at + i] & 0xFF) - zero;
      scratch.places[count] = i * outputs;
      scratch.values[count] = input;
      count += (input | -input) >>> 31; // 1 unless it is 0, without a branch
    }
    return count;
  }

  private static void products(short[] rows, Scratch scratch, int from, int to, int n) {
    int[] sums = scratch.sums;
    int[] at = scratch.places;
    int[] by = scratch.values;
    Arrays.fill(sums, 0, n, 0);
    int k = from;
    for (; k + 4 <= to; k += 4) {
      four(
          sums, rows, at[k], at[k + 1], at[k + 2], at[k + 3], by[k], by[k + 1], by[k + 2],
          by[k + 3], n);
    }
    for (; k < to; k++) {
      one(sums, rows, at[k], by[k], n);
    }
  }

  private static void four(
      int[] sums, short[] rows, int a, int b, int c, int d, int p, int q, int r, int s, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] += p * rows[a + j] + q * rows[b + j] + r * rows[c + j] + s * rows[d + j];
    }
  }

  private static void one(int[] sums, short[] rows, int a, int p, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] += p * rows[a + j];
    }
  }

  private static void add(long[] wide, int[] sums, int n) {
    for (int j = 0; j < n; j++) {
      wide[j] += sums[j];
    }
  }

  private void curve(Pass pass, int layer, int sample, long[] wide) {
    int outputs = pass.plan.outputs(layer);
    long scale = pass.plan.curve().scale(pass.plan.inputs(layer));
    byte[] stored = pass.outputs(layer);
    byte[] slopes = pass.slopes(layer);
    boolean truncating = pass.plan.arithmetic() == Arithmetic.POCKETNN;
    int at = sample * outputs;
    for (int j = 0; j < outputs; j++) {
      long v = truncating ? wide[j] / scale : Math.floorDiv(wide[j], scale);
      int place = (int) Math.max(-Curve.FAR, Math.min(Curve.FAR, v)) + Curve.FAR;
      stored[at + j] = table.stored()[place];
      if (slopes.length > 0) {
        slopes[at + j] = table.inverseSlopes()[place];
      }
    }
  }

  @Override
  public void signals(Pass pass, int layer, int from, int to, Scratch scratch) {
    Plan plan = pass.plan;
    int width = plan.outputs(layer);
    int classes = plan.classes();
    int[] errors = pass.errors();
    int[] signals = pass.signals(layer);
    if (layer == plan.layers() - 1) {
      System.arraycopy(errors, from * classes, signals, from * classes, (to - from) * classes);
    } else {
      Arrays.fill(signals, from * width, to * width, 0);
      for (int c = 0; c < classes; c++) {
        plan.arithmetic()
            .feedback(plan.feedbackKey(layer, c), plan.radius(layer), scratch.feedback, width);
        for (int s = from; s < to; s++) {
          told(signals, s * width, scratch.feedback, errors[s * classes + c], width);
        }
      }
    }
    byte[] slopes = pass.slopes(layer);
    boolean truncating = plan.arithmetic() == Arithmetic.POCKETNN;
    for (int k = from * width; k < to * width; k++) {
      int slope = slopes[k] & 0xFF;
      signals[k] =
          slope == 1
              ? signals[k]
              : slope == Curve.SILENT
                  ? 0
                  : truncating ? signals[k] / slope : Math.floorDiv(signals[k], slope);
    }
  }

  private static void told(int[] signals, int at, short[] feedback, int error, int n) {
    for (int j = 0; j < n; j++) {
      signals[at + j] += error * feedback[j];
    }
  }

  @Override
  public void update(
      Pass pass, int layer, int samples, Divisor rate, int from, int to, Scratch scratch) {
    int inputs = pass.plan.inputs(layer);
    int outputs = pass.plan.outputs(layer);
    short[] weights = pass.network.weights(layer);
    short[] biases = pass.network.biases(layer);
    Ranges.OfLayer range = pass.ranges.layers().get(layer);
    for (int i = from; i < to; i++) {
      int count = i == inputs ? ones(samples, outputs, scratch) : column(pass, layer, i, samples, scratch);
      if (count == 0) {
        continue; // both divisions make 0 of 0
      }
      short[] row = i == inputs ? biases : weights;
      int at = i == inputs ? 0 : i * outputs;
      if (range.width() == Ranges.Width.INT) {
        sums(pass.signals(layer), scratch, 0, count, outputs);
        narrow(row, at, outputs, rate, pass.plan.arithmetic(), scratch);
      } else {
        Arrays.fill(scratch.wide, 0, outputs, 0);
        for (int k = 0; k < count; k += range.samplesAtOnce()) {
          int end = Math.min(count, k + range.samplesAtOnce());
          sums(pass.signals(layer), scratch, k, end, outputs);
          add(scratch.wide, scratch.sums, outputs);
        }
        wide(row, at, outputs, rate, pass.plan.arithmetic(), scratch);
      }
    }
  }

  /** What an input was in those samples where it was not 0, and where their signals begin. */
  private static int column(Pass pass, int layer, int input, int samples, Scratch scratch) {
    byte[] bytes = pass.inputs(layer);
    int zero = pass.plan.zero(layer);
    int outputs = pass.plan.outputs(layer);
    int count = 0;
    for (int s = 0; s < samples; s++) {
      int value = (bytes[pass.inputAt(layer, s) + input] & 0xFF) - zero;
      scratch.places[count] = s * outputs;
      scratch.values[count] = value;
      count += (value | -value) >>> 31; // 1 unless it is 0, without a branch
    }
    return count;
  }

  private static int ones(int samples, int outputs, Scratch scratch) {
    for (int s = 0; s < samples; s++) {
      scratch.places[s] = s * outputs;
      scratch.values[s] = 1;
    }
    return samples;
  }

  private static void sums(int[] signals, Scratch scratch, int from, int to, int n) {
    int[] sums = scratch.sums;
    int[] at = scratch.places;
    int[] by = scratch.values;
    Arrays.fill(sums, 0, n, 0);
    int k = from;
    for (; k + 4 <= to; k += 4) {
      four(
          sums, signals, at[k], at[k + 1], at[k + 2], at[k + 3], by[k], by[k + 1], by[k + 2],
          by[k + 3], n);
    }
    for (; k < to; k++) {
      one(sums, signals, at[k], by[k], n);
    }
  }

  private static void four(
      int[] sums, int[] rows, int a, int b, int c, int d, int p, int q, int r, int s, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] += p * rows[a + j] + q * rows[b + j] + r * rows[c + j] + s * rows[d + j];
    }
  }

  private static void one(int[] sums, int[] rows, int a, int p, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] += p * rows[a + j];
    }
  }

  private static void narrow(
      short[] row, int at, int n, Divisor rate, Arithmetic arithmetic, Scratch scratch) {
    int[] sums = scratch.sums;
    switch (arithmetic) {
      case POCKETNN -> {
        for (int j = 0; j < n; j++) {
          sums[j] = rate.truncated(sums[j]);
        }
      }
      case TIFED -> {
        for (int j = 0; j < n; j++) {
          sums[j] = rate.floored(sums[j]);
        }
      }
    }
    int changed = 0;
    int clamped = 0;
    for (int j = 0; j < n; j++) {
      int old = row[at + j];
      int next = old - sums[j];
      int kept = Math.max(-Arithmetic.LARGEST_WEIGHT, Math.min(Arithmetic.LARGEST_WEIGHT, next));
      row[at + j] = (short) kept;
      int change = sums[j];
      changed += (change | -change) >>> 31;
      int lost = next - kept;
      clamped += (lost | -lost) >>> 31;
    }
    scratch.changed += changed;
    scratch.clamped += clamped;
  }

  private static void wide(
      short[] row, int at, int n, Divisor rate, Arithmetic arithmetic, Scratch scratch) {
    for (int j = 0; j < n; j++) {
      long change = arithmetic.divide(scratch.wide[j], rate.by());
      long next = row[at + j] - change;
      long kept = Math.max(-Arithmetic.LARGEST_WEIGHT, Math.min(Arithmetic.LARGEST_WEIGHT, next));
      row[at + j] = (short) kept;
      scratch.changed += change == 0 ? 0 : 1;
      scratch.clamped += next == kept ? 0 : 1;
    }
  }
}
