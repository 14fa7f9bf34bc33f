package org.plumbline.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LeakGateTest {
  @Test
  void isSwitchedOn() {
    assertThat(LeakGate.watched()).contains("isSwitchedOn");
  }

  @Test
  void refusesATensorThatIsLeftAlive() {
    Libtorch.load();
    var count = LeakGate.Count.now();
    try (var _ = Scope.open()) {
      Tensor left = Tensor.zeros(Precision.FP32, 2);
      assertThatThrownBy(() -> count.requireNoMore("a test"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("a test leaves 1 native objects alive");
      assertThat(left.size()).isEqualTo(2);
    }
    assertThatCode(() -> count.requireNoMore("a test")).doesNotThrowAnyException();
  }

  @Test
  void loadingLibtorchIsNoLeak() {
    Libtorch.load();
    assertThat(Scope.live()).isZero();
  }
}
