package org.plumbline.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Tensor;

/**
 * A weight that the error crosses on its way back from block to block.
 *
 * @param block l, from 2
 * @param index of the weight among those of its block, from 0
 * @param weight W_l, {@code [out, in…]}
 */
record Crossing(int block, int index, Parameter weight) {
  /** Those of blocks 2 … L; a block of several layers has several. */
  static List<Crossing> of(Network network) {
    List<Crossing> crossings = new ArrayList<>();
    for (int l = 2; l <= network.blocks().size(); l++) {
      int k = 0;
      for (Parameter p : network.blocks().get(l - 1).parameters()) {
        if (p.value().shape().rank() > 1) {
          crossings.add(new Crossing(l, k++, p));
        }
      }
    }
    return List.copyOf(crossings);
  }

  /** One matrix a hidden block, that of the first weight behind it; and those of the others. */
  static Paths paths(List<Crossing> crossings, Function<Crossing, Tensor> matrix) {
    List<Tensor> first = new ArrayList<>();
    List<List<Tensor>> further = new ArrayList<>();
    for (Crossing c : crossings) {
      if (c.index == 0) {
        first.add(matrix.apply(c));
        further.add(new ArrayList<>());
      } else {
        further.getLast().add(matrix.apply(c));
      }
    }
    return new Paths(Paths.Kind.LAYERED, first, further);
  }

  /** {@code feedback.2}, and for a further weight of that block {@code feedback.2.1}. */
  String name() {
    return "feedback." + block + (index == 0 ? "" : "." + index);
  }

  /** A seed of its own, which other blocks do not change. */
  Seed seed(Seed seed) {
    return seed.child(block).child(index);
  }

  /** The length of the weight's first axis: n_l of a dense weight, the channels of a kernel. */
  long out() {
    return weight.value().size(0);
  }

  /** The product of the other axes, the fan-in: n_{l−1} of a dense weight, a kernel's patch. */
  long in() {
    return weight.value().size() / out();
  }

  /** How many numbers hear one that goes in: n_l of a dense weight, out · kh · kw of a kernel. */
  long fanOut() {
    return weight.value().size() / weight.value().size(1);
  }

  /** A matrix {@code [out, in]} in the weight's shape, precision and place. */
  Tensor like(Tensor matrix) {
    Tensor w = weight.value();
    return matrix.reshaped(w.shape().toArray()).to(w.precision()).to(w.device());
  }
}
