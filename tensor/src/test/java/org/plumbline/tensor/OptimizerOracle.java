package org.plumbline.tensor;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.RMSprop;
import org.bytedeco.pytorch.RMSpropOptions;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;

/** libtorch's own optimizers at work on one tensor, to compare ours with. */
public final class OptimizerOracle {
  private final org.bytedeco.pytorch.Tensor w;
  private final Optimizer optimizer;

  private interface Make {
    Optimizer of(TensorVector parameters);
  }

  private OptimizerOracle(Tensor start, Make make) {
    w = start.copied().libtorch().detach().requires_grad_(true);
    optimizer = make.of(new TensorVector(w));
  }

  /** {@code torch.optim.SGD}. */
  public static OptimizerOracle sgd(Tensor start, double rate, double momentum, double decay) {
    return new OptimizerOracle(start, ws -> new SGD(ws, options(rate, momentum, decay)));
  }

  /** {@code torch.optim.SGD} with Nesterov's momentum. */
  public static OptimizerOracle nesterov(Tensor start, double rate, double momentum, double decay) {
    SGDOptions options = options(rate, momentum, decay);
    options.nesterov().put(true);
    return new OptimizerOracle(start, ws -> new SGD(ws, options));
  }

  /** {@code torch.optim.RMSprop}. */
  public static OptimizerOracle rmsProp(
      Tensor start, double rate, double alpha, double epsilon, double decay) {
    RMSpropOptions options = new RMSpropOptions(rate);
    options.alpha().put(alpha);
    options.eps().put(epsilon);
    options.weight_decay().put(decay);
    return new OptimizerOracle(start, ws -> new RMSprop(ws, options));
  }

  /** {@code torch.optim.Adam}. */
  public static OptimizerOracle adam(
      Tensor start, double rate, double beta1, double beta2, double epsilon, double decay) {
    AdamOptions options = new AdamOptions(rate);
    betas(options.betas(), beta1, beta2);
    options.eps().put(epsilon);
    options.weight_decay().put(decay);
    return new OptimizerOracle(start, ws -> new Adam(ws, options));
  }

  /** {@code torch.optim.AdamW}. */
  public static OptimizerOracle adamW(
      Tensor start, double rate, double beta1, double beta2, double epsilon, double decay) {
    AdamWOptions options = new AdamWOptions(rate);
    betas(options.betas(), beta1, beta2);
    options.eps().put(epsilon);
    options.weight_decay().put(decay);
    return new OptimizerOracle(start, ws -> new AdamW(ws, options));
  }

  /** The pointer shows a std::tuple, which libstdc++ stores last element first. */
  private static void betas(DoublePointer tuple, double beta1, double beta2) {
    tuple.put(0, beta2).put(1, beta1);
  }

  private static SGDOptions options(double rate, double momentum, double decay) {
    SGDOptions options = new SGDOptions(rate);
    options.momentum().put(momentum);
    options.weight_decay().put(decay);
    return options;
  }

  /** Takes one step by a gradient shaped like the tensor. */
  public void step(Tensor gradient) {
    optimizer.zero_grad();
    w.mul(gradient.libtorch()).sum().backward();
    optimizer.step();
  }

  /** The tensor now. */
  public Tensor value() {
    return Tensor.made(w.detach()).copied();
  }
}
