package org.plumbline.edge;

import java.util.Arrays;

/**
 * Loops over outputs, in the form that the JIT makes vector instructions of: ints of arrays that
 * share one index. Therefore 16-bit weights are widened a block of rows at a time, for a tile of
 * samples. Inputs of 0 are passed over; four rows go into a sum at a time, so that it is loaded and
 * stored a quarter as often. A sum of 32 bits takes in as many products as {@link Ranges} allows.
 */
final class FastKernels implements Kernels {
  private final Table table;

  FastKernels(Plan plan) {
    this.table = Table.of(plan);
  }

  @Override
  public void forward(Pass pass, int layer, int from, int to, Scratch scratch) {
    for (int s = from; s < to; s += Scratch.TILE) {
      tile(pass, layer, s, Math.min(to, s + Scratch.TILE), scratch);
    }
  }

  private void tile(Pass pass, int layer, int from, int to, Scratch scratch) {
    int inputs = pass.plan.inputs(layer);
    int outputs = pass.plan.outputs(layer);
    int blocks = pass.ranges.layers().get(layer).inputsAtOnce() / Scratch.BLOCK; // truncating
    for (int s = from; s < to; s++) {
      widen(scratch.wide[s - from], pass.network.biases(layer), outputs);
      Arrays.fill(scratch.sums[s - from], 0, outputs, 0);
    }
    int summed = 0;
    for (int i = 0; i < inputs; i += Scratch.BLOCK) {
      block(pass, layer, i, Math.min(inputs, i + Scratch.BLOCK), from, to, scratch);
      summed++;
      if (summed == blocks || i + Scratch.BLOCK >= inputs) {
        summed = 0;
        for (int s = 0; s < to - from; s++) {
          add(scratch.wide[s], scratch.sums[s], outputs);
          Arrays.fill(scratch.sums[s], 0, outputs, 0);
        }
      }
    }
    for (int s = from; s < to; s++) {
      curve(pass, layer, s, scratch.wide[s - from]);
    }
  }

  /** Adds what the inputs first…last−1 contribute to each sample of a tile. */
  private static void block(
      Pass pass, int layer, int first, int last, int from, int to, Scratch scratch) {
    int outputs = pass.plan.outputs(layer);
    int zero = pass.plan.zero(layer);
    byte[] bytes = pass.inputs(layer);
    short[] weights = pass.network.weights(layer);
    int[][] rows = scratch.rows;
    int[] at = scratch.places;
    int[] by = scratch.values;
    long widened = 0; // a bit a row
    for (int s = from; s < to; s++) {
      int place = pass.inputAt(layer, s);
      int count = 0;
      for (int i = first; i < last; i++) {
        int input = (bytes[place + i] & 0xFF) - zero;
        at[count] = i - first;
        by[count] = input;
        count += (input | -input) >>> 31; // 1 unless it is 0, without a branch
      }
      for (int k = 0; k < count; k++) {
        long bit = 1L << at[k];
        if ((widened & bit) == 0) {
          widened |= bit;
          widen(rows[at[k]], weights, (first + at[k]) * outputs, outputs);
        }
      }
      products(scratch.sums[s - from], rows, at, by, 0, count, outputs);
    }
  }

  private static void widen(int[] row, short[] weights, int at, int n) {
    for (int j = 0; j < n; j++) {
      row[j] = weights[at + j];
    }
  }

  private static void widen(long[] wide, short[] biases, int n) {
    for (int j = 0; j < n; j++) {
      wide[j] = biases[j];
    }
  }

  private static void products(
      int[] sums, int[][] rows, int[] at, int[] by, int from, int to, int n) {
    int k = from;
    for (; k + 4 <= to; k += 4) {
      four(
          sums,
          rows[at[k]],
          rows[at[k + 1]],
          rows[at[k + 2]],
          rows[at[k + 3]],
          by[k],
          by[k + 1],
          by[k + 2],
          by[k + 3],
          n);
    }
    for (; k < to; k++) {
      one(sums, rows[at[k]], by[k], n);
    }
  }

