package org.plumbline.run;

import com.code_intelligence.jazzer.junit.FuzzTest;

class SafetensorsFuzzTest {
  @FuzzTest
  void parse(byte[] bytes) {
    Parsers.mayRefuse(() -> Parsers.safetensors(bytes));
  }
}
