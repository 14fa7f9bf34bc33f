package org.plumbline.bench;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.nn.Activation;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;

/**
 * What a step holds at most of activations, signals and slopes, by rule and by depth: hidden layers
 * of 240 at batch 64, as {@code Learner.stepBytes} counts it.
 */
final class Activations {
  private static final List<Integer> DEPTHS = List.of(10, 25, 50, 100);
  private static final int STEPS = 2;

  private Activations() {}

  static List<Result.Memory> of(List<String> rules) {
    List<Result.Memory> all = new ArrayList<>();
    for (String rule : rules) {
      for (int depth : DEPTHS) {
        all.add(new Result.Memory(rule, depth, bytes(rule, depth)));
      }
    }
    return all;
  }

  private static long bytes(String rule, int depth) {
    try (var _ = Scope.open()) {
      Start start = Start.of(Workload.parse(depth + "x240", new Activation.Tanh()));
      Ours ours = new Ours(start, Rules.ALL.parse(rule), Method.SGD, Precision.FP32);
      for (int k = 0; k < STEPS; k++) {
        ours.step();
      }
      return ours.stepBytes();
    }
  }
}
