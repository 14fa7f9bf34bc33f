package org.plumbline.nn;

import java.util.Optional;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Check;

/** A function of each number by itself, with its exact derivative. */
public interface Activation extends Layer, Block {
  /**
   * Applies the function.
   *
   * @param input {@code [batch, …]}
   * @return shaped like the input
   */
  Tensor apply(Tensor input);

  /**
   * The signal times the derivative.
   *
   * @param signal at the output, {@code [batch, …]}
   * @param input what came in, shaped like the signal
   * @param output what went out, shaped like the signal
   * @return the signal at the input, shaped like the signal
   */
  Tensor local(Tensor signal, Tensor input, Tensor output);

  /**
   * The derivative at zero, which decides whether a net of zero weights can start to learn.
   *
   * @return the derivative
   */
  double slopeAtZero();

  @Override
  default Shape output(Shape input) {
    return input;
  }

  @Override
  default Block attach(Shape input, Birth birth) {
    return this;
  }

  @Override
  default String describe() {
    return Layers.ACTIVATIONS.print(this);
  }

  @Override
  default Step step(Tensor input, Mode mode) {
    return new Pass(this, input, apply(input));
  }

  /**
   * One pass through an activation.
   *
   * @param activation the function
   * @param input {@code [batch, …]}
   * @param output shaped like the input
   */
  record Pass(Activation activation, Tensor input, Tensor output) implements Step {
    @Override
    public Optional<Step> first(long rows, Tensor input) {
      return Optional.of(new Pass(activation, input, output.firstRows(rows)));
    }

    @Override
    public Gradients gradients(Tensor signal) {
      return Gradients.NONE;
    }

    @Override
    public Tensor carry(Tensor signal, Backward backward) {
      return activation.local(signal, input, output);
    }

    @Override
    public Tensor tangent(Tensor tangent) {
      return activation.local(tangent, input, output); // element by element: its own transpose
    }
  }

  /** The hyperbolic tangent. */
  @About("the hyperbolic tangent")
  record Tanh() implements Activation {
    @Override
    public Tensor apply(Tensor input) {
      return input.tanh();
    }

    @Override
    public Tensor local(Tensor signal, Tensor input, Tensor output) {
      return signal.throughTanh(output);
    }

    @Override
    public boolean bounded() {
      return true;
    }

    @Override
    public double slopeAtZero() {
      return 1;
    }
  }

  /** max(0, x). */
  @About("max(0, x)")
  record Relu() implements Activation {
    @Override
    public Tensor apply(Tensor input) {
      return input.relu();
    }

    @Override
    public Tensor local(Tensor signal, Tensor input, Tensor output) {
      return signal.throughRelu(output);
    }

    @Override
    public double slopeAtZero() {
      return 0;
    }
  }

  /**
   * x above zero, slope · x below.
   *
   * @param slope below zero
   */
  @About("x above zero, slope·x below")
  record LeakyRelu(@About("below zero") double slope) implements Activation {
    /**
     * Checks the slope.
     *
     * @param slope at least 0
     */
    public LeakyRelu {
      Check.notNegative("slope", slope);
    }

    /** Slope 0.01. */
    public LeakyRelu() {
      this(0.01);
    }

    @Override
    public Tensor apply(Tensor input) {
      return input.leakyRelu(slope);
    }

    @Override
    public Tensor local(Tensor signal, Tensor input, Tensor output) {
      return signal.throughLeakyRelu(input, slope);
    }

    @Override
    public double slopeAtZero() {
      return slope;
    }
  }

  /** 1 / (1 + exp(−x)). */
  @About("1 / (1 + exp(−x))")
  record Sigmoid() implements Activation {
    @Override
    public Tensor apply(Tensor input) {
      return input.sigmoid();
    }

    @Override
    public Tensor local(Tensor signal, Tensor input, Tensor output) {
      return signal.throughSigmoid(output);
    }

    @Override
    public boolean bounded() {
      return true;
    }

    @Override
    public double slopeAtZero() {
      return 0.25;
    }
  }

  /** x Φ(x), with the normal distribution function Φ; Hendrycks, Gimpel 2016, arXiv:1606.08415. */
  @About("x Φ(x), the exact form")
  record Gelu() implements Activation {
    @Override
    public Tensor apply(Tensor input) {
      return input.gelu();
    }

    @Override
    public Tensor local(Tensor signal, Tensor input, Tensor output) {
      return signal.throughGelu(input);
    }

    @Override
    public double slopeAtZero() {
      return 0.5;
    }
  }

  /** log(1 + exp(x)). */
  @About("log(1 + exp(x))")
  record Softplus() implements Activation {
    @Override
    public Tensor apply(Tensor input) {
      return input.softplus();
    }

    @Override
    public Tensor local(Tensor signal, Tensor input, Tensor output) {
      return signal.throughSoftplus(input);
    }

    @Override
    public double slopeAtZero() {
      return 0.5;
    }
  }

  /** x itself: a linear network. */
  @About("x itself")
  record Identity() implements Activation {
    @Override
    public Tensor apply(Tensor input) {
      return input;
    }

    @Override
    public Tensor local(Tensor signal, Tensor input, Tensor output) {
      return signal;
    }

    @Override
    public double slopeAtZero() {
      return 1;
    }
  }
}
