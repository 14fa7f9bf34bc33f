package org.plumbline.data;

import java.nio.file.Path;
import org.plumbline.value.BadInput;

/** Keeps the rows of one file to half of what the JVM may take. */
final class Memory {
  private Memory() {}

  static long limit() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /** Refuses bytes that half of the heap cannot hold. */
  static void expect(Path file, long bytes) {
    expect(file, bytes, limit());
  }

  static void expect(Path file, long bytes, long limit) {
    if (bytes > limit) {
      throw new BadInput(
          "%s needs %,d MiB of memory, but at most %,d MiB may be used; take fewer rows or give Java more (JAVA_TOOL_OPTIONS=-Xmx…g)"
              .formatted(file, (bytes >> 20) + 1, limit >> 20));
    }
  }
}
