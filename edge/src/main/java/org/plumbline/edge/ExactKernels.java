package org.plumbline.edge;

/**
 * The definitions as they stand, one number after the other, in 64 bits that are not left unseen,
 * and every intermediate held against the bound that {@link Ranges} proved. Slow.
 */
final class ExactKernels implements Kernels {
  private static long within(long value, long bound, String what) {
    if (value > bound || value < -bound) {
      throw new IllegalStateException(
          what + " must be within ±" + bound + ", as was proved, but is " + value);
    }
    return value;
  }

  private static int input(Pass pass, int layer, int sample, int i) {
    int stored = pass.inputs(layer)[pass.inputAt(layer, sample) + i] & 0xFF;
    return (int) within(stored - pass.plan.zero(layer), pass.plan.mostInput(layer), "an input");
  }

  @Override
  public void forward(Pass pass, int layer, int from, int to, Scratch scratch) {
    Plan plan = pass.plan;
    int outputs = plan.outputs(layer);
    Ranges.OfLayer range = pass.ranges.layers().get(layer);
    for (int s = from; s < to; s++) {
      for (int j = 0; j < outputs; j++) {
        long z = pass.network.bias(layer, j);
        for (int i = 0; i < plan.inputs(layer); i++) {
          long product =
              Math.multiplyExact((long) input(pass, layer, s, i), pass.network.weight(layer, i, j));
          z = Math.addExact(z, within(product, Integer.MAX_VALUE, "a product"));
        }
        within(z, range.sum(), "a weighted sum");
        long scaled = plan.arithmetic().divide(z, plan.curve().scale(plan.inputs(layer)));
        int v = Math.toIntExact(Math.max(-Curve.FAR, Math.min(Curve.FAR, scaled)));
        int h = plan.curve().value(plan.arithmetic(), v);
        within(h, plan.curve().most(plan.arithmetic()), "an output");
        int stored = h - plan.curve().least();
        if (stored < 0 || stored > 255) {
          throw new IllegalStateException("a stored output must be a byte, but is " + stored);
        }
        pass.outputs(layer)[s * outputs + j] = (byte) stored;
        if (pass.slopes(layer).length > 0) {
          pass.slopes(layer)[s * outputs + j] =
              (byte) plan.curve().inverseSlope(plan.arithmetic(), v);
        }
      }
    }
  }

  @Override
  public void signals(Pass pass, int layer, int from, int to, Scratch scratch) {
    Plan plan = pass.plan;
    int width = plan.outputs(layer);
    int classes = plan.classes();
    Ranges.OfLayer range = pass.ranges.layers().get(layer);
    boolean last = layer == plan.layers() - 1;
    for (int s = from; s < to; s++) {
      long[] told = new long[width];
      for (int c = 0; c < classes; c++) {
        long error = within(pass.errors()[s * classes + c], range.error(), "an error");
        if (last) {
          told[c] = error;
          continue;
        }
        plan.arithmetic()
            .feedback(plan.feedbackKey(layer, c), plan.radius(layer), scratch.feedback, width);
        for (int j = 0; j < width; j++) {
          long heard = within(scratch.feedback[j], plan.radius(layer), "a feedback weight");
          told[j] = Math.addExact(told[j], Math.multiplyExact(error, heard));
        }
      }
      for (int j = 0; j < width; j++) {
        within(told[j], range.told(), "what a unit is told");
        int slope = pass.slopes(layer)[s * width + j] & 0xFF;
        long signal = slope == Curve.SILENT ? 0 : plan.arithmetic().divide(told[j], slope);
        pass.signals(layer)[s][j] = Math.toIntExact(within(signal, range.told(), "a signal"));
      }
    }
  }

  @Override
  public void update(
      Pass pass, int layer, int samples, Divisor rate, int from, int to, Scratch scratch) {
    int inputs = pass.plan.inputs(layer);
    int outputs = pass.plan.outputs(layer);
    Ranges.OfLayer range = pass.ranges.layers().get(layer);
    for (int i = from; i < to; i++) {
      short[] row = i == inputs ? pass.network.biases(layer) : pass.network.weights(layer);
      int at = i == inputs ? 0 : i * outputs;
      for (int j = 0; j < outputs; j++) {
        long sum = 0;
        for (int s = 0; s < samples; s++) {
          long by = i == inputs ? 1 : input(pass, layer, s, i);
          long product = Math.multiplyExact(by, pass.signals(layer)[s][j]);
          sum = Math.addExact(sum, within(product, Integer.MAX_VALUE, "a product"));
        }
        within(sum, range.batchSum(), "a batch sum");
        long change = pass.plan.arithmetic().divide(sum, rate.by());
        long next = Math.subtractExact((long) row[at + j], change);
        if (range.width() == Ranges.Width.INT) {
          within(next, Integer.MAX_VALUE, "a new weight");
        }
        long most = Arithmetic.LARGEST_WEIGHT;
        long kept = Math.max(-most, Math.min(most, next));
        row[at + j] = (short) kept;
        scratch.changed += change == 0 ? 0 : 1;
        scratch.clamped += next == kept ? 0 : 1;
      }
    }
  }
}
