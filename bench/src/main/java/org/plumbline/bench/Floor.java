package org.plumbline.bench;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;

/**
 * The products that no learning rule with a forward pass and a weight update can do without, alone.
 *
 * <pre>
 *   dense           a ← h Wᵀ             into a buffer that is kept
 *                   W ← W − η δᵀ h       in place, one call
 *   convolution     h * W                libtorch has no form of it that writes into a buffer
 *                   ∂⟨δ, h * W⟩/∂W       the gradient by the kernel alone, added to W
 * </pre>
 *
 * <p>The first layer and the last are included. No bias, no activation, no loss, nothing that
 * carries a signal from one layer to another: h and δ of every layer are fixed. Shapes: h {@code
 * [batch, in]}, W {@code [out, in]}, a and δ {@code [batch, out]}.
 */
final class Floor implements Contender {
  private static final long[] ONE = {1, 1};
  private static final long[] NONE = {0, 0};

  private interface Products {
    void run();
  }

  private final List<Products> layers = new ArrayList<>();
  private final List<Tensor> weights = new ArrayList<>();
  private final List<Tensor> outputs = new ArrayList<>();

  Floor(Start start, torch.ScalarType type) {
    this(start, type, Method.RATE);
  }

  Floor(Start start, torch.ScalarType type, double rate) {
    Scalar minus = new Scalar(-rate);
    Seed seed = start.seed().child("floor");
    List<float[]> kernels = kernels(start);
    int number = 0;
    for (Workload.Placed placed : start.workload().placed()) {
      int batch = start.workload().batch();
      Layer layer = placed.layer();
      if (layer instanceof Dense || layer instanceof Conv2d) {
        float[] kernel = kernels.get(number);
        Tensor h =
            number == 0
                ? tensor(start.inputs(), type, placed.input().withRows(batch))
                : drawn(seed.child("h").child(number), type, placed.input().withRows(batch));
        Tensor delta =
            drawn(seed.child("delta").child(number), type, placed.output().withRows(batch));
        number++;
        if (layer instanceof Conv2d convolution) {
          conv(convolution, kernel, h, delta, type, minus);
        } else {
          dense(kernel, h, delta, type, minus);
        }
      }
    }
  }

  private static List<float[]> kernels(Start start) {
    try (var _ = Scope.open()) {
      return start.network(Precision.FP32).parameters().stream()
          .filter(Parameter::isWeight)
          .map(Parameter::value)
          .map(org.plumbline.tensor.Tensor::toFloats)
          .toList();
    }
  }

  private void dense(float[] kernel, Tensor h, Tensor delta, torch.ScalarType type, Scalar minus) {
    Tensor w = tensor(kernel, type, Shape.of(delta.size(1), h.size(1)));
    Scalar keep = new Scalar(1.0);
    Tensor a = Native.empty(type, delta.size(0), delta.size(1));
    Tensor transposed = w.t();
    Tensor deltas = delta.t();
    weights.add(w);
    outputs.add(a);
    layers.add(() -> {
      torch.mm_out(a, h, transposed);
      w.addmm_(deltas, h, keep, minus);
    });
  }

  private void conv(
      Conv2d convolution,
      float[] kernel,
      Tensor h,
      Tensor delta,
      torch.ScalarType type,
      Scalar minus) {
    long[] stride = {convolution.stride(), convolution.stride()};
    long[] padding = {convolution.padding(), convolution.padding()};
    long groups = convolution.groups();
    Tensor w =
        tensor(
            kernel,
            type,
            Shape.of(
                delta.size(1), h.size(1) / groups, convolution.kernel(), convolution.kernel()));
    TensorOptional noBias = new TensorOptional();
    LongArrayRefOptional noSizes = new LongArrayRefOptional();
    BoolPointer kernelOnly = new BoolPointer(3).put(0, false).put(1, true).put(2, false);
    weights.add(w);
    layers.add(() -> {
      torch.conv2d(h, w, noBias, stride, padding, ONE, groups);
      Tensor g =
          torch
              .convolution_backward(
                  delta, h, w, noSizes, stride, padding, ONE, false, NONE, groups, kernelOnly)
              .get1();
      w.add_(g, minus);
    });
  }

  private static Tensor drawn(Seed seed, torch.ScalarType type, Shape shape) {
    float[] values;
    try (var _ = Scope.open()) {
      values = seed.uniform(1, shape.toArray()).toFloats();
    }
    return tensor(values, type, shape);
  }

  private static Tensor tensor(float[] values, torch.ScalarType type, Shape shape) {
    return Native.floats(values, shape.toArray()).to(type);
  }

  @Override
  public void step() {
    try (var _ = new PointerScope();
        var _ = new NoGradGuard()) {
      layers.forEach(Products::run);
    }
  }

  /** The weights of the layers that have a product, as they are now. */
  List<Tensor> weights() {
    return weights;
  }

  /** What the last step wrote for each dense layer. */
  List<Tensor> outputs() {
    return outputs;
  }
}
