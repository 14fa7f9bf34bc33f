package org.plumbline.optim;

import java.util.List;
import java.util.Map;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.Check;

/**
 * An optimizer whose gradients are shortened, all by the same factor, when together they are longer
 * than a bound. Pascanu, Mikolov, Bengio 2013. Factored gradients stay factored.
 *
 * @param inner what takes the step
 * @param norm the greatest length of all gradients as one vector
 */
public record Clipped(Optimizer inner, double norm) implements Optimizer {
  /**
   * Checks the bound.
   *
   * @param inner any
   * @param norm above 0
   */
  public Clipped {
    Check.positive("clip", norm);
  }

  @Override
  public double rate() {
    return inner.rate();
  }

  @Override
  public Stepper attach(List<Parameter> parameters) {
    return around(inner.attach(parameters));
  }

  /** A stepper of the inner optimizer that gets no longer gradients than the bound. */
  Stepper around(Stepper stepper) {
    return new Stepper() {
      @Override
      public Updates step(Gradients gradients, double factor) {
        double squares = 0;
        for (Gradients.Entry entry : gradients.entries()) {
          squares += entry.gradient().squaredNorm();
        }
        double length = Math.sqrt(squares);
        return stepper.step(length > norm ? gradients.scaled(norm / length) : gradients, factor);
      }

      @Override
      public boolean isSeparate() {
        return false;
      }

      @Override
      public Map<String, Tensor> state() {
        return stepper.state();
      }

      @Override
      public void close() {
        stepper.close();
      }
    };
  }
}
