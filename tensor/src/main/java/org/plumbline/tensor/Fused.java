package org.plumbline.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * Optimizer steps of one parameter in one pass over memory, with the JDK's Vector API: the weights,
 * their slots and the gradient are read once and written once, where one libtorch call an operation
 * reads and writes them several times. A {@link WorkingCopy} of the weights is written in the same
 * pass.
 *
 * <p>Needs the module jdk.incubator.vector ({@code --add-modules jdk.incubator.vector}), and
 * contiguous tensors in FP32 on the CPU; elsewhere there is none, and the caller uses libtorch. The
 * result is libtorch's within rounding, and the same for every division into pieces.
 *
 * <p>The gradient may come in pieces, so that it need never be stored whole: each method takes the
 * gradient of the elements from {@code from} on, row by row, in FP32 or BF16. {@link #done} ends
 * the step.
 */
public final class Fused {
  private static final boolean PRESENT =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  /** Elements that are converted at once: they stay in the first cache. */
  private static final int BLOCK = 2048;

  private static final int SLOTS = 2;

  private final Tensor weights;
  private final List<Tensor> slots;
  private final Optional<WorkingCopy> copy;
  private final Tensor room;
  private final long w;
  private final long[] s = new long[SLOTS];
  private final long w16;
  private final long size;

  private Fused(Tensor weights, List<Tensor> slots, Optional<WorkingCopy> copy) {
    this.weights = weights;
    this.slots = List.copyOf(slots);
    this.copy = copy;
    // a block of the gradient; one vector of each operand; the same in BF16, whose size is half
    this.room = Tensor.zeros(Precision.FP32, BLOCK + (SLOTS + 4L) * Kernels.lanes());
    this.w = address(weights);
    for (int i = 0; i < slots.size(); i++) {
      s[i] = address(slots.get(i));
    }
    this.w16 = copy.map(c -> address(c.room())).orElse(0L);
    this.size = weights.size();
  }

  /**
   * Whether the JVM runs with the Vector API, so that steps can be fused at all.
   *
   * @return false without {@code --add-modules jdk.incubator.vector}
   */
  public static boolean present() {
    return PRESENT;
  }

  /**
   * Prepares a parameter.
   *
   * @param weights live, any shape
   * @param copy follows the weights, if there is one
   * @param slots live, shaped like the weights, at most two: momentum, mean square
   * @return empty where steps cannot be fused
   */
  public static Optional<Fused> of(Tensor weights, Optional<WorkingCopy> copy, List<Tensor> slots) {
    if (!PRESENT || !fits(weights) || !slots.stream().allMatch(Fused::fits)) {
      return Optional.empty();
    }
    if (slots.size() > SLOTS || slots.stream().anyMatch(x -> x.size() != weights.size())) {
      throw new IllegalArgumentException("slots " + slots + " are not two shaped like " + weights);
    }
    return Optional.of(new Fused(weights, slots, copy));
  }

  private static boolean fits(Tensor tensor) {
    return tensor.precision() == Precision.FP32
        && tensor.device() == Device.CPU
        && tensor.t.is_contiguous();
  }

  /**
   * W ← keep W − rate g.
   *
   * @param from the first element, row by row
   * @param g of the elements from there on
   * @param keep of the weights
   * @param rate η
   */
  public void sgd(long from, Tensor g, double keep, double rate) {
    float k = (float) keep;
    float r = (float) rate;
    if (copy.isPresent() && g.precision() == Precision.BF16) {
      long count = count(from, g);
      long body = count - count % Kernels.lanes();
      Kernels.sgd(w + 4 * from, w16 + 2 * from, address(g), body, k, r);
      if (body == count) {
        return;
      }
      rest(from, body, g, (to, grad, n) -> Kernels.sgd(to[0], grad, n, k, r));
      return;
    }
    all(from, g, (to, grad, n) -> Kernels.sgd(to[0], grad, n, k, r));
  }

  /**
   * Momentum: h = g + decay W, m ← memory m + h, W ← W − rate (ofGradient h + ofMemory m). The slot
   * is m.
   *
   * @param from the first element, row by row
   * @param g of the elements from there on
   * @param decay λ
   * @param memory μ
   * @param rate η
   * @param ofGradient 0 classical, 1 Nesterov
   * @param ofMemory 1 classical, μ Nesterov
   */
  public void momentum(
      long from,
      Tensor g,
      double decay,
      double memory,
      double rate,
      double ofGradient,
      double ofMemory) {
    all(
        from,
        g,
        (to, grad, n) ->
            Kernels.momentum(
                to[0],
                to[1],
                grad,
                n,
                (float) decay,
                (float) memory,
                (float) rate,
                (float) ofGradient,
                (float) ofMemory));
  }

  /**
   * RMSprop: h = g + decay W, v ← memory v + (1 − memory) h², W ← W − rate h / (√v + epsilon). The
   * slot is v.
   *
   * @param from the first element, row by row
   * @param g of the elements from there on
   * @param decay λ
   * @param memory α
   * @param epsilon ε
   * @param rate η
   */
  public void rms(long from, Tensor g, double decay, double memory, double epsilon, double rate) {
    all(
        from,
        g,
        (to, grad, n) ->
            Kernels.rms(
                to[0],
                to[1],
                grad,
                n,
                (float) decay,
                (float) memory,
                (float) (1 - memory),
                (float) epsilon,
                (float) rate));
  }

  /**
   * Adam: h = g + decay W, m ← β₁ m + (1 − β₁) h, v ← β₂ v + (1 − β₂) h², W ← keep W − rate m / (√v
   * + epsilon). The slots are m and v; the corrections of their start are in rate and epsilon.
   *
   * @param from the first element, row by row
   * @param g of the elements from there on
   * @param decay λ in the gradient
   * @param keep 1 − ηλ where decay is apart from the gradient
   * @param beta1 β₁
   * @param beta2 β₂
   * @param epsilon ε √(1 − β₂ᵗ)
   * @param rate η √(1 − β₂ᵗ) / (1 − β₁ᵗ)
   */
  public void adam(
      long from,
      Tensor g,
      double decay,
      double keep,
      double beta1,
      double beta2,
      double epsilon,
      double rate) {
    all(
        from,
        g,
        (to, grad, n) ->
            Kernels.adam(
                to[0],
                to[1],
                to[2],
                grad,
                n,
                (float) decay,
                (float) keep,
                (float) (1 - beta1),
                (float) beta2,
                (float) (1 - beta2),
                (float) epsilon,
                (float) rate));
  }

  /** Ends a step whose pieces have covered every element: the weights have changed. */
  public void done() {
    weights.changed();
    copy.ifPresent(WorkingCopy::written);
  }

  /** A kernel over some elements: weights and slots, then the gradient in FP32. */
  private interface Kernel {
    void run(long[] operands, long gradient, long count);
  }

  /** Runs a kernel over a piece. */
  private void all(long from, Tensor g, Kernel kernel) {
    long count = count(from, g);
    long body = count - count % Kernels.lanes();
    boolean half = g.precision() == Precision.BF16;
    if (!half && copy.isEmpty()) {
      kernel.run(operands(from), address(g), body);
    } else {
      long gradient = address(g);
      long block = address(room);
      for (long i = 0; i < body; i += BLOCK) {
        long n = Math.min(BLOCK, body - i);
        if (half) {
          Kernels.widen(gradient + 2 * i, block, n);
        }
        kernel.run(operands(from + i), half ? block : gradient + 4 * i, n);
        if (copy.isPresent()) {
          Kernels.narrow(w + 4 * (from + i), w16 + 2 * (from + i), n);
        }
      }
    }
    if (body < count) {
      rest(from, body, g, kernel);
    }
  }

  /**
   * Runs a kernel over the last elements of a piece, fewer than a vector, in a room that is one.
   */
  private void rest(long from, long body, Tensor g, Kernel kernel) {
    MemorySegment pad = room.memory().asSlice(4L * BLOCK);
    long lanes = 4L * Kernels.lanes();
    long bytes = 4 * (g.size() - body);
    long at = 4 * (from + body);
    long gradient = (SLOTS + 1) * lanes;
    long half = gradient + lanes;
    MemorySegment.copy(weights.memory(), at, pad, 0, bytes);
    for (int i = 0; i < slots.size(); i++) {
      MemorySegment.copy(slots.get(i).memory(), at, pad, (i + 1) * lanes, bytes);
    }
    if (g.precision() == Precision.BF16) {
      MemorySegment.copy(g.memory(), 2 * body, pad, half, bytes / 2);
      Kernels.widen(pad.address() + half, pad.address() + gradient, Kernels.lanes());
    } else {
      MemorySegment.copy(g.memory(), 4 * body, pad, gradient, bytes);
    }
    long[] operands = new long[SLOTS + 1];
    for (int i = 0; i < operands.length; i++) {
      operands[i] = pad.address() + i * lanes;
    }
    kernel.run(operands, pad.address() + gradient, Kernels.lanes());
    MemorySegment.copy(pad, 0, weights.memory(), at, bytes);
    for (int i = 0; i < slots.size(); i++) {
      MemorySegment.copy(pad, (i + 1) * lanes, slots.get(i).memory(), at, bytes);
    }
    if (copy.isPresent()) {
      Kernels.narrow(pad.address(), pad.address() + half, Kernels.lanes());
      MemorySegment.copy(pad, half, copy.get().room().memory(), at / 2, bytes / 2);
    }
  }

  private long[] operands(long from) {
    long[] operands = new long[SLOTS + 1];
    operands[0] = w + 4 * from;
    for (int i = 0; i < SLOTS; i++) {
      operands[i + 1] = s[i] + 4 * from;
    }
    return operands;
  }

  /** The number of elements of a piece, which must be memory that a kernel may read. */
  private long count(long from, Tensor g) {
    long count = g.size();
    boolean known = g.precision() == Precision.FP32 || g.precision() == Precision.BF16;
    if (!known || g.t.is_cuda() || !g.t.is_contiguous() || from < 0 || from > size - count) {
      throw new IllegalArgumentException(
          "%s from element %d on is no gradient of %d elements in contiguous FP32 or BF16"
              .formatted(g, from, size));
    }
    if (weights.t.isNull() || room.t.isNull() || slots.stream().anyMatch(x -> x.t.isNull())) {
      throw new IllegalStateException("a step after the scope of its tensors has been closed");
    }
    return count;
  }

  private static long address(Tensor tensor) {
    return tensor.t.data_ptr().address();
  }
}
