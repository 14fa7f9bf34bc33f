package org.plumbline.rule;

import java.util.List;
import org.plumbline.nn.Block;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/** What some rules need of hidden blocks; each need is refused in one line. */
final class Hidden {
  private Hidden() {}

  /** The parameters of a block that are matrices or kernels. */
  static List<Parameter> weights(Block block) {
    return block.parameters().stream().filter(p -> p.value().shape().rank() > 1).toList();
  }

  /**
   * Refuses hidden blocks with a weight that is all zero.
   *
   * @param first block, from 1
   * @param which what comes of it: "which makes its features constant"
   */
  static void requireRandom(String rule, Network network, int first, String which) {
    for (int l = first; l <= network.hidden(); l++) {
      Block block = network.blocks().get(l - 1);
      // whatever the biases are
      if (weights(block).stream().anyMatch(p -> p.value().norm().item() == 0)) {
        throw new BadInput(
            "rule %s needs random hidden weights, but those of block %d (%s) are all zero, %s; use --init uniform"
                .formatted(rule, l, block.describe(), which));
      }
    }
  }

  /** Refuses hidden blocks of several weights, and those whose output is not shaped like a_l. */
  static void requirePreActivation(String rule, Network network) {
    try (var _ = Scope.open()) {
      Tensor like = network.parameters().getFirst().value();
      Tensor row =
          Tensor.zeros(like.precision(), network.input().withRows(1).toArray()).to(like.device());
      List<Step> steps = network.trace(row, Mode.EVAL).hidden();
      for (int i = 0; i < steps.size(); i++) {
        Block block = network.blocks().get(i);
        int found = weights(block).size();
        Shape a = steps.get(i).local(steps.get(i).output().zerosLike()).shape().withoutRows();
        if (found != 1 || !a.equals(network.shape(i))) {
          throw new BadInput(
              "rule %s needs hidden blocks of one weight whose output is shaped like its product, but block %d (%s) has %d of them and makes %s of %s; let every hidden dense layer be a block of its own"
                  .formatted(rule, i + 1, block.describe(), found, network.shape(i), a));
        }
      }
    }
  }
}
