package org.plumbline.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.data.Batch;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Layers;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.objective.SoftmaxCrossEntropy;
import org.plumbline.optim.Clipped;
import org.plumbline.optim.Optimizer;
import org.plumbline.optim.Optimizers;
import org.plumbline.rule.Rules;
import org.plumbline.tensor.Device;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;

/**
 * Rules that need no later block learn block by block, and keep no more than one block at a time.
 */
class AtOnceTest {
  private static final int ROWS = 20;
  private static final int OUTPUTS = 3;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drtp | 12 | dense:width=17; tanh; dropout:rate=0.3; dense:width=30; sigmoid; dense:width=3",
        "drtp | 2,8,8 | conv2d:channels=4,kernel=3,padding=1; batch-norm; tanh; max-pool:window=2; flatten; dense:width=18; tanh; dense:width=3",
        "pred | 12 | dense:width=17; relu; dense:width=30; tanh; dense:width=3",
        "sim | 12 | dense:width=17; relu; dense:width=30; tanh; dense:width=3",
        "predsim | 2,8,8 | conv2d:channels=4,kernel=3,padding=1; relu; max-pool:window=2; flatten; dense:width=18; tanh; dense:width=3",
        "mono-forward | 12 | dense:width=17; relu; layer-norm; dense:width=30; tanh; dense:width=3",
        "shallow | 12 | dense:width=17; relu; dense:width=30; tanh; dense:width=3"
      })
  void endsWithTheBitsOfAWholePass(String rule, String input, String layers) {
    for (String optimizer : List.of("sgd:lr=0.1", "adam")) {
      Optimizer plain = Optimizers.ALL.parse(optimizer);
      Map<String, float[]> atOnce = trained(rule, input, layers, plain);
      // A bound on all gradients together makes every block wait; this one is never reached.
      Map<String, float[]> waiting = trained(rule, input, layers, new Clipped(plain, 1e30));
      assertThat(atOnce.keySet()).isEqualTo(waiting.keySet());
      atOnce.forEach((name, numbers) ->
          assertThat(numbers).as(rule + " " + optimizer + " " + name).isEqualTo(waiting.get(name)));
    }
  }

  private static Map<String, float[]> trained(
      String rule, String input, String layers, Optimizer optimizer) {
    try (var _ = Scope.open()) {
      Shape shape =
          Shape.of(Arrays.stream(input.split(",", -1)).mapToLong(Long::parseLong).toArray());
      List<Layer> all =
          Arrays.stream(layers.split(";", -1)).map(l -> Layers.ALL.parse(l.strip())).toList();
      Learner learner = learner(all, shape, rule, optimizer);
      for (int k = 0; k < 4; k++) {
        learner.step(batch(shape, k), Mode.train(Seed.of(k)), 1, List.of());
      }
      return learner.state().entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().toFloats()));
    }
  }

  @Test
  void whatIsKeptDoesNotGrowWithDepth() {
    assertThat(bytes("drtp", 40)).isEqualTo(bytes("drtp", 10));
    assertThat(bytes("mono-forward", 40)).isEqualTo(bytes("mono-forward", 10));
    assertThat(bytes("dfa", 40)).isGreaterThan(3 * bytes("dfa", 10));
  }

  private static long bytes(String rule, int depth) {
    try (var _ = Scope.open()) {
      List<Long> widths = new ArrayList<>();
      for (int i = 0; i < depth; i++) {
        widths.add(24L);
      }
      Shape input = Shape.of(24);
      Learner learner =
          learner(
              Network.mlp(widths, OUTPUTS, new Activation.Tanh(), 0, 0),
              input,
              rule,
              Optimizers.ALL.parse("sgd:lr=0.01"));
      long before = 0;
      for (int k = 0; k < 3; k++) {
        learner.step(batch(input, k), Mode.train(Seed.of(k)), 1, List.of());
        assertThat(k < 1 || learner.stepBytes() == before).as("as much as before").isTrue();
        before = learner.stepBytes();
      }
      return before;
    }
  }

  private static Learner learner(
      List<Layer> layers, Shape input, String rule, Optimizer optimizer) {
    Network network =
        Network.of(
            layers,
            input,
            new Layer.Birth(new Initialiser.Uniform(), Seed.of(7), Precision.FP32, Device.CPU));
    return new Learner(
        network, new SoftmaxCrossEntropy(), Rules.ALL.parse(rule), optimizer, Seed.of(3));
  }

  private static Batch batch(Shape shape, int k) {
    int[] labels = new int[ROWS];
    float[] targets = new float[ROWS * OUTPUTS];
    for (int i = 0; i < ROWS; i++) {
      labels[i] = (i * 7 + k) % OUTPUTS;
      targets[i * OUTPUTS + labels[i]] = 1;
    }
    Tensor inputs = Seed.of(100 + k).uniform(1, ROWS, shape.size()).to(Precision.FP32);
    return new Batch(
        inputs.reshaped(shape.withRows(ROWS).toArray()), Tensor.of(targets, ROWS, OUTPUTS), labels);
  }
}
