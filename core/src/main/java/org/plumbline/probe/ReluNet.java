package org.plumbline.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.probe.Capacity.Norm;
import org.plumbline.tensor.Precision;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Tensor;

/**
 * A network of dense layers with ReLU between them and nothing else: the class for which there is a
 * bound.
 *
 * <pre>
 *   k hidden layers of d_i units, c_i = ‖V~_i‖_{p,q}, c_o = max_c ‖(b, W_L[c,:])‖_p, x~ = (1, x), n rows of m numbers
 *   c'_i = d_i^max(0, 1/p* − 1/q) c_i        M = Π (1 + c'_i^p*)^(1/p*);  p = 1: Π max(1, c_i)
 *   p = 1:   R ≤ c_o M b √(2 ((k+1) ln 2 + ln(m+1)) / n)          b = max(1, max_t ‖x_t‖_∞)
 *   p = 2:   R ≤ c_o M (1 + √(2 k ln 2)) √(Σ_t ‖x~_t‖²) / n
 *   without any bias: M_i = c'_i, x for x~, m for m + 1
 * </pre>
 *
 * <p>The norms are those of Xu, Wang 2018, <a
 * href="https://arxiv.org/abs/1810.01877">arXiv:1810.01877</a>; the bound, with its constants, is
 * this project's: positive homogeneity peels a layer at the price of M_i, symmetrisation and
 * one-sided contraction cost 2 a layer inside E exp(λ Z). Without hidden layers it is the classical
 * one of linear classes.
 */
public final class ReluNet {
  private static final double ALIKE = 1e-4;

  private final List<UnitNorms> layers;

  private ReluNet(List<UnitNorms> layers) {
    this.layers = List.copyOf(layers);
  }

  /**
   * Reads a network, if it computes on these rows what such layers would.
   *
   * @param network live
   * @param inputs {@code [rows, in…]}
   * @param output of the network in evaluation mode, {@code [rows, outputs]}
   * @return nothing where a function, a norm, a pool or another layout stands between
   */
  public static Optional<ReluNet> of(Network network, Tensor inputs, Tensor output) {
    List<UnitNorms> layers = new ArrayList<>();
    for (var block : network.blocks()) {
      if (block.parameters().getFirst().value().shape().rank() != 2) {
        return Optional.empty();
      }
      Optional<UnitNorms> units = UnitNorms.of(block);
      if (units.isEmpty()) {
        return Optional.empty();
      }
      layers.add(units.get());
    }
    try (var _ = Scope.open()) {
      Tensor x = inputs.reshaped(inputs.size(0), -1);
      for (int l = 0; l < layers.size(); l++) {
        List<Parameter> parameters = network.blocks().get(l).parameters();
        Tensor weight = parameters.getFirst().value();
        if (x.size(1) != weight.size(1)) {
          return Optional.empty();
        }
        x = x.linear(weight);
        if (parameters.size() > 1) {
          x = x.plus(parameters.get(1).value());
        }
        x = l < layers.size() - 1 ? x.relu() : x;
      }
      boolean alike =
          x.shape().equals(output.shape())
              && x.minus(output).norm().item() <= ALIKE * output.norm().item();
      return alike ? Optional.of(new ReluNet(layers)) : Optional.empty();
    }
  }

  /**
   * How many hidden layers there are.
   *
   * @return k
   */
  public int hidden() {
    return layers.size() - 1;
  }

  /**
   * c_i, or c_o of the output layer.
   *
   * @param layer from 0
   * @param norm which
   * @return ‖V~‖_{p,q}; of the output layer the greatest ‖row‖_p
   */
  public double norm(int layer, Norm norm) {
    return layer == hidden() ? layers.get(layer).greatest(norm.p()) : layers.get(layer).norm(norm);
  }

  private boolean hasBias() {
    return layers.stream().anyMatch(UnitNorms::hasBias);
  }

