package org.plumbline.bench;

import java.util.List;
import java.util.OptionalLong;

/** What the activations of a deep network need at most, by rule. */
final class Activations {
  private static final int LAYERS = 100;

  private Activations() {}

  static List<Result.Memory> of(List<String> rules) {
    return rules.stream()
        .map(rule -> new Result.Memory(rule, LAYERS, peakActivationBytes(rule, LAYERS)))
        .toList();
  }

  /**
   * The greatest sum of bytes that the activations of one step need, for a network of so many
   * hidden layers of 240 at batch 64. TO BE FILLED IN by the counter of the tensor module, the one
   * place that sees tensors made and freed; until then nothing is said, rather than guessed.
   */
  @SuppressWarnings("UnusedVariable") // until the counter is there
  static OptionalLong peakActivationBytes(String rule, int layers) {
    return OptionalLong.empty();
  }
}
