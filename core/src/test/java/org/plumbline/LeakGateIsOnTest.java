package org.plumbline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.plumbline.tensor.LeakGate;

class LeakGateIsOnTest {
  @Test
  void theGateOfTensorWatchesTheTestsOfCore() {
    assertThat(LeakGate.watched()).contains("theGateOfTensorWatchesTheTestsOfCore");
  }
}
