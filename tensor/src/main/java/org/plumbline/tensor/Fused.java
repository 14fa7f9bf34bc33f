package org.plumbline.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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

  private static final int SLOTS = 2;

  /** Of a kernel: weights, their copy, slots, gradient. */
  private static final int OPERANDS = 3 + SLOTS;

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
    this.room = Tensor.zeros(Precision.FP32, (long) OPERANDS * Kernels.lanes());
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
    all(from, g, (at, half, n) -> Kernels.sgd(at.w, at.w16, at.g, half, n, k, r));
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
        (at, half, n) ->
            Kernels.momentum(
                at.w,
                at.w16,
                at.a,
                at.g,
                half,
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
        (at, half, n) ->
            Kernels.rms(
                at.w,
                at.w16,
                at.a,
                at.g,
                half,
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
        (at, half, n) ->
            Kernels.adam(
                at.w,
                at.w16,
                at.a,
                at.b,
                at.g,
                half,
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

  /** Where a kernel reads and writes: weights, their copy or 0, slots, gradient. */
  private record Place(long w, long w16, long a, long b, long g) {}

  /** A kernel over a number of elements; the gradient is in BF16 or not. */
  private interface Kernel {
    void run(Place at, boolean half, long count);
  }

  /** Runs a kernel over a piece. */
  private void all(long from, Tensor g, Kernel kernel) {
    long count = count(from, g);
    long body = count - count % Kernels.lanes();
    boolean half = g.precision() == Precision.BF16;
    long at = 4 * from;
    long copied = copy.isPresent() ? w16 + at / 2 : 0;
    kernel.run(new Place(w + at, copied, s[0] + at, s[1] + at, address(g)), half, body);
    if (body < count) {
      rest(at + 4 * body, count - body, g, body, kernel);
    }
  }

  /** Runs a kernel over the last elements of a piece, fewer than a vector, in a room of its own. */
  private void rest(long at, long count, Tensor g, long done, Kernel kernel) {
    long vector = 4L * Kernels.lanes();
    MemorySegment pad = room.memory();
    List<MemorySegment> pads = new ArrayList<>();
    for (int i = 0; i < OPERANDS; i++) {
      pads.add(pad.asSlice(i * vector, vector));
    }
    boolean half = g.precision() == Precision.BF16;
    long width = half ? 2 : 4;
    MemorySegment.copy(weights.memory(), at, pads.get(0), 0, 4 * count);
    for (int i = 0; i < slots.size(); i++) {
      MemorySegment.copy(slots.get(i).memory(), at, pads.get(2 + i), 0, 4 * count);
    }
    MemorySegment.copy(g.memory(), width * done, pads.get(4), 0, width * count);
    kernel.run(
        new Place(
            pads.get(0).address(),
            copy.isPresent() ? pads.get(1).address() : 0,
            pads.get(2).address(),
            pads.get(3).address(),
            pads.get(4).address()),
        half,
        Kernels.lanes());
    MemorySegment.copy(pads.get(0), 0, weights.memory(), at, 4 * count);
    copy.ifPresent(c -> MemorySegment.copy(pads.get(1), 0, c.room().memory(), at / 2, 2 * count));
    for (int i = 0; i < slots.size(); i++) {
      MemorySegment.copy(pads.get(2 + i), 0, slots.get(i).memory(), at, 4 * count);
    }
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
