package org.plumbline.rule;

import java.util.ArrayList;
import java.util.List;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * Similarity matching, one map on each hidden block.
 *
 * <pre>
 *   Z = h_l R_lᵀ        Z_c = Z − row means        z^ = Z_c / ‖Z_c‖, row by row        S(Z) = z^ z^ᵀ
 *   loss = (1/N²) Σ (S(Z) − S(t))²                 dz^ = (4/N²) (S(Z) − S(t)) z^
 *   s_l = dZ R_l        gR_l = dZᵀ h_l             R_l: [n_l, n_l]
 * </pre>
 *
 * @param maps R_1 … R_{L−1}
 */
record Similarities(List<Parameter> maps) {
  /** Draws the maps of a network, that of block l with child l of the seed. */
  static Similarities of(String rule, Network network, String prefix, Seed seed) {
    if (network.outputs() < 2) {
      throw new BadInput(
          "rule %s needs at least 2 outputs, but block %d (%s) has 1; use another rule"
              .formatted(rule, network.blocks().size(), network.blocks().getLast().describe()));
    }
    List<Parameter> maps = new ArrayList<>();
    for (int l = 1; l <= network.hidden(); l++) {
      long width = network.width(l - 1);
      Tensor drawn =
          new Initialiser.Uniform().weight(seed.child(l).child("similarity"), width, width);
      maps.add(Local.parameter(network, prefix + l, drawn));
    }
    return new Similarities(List.copyOf(maps));
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
    Parameter r = maps.get(block);
    double rows = h.size(0);
    UnitRows unit = UnitRows.of(UnitRows.centred(h.linear(r.value())));
    Tensor z = unit.value();
    Tensor off = z.matmul(z.transposed()).add(wanted, -1);
    // A sum of centred rows: to centre it again, as the paper has it, changes nothing.
    Tensor dz = unit.back(off.matmul(z).multiply(4 / (rows * rows)));
    return new Signal.Told(
        dz.matmul(r.value()),
        new Gradients(List.of(new Gradients.Entry(r, new Gradient.Factored(dz, h)))));
  }
}
