package org.plumbline.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Passes over memory, and a copy in BF16 that cannot go stale. */
@ExtendWith(InScope.class)
class FusedTest {
  private static Fused fused(Tensor w, Tensor... slots) {
    return Fused.of(w, Optional.empty(), List.of(slots)).orElseThrow();
  }

  /** The numbers of every bit pattern that matters, in BF16 as libtorch has them. */
  @Test
  void roundsAsLibtorchDoes() {
    int[] patterns = {
      0,
      1,
      0x7FFF,
      0x8000,
      0x8001,
      0x00800000,
      0x3F800000,
      0x3F808000,
      0x3F818000,
      0x3F807FFF,
      0x3F808001,
      0x7F7FFFFF,
      0x7F7F7FFF,
      0x7F800000,
      0x7FC00000,
      0x7F800001,
      0x7FFFFFFF,
      0x3F80FFFF
    };
    float[] numbers = new float[1000];
    for (int i = 0; i < numbers.length; i++) {
      int bits = patterns[i % patterns.length] ^ (i / patterns.length % 2 << 31);
      numbers[i] = Float.intBitsToFloat(i < 500 ? bits : i * 0x9E3779B9);
    }
    Tensor w = Tensor.of(numbers, numbers.length);
    WorkingCopy copy = WorkingCopy.of(w);
    copy.room().fill(0);
    Fused step = Fused.of(w, Optional.of(copy), List.of()).orElseThrow();
    step.sgd(0, w.zerosLike(), 1, 0);
    step.done();
    assertThat(copy.current().toFloats()).isEqualTo(w.to(Precision.BF16).toFloats());
    copy.room().fill(0);
    step.sgd(0, w.zerosLike().to(Precision.BF16), 1, 0);
    step.done();
    assertThat(copy.current().toFloats()).isEqualTo(w.to(Precision.BF16).toFloats());
  }

  /** However a gradient is divided, the bits are the same. */
  @Test
  void piecesChangeNoBit() {
    int size = 5003;
    Tensor g = Seed.of(2).normal(1, size);
    Tensor[] whole = {Seed.of(1).normal(1, size), g.zerosLike(), g.zerosLike()};
    Tensor[] parts = {Seed.of(1).normal(1, size), g.zerosLike(), g.zerosLike()};
    Fused one = fused(whole[0], whole[1], whole[2]);
    Fused many = fused(parts[0], parts[1], parts[2]);
    for (int i = 0; i < 5; i++) {
      one.adam(0, g, 0.1, 0.9, 0.9, 0.99, 1e-8, 0.1);
      one.done();
      for (int from = 0; from < size; from += 777) {
        many.adam(from, g.rows(from, Math.min(777, size - from)), 0.1, 0.9, 0.9, 0.99, 1e-8, 0.1);
      }
      many.done();
    }
    for (int i = 0; i < whole.length; i++) {
      assertThat(parts[i].toFloats()).isEqualTo(whole[i].toFloats());
    }
  }

  /** Every kind of change reaches the copy. */
  @Test
  void aCopyIsNeverStale() {
    Tensor w = Seed.of(1).normal(1, 40, 50);
    WorkingCopy copy = WorkingCopy.of(w);
    Tensor x = Seed.of(3).normal(1, 40, 50);
    Tensor square = Seed.of(4).normal(1, 50, 50);
    Fused step = Fused.of(w, Optional.of(copy), List.of()).orElseThrow();
    Fused other = fused(w); // knows nothing of the copy
    List<Runnable> changes =
        List.of(
            () -> w.copyFrom(x),
            () -> w.add(x, 0.5),
            () -> w.add(0.25),
            () -> w.multiply(0.5),
            () -> w.multiply(x),
            () -> w.addTimes(x, x, 0.1),
            () -> w.addOver(x, x.squared().add(1.0), 0.1),
            () -> w.approach(x, 0.1),
            () -> w.addProduct(0.5, x, square, 0.1),
            () -> w.setProduct(x, square),
            () -> w.setSqrt(x.squared()),
            () -> w.fill(0.3),
            () -> w.rows(3, 2).add(x.rows(0, 2), 1),
            () -> w.transposed().multiply(0.5),
            () -> w.reshaped(-1).add(1.5),
            () -> {
              step.sgd(0, x, 1, 0.1);
              step.done();
            },
            () -> {
              step.sgd(0, x.to(Precision.BF16), 1, 0.1);
              step.done();
            },
            () -> {
              other.sgd(0, x, 1, 0.1);
              other.done();
            },
            () -> step.sgd(0, x.rows(0, 7), 1, 0.1)); // a step that broke off
    for (int i = 0; i < changes.size(); i++) {
      float[] before = copy.current().toFloats();
      changes.get(i).run();
      float[] now = copy.current().toFloats();
      assertThat(now).as("change %d", i).isEqualTo(w.to(Precision.BF16).toFloats());
      assertThat(now).as("change %d", i).isNotEqualTo(before);
    }
  }

  @Test
  void refusesWhatItCannotRead() {
    Tensor w = Tensor.zeros(Precision.FP32, 4, 6);
    Fused step = fused(w);
    assertThatThrownBy(() -> step.sgd(20, Tensor.zeros(Precision.FP32, 5), 1, 1))
        .hasMessageContaining("from element 20");
    assertThatThrownBy(() -> step.sgd(0, Tensor.zeros(Precision.FP64, 4, 6), 1, 1))
        .hasMessageContaining("FP64");
    assertThatThrownBy(() -> step.sgd(0, Tensor.zeros(Precision.FP32, 6, 4).transposed(), 1, 1))
        .hasMessageContaining("contiguous");
    assertThatThrownBy(() -> fused(w, Tensor.zeros(Precision.FP32, 3)))
        .hasMessageContaining("slots");
    Fused closed;
    try (var _ = Scope.open()) {
      closed = fused(Tensor.zeros(Precision.FP32, 4));
    }
    assertThatThrownBy(() -> closed.sgd(0, Tensor.zeros(Precision.FP32, 4), 1, 1))
        .hasMessageContaining("closed");
  }

  /** What a program of a user prints that forgot the flag. */
  public static void main(String[] arguments) {
    try (var _ = Scope.open()) {
      Tensor w = Tensor.zeros(Precision.FP32, 4);
      System.out.println(
          Fused.present() + " " + Fused.of(w, Optional.empty(), List.of()).isPresent());
    }
  }

  @Test
  void withoutTheModuleThereIsNone() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                FusedTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(said.strip()).isEqualTo("false false");
  }
}
