package org.plumbline.data;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/**
 * Any bytes into every parser. A normal run tries the files below {@code ParserFuzzTestInputs};
 * {@code JAZZER_FUZZ=1 mvn test-compile surefire:test@fuzz -pl tensor,core
 * -Dtest=ParserFuzzTest#idx} looks for new ones. A finding joins those files.
 */
@Tag("fuzz")
class ParserFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void idx(byte[] content) {
    Targets.idx(content);
  }

  @FuzzTest(maxDuration = "60s")
  void cifar(byte[] content) {
    Targets.cifar(content);
  }

  @FuzzTest(maxDuration = "60s")
  void csv(byte[] content) {
    Targets.csv(content);
    Targets.inputs(content);
  }

  @FuzzTest(maxDuration = "60s")
  void gzip(byte[] content) {
    Targets.gzip(content);
    Targets.tar(content);
  }
}
