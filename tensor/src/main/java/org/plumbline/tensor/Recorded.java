package org.plumbline.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A computation that libtorch's autograd has recorded, for derivatives inside one block and as the
 * oracle of tests. Learning rules never differentiate across blocks.
 */
public final class Recorded {
  private final List<Tensor> inputs;
  private final Tensor output;

  /** A computation from some tensors to one. */
  public interface Computation {
    /**
     * Computes.
     *
     * @param inputs copies of the inputs that autograd follows, sharing their memory
     * @return the output
     */
    Tensor of(List<Tensor> inputs);
  }

  private Recorded(List<Tensor> inputs, Tensor output) {
    this.inputs = inputs;
    this.output = output;
  }

  /**
   * Runs and records a computation.
   *
   * @param inputs what to differentiate by, floating point
   * @param computation what to differentiate
   * @return the record
   */
  public static Recorded of(List<Tensor> inputs, Computation computation) {
    List<Tensor> followed = new ArrayList<>();
    for (Tensor input : inputs) {
      followed.add(Tensor.made(input.libtorch().detach().requires_grad_(true)));
    }
    return new Recorded(followed, Scope.plainly(() -> computation.of(followed)));
  }

  /**
   * What the computation gave.
   *
   * @return the output, no longer followed
   */
  public Tensor output() {
    return Tensor.made(output.libtorch().detach());
  }

  /**
   * The gradient of ⟨signal, output⟩ by every input.
   *
   * @param signal shaped like the output
   * @return one gradient an input, shaped like it; zeros where the output does not depend on it
   */
  public List<Tensor> gradients(Tensor signal) {
    try (TensorVector y = Tensor.vector(List.of(output));
        TensorVector x = Tensor.vector(inputs);
        TensorVector s = Tensor.vector(List.of(signal));
        BoolOptional retain = new BoolOptional(true);
        TensorVector g = torch.grad(y, x, s, retain, false, true)) {
      List<Tensor> gradients = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        org.bytedeco.pytorch.Tensor gradient = g.get(i); // inside the vector, which is freed below
        gradients.add(
            gradient.defined()
                ? Tensor.made(new org.bytedeco.pytorch.Tensor(gradient))
                : inputs.get(i).zerosLike());
      }
      return gradients;
    }
  }
}
