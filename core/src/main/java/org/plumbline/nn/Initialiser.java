package org.plumbline.nn;

import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Catalogue;

/** Draws the weights that a dense layer or a convolution starts with. */
public interface Initialiser {
  /** The initialisers by name. */
  Catalogue<Initialiser> ALL =
      new Catalogue<Initialiser>("initialiser")
          .with("uniform", Uniform.class)
          .with("zero", Zero.class)
          .with("xavier", Xavier.class)
          .with("kaiming", Kaiming.class)
          .with("orthogonal", Orthogonal.class);

  /**
   * Draws a weight.
   *
   * @param seed of this weight
   * @param out rows
   * @param in columns, the fan-in: of a kernel {@code [out, channels, kh, kw]}, channels · kh · kw
   * @param fanOut how many numbers hear one that goes in: out for a dense layer, out · kh · kw for
   *     a kernel
   * @return {@code [out, in]}, FP32
   */
  Tensor weight(Seed seed, long out, long in, long fanOut);

  /**
   * Draws the weight of a dense layer.
   *
   * @param seed of this weight
   * @param out rows, the fan-out
   * @param in columns, the fan-in
   * @return {@code [out, in]}, FP32
   */
  default Tensor weight(Seed seed, long out, long in) {
    return weight(seed, out, in, out);
  }

  /**
   * Draws a bias; zeros by default.
   *
   * @param seed of this bias
   * @param out its length
   * @param in the fan-in of its layer
   * @return {@code [out]}, FP32
   */
  default Tensor bias(Seed seed, long out, long in) {
    return Tensor.zeros(Precision.FP32, out);
  }

  /** U(±1/√fan_in) for weights and biases, the default of most frameworks. */
  @About("U(±1/√fan_in), biases too")
  record Uniform() implements Initialiser {
    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return seed.uniform(1 / Math.sqrt((double) in), out, in);
    }

    @Override
    public Tensor bias(Seed seed, long out, long in) {
      return seed.uniform(1 / Math.sqrt((double) in), out);
    }
  }

  /** All zero: Nøkland's start for tanh under direct feedback. */
  @About("all zero; for tanh under fa and dfa")
  record Zero() implements Initialiser {
    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return Tensor.zeros(Precision.FP32, out, in);
    }
  }

  /** U(±√(6/(fan_in + fan_out))); Glorot, Bengio 2010. */
  @About("U(±√(6/(fan_in + fan_out)))")
  record Xavier() implements Initialiser {
    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return seed.uniform(Math.sqrt(6.0 / (in + fanOut)), out, in);
    }
  }

  /** N(0, 2/fan_in); He et al. 2015. */
  @About("N(0, 2/fan_in)")
  record Kaiming() implements Initialiser {
    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return seed.normal(Math.sqrt(2.0 / in), out, in);
    }
  }

  /** Orthonormal rows or columns, whichever are fewer; Saxe et al. 2014. */
  @About("orthonormal rows or columns")
  record Orthogonal() implements Initialiser {
    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return seed.orthonormal(out, in);
    }
  }
}
