package org.plumbline.rule;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Convolution;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * Similarity matching, one map on each hidden block.
 *
 * <pre>
 *   Z = h_l R_lᵀ        Z_c = Z − row means        z^ = Z_c / ‖Z_c‖, row by row        S(Z) = z^ z^ᵀ
 *   loss = (1/N²) Σ (S(Z) − S(t))²                 dz^ = (4/N²) (S(Z) − S(t)) z^
 *   s_l = dZ R_l        gR_l = dZᵀ h_l             R_l: [n_l, n_l]
 *
 *   images: a = h_l * R_l, R_l: [c, c, 3, 3], padding 1, no bias
 *     c > 3:  Z = std of each channel over its P places        da = dZ (a − mean) / ((P − 1) Z)
 *     else:   Z = a, flattened
 *     s_l, gR_l: the derivatives of the convolution at da
 * </pre>
 *
 * @param maps R_1 … R_{L−1}
 * @param shapes of one row of what each block puts out, images unflattened
 */
record Similarities(List<Parameter> maps, List<Shape> shapes) {
  private static final Convolution SAME = new Convolution(1, 1, 1);
  private static final int SIDE = 3;
  private static final int FEW = 3; // channels whose deviations say too little
  private static final double TINY = 1e-16;

  /** Draws the maps of a network, that of block l with child l of the seed. */
  static Similarities of(String rule, Network network, String prefix, Seed seed) {
    if (network.outputs() < 2) {
      throw new BadInput(
          "rule %s needs at least 2 outputs, but block %d (%s) has 1; use another rule"
              .formatted(rule, network.blocks().size(), network.blocks().getLast().describe()));
    }
    List<Parameter> maps = new ArrayList<>();
    List<Shape> shapes = new ArrayList<>();
    for (int l = 1; l <= network.hidden(); l++) {
      Seed own = seed.child(l).child("similarity");
      shapes.add(network.map(l - 1));
      long first = shapes.getLast().axis(0);
      Tensor drawn =
          shapes.getLast().rank() == 3
              ? own.uniform(1 / Math.sqrt(SIDE * SIDE * (double) first), first, first, SIDE, SIDE)
              : Hidden.matrix(rule, network, l, first, first, own);
      maps.add(Local.parameter(network, prefix + l, drawn));
    }
    return new Similarities(List.copyOf(maps), List.copyOf(shapes));
  }

  /** S of some rows {@code [batch, columns]}: {@code [batch, batch]}. */
  static Tensor among(Tensor rows) {
    Tensor unit = UnitRows.of(UnitRows.centred(rows)).value();
    return unit.matmul(unit.transposed());
  }

  /**
   * The slope of the loss of block {@code block}, from 0, by h and by R.
   *
   * @param h {@code [batch, n_l]}
   * @param wanted S(t), {@code [batch, batch]}
   */
  Signal.Told told(int block, Tensor h, Tensor wanted) {
    if (shapes.get(block).rank() == 3) {
      return ofImages(maps.get(block), h.reshaped(shape(block, h)), wanted);
    }
    Parameter r = maps.get(block);
    Tensor dz = slope(h.linear(r.value()), wanted);
    return new Signal.Told(
        dz.matmul(r.value()),
        new Gradients(List.of(new Gradients.Entry(r, new Gradient.Factored(dz, h)))));
  }

  private long[] shape(int block, Tensor h) {
    return shapes.get(block).withRows(h.size(0)).toArray();
  }

  /** The slope of the loss by Z, {@code [batch, features]}. */
  private static Tensor slope(Tensor features, Tensor wanted) {
    double rows = features.size(0);
    UnitRows unit = UnitRows.of(UnitRows.centred(features));
    Tensor z = unit.value();
    Tensor off = z.matmul(z.transposed()).add(wanted, -1);
    // A sum of centred rows: to centre it again, as the paper has it, changes nothing.
    return unit.back(off.matmul(z).multiply(4 / (rows * rows)));
  }

  private static Signal.Told ofImages(Parameter r, Tensor h, Tensor wanted) {
    long[] shape = h.shape().toArray();
    Tensor a = SAME.of(h, r.value()).reshaped(h.size(0) * h.size(1), -1);
    Tensor da =
        a.size(1) > 1 && h.size(1) > FEW
            ? byDeviations(a, h.size(0), wanted)
            : slope(a.reshaped(h.size(0), -1), wanted);
    Tensor signal = da.reshaped(shape);
    return new Signal.Told(
        SAME.byInput(signal, h, r.value()).reshaped(h.size(0), -1),
        new Gradients(
            List.of(new Gradients.Entry(r, new Gradient.Convolved(signal, h, r.value(), SAME)))));
  }

  /** The slope by all places, {@code [rows · c, P]}, where their deviations are the features. */
  private static Tensor byDeviations(Tensor a, long rows, Tensor wanted) {
    double others = a.size(1) - 1.0;
    Tensor off = UnitRows.centred(a);
    Tensor deviations = off.squared().sum(1).multiply(1 / others).sqrt();
    Tensor slope = slope(deviations.reshaped(rows, -1), wanted).reshaped(-1);
    Tensor share =
        slope.times(deviations).over(deviations.squared().add(TINY)).multiply(1 / others);
    return off.multiply(share.reshaped(-1, 1));
  }
}
