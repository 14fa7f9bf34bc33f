package org.plumbline.run;

import com.code_intelligence.jazzer.junit.FuzzTest;

class EventsFuzzTest {
  @FuzzTest
  void parse(byte[] bytes) {
    Parsers.mayRefuse(() -> Parsers.events(bytes));
  }
}
