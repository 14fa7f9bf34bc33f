package org.plumbline.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/**
 * The tensors of a loop, used again in every round: memory that is neither asked for nor given back
 * while it runs.
 *
 * <pre>{@code
 * Buffers buffers = new Buffers();             // lives as long as the scope that is open here
 * while (…) {
 *   try (var _ = Scope.open(buffers)) {
 *     Tensor y = x.tanh();                     // takes a buffer of the last round
 *   }                                          // and hands it back
 * }
 * }</pre>
 *
 * <p>Of each shape and precision there are as many as were ever needed at once. One thread uses
 * them at a time.
 */
public final class Buffers {
  private record Kind(Precision precision, Shape shape, Layout layout) {}

  private final PointerScope owner;
  private final Map<Kind, Deque<Tensor>> free = new HashMap<>();
  private long bytes;

  /** None yet; those that come live in the open scope. */
  public Buffers() {
    Scope.require();
    owner = PointerScope.getInnerScope();
  }

  /**
   * What all of them hold, lent or not: the most that one round needed.
   *
   * @return in bytes
   */
  public long bytes() {
    return bytes;
  }

  /** A tensor that holds anything. */
  Tensor take(Precision precision, Shape shape, Layout layout) {
    Tensor found = kind(new Kind(precision, shape, layout)).pollLast();
    if (found != null) {
      return found;
    }
    Tensor made = Tensor.room(precision, shape, layout);
    bytes += shape.size() * precision.bytes();
    return keep(made).belongTo(this);
  }

  /** Lets a tensor, and its transposed view if it is a matrix, live as long as the buffers. */
  Tensor keep(Tensor tensor) {
    if (tensor.shape().rank() == 2) {
      owner.attach(tensor.paired().libtorch());
    }
    owner.attach(tensor.libtorch());
    return tensor;
  }

  void give(Tensor tensor) {
    tensor.returned();
    kind(new Kind(tensor.precision(), tensor.shape(), tensor.layout())).addLast(tensor);
  }

  private Deque<Tensor> kind(Kind kind) {
    return free.computeIfAbsent(kind, _ -> new ArrayDeque<>());
  }
}
