package org.plumbline.edge;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes into the reader. A normal run tries the files below {@code ModelFuzzTestInputs}; {@code
 * JAZZER_FUZZ=1 mvn test-compile surefire:test@fuzz -pl edge} looks for new ones.
 */
@Tag("fuzz")
class ModelFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void model(byte[] bytes) {
    ModelTest.parsed(bytes);
    ModelTest.parsed(ModelTest.sealed(bytes));
  }
}
