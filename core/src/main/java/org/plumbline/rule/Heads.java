package org.plumbline.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.plumbline.nn.Dense;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.objective.Objective;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/**
 * Linear classifiers, one on each hidden block, judged as the output is.
 *
 * <pre>
 *   G_l = pool(h_l) M_lᵀ + c_l        e_l = ∂loss(G_l)/∂G_l        s_l = e_l M_l, back through the pool
 *   gM_l = e_lᵀ pool(h_l)             gc_l = column sums of e_l    M_l: [outputs, pooled n_l]
 * </pre>
 *
 * @param weights M_1 … M_{L−1}
 * @param biases c_1 … c_{L−1}, or none
 * @param pools what each head reads of its block
 */
record Heads(List<Parameter> weights, List<Parameter> biases, List<Averaging> pools) {
  /**
   * Draws the heads of a network, those of block l with child l of the seed.
   *
   * @param most numbers that a head reads of a feature map, which is averaged down to them; 0 for
   *     any
   */
  static Heads of(Network network, String init, Dense.Bias bias, long most, Seed seed) {
    Initialiser initialiser = Initialiser.ALL.parse(init);
    if (initialiser.multiplier(2) != 1) {
      throw new BadInput(
          "heads are plain linear layers, but init is '%s', which is of layers that divide; use init=uniform"
              .formatted(init));
    }
    List<Parameter> weights = new ArrayList<>();
    List<Parameter> biases = new ArrayList<>();
    List<Averaging> pools = new ArrayList<>();
    for (int l = 1; l <= network.hidden(); l++) {
      Seed own = seed.child(l);
      Tensor like = network.parameters().getFirst().value();
      pools.add(Averaging.of(network.map(l - 1), most, like));
      long width = pools.getLast().width();
      weights.add(
          Local.parameter(
              network,
              "feedback." + l,
              initialiser.weight(own.child("head"), network.outputs(), width)));
      if (bias == Dense.Bias.WITH) {
        biases.add(
            Local.parameter(
                network,
                "bias." + l,
                initialiser.bias(own.child("bias"), network.outputs(), width)));
      }
    }
    return new Heads(List.copyOf(weights), List.copyOf(biases), List.copyOf(pools));
  }

  /** All that learns. */
  List<Parameter> parameters() {
    return Stream.concat(weights.stream(), biases.stream()).toList();
  }

  /** For those who look at M, and the pool before it: {@code [outputs, n_l]}. */
  Paths paths() {
    List<Tensor> paths = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      paths.add(pools.get(i).back(weights.get(i).value()));
    }
    return new Paths(Paths.Kind.DIRECT, paths);
  }

  /** G_l of the block {@code block}, from 0: {@code [batch, outputs]}. */
  Tensor answer(int block, Tensor h) {
    return read(block, pools.get(block).of(h));
  }

  private Tensor read(int block, Tensor h) {
    Tensor m = weights.get(block).value();
    return biases.isEmpty() ? h.linear(m) : h.linear(m, biases.get(block).value());
  }

  /** The slope of the loss of G_l by h, {@code [batch, n_l]}, and by the head. */
  Signal.Told told(int block, Tensor h, Tensor target, Objective objective) {
    Tensor pooled = pools.get(block).of(h);
    Tensor e = objective.judge(read(block, pooled), target).error();
    Parameter m = weights.get(block);
    List<Gradients.Entry> own = new ArrayList<>();
    own.add(new Gradients.Entry(m, new Gradient.Factored(e, pooled)));
    if (!biases.isEmpty()) {
      own.add(new Gradients.Entry(biases.get(block), new Gradient.Whole(e.sum(0))));
    }
    return new Signal.Told(pools.get(block).back(e.matmul(m.value())), new Gradients(own));
  }
}
