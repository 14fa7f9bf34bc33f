package org.plumbline.nn;

import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.About;
import org.plumbline.value.Catalogue;
import org.plumbline.value.Check;

/** Draws the weights that a dense layer or a convolution starts with. */
public interface Initialiser {
  /** The initialisers by name. */
  Catalogue<Initialiser> ALL =
      new Catalogue<Initialiser>("initialiser")
          .with("uniform", Uniform.class)
          .with("zero", Zero.class)
          .with("xavier", Xavier.class)
          .with("kaiming", Kaiming.class)
          .with("orthogonal", Orthogonal.class)
          .with("random", Random.class)
          .with("ntk", Ntk.class);

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

  /**
   * What a layer multiplies its input with, at every pass: a parameterisation of the same maps.
   *
   * @param in the fan-in
   * @return 1 by default
   */
  default double multiplier(long in) {
    return 1;
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

  /**
   * Weights all zero: Nøkland's start for tanh under direct feedback; with a bias above 0 that of
   * Crafton et al. for ReLU.
   *
   * @param bias of every unit
   */
  @About("all zero; for tanh under fa and dfa, with a bias for relu")
  record Zero(@About("of every unit") double bias) implements Initialiser {
    /**
     * Checks the bias.
     *
     * @param bias at least 0
     */
    public Zero {
      Check.notNegative("bias of zero", bias);
    }

    /** Biases zero too. */
    public Zero() {
      this(0);
    }

    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return Tensor.zeros(Precision.FP32, out, in);
    }

    @Override
    public Tensor bias(Seed seed, long out, long in) {
      return Tensor.zeros(Precision.FP32, out).fill(bias);
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

  /**
   * Any law of the recipes: independent entries with the standard deviation gain/√fan.
   *
   * <pre>
   *   He, uniform        law=uniform,fan=in,gain=1.4142      U(±√(6/fan_in))
   *   Akrout et al.      law=normal,fan=sum,bias=drawn       N(0, 1/(fan_in + fan_out)), biases too
   *   Forward-Forward    law=normal,fan=out                  N(0, 1/fan_out)
   * </pre>
   *
   * @param law of the entries
   * @param fan what the size follows
   * @param gain multiplies it
   * @param bias whether biases are drawn as the weights are
   */
  @About("entries with the deviation gain/√fan")
  record Random(
      @About("normal or uniform") Law law,
      @About("in, out, or their sum") Fan fan,
      @About("multiplies the deviation") double gain,
      @About("zero, or drawn as the weights are") Biases bias)
      implements Initialiser {
    /** The distribution of the entries. */
    public enum Law {
      /** N(0, std²). */
      NORMAL,
      /** U(±√3 std). */
      UNIFORM
    }

    /** What the size of the entries follows. */
    public enum Fan {
      /** The numbers that one unit hears. */
      IN,
      /** The units that hear one number. */
      OUT,
      /** Both. */
      SUM
    }

    /** What biases start with. */
    public enum Biases {
      /** Zero. */
      ZERO,
      /** Drawn as the weights are, with the units of the layer for its fan-out. */
      DRAWN
    }

    /**
     * Checks the gain.
     *
     * @param law of the entries
     * @param fan what the size follows
     * @param gain above 0
     * @param bias whether biases are drawn
     */
    public Random {
      Check.positive("gain of random", gain);
    }

    /** N(0, 1/fan_in), biases zero. */
    public Random() {
      this(Law.NORMAL, Fan.IN, 1, Biases.ZERO);
    }

    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return draw(seed, in, fanOut, out, in);
    }

    @Override
    public Tensor bias(Seed seed, long out, long in) {
      return bias == Biases.ZERO ? Initialiser.super.bias(seed, out, in) : draw(seed, in, out, out);
    }

    private Tensor draw(Seed seed, long in, long out, long... shape) {
      double over =
          switch (fan) {
            case IN -> in;
            case OUT -> out;
            case SUM -> in + out;
          };
      double std = gain / Math.sqrt(over);
      return law == Law.NORMAL ? seed.normal(std, shape) : seed.uniform(std * Math.sqrt(3), shape);
    }
  }

  /**
   * The tangent-kernel parameterisation: the size of the weights stands in the layer, not in them,
   * so that a rate means the same at every width.
   *
   * <pre>  a_l = h_{l−1} W_lᵀ / √fan_in + b_l        W ~ N(0, 1)   b = 0   </pre>
   *
   * <p>Jacot, Gabriel, Hongler 2018, <a
   * href="https://arxiv.org/abs/1806.07572">arXiv:1806.07572</a>; their biases are drawn. The
   * functions are those of N(0, 1/fan_in) in the standard form, the gradient of a weight is smaller
   * by √fan_in, and what a rule tells is as it was.
   */
  @About("N(0, 1), and each layer divides by √fan_in: the tangent-kernel parameterisation")
  record Ntk() implements Initialiser {
    @Override
    public Tensor weight(Seed seed, long out, long in, long fanOut) {
      return seed.normal(1, out, in);
    }

    @Override
    public double multiplier(long in) {
      return 1 / Math.sqrt((double) in);
    }
  }
}
