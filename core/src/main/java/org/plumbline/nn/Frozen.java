package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Tensor;

/**
 * A block that is left as it is: a fixed function, like an activation. It runs as in evaluation,
 * has nothing to train, and is carried through exactly, by its own weights.
 *
 * @param block what it was
 */
record Frozen(Block block) implements Block {
  @Override
  public Step step(Tensor input, Mode mode) {
    return new Pass(block.step(input, Mode.EVAL));
  }

  @Override
  public boolean endsFrozen() {
    return true;
  }

  @Override
  public boolean bounded() {
    return block.bounded();
  }

  @Override
  public String describe() {
    return "frozen (" + block.describe() + ")";
  }

  private record Pass(Step step) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return step.first(rows, input).map(Pass::new);
    }

    @Override
    public Tensor input() {
      return step.input();
    }

    @Override
    public Tensor output() {
      return step.output();
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return step.carry(signal, Parameter::value);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return step.tangent(tangent);
    }
  }
}
