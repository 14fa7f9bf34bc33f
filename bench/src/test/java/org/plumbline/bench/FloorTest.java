package org.plumbline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Tensor;

/** The floor does what a step of ours cannot do without, and nothing else. */
final class FloorTest {
  private static final double RATE = 0.01;
  private static final Offset<Float> ROUNDING = within(1e-4f);

  @Test
  void a_dense_layer_has_its_forward_product_and_its_update_in_place() {
    try (var _ = Scope.open()) {
      Start start = Start.of(Workload.parse("12-9-8-5@6", new Activation.Tanh()));
      Floor floor = new Floor(start, Format.FP32, Layout.CHANNELS_FIRST, RATE);
      assertThat(floor.layers()).hasSize(3);
      List<Tensor> weights = weights(start);
      floor.step();
      for (int i = 0; i < 3; i++) {
        Floor.Dotted layer = (Floor.Dotted) floor.layers().get(i);
        Tensor h = ours(layer.h());
        Tensor w = weights.get(i);
        assertThat(Native.toFloats(layer.a())).containsExactly(h.linear(w).toFloats(), ROUNDING);
        w.addProduct(1, ours(layer.delta()).transposed(), h, -RATE);
        assertThat(Native.toFloats(layer.w())).containsExactly(w.toFloats(), ROUNDING);
      }
      assertThat(Native.toFloats(floor.layers().getFirst().h())).isEqualTo(start.inputs());
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void a_convolution_has_its_forward_pass_and_the_gradient_of_its_kernel(Layout layout) {
    try (var _ = Scope.open()) {
      Start start = Start.of(Workload.parse("launay-cnn@2", new Activation.Tanh()));
      Floor floor = new Floor(start, Format.FP32, layout, RATE);
      assertThat(floor.layers()).hasSize(5);
      List<Tensor> weights = weights(start);
      floor.step();
      for (int i = 0; i < 3; i++) {
        Floor.Convolved layer = (Floor.Convolved) floor.layers().get(i);
        assertThat(layer.h().is_contiguous()).isEqualTo(layout == Layout.CHANNELS_FIRST);
        Tensor w = weights.get(i);
        Tensor g = new Convolution(1, 2, 1).byKernel(ours(layer.delta()), ours(layer.h()), w);
        w.add(g, -RATE);
        assertThat(Native.toFloats(layer.w())).containsExactly(w.toFloats(), within(1e-3f));
      }
      assertThat(floor.layers().get(3)).isInstanceOf(Floor.Dotted.class);
    }
  }

  @Test
  void in_bf16_every_tensor_of_it_is() {
    try (var _ = Scope.open()) {
      Start start = Start.of(Workload.parse("12-9-5@6", new Activation.Tanh()));
      Floor floor = new Floor(start, Format.BF16, Layout.CHANNELS_FIRST, RATE);
      floor.step();
      for (Floor.Products layer : floor.layers()) {
        for (var tensor :
            List.of(layer.h(), layer.w(), layer.delta(), ((Floor.Dotted) layer).a())) {
          assertThat(tensor.scalar_type().intern()).isEqualTo(torch.ScalarType.BFloat16);
        }
      }
    }
  }

  private static List<Tensor> weights(Start start) {
    return start.network(Precision.FP32).parameters().stream()
        .filter(Parameter::isWeight)
        .map(Parameter::value)
        .toList();
  }

  private static Tensor ours(org.bytedeco.pytorch.Tensor tensor) {
    long[] axes = new long[(int) tensor.dim()];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = tensor.size(i);
    }
    return Tensor.of(Native.toFloats(tensor), axes);
  }
}
