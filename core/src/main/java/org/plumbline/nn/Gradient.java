package org.plumbline.nn;

import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Tensor;

/**
 * A gradient by one parameter. That of a dense weight stays factored until somebody needs the
 * product.
 */
public sealed interface Gradient {
  /**
   * The gradient leftᵀ · right, an outer product summed over the batch.
   *
   * @param left {@code [batch, out]}
   * @param right {@code [batch, in]}
   */
  record Factored(Tensor left, Tensor right) implements Gradient {
    @Override
    public Tensor into(Tensor buffer) {
      return buffer.setProduct(left.transposed(), right);
    }

    @Override
    public void addTo(Tensor target, double keep, double factor) {
      target.addProduct(keep, left.transposed(), right, factor);
    }

    @Override
    public Gradient scaled(double factor) {
      return new Factored(left.scaled(factor), right);
    }

    /**
     * ‖leftᵀ right‖² = ⟨left leftᵀ, right rightᵀ⟩, batch² numbers instead of out · in, where those
     * are fewer.
     */
    @Override
    public double squaredNorm() {
      double batch = left.size(0);
      if (batch * batch > (double) left.size(1) * right.size(1)) {
        return new Whole(value()).squaredNorm();
      }
      Tensor l = left.to(Precision.FP64);
      Tensor r = right.to(Precision.FP64);
      return Math.max(0, l.matmul(l.transposed()).dot(r.matmul(r.transposed())).item());
    }

    @Override
    public Tensor value() {
      return left.transposed().matmul(right);
    }
  }

  /**
   * The gradient by the kernel of a convolution: a convolution of signal and input.
   *
   * @param signal {@code [batch, out, height′, width′]}
   * @param input {@code [batch, in, height, width]}
   * @param kernel gives the shape, {@code [out, in/groups, k, k]}
   * @param convolution of the pass
   */
  record Convolved(Tensor signal, Tensor input, Tensor kernel, Convolution convolution)
      implements Gradient {
    @Override
    public Tensor into(Tensor buffer) {
      return buffer.copyFrom(value());
    }

    @Override
    public void addTo(Tensor target, double keep, double factor) {
      new Whole(value()).addTo(target, keep, factor);
    }

    @Override
    public Gradient scaled(double factor) {
      return new Convolved(signal.scaled(factor), input, kernel, convolution);
    }

    @Override
    public double squaredNorm() {
      return new Whole(value()).squaredNorm();
    }

    @Override
    public Tensor value() {
      return convolution.byKernel(signal, input, kernel);
    }
  }

  /**
   * The gradient by a bias: what its unit or channel was told, summed over rows and places.
   *
   * @param signal {@code [batch, out, …]}
   * @param sums {@code [out]}
   */
  record Summed(Tensor signal, Tensor sums) implements Gradient {
    @Override
    public Tensor value() {
      return sums;
    }

    @Override
    public Tensor into(Tensor buffer) {
      return buffer.copyFrom(sums);
    }

    @Override
    public void addTo(Tensor target, double keep, double factor) {
      new Whole(sums).addTo(target, keep, factor);
    }

    @Override
    public Gradient scaled(double factor) {
      return new Whole(sums.scaled(factor));
    }

    @Override
    public double squaredNorm() {
      return new Whole(sums).squaredNorm();
    }
  }

  /**
   * A gradient as it is.
   *
   * @param value shaped like the parameter
   */
  record Whole(Tensor value) implements Gradient {
    @Override
    public Tensor into(Tensor buffer) {
      return buffer.copyFrom(value);
    }

    @Override
    public void addTo(Tensor target, double keep, double factor) {
      if (keep != 1) {
        target.multiply(keep);
      }
      target.add(value, factor);
    }

    @Override
    public Gradient scaled(double factor) {
      return new Whole(value.scaled(factor));
    }

    @Override
    public double squaredNorm() {
      Tensor v = value.to(Precision.FP64);
      return v.dot(v).item();
    }
  }

  /**
   * The gradient multiplied out.
   *
   * @return shaped like the parameter
   */
  Tensor value();

  /**
   * Writes the gradient into a buffer.
   *
   * @param buffer shaped like the parameter
   * @return the buffer
   */
  Tensor into(Tensor buffer);

  /**
   * Makes the target keep · target + factor · gradient, without a buffer.
   *
   * @param target shaped like the parameter
   * @param keep of the target
   * @param factor of the gradient
   */
  void addTo(Tensor target, double keep, double factor);

  /**
   * The gradient times a number, still factored.
   *
   * @param factor the number
   * @return a gradient
   */
  Gradient scaled(double factor);

  /**
   * The squared Euclidean norm, in double precision.
   *
   * @return a number ≥ 0
   */
  double squaredNorm();
}
