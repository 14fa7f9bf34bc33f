package org.plumbline.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.Assumptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LibtorchTest {
  @AfterEach
  void one() {
    Libtorch.threads(1);
  }

  /** libtorch tells OpenMP only; its products are OpenBLAS's. */
  @Test
  void theNumberOfThreadsIsThatOfProductsToo() {
    Libtorch.load();
    Assumptions.assumeThat(Blas.threads()).as("libtorch multiplies with OpenBLAS").isPresent();
    for (int threads : new int[] {2, 1}) {
      Libtorch.threads(threads);
      assertThat(torch.get_num_threads()).isEqualTo(threads);
      assertThat(Blas.threads()).contains(threads);
    }
  }

  @Test
  void theMostIsTheCoresOrWhatTheEnvironmentSays() {
    Libtorch.threads(3); // does not count
    int cores = Runtime.getRuntime().availableProcessors();
    String given = System.getenv("OMP_NUM_THREADS");
    assertThat(Libtorch.mostThreads())
        .isEqualTo(given == null ? cores : Math.min(cores, Integer.parseInt(given)));
  }

  @Test
  void whatIsOnAShelfOutlastsTheInnerScopeAndEndsWithTheOuter() {
    assertThatThrownBy(Shelf::here).isInstanceOf(IllegalStateException.class);
    long before = Scope.live();
    try (var _ = Scope.open()) {
      Shelf shelf = Shelf.here();
      Tensor room;
      try (var _ = Scope.open()) {
        Tensor like = Tensor.zeros(Precision.FP64, 2, 3);
        room = shelf.room(like);
        room.fill(7);
      }
      assertThat(room.shape()).isEqualTo(Shape.of(2, 3));
      assertThat(room.precision()).isEqualTo(Precision.FP64);
      assertThat(room.toDoubles()).containsOnly(7);
      assertThat(Scope.live()).isEqualTo(before + 1);
    }
    assertThat(Scope.live()).isEqualTo(before);
  }
}
