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
 *                   ∂⟨δ, h * W⟩/∂W       the gradient by the kernel alone, added to W  </pre>
 *
 * <p>The first layer and the last are included. No bias, no activation, no loss, nothing that
 * carries a signal from one layer to another: h and δ of every layer are fixed. Shapes: h {@code
 * [batch, in]}, W {@code [out, in]}, a and δ {@code [batch, out]}. In bf16 all of them are bf16.
 */
final class Floor implements Contender {
  private static final long[] ONE = {1, 1};
  private static final long[] NONE = {0, 0};

  /** The products of one layer, as a call. */
  sealed interface Products {
    void run();

    Tensor h();

    Tensor w();

    Tensor delta();
  }

  private final List<Products> layers = new ArrayList<>();

  Floor(Start start, Format format, Layout layout) {
    this(start, format, layout, Method.RATE);
  }

  Floor(Start start, Format format, Layout layout, double rate) {
    Scalar minus = new Scalar(-rate);
    List<float[]> kernels = kernels(start);
    for (Workload.Placed placed : start.workload().placed()) {
      if (placed.layer() instanceof Dense || placed.layer() instanceof Conv2d) {
        int number = layers.size();
        Shape in = placed.input().withRows(start.workload().batch());
        Shape out = placed.output().withRows(start.workload().batch());
        Seed seed = start.seed().child("floor").child(number);
        float[] rows = number == 0 ? start.inputs() : drawn(seed.child("h"), in);
        Tensor h = layout.lay(tensor(rows, format, in));
        Tensor delta = layout.lay(tensor(drawn(seed.child("delta"), out), format, out));
        if (placed.layer() instanceof Conv2d convolution) {
          long side = convolution.kernel();
          long channels = in.axis(1) / convolution.groups();
          Shape shape = Shape.of(out.axis(1), channels, side, side);
          Tensor w = layout.lay(tensor(kernels.get(number), format, shape));
          layers.add(Convolved.of(convolution, h, w, delta, minus));
        } else {
          Tensor w = tensor(kernels.get(number), format, Shape.of(out.axis(1), in.axis(1)));
          Tensor turned = Native.empty(format.libtorch(), out.axis(1), out.axis(0));
          layers.add(Dotted.of(h, w, delta, turned, minus));
        }
      }
    }
  }

  @Override
  public void step() {
    try (var _ = new PointerScope();
        var _ = new NoGradGuard()) {
      for (Products layer : layers) {
        layer.run();
      }
    }
  }

  /** The layers that have products. */
  List<Products> layers() {
    return layers;
  }

  /** Of a dense layer: its transposes are made once. W · hᵀ takes less time than h · Wᵀ. */
  record Dotted(
      Tensor h,
      Tensor w,
      Tensor delta,
      Tensor turnedA,
      Tensor transposedH,
      Tensor transposedDelta,
      Scalar keep,
      Scalar minus)
      implements Products {
    static Dotted of(Tensor h, Tensor w, Tensor delta, Tensor turnedA, Scalar minus) {
      return new Dotted(h, w, delta, turnedA, h.t(), delta.t(), new Scalar(1.0), minus);
    }

    /** {@code [batch, out]} */
    Tensor a() {
      return turnedA.t().contiguous();
    }

    @Override
    public void run() {
      torch.mm_out(turnedA, w, transposedH);
      w.addmm_(transposedDelta, h, keep, minus);
    }
  }

  /** Of a convolution. */
  @SuppressWarnings("ArrayRecordComponent") // made once and never compared
  record Convolved(
      Tensor h,
      Tensor w,
      Tensor delta,
      long[] stride,
      long[] padding,
      long groups,
      TensorOptional noBias,
      LongArrayRefOptional noSizes,
      BoolPointer kernelOnly,
      Scalar minus)
      implements Products {
    static Convolved of(Conv2d convolution, Tensor h, Tensor w, Tensor delta, Scalar minus) {
      return new Convolved(
          h,
          w,
          delta,
          new long[] {convolution.stride(), convolution.stride()},
          new long[] {convolution.padding(), convolution.padding()},
          convolution.groups(),
          new TensorOptional(),
          new LongArrayRefOptional(),
          new BoolPointer(3).put(0, false).put(1, true).put(2, false),
          minus);
    }

    @Override
    public void run() {
      torch.conv2d(h, w, noBias, stride, padding, ONE, groups);
      var all =
          torch.convolution_backward(
              delta, h, w, noSizes, stride, padding, ONE, false, NONE, groups, kernelOnly);
      w.add_(all.get1(), minus);
    }
  }

  private static List<float[]> kernels(Start start) {
    try (var _ = Scope.open()) {
      return start.network(Precision.FP32).parameters().stream()
          .filter(Parameter::isWeight)
          .map(weight -> weight.value().toFloats())
          .toList();
    }
  }

  private static float[] drawn(Seed seed, Shape shape) {
    try (var _ = Scope.open()) {
      return seed.uniform(1, shape.toArray()).toFloats();
    }
  }

  private static Tensor tensor(float[] values, Format format, Shape shape) {
    return Native.floats(values, shape.toArray()).to(format.libtorch());
  }
}
