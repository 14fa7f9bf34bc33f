package org.plumbline.bench;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.BatchNorm1dImpl;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.MaxPool2dImpl;
import org.bytedeco.pytorch.MaxPool2dOptions;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.plumbline.nn.Activation;
import org.plumbline.nn.Affine;
import org.plumbline.nn.BatchNorm;
import org.plumbline.nn.Conv2d;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Flatten;
import org.plumbline.nn.Layer;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Pool2d;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Shape;
import org.plumbline.value.BadInput;

/**
 * Back-propagation as libtorch itself does it: its modules, its autograd, its optimizers, called
 * through the same bindings as ours. It begins with the same weights and sees the same rows, and
 * does nothing that training does not need: it reads no loss and counts nothing. In bf16 its
 * weights stay single and libtorch's autocast converts around each product.
 */
final class Peer implements Contender {
  private interface Stage {
    Tensor forward(Tensor input);
  }

  private final List<Stage> stages = new ArrayList<>();
  private final TensorVector parameters = new TensorVector();
  private final Format format;
  private final Optimizer optimizer;
  private final Tensor inputs;
  private final Tensor labels;

  Peer(Start start, Method method, Format format, Layout layout) {
    this(start, method, format, layout, Method.RATE);
  }

  Peer(Start start, Method method, Format format, Layout layout, double rate) {
    this.format = format;
    start.workload().placed().forEach(placed -> stages.add(stage(placed.layer(), placed.input())));
    copyFrom(start);
    long[] axes = start.workload().input().withRows(start.workload().batch()).toArray();
    inputs = layout.lay(Native.floats(start.inputs(), axes)); // all that follows lies as they do
    labels = Native.longs(start.labels());
    optimizer =
        switch (method) {
          case SGD -> new SGD(parameters, new SGDOptions(rate));
          case ADAM -> new Adam(parameters, new AdamOptions(rate));
        };
  }

  @Override
  public void step() {
    try (var _ = new PointerScope()) {
      loss();
    }
  }

  /** Takes one step. The loss before it is in the open scope. */
  Tensor loss() {
    optimizer.zero_grad();
    Tensor loss = torch.cross_entropy_loss(output(), labels);
    loss.backward();
    optimizer.step();
    return loss;
  }

  /** A forward pass, {@code [batch, classes]}. In bf16 libtorch converts around each product. */
  Tensor output() {
    if (format == Format.FP32) {
      return forward();
    }
    torch.set_autocast_dtype(torch.DeviceType.CPU, format.libtorch());
    torch.set_autocast_cache_enabled(false); // it would keep the weights of the step before
    torch.set_autocast_enabled(torch.DeviceType.CPU, true);
    try {
      return forward().to(torch.ScalarType.Float);
    } finally {
      torch.set_autocast_enabled(torch.DeviceType.CPU, false);
    }
  }

  private Tensor forward() {
    Tensor x = inputs;
    for (Stage stage : stages) {
      x = stage.forward(x);
    }
    return x;
  }

  boolean parametersAreSingle() {
    for (long i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).scalar_type().intern() != torch.ScalarType.Float) {
        return false;
      }
    }
    return true;
  }

  private Stage stage(Layer layer, Shape input) {
    return switch (layer) {
      case Dense dense -> linear(dense, input);
      case Conv2d conv -> convolution(conv, input);
      case Pool2d.Max pool -> pool(pool);
      case BatchNorm norm -> input.rank() == 3 ? images(norm, input) : rows(norm, input);
      case Flatten _ -> x -> x.flatten(1, -1);
      case Activation activation -> function(activation);
      default ->
          throw new BadInput(
              "bench builds no %s with libtorch's modules; choose another shape"
                  .formatted(layer.getClass().getSimpleName()));
    };
  }

  private Stage linear(Dense dense, Shape input) {
    LinearOptions options = new LinearOptions(input.axis(0), dense.width());
    options.bias().put(dense.bias() == Dense.Bias.WITH);
    LinearImpl linear = new LinearImpl(options);
    trains(linear.parameters());
    return linear::forward;
  }

  private Stage convolution(Conv2d conv, Shape input) {
    Conv2dOptions options = new Conv2dOptions(input.axis(0), conv.channels(), pair(conv.kernel()));
    options.stride().put(pair(conv.stride()));
    options.padding().put(pair(conv.padding()));
    options.groups().put(conv.groups());
    options.bias().put(conv.bias() == Dense.Bias.WITH);
    Conv2dImpl convolution = new Conv2dImpl(options);
    trains(convolution.parameters());
    return convolution::forward;
  }

  private static Stage pool(Pool2d.Max pool) {
    MaxPool2dOptions options = new MaxPool2dOptions(pair(pool.window()));
    options.stride().put(pair(pool.stride()));
    options.padding().put(pair(pool.padding()));
    MaxPool2dImpl module = new MaxPool2dImpl(options);
    return module::forward;
  }

  private Stage images(BatchNorm norm, Shape input) {
    BatchNorm2dImpl module = new BatchNorm2dImpl(options(norm, input));
    trains(module.parameters());
    return module::forward;
  }

  private Stage rows(BatchNorm norm, Shape input) {
    BatchNorm1dImpl module = new BatchNorm1dImpl(options(norm, input));
    trains(module.parameters());
    return module::forward;
  }

  private static BatchNormOptions options(BatchNorm norm, Shape input) {
    BatchNormOptions options = new BatchNormOptions(input.axis(0));
    options.eps().put(norm.epsilon());
    options.affine().put(norm.affine() == Affine.WITH);
    return options;
  }

  private static Stage function(Activation activation) {
    return switch (activation) {
      case Activation.Tanh _ -> torch::tanh;
      case Activation.Relu _ -> torch::relu;
      case Activation.LeakyRelu leaky -> {
        Scalar slope = new Scalar(leaky.slope());
        yield x -> torch.leaky_relu(x, slope);
      }
      case Activation.Sigmoid _ -> torch::sigmoid;
      case Activation.Gelu _ -> torch::gelu;
      default ->
          throw new BadInput(
              "bench has no %s of libtorch's; use tanh, relu, leaky-relu, sigmoid or gelu"
                  .formatted(activation.describe()));
    };
  }

  private void trains(TensorVector ofModule) {
    for (long i = 0; i < ofModule.size(); i++) {
      parameters.push_back(ofModule.get(i));
    }
  }

  private void copyFrom(Start start) {
    try (var _ = Scope.open();
        var _ = new NoGradGuard()) {
      List<Parameter> ours = start.network(Precision.FP32).parameters();
      if (ours.size() != parameters.size()) {
        throw new IllegalStateException(
            "%d parameters of ours, %d of libtorch's".formatted(ours.size(), parameters.size()));
      }
      for (int i = 0; i < ours.size(); i++) {
        var value = ours.get(i).value();
        parameters.get(i).copy_(Native.floats(value.toFloats(), value.shape().toArray()));
      }
    }
  }

  private static LongPointer pair(long x) {
    return new LongPointer(x, x);
  }
}
