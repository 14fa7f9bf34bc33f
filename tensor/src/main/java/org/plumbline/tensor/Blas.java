package org.plumbline.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The library of matrix products that libtorch calls. OpenBLAS has threads of its own, of which
 * {@code torch.set_num_threads} knows nothing: without this a product would take all cores.
 */
@SuppressWarnings("restricted") // the program allows native access
final class Blas {
  private static final Optional<MethodHandle> SET_THREADS =
      SymbolLookup.loaderLookup()
          .find("openblas_set_num_threads")
          .map(address ->
              Linker.nativeLinker()
                  .downcallHandle(address, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)));
  private static final Optional<MethodHandle> THREADS =
      SymbolLookup.loaderLookup()
          .find("openblas_get_num_threads")
          .map(address ->
              Linker.nativeLinker()
                  .downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT)));

  private Blas() {}

  /** Sets how many threads a product may use; where the library is another one, nothing. */
  static void threads(int threads) {
    SET_THREADS.ifPresent(set -> {
      try {
        set.invokeExact(threads);
      } catch (Throwable e) {
        throw new IllegalStateException("openblas_set_num_threads", e);
      }
    });
  }

  /** How many threads a product may use; nothing where the library is another one. */
  static Optional<Integer> threads() {
    return THREADS.map(get -> {
      try {
        return (int) get.invokeExact();
      } catch (Throwable e) {
        throw new IllegalStateException("openblas_get_num_threads", e);
      }
    });
  }
}