  /**
   * M, what the hidden layers cost.
   *
   * @param norm which
   * @return a product over them, 1 without
   */
  public double product(Norm norm) {
    double product = 1;
    for (int i = 0; i < hidden(); i++) {
      double power = Math.max(0, (norm.p() == 1 ? 0 : 0.5) - 1 / norm.q());
      double c = Math.pow(layers.get(i).outputs(), power) * layers.get(i).norm(norm);
      double with = norm.p() == 1 ? Math.max(1, c) : Math.sqrt(1 + c * c);
      product *= hasBias() ? with : c;
    }
    return product;
  }

  /**
   * R, a bound on the empirical Rademacher complexity of one output of all networks of this shape
   * with norms no greater, on these rows.
   *
   * @param norm which
   * @param rows {@code [rows, in…]}
   * @return a number above 0
   */
  public double complexity(Norm norm, Tensor rows) {
    double n = (double) rows.size(0);
    int k = hidden();
    double factor = norm(k, norm) * product(norm);
    int bias = hasBias() ? 1 : 0;
    double most = bias;
    double squares = bias * n;
    for (double x : rows.toDoubles()) {
      most = Math.max(most, Math.abs(x));
      squares += x * x;
    }
    double inputs = layers.getFirst().inputs() + bias;
    return norm.p() == 1
        ? factor * most * Math.sqrt(2 * ((k + 1) * Math.log(2) + Math.log(inputs)) / n)
        : factor * (1 + Math.sqrt(2 * k * Math.log(2))) * Math.sqrt(squares) / n;
  }

  /**
   * The same function with hidden norms of 1.
   *
   * <pre>
   *   W_i' = W_i / s_i   b_i' = b_i / (s_1 ⋯ s_i)   W_L' = W_L s_1 ⋯ s_k   b_L' = b_L        s_i = c_i
   * </pre>
   *
   * @param norm whose c_i are divided by
   * @return another net; a layer that is all zero is left as it is
   */
  public ReluNet rescaled(Norm norm) {
    List<UnitNorms> scaled = new ArrayList<>();
    double product = 1;
    for (int i = 0; i < hidden(); i++) {
      double s = layers.get(i).norm(norm);
      s = s > 0 ? s : 1;
      product *= s;
      scaled.add(layers.get(i).scaled(1 / s, 1 / product));
    }
    scaled.add(layers.getLast().scaled(product, 1));
    return new ReluNet(scaled);
  }

  /**
   * Writes the weights into a network.
   *
   * @param network of these layers
   */
  public void into(Network network) {
    try (var _ = Scope.open()) {
      for (int l = 0; l < layers.size(); l++) {
        List<Parameter> parameters = network.blocks().get(l).parameters();
        write(layers.get(l).weights(), parameters.getFirst());
        if (parameters.size() > 1) {
          write(layers.get(l).biases(), parameters.get(1));
        }
      }
    }
  }

  private static void write(double[] numbers, Parameter into) {
    Tensor value = into.value();
    value.copyFrom(
        Tensor.of(numbers, value.shape().toArray()).to(value.precision()).to(value.device()));
  }

  /**
   * What the net answers, in double precision.
   *
   * @param rows {@code [rows, in…]}
   * @return {@code [rows, outputs]}
   */
  public Tensor answer(Tensor rows) {
    int n = Math.toIntExact(rows.size(0));
    int in = layers.getFirst().inputs();
    int outputs = layers.getLast().outputs();
    double[] x = rows.toDoubles();
    double[] y = new double[n * outputs];
    for (int i = 0; i < n; i++) {
      double[] h = Arrays.copyOfRange(x, i * in, (i + 1) * in);
      for (int l = 0; l < layers.size(); l++) {
        h = layers.get(l).of(h);
        for (int j = 0; l < hidden() && j < h.length; j++) {
          h[j] = Math.max(0, h[j]);
        }
      }
      System.arraycopy(h, 0, y, i * outputs, outputs);
    }
    return Tensor.of(y, n, outputs).to(Precision.FP64);
  }
}
