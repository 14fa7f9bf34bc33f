package org.plumbline.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.plumbline.nn.Block;
import org.plumbline.nn.Parameter;

/** The incoming weights of the units of one layer, each with its bias: the rows of V~ = (W, b). */
final class UnitNorms {
  private final double[][] units;
  private final int inputs;

  private UnitNorms(double[][] units, int inputs) {
    this.units = units;
    this.inputs = inputs;
  }

  /**
   * Of a block of one weight.
   *
   * @return nothing where a block has several, or more that learns than a bias
   */
  static Optional<UnitNorms> of(Block block) {
    List<Parameter> parameters = block.parameters();
    List<Parameter> weights = parameters.stream().filter(Parameter::isWeight).toList();
    if (weights.size() != 1 || parameters.size() > 2) {
      return Optional.empty();
    }
    Parameter weight = weights.getFirst();
    int out = Math.toIntExact(weight.value().size(0));
    int in = Math.toIntExact(weight.value().size() / out);
    double[] w = weight.value().toDoubles();
    List<double[]> biases = new ArrayList<>();
    for (Parameter p : parameters) {
      if (!p.equals(weight)) {
        biases.add(p.value().toDoubles());
      }
    }
    if (!biases.isEmpty() && biases.getFirst().length != out) {
      return Optional.empty();
    }
    double[][] units = new double[out][in + biases.size()];
    for (int j = 0; j < out; j++) {
      System.arraycopy(w, j * in, units[j], 0, in);
      if (!biases.isEmpty()) {
        units[j][in] = biases.getFirst()[j];
      }
    }
    return Optional.of(new UnitNorms(units, in));
  }

  int outputs() {
    return units.length;
  }

  int inputs() {
    return inputs;
  }

  boolean hasBias() {
    return units[0].length > inputs;
  }

  /** ‖V~‖_{p,q}. */
  double norm(Capacity.Norm norm) {
    double sum = 0;
    double most = 0;
    for (double[] unit : units) {
      double length = length(unit, norm.p());
      sum += Math.pow(length, Double.isInfinite(norm.q()) ? 1 : norm.q());
      most = Math.max(most, length);
    }
    return Double.isInfinite(norm.q()) ? most : Math.pow(sum, 1 / norm.q());
  }

  /** The greatest ‖row‖_p. */
  double greatest(int p) {
    double most = 0;
    for (double[] unit : units) {
      most = Math.max(most, length(unit, p));
    }
    return most;
  }

  private static double length(double[] unit, int p) {
    double sum = 0;
    for (double v : unit) {
      sum += p == 1 ? Math.abs(v) : v * v;
    }
    return p == 1 ? sum : Math.sqrt(sum);
  }

  /** All weights and all biases times numbers of their own. */
  UnitNorms scaled(double weights, double biases) {
    double[][] scaled = new double[units.length][];
    for (int j = 0; j < units.length; j++) {
      scaled[j] = units[j].clone();
      for (int k = 0; k < scaled[j].length; k++) {
        scaled[j][k] *= k < inputs ? weights : biases;
      }
    }
    return new UnitNorms(scaled, inputs);
  }

  /** V~ of a row: W x + b. */
  double[] of(double[] x) {
    double[] a = new double[units.length];
    for (int j = 0; j < a.length; j++) {
      double sum = hasBias() ? units[j][inputs] : 0;
      for (int k = 0; k < inputs; k++) {
        sum += units[j][k] * x[k];
      }
      a[j] = sum;
    }
    return a;
  }

  /** W alone, row by row. */
  double[] weights() {
    double[] w = new double[units.length * inputs];
    for (int j = 0; j < units.length; j++) {
      System.arraycopy(units[j], 0, w, j * inputs, inputs);
    }
    return w;
  }

  /** b alone. */
  double[] biases() {
    double[] b = new double[units.length];
    for (int j = 0; j < units.length; j++) {
      b[j] = units[j][inputs];
    }
    return b;
  }
}
