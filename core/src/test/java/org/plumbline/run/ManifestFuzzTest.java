package org.plumbline.run;

import com.code_intelligence.jazzer.junit.FuzzTest;

class ManifestFuzzTest {
  @FuzzTest
  void parse(byte[] bytes) {
    Parsers.mayRefuse(() -> Parsers.manifest(bytes));
  }
}
