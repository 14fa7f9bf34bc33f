package org.plumbline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Layers;
import org.plumbline.rule.Backprop;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.value.BadInput;

/** The peer is fair if it does what our back-propagation does. */
final class PeerTest {
  private static final int STEPS = 4;

  @ParameterizedTest
  @CsvSource({
    "12-9-8-5@6,                   tanh,       sgd,  0.3",
    "12-9-8-5@6,                   relu,       adam, 0.01",
    "12-9-8-5@6,                   gelu,       sgd,  0.3",
    "12-9-8-5@6,                   sigmoid,    adam, 0.01",
    "launay-cnn@2,                 tanh,       sgd,  0.05",
    "launay-cnn@2,                 leaky-relu, adam, 0.001",
    "vgg8b:width=0.05@16,          leaky-relu, sgd,  0.0003",
  })
  void takes_the_same_steps_as_our_back_propagation(
      String shape, String activation, String optimizer, double rate) {
    Workload workload = Workload.parse(shape, Layers.ACTIVATIONS.parse(activation));
    for (Layout layout : Layout.of(workload)) {
      takes_the_same_steps(workload, layout, Method.parse(optimizer), rate);
    }
  }

  private static void takes_the_same_steps(
      Workload workload, Layout layout, Method method, double rate) {
    try (var _ = Scope.open()) {
      Start start = Start.of(workload);
      Peer peer = new Peer(start, method, Format.FP32, layout, rate);
      Ours ours = new Ours(start, new Backprop(), method, Precision.FP32, rate, List.of());
      double first = 0;
      double last = 0;
      for (int i = 0; i < STEPS; i++) {
        double theirs = peer.loss().item_double();
        last = ours.loss();
        first = i == 0 ? last : first;
        assertThat(theirs).as("loss before step %d", i + 1).isCloseTo(last, within(1e-5 * first));
      }
      assertThat(last).isLessThan(first - 1e-3); // and they are steps
    }
  }

  @Test
  void in_bf16_the_products_are_and_the_weights_stay_single() {
    try (var _ = Scope.open()) {
      Start start = Start.of(Workload.parse("40-30-10@16", new Activation.Tanh()));
      Peer single = new Peer(start, Method.SGD, Format.FP32, Layout.CHANNELS_FIRST, 0.5);
      Peer half = new Peer(start, Method.SGD, Format.BF16, Layout.CHANNELS_FIRST, 0.5);
      double first = half.loss().item_double();
      assertThat(first).isNotEqualTo(single.loss().item_double());
      double last = first;
      for (int i = 0; i < 6; i++) { // with the weights of each step, not those of an earlier one
        last = half.loss().item_double();
        assertThat(last).isCloseTo(single.loss().item_double(), within(0.05));
      }
      assertThat(last).isLessThan(first - 0.5);
      // The mode ends with the pass: what comes after it on this thread is single again.
      assertThat(torch.is_autocast_enabled(torch.DeviceType.CPU)).isFalse();
      assertThat(half.parametersAreSingle()).isTrue();
    }
  }

  @Test
  void layers_that_libtorch_has_no_module_for_are_refused() {
    try (var _ = Scope.open()) {
      Start start = Start.of(Workload.parse("resnet20@2", new Activation.Relu()));
      assertThatThrownBy(() -> new Peer(start, Method.SGD, Format.FP32, Layout.CHANNELS_FIRST))
          .isInstanceOf(BadInput.class)
          .hasMessageContaining("libtorch's modules");
    }
  }
}
