package org.plumbline.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

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
  private static final ThreadLocal<@Nullable Scope> INNERMOST = new ThreadLocal<>();

  private final @Nullable Scope outer = INNERMOST.get();
  private @Nullable Buffers buffers;
  private final List<Tensor> lent = new ArrayList<>();
  private final PointerScope scope;

  private Scope(@Nullable Buffers buffers) {
    Libtorch.load();
    this.buffers = buffers;
    scope = new PointerScope();
    INNERMOST.set(this);
  }

  /**
   * Opens a scope inside the one that is open on this thread, if any.
   *
   * @return the scope, to be closed by the same thread in reverse order of opening
   */
  public static Scope open() {
    Scope outer = INNERMOST.get();
    return new Scope(outer == null ? null : outer.buffers);
  }

  /**
   * Opens a scope whose tensors, and those of scopes inside it, are lent by these buffers where the
   * operation allows it.
   *
   * @param buffers of a scope around this one
   * @return the scope, to be closed by the same thread in reverse order of opening
   */
  public static Scope open(Buffers buffers) {
    return new Scope(buffers);
  }

  /**
   * Opens a scope inside the one that is open on this thread, in which nothing is lent: for work
   * done now and then that needs many times the room of what is done all the time.
   *
   * @return the scope, to be closed by the same thread in reverse order of opening
   */
  public static Scope aside() {
    return new Scope(null);
  }

  /**
   * Copies a tensor of a scope inside this one, so that it lives as long as this, or until it is
   * handed back.
   *
   * @param tensor of any scope that is open
   * @return shaped like it; a buffer where this scope lends some
   */
  public Tensor keep(Tensor tensor) {
    if (buffers == null) {
      Tensor copy = tensor.copied();
      scope.attach(copy.libtorch());
      return copy;
    }
    Tensor room = buffers.take(tensor.precision(), tensor.shape(), tensor.layout());
    lent.add(room);
    return room.copyFrom(tensor);
  }

  /**
   * Hands back a buffer before this scope closes.
   *
   * @param tensor what {@link #keep} gave; no longer to be used
   */
  public void handBack(Tensor tensor) {
    if (buffers != null && lent.remove(tensor)) {
      buffers.give(tensor);
    }
  }

  /**
   * The number of native objects that are alive, tensors above all. A loop that leaks shows here.
   *
   * @return a count over all threads
   */
  public static long live() {
    return Pointer.totalCount() - Scalars.kept();
  }

  @Override
  public void close() {
    if (buffers != null) {
      lent.forEach(buffers::give);
    }
    scope.close();
    if (outer == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(outer);
    }
  }

  /** Makes something without buffers: libtorch cannot differentiate what is written into one. */
  static <T> T plainly(Supplier<T> work) {
    Scope innermost = INNERMOST.get();
    if (innermost == null || innermost.buffers == null) {
      return work.get();
    }
    Buffers buffers = innermost.buffers;
    innermost.buffers = null;
    try {
      return work.get();
    } finally {
      innermost.buffers = buffers;
    }
  }

  /** A tensor that holds anything, from the buffers of the innermost scope; null without them. */
  static @Nullable Tensor lend(Precision precision, Shape shape, Layout layout) {
    Scope innermost = INNERMOST.get();
    if (innermost == null || innermost.buffers == null) {
      return null;
    }
    Tensor tensor = innermost.buffers.take(precision, shape, layout);
    innermost.lent.add(tensor);
    return tensor;
  }

  static void require() {
    if (PointerScope.getInnerScope() == null) {
      throw new IllegalStateException(
          "a tensor can only be made inside a scope, and none is open on this thread; wrap the code in"
              + " try (var _ = Scope.open()) { … }");
    }
  }
}
