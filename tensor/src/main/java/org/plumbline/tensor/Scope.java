package org.plumbline.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * Frees every tensor that was made inside it, on this thread, when it closes.
 *
 * <pre>{@code
 * try (var _ = Scope.open()) {
 *   Tensor y = x.matmul(w);      // freed at the brace
 *   weights.add(y, 0.1);         // weights, made outside, stay
 * }
 * }</pre>
 *
 * <p>Native memory is invisible to Java's garbage collector, so tensors can only be made inside a
 * scope. What must outlast a step is made in an outer scope and changed in place.
 */
public final class Scope implements AutoCloseable {
  private final PointerScope scope;

  private Scope() {
    Libtorch.load();
    scope = new PointerScope();
  }

  /**
   * Opens a scope inside the one that is open on this thread, if any.
   *
   * @return the scope, to be closed by the same thread in reverse order of opening
   */
  public static Scope open() {
    return new Scope();
  }

  /**
   * The number of native objects that are alive, tensors above all. A loop that leaks shows here.
   *
   * @return a count over all threads
   */
  public static long live() {
    return Pointer.totalCount();
  }

  @Override
  public void close() {
    scope.close();
  }

  static void require() {
    if (PointerScope.getInnerScope() == null) {
      throw new IllegalStateException(
          "a tensor can only be made inside a scope, and none is open on this thread; wrap the code in"
              + " try (var _ = Scope.open()) { … }");
    }
  }
}
