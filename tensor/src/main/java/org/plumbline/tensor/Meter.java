package org.plumbline.tensor;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts the work of the matrix kernels on this thread while it is open.
 *
 * <pre>{@code
 * try (var meter = Meter.open(Meter.Part.ERROR)) {
 *   signals = feedback.signals(trace, outcome);
 *   meter.products(Meter.Part.ERROR);           // multiply-accumulates, counted inside the kernels
 * }
 * }</pre>
 *
 * <p>A product of {@code [n, k]} and {@code [k, m]} is n k m multiply-accumulates and moves n (k m
 * + k) words: each row by itself reads the whole matrix and its own k numbers, as a machine does
 * that sees one row at a time. A convolution of n images, with h′ w′ places of its output, is n out
 * h′ w′ (in/groups) kh kw multiply-accumulates, zeros of the padding too, and moves n times the
 * kernel and the numbers of the image that goes in; its two derivatives do as much each and move
 * the kernel and the signal. Operations element by element, pooling and normalisation are not
 * counted: beside the products they are few. A meter inside another keeps its counts to itself.
 */
public final class Meter implements AutoCloseable {
  private static final ThreadLocal<Optional<Meter>> OPEN = ThreadLocal.withInitial(Optional::empty);

  /** What work is done for. */
  public enum Part {
    /** Passes through the network. */
    FORWARD,
    /** What the blocks are told. */
    ERROR,
    /** The gradients of the network's weights. */
    WEIGHTS,
    /** Whatever else a rule does: its own learning, mirror phases, forward-mode derivatives. */
    EXTRA
  }

  /** Work that belongs to a part, until it is closed. */
  public interface Stretch extends AutoCloseable {
    @Override
    void close();
  }

  private record Count(long products, long words) {
    private static final Count NONE = new Count(0, 0);

    private Count and(Count other) {
      return new Count(products + other.products, words + other.words);
    }
  }

  private final Optional<Meter> outer = OPEN.get();
  private final Map<Part, Count> counts = new EnumMap<>(Part.class);
  private Part part;

  private Meter(Part part) {
    this.part = part;
  }

  /**
   * Begins to count.
   *
   * @param part what the work is for, unless {@link #as} says otherwise
   * @return the meter, to be closed by the same thread
   */
  public static Meter open(Part part) {
    Meter meter = new Meter(part);
    OPEN.set(Optional.of(meter));
    return meter;
  }

  /**
   * Says what the work is for that comes now. Costs nothing where nobody counts.
   *
   * @param part what for
   * @return the stretch, to be closed by the same thread in reverse order of opening
   */
  public static Stretch as(Part part) {
    Optional<Meter> open = OPEN.get();
    if (open.isEmpty()) {
      return () -> {};
    }
    Meter meter = open.get();
    Part before = meter.part;
    meter.part = part;
    return () -> meter.part = before;
  }

  /**
   * Counts that numbers are read again: one kernel does what several parts of a machine would do,
   * each of which reads them for itself.
   *
   * @param numbers that are read
   * @param times how often more
   */
  public static void readAgain(Tensor numbers, long times) {
    if (OPEN.get().isPresent()) {
      add(0, times * numbers.size());
    }
  }

  /**
   * The multiply-accumulates so far.
   *
   * @param part of the work
   * @return over all rows
   */
  public long products(Part part) {
    return count(part).products;
  }

  /**
   * The words moved so far.
   *
   * @param part of the work
   * @return over all rows
   */
  public long words(Part part) {
    return count(part).words;
  }

  @Override
  public void close() {
    OPEN.set(outer);
  }

  private Count count(Part of) {
    return counts.getOrDefault(of, Count.NONE);
  }

  /** A kernel multiplies {@code [n, k]} by {@code [k, m]}. */
  static void product(Tensor left, Tensor right) {
    if (OPEN.get().isPresent()) {
      count(left.size(0), left.size(1), right.size(1));
    }
  }

  /** A kernel multiplies {@code [n…, k]} by the transpose of {@code [m, k]}. */
  static void linear(Tensor input, Tensor weight) {
    if (OPEN.get().isPresent()) {
      count(input.size() / weight.size(1), weight.size(1), weight.size(0));
    }
  }

  /** A kernel multiplies {@code [n, k]} by {@code [k, m]} many times. */
  static void batched(long times, long n, long k, long m) {
    if (OPEN.get().isPresent()) {
      add(times * n * k * m, times * n * (k * m + k));
    }
  }

  /** A kernel gathers {@code [n, to]} through s places and values a column, {@code [s, to]}. */
  static void gathered(Tensor input, Tensor values) {
    if (OPEN.get().isPresent()) {
      long rows = input.size(0);
      add(rows * values.size(), rows * (2 * values.size() + values.size(1)));
    }
  }

  /**
   * A kernel convolves a source {@code [n, channels, height, width]}, with {@code [n, out, h′, w′]}
   * on the side of its outputs.
   */
  static void convolution(Tensor source, Tensor kernel, Tensor outputs) {
    if (OPEN.get().isPresent()) {
      long places = outputs.size(2) * outputs.size(3);
      add(source.size(0) * kernel.size() * places, source.size(0) * kernel.size() + source.size());
    }
  }

  private static void count(long n, long k, long m) {
    add(n * k * m, n * (k * m + k));
  }

  private static void add(long products, long words) {
    OPEN.get()
        .ifPresent(meter -> meter.counts.merge(meter.part, new Count(products, words), Count::and));
  }
}
