package org.plumbline.nn;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.plumbline.tensor.Tensor;

/**
 * What a pass worked out of the last signal it was given: to carry a signal on and to make
 * gradients of it both go through what lies behind the weight.
 */
final class Remembered {
  private Tensor.@Nullable Mark signal;
  private List<Tensor.Mark> found = List.of();

  /** What came of a signal, if this is the last one and nothing of it has changed or gone. */
  Optional<List<Tensor>> of(Tensor signal) {
    boolean holds =
        this.signal != null
            && this.signal.tensor() == signal
            && this.signal.holds()
            && found.stream().allMatch(Tensor.Mark::holds);
    return holds ? Optional.of(found.stream().map(Tensor.Mark::tensor).toList()) : Optional.empty();
  }

  /** Remembers what came of a signal, in place of what was known. */
  List<Tensor> keep(Tensor signal, List<Tensor> found) {
    this.signal = signal.mark();
    this.found = found.stream().map(Tensor::mark).toList();
    return found;
  }
}
