package org.plumbline.lens;

import java.util.List;
import org.plumbline.data.Batch;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.BadInput;
import org.plumbline.value.Check;

/**
 * A way to disturb inputs so that a network errs.
 *
 * <p>Sizes are in units of the inputs as the data set gives them, before they are prepared: pixels
 * of 0…1, or features in standard deviations. A disturbed pixel stays within 0…1.
 */
public interface Attack {
  /**
   * How strong, in units of the inputs.
   *
   * @return rising, none twice, each at least 0
   */
  List<Double> strengths();

  /**
   * What it must know.
   *
   * @return of the network
   */
  Needs needs();

  /** What an attack must know of a network. */
  enum Needs {
    /** Nothing. */
    NOTHING,
    /** What it says to an input. */
    ANSWERS,
    /** Where its loss rises. */
    GRADIENTS
  }

  /**
   * Refuses rows that it cannot serve.
   *
   * @param row the shape of one input
   * @throws BadInput naming the cure
   */
  default void check(Shape row) {}

  /**
   * Disturbed inputs.
   *
   * @param victim the network
   * @param batch rows as the data set gives them
   * @param strength above 0; one of {@link #strengths}
   * @param seed of this batch; the same one for every strength, so that a curve is one of pairs
   * @return shaped like the batch's inputs, inside the victim's range
   */
  Tensor disturbed(Victim victim, Batch batch, double strength, Seed seed);

  /**
   * Noise: the control of every attack.
   *
   * <pre>  x' = clip(x + σ z)        z: shaped like x, normal  </pre>
   *
   * @param sigma σ, one or several, separated by {@code /}
   */
  @About("normal noise, the control of every attack")
  record Noise(@About("its standard deviation, or several: 0.1/0.2") String sigma)
      implements Attack {
    /**
     * Brings the list to one form.
     *
     * @param sigma at least 0, separated by {@code /}
     */
    public Noise {
      sigma = Strengths.printed("sigma of noise", sigma);
    }

    /** Six of them. */
    public Noise() {
      this("0/0.1/0.2/0.3/0.4/0.5");
    }

    @Override
    public List<Double> strengths() {
      return Strengths.of("sigma of noise", sigma);
    }

    @Override
    public Needs needs() {
      return Needs.NOTHING;
    }

    @Override
    public Tensor disturbed(Victim victim, Batch batch, double strength, Seed seed) {
      Tensor x = batch.inputs();
      Tensor z = seed.normal(1, x.shape().toArray()).to(x.precision()).to(x.device());
      return victim.range().clipped(z.multiply(strength).add(x, 1));
    }
  }

  /**
   * The fast gradient sign method: one step uphill to the surface of the ball.
   *
   * <pre>  x' = clip(x + ε sign(∂loss/∂x))  </pre>
   *
   * <p>Goodfellow, Shlens, Szegedy 2014, <a
   * href="https://arxiv.org/abs/1412.6572">arXiv:1412.6572</a>.
   *
   * @param eps ε, the greatest change of a number, one or several, separated by {@code /}
   */
  @About("fast gradient sign: one step uphill (Goodfellow 2014)")
  record Fgsm(@About("greatest change of a number, or several: 0.1/0.2") String eps)
      implements Attack {
    /**
     * Brings the list to one form.
     *
     * @param eps at least 0, separated by {@code /}
     */
    public Fgsm {
      eps = Strengths.printed("eps of fgsm", eps);
    }

    /** Seven of them, as far as is usual on MNIST. */
    public Fgsm() {
      this("0/0.02/0.05/0.1/0.15/0.2/0.3");
    }

    @Override
    public List<Double> strengths() {
      return Strengths.of("eps of fgsm", eps);
    }

    @Override
    public Needs needs() {
      return Needs.GRADIENTS;
    }

    @Override
    public Tensor disturbed(Victim victim, Batch batch, double strength, Seed seed) {
      Tensor x = batch.inputs();
      Tensor up = victim.uphill(x, batch.targets()).sign();
      return victim.range().clipped(up.multiply(strength).add(x, 1));
    }
  }

  /**
   * Projected gradient descent: many small steps uphill, each brought back into the ball, from a
   * point in it that is drawn.
   *
   * <pre>
   *   x_0 = clip(x + ε u)                               u: even in [−1, 1)
   *   x_k = clip(x + clamp(x_{k−1} + α sign(∂loss/∂x_{k−1}) − x, ±ε))
   * </pre>
   *
   * <p>Madry et al. 2017, <a href="https://arxiv.org/abs/1706.06083">arXiv:1706.06083</a>. One
   * start; the last point counts, not the worst.
   *
   * @param eps ε, the greatest change of a number, one or several, separated by {@code /}
   * @param steps how many
   * @param step α; 0 stands for 2.5 ε / steps
   */
  @About("projected gradient descent: many small steps uphill (Madry 2017)")
  record Pgd(
      @About("greatest change of a number, or several: 0.1/0.2") String eps,
      @About("how many steps") int steps,
      @About("length of a step; 0 for 2.5 eps / steps") double step)
      implements Attack {
    private static final double REACH = 2.5;

    /**
     * Checks the numbers.
     *
     * @param eps at least 0, separated by {@code /}
     * @param steps at least 1
     * @param step at least 0
     */
    public Pgd {
      eps = Strengths.printed("eps of pgd", eps);
      Check.atLeast("steps of pgd", 1, steps);
      Check.notNegative("step of pgd", step);
    }

    /** Twenty steps of an eighth of ε. */
    public Pgd() {
      this("0/0.02/0.05/0.1/0.15/0.2/0.3", 20, 0);
    }

    @Override
    public List<Double> strengths() {
      return Strengths.of("eps of pgd", eps);
    }

    @Override
    public Needs needs() {
      return Needs.GRADIENTS;
    }

    @Override
    public Tensor disturbed(Victim victim, Batch batch, double strength, Seed seed) {
      Tensor x = batch.inputs();
      double alpha = step > 0 ? step : REACH * strength / steps;
      Tensor u = seed.uniform(1, x.shape().toArray()).to(x.precision()).to(x.device());
      Tensor at = victim.range().clipped(u.multiply(strength).add(x, 1));
      for (int k = 0; k < steps; k++) {
        Tensor up = victim.uphill(at, batch.targets()).sign();
        Tensor change = up.multiply(alpha).add(at, 1).add(x, -1).clamped(-strength, strength);
        at = victim.range().clipped(change.add(x, 1));
      }
      return at;
    }
  }
}
