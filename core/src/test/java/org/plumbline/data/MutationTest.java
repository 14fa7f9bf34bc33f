package org.plumbline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.plumbline.data.Targets.Verdict;
import org.plumbline.tensor.Seed;

/** Thousands of valid files with a few bytes changed, always the same ones. */
class MutationTest {
  private static final int ROUNDS = 3000;
  private static final byte[] NASTY =
      "\0\1\2\3\7\10\37\177\200\213\376\377,;\t\r\n\" .-+eE09xNaN"
          .getBytes(StandardCharsets.ISO_8859_1);

  private static byte[] mutate(byte[] valid, Seed seed) {
    byte[] bytes = valid.clone();
    int changes = 1 + (int) (seed.uniform(0) * 4);
    for (int k = 1; k <= changes && bytes.length > 1; k++) {
      int at = (int) (seed.uniform(10L * k) * bytes.length);
      int near = (int) (seed.uniform(10L * k) * Math.min(bytes.length, 24));
      byte any = (byte) seed.bits(10L * k + 1);
      byte nasty = NASTY[(int) (seed.uniform(10L * k + 2) * NASTY.length)];
      switch ((int) (seed.uniform(10L * k + 3) * 7)) {
        case 0 -> bytes[at] = any;
        case 1 -> bytes[at] = nasty;
        case 2 -> bytes[near] = any; // headers are at the front
        case 3 -> bytes[at] = (byte) (bytes[at] ^ 1 << (any & 7));
        case 4 -> bytes = Arrays.copyOf(bytes, at + 1);
        case 5 -> bytes = Arrays.copyOf(bytes, bytes.length + (any & 63));
        default -> {
          byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
          System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
          longer[at] = nasty;
          bytes = longer;
        }
      }
    }
    return bytes;
  }

  private static void survives(List<byte[]> valid, Function<byte[], Verdict> parser) {
    for (byte[] file : valid) {
      assertThat(parser.apply(file)).isEqualTo(Verdict.READ);
    }
    Map<Verdict, Integer> seen = new EnumMap<>(Verdict.class);
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = mutate(valid.get(i % valid.size()), Seed.of(7).child(i));
            seen.merge(parser.apply(bytes), 1, Integer::sum);
          }
        });
    assertThat(seen.getOrDefault(Verdict.REFUSED, 0)).as("refused of %s", seen).isGreaterThan(300);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void idx() {
    byte[] images = Idx.of(new byte[5 * 6 * 7], 5, 6, 7).write();
    byte[] labels = Idx.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9).write();
    survives(List.of(images, labels, SourceTest.gzip(images)), Targets::idx);
  }

  @Test
  void cifar() {
    survives(List.of(CifarTest.records(2, 1), CifarTest.records(1, 2)), Targets::cifar);
  }

  @Test
  void csv() {
    survives(
        List.of(
            text("a,b,kind\n1,2.5,cat\n-3e2,4,dog\n5,6,cat\n"),
            text("\uFEFF\"a\";\"b\";\"kind\"\r\n1;2;\"été \"\"x\"\"\"\r\n3;4;7\r\n"),
            text("1\t2\t0\n3\t4\t1\n5\t6\t2\n"),
            SourceTest.gzip(text("1,2,x\n".repeat(50) + "2,3,y\n"))),
        Targets::csv);
    survives(List.of(text("a,b,c\n1,2,3\n"), text("1;2;3\r\n4;5;6")), Targets::inputs);
  }

  @Test
  void gzip() {
    byte[] small = SourceTest.gzip(text("some text, some text, some text"));
    byte[] two = Arrays.copyOf(small, 2 * small.length);
    System.arraycopy(small, 0, two, small.length, small.length);
    survives(List.of(small, two, SourceTest.gzip(new byte[10_000])), Targets::gzip);
  }

  @Test
  void tar() {
    survives(
        List.of(
            FetchTest.tar(Map.of("a/b", new byte[700])), FetchTest.tar(Map.of("c", new byte[1]))),
        Targets::tar);
  }
}