  private static void four(
      int[] sums, int[] a, int[] b, int[] c, int[] d, int p, int q, int r, int s, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] += p * a[j] + q * b[j] + r * c[j] + s * d[j];
    }
  }

  private static void one(int[] sums, int[] a, int p, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] += p * a[j];
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
    int[][] signals = pass.signals(layer);
    if (layer == plan.layers() - 1) {
      for (int s = from; s < to; s++) {
        System.arraycopy(errors, s * classes, signals[s], 0, classes);
      }
    } else {
      for (int s = from; s < to; s++) {
        Arrays.fill(signals[s], 0);
      }
      for (int c = 0; c < classes; c++) {
        plan.arithmetic()
            .feedback(plan.feedbackKey(layer, c), plan.radius(layer), scratch.feedback, width);
        widen(scratch.rows[0], scratch.feedback, 0, width);
        for (int s = from; s < to; s++) {
          one(signals[s], scratch.rows[0], errors[s * classes + c], width);
        }
      }
    }
    boolean truncating = plan.arithmetic() == Arithmetic.POCKETNN;
    for (int s = from; s < to; s++) {
      if (truncating) {
        truncate(signals[s], pass.slopes(layer), s * width);
      } else {
        floor(signals[s], pass.slopes(layer), s * width);
      }
    }
  }

  private static void truncate(int[] signals, byte[] slopes, int at) {
    for (int j = 0; j < signals.length; j++) {
      int slope = slopes[at + j] & 0xFF;
      if (slope != 1) {
        signals[j] = slope == Curve.SILENT ? 0 : signals[j] / slope; // truncating
      }
    }
  }

  private static void floor(int[] signals, byte[] slopes, int at) {
    for (int j = 0; j < signals.length; j++) {
      int slope = slopes[at + j] & 0xFF;
      if (slope != 1) {
        signals[j] = slope == Curve.SILENT ? 0 : Math.floorDiv(signals[j], slope); // floor
      }
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
    int[][] signals = pass.signals(layer);
    int[] sums = scratch.sums[0];
    long[] wide = scratch.wide[0];
    for (int i = from; i < to; i++) {
      int count = i == inputs ? ones(samples, scratch) : column(pass, layer, i, samples, scratch);
      if (count == 0) {
        continue; // both divisions make 0 of 0
      }
      short[] row = i == inputs ? biases : weights;
      int at = i == inputs ? 0 : i * outputs;
      if (range.width() == Ranges.Width.INT) {
        Arrays.fill(sums, 0, outputs, 0);
        products(sums, signals, scratch.places, scratch.values, 0, count, outputs);
        narrow(row, at, outputs, rate, pass.plan.arithmetic(), scratch);
      } else {
        Arrays.fill(wide, 0, outputs, 0);
        for (int k = 0; k < count; k += range.samplesAtOnce()) {
          int end = Math.min(count, k + range.samplesAtOnce());
          Arrays.fill(sums, 0, outputs, 0);
          products(sums, signals, scratch.places, scratch.values, k, end, outputs);
          add(wide, sums, outputs);
        }
        wide(row, at, outputs, rate, pass.plan.arithmetic(), scratch);
      }
    }
  }

  /** What an input was in those samples where it was not 0. */
  private static int column(Pass pass, int layer, int input, int samples, Scratch scratch) {
    byte[] bytes = pass.inputs(layer);
    int zero = pass.plan.zero(layer);
    int[] at = scratch.places;
    int[] by = scratch.values;
    int count = 0;
    for (int s = 0; s < samples; s++) {
      int value = (bytes[pass.inputAt(layer, s) + input] & 0xFF) - zero;
      at[count] = s;
      by[count] = value;
      count += (value | -value) >>> 31; // 1 unless it is 0, without a branch
    }
    return count;
  }

  private static int ones(int samples, Scratch scratch) {
    for (int s = 0; s < samples; s++) {
      scratch.places[s] = s;
      scratch.values[s] = 1;
    }
    return samples;
  }

  private static void narrow(
      short[] row, int at, int n, Divisor rate, Arithmetic arithmetic, Scratch scratch) {
    int[] changes = scratch.sums[0];
    int[] next = scratch.rows[0];
    if (arithmetic == Arithmetic.POCKETNN) {
      truncate(changes, rate, n);
    } else {
      floor(changes, rate, n);
    }
    int changed = notZero(changes, n);
    if (changed > 0) {
      widen(next, row, at, n);
      scratch.changed += changed;
      scratch.clamped += clamp(next, changes, n);
      narrow(row, at, next, n);
    }
  }

  private static void truncate(int[] sums, Divisor rate, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] = rate.truncated(sums[j]);
    }
  }

  private static void floor(int[] sums, Divisor rate, int n) {
    for (int j = 0; j < n; j++) {
      sums[j] = rate.floored(sums[j]);
    }
  }

  private static int notZero(int[] values, int n) {
    int count = 0;
    for (int j = 0; j < n; j++) {
      count += (values[j] | -values[j]) >>> 31;
    }
    return count;
  }

  /** Subtracts and clamps; says how many would have gone beyond. */
  private static int clamp(int[] next, int[] changes, int n) {
    int count = 0;
    for (int j = 0; j < n; j++) {
      int free = next[j] - changes[j];
      int kept = Math.max(-Arithmetic.LARGEST_WEIGHT, Math.min(Arithmetic.LARGEST_WEIGHT, free));
      next[j] = kept;
      count += ((free - kept) | (kept - free)) >>> 31;
    }
    return count;
  }

  private static void narrow(short[] row, int at, int[] next, int n) {
    for (int j = 0; j < n; j++) {
      row[at + j] = (short) next[j];
    }
  }

  private static void wide(
      short[] row, int at, int n, Divisor rate, Arithmetic arithmetic, Scratch scratch) {
    long[] sums = scratch.wide[0];
    for (int j = 0; j < n; j++) {
      long change = arithmetic.divide(sums[j], rate.by());
      long next = row[at + j] - change;
      long kept = Math.max(-Arithmetic.LARGEST_WEIGHT, Math.min(Arithmetic.LARGEST_WEIGHT, next));
      row[at + j] = (short) kept;
      scratch.changed += change == 0 ? 0 : 1;
      scratch.clamped += next == kept ? 0 : 1;
    }
  }
}
