package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.plumbline.value.BadInput;

/**
 * What every parser must do with any bytes: refuse them with {@link BadInput} alone, or read them
 * so that writing and reading again gives the same; within 64 MiB and four times the input.
 */
final class Targets {
  private static final Path FILE = Path.of("f");
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Targets() {}

  /** What became of the bytes. */
  enum Verdict {
    READ,
    REFUSED
  }

  private interface Parser {
    void parse(byte[] content);
  }

  static Verdict idx(byte[] content) {
    return run(
        content,
        bytes -> {
          Idx idx = IdxTest.read(bytes);
          Idx again = IdxTest.read(idx.write());
          assertThat(again.print()).isEqualTo(idx.print());
          assertThat(again.bytes()).isEqualTo(idx.bytes());
        });
  }

  static Verdict cifar(byte[] content) {
    return run(
        content,
        bytes -> {
          Rows rows = Cifar.read("cifar10", Digits.CLASSES, FILE, bytes);
          byte[] again = new byte[rows.size() * Cifar.RECORD];
          float[] row = new float[Cifar.PIXELS];
          for (int i = 0; i < rows.size(); i++) {
            rows.copyInput(i, row, 0);
            again[i * Cifar.RECORD] = (byte) rows.label(i);
            for (int k = 0; k < row.length; k++) {
              again[i * Cifar.RECORD + 1 + k] = (byte) Math.round(row[k] * 255);
            }
          }
          assertThat(again).isEqualTo(bytes);
        });
  }

  static Verdict csv(byte[] content) {
    return run(
        content,
        bytes -> {
          Rows rows = CsvTest.read(bytes, "-1");
          Rows again = CsvTest.read(write(rows), "-1");
          assertThat(again.sha256()).isEqualTo(rows.sha256());
          assertThat(again.classes()).isEqualTo(rows.classes());
        });
  }

  static byte[] write(Rows rows) {
    StringBuilder text = new StringBuilder();
    float[] row = new float[Math.toIntExact(rows.shape().size())];
    for (int i = 0; i < rows.size(); i++) {
      rows.copyOriginal(i, row, 0);
      for (float x : row) {
        text.append(x).append(',');
      }
      text.append('"').append(rows.classes().get(rows.label(i)).replace("\"", "\"\""));
      text.append("\"\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static Verdict inputs(byte[] content) {
    return run(
        content,
        bytes -> {
          try (Source in = Source.of(FILE, bytes)) {
            for (float[] row : Csv.inputs(in, 3, List.of("a", "b", "c"), 16 << 20)) {
              assertThat(row).hasSize(3);
            }
          }
        });
  }

  static Verdict gzip(byte[] content) {
    return run(
        content,
        bytes -> {
          try (Source in = Source.of(FILE, bytes)) {
            byte[] all = SourceTest.all(in);
            try (Source again = Source.of(FILE, SourceTest.gzip(all))) {
              assertThat(SourceTest.all(again)).isEqualTo(all);
            }
          }
        });
  }

  static Verdict tar(byte[] content) {
    return run(
        content,
        bytes -> {
          try (Source in = Source.of(FILE, bytes)) {
            Tar.extract(in, (name, member) -> assertThat(member.read()).isBetween(-1, 255));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** A first run may load classes, which costs memory of its own: the second decides. */
  private static Verdict run(byte[] content, Parser parser) {
    long limit = (64L << 20) + 4L * content.length;
    Measured measured = measured(content, parser);
    if (measured.bytes() >= limit) {
      measured = measured(content, parser);
    }
    assertThat(measured.bytes()).as("bytes taken").isLessThan(limit);
    return measured.verdict();
  }

  private record Measured(Verdict verdict, long bytes) {}

  private static Measured measured(byte[] content, Parser parser) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    Verdict verdict = Verdict.READ;
    try {
      parser.parse(content);
    } catch (BadInput refused) {
      verdict = Verdict.REFUSED;
      assertThat(refused.getMessage()).startsWith("f").doesNotContain("\n").hasSizeLessThan(2000);
    }
    return new Measured(verdict, THREADS.getCurrentThreadAllocatedBytes() - before);
  }
}
