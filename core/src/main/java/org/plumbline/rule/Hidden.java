package org.plumbline.rule;

import java.util.List;
import org.plumbline.nn.Block;
import org.plumbline.nn.Gradient;
import org.plumbline.nn.Gradients;
import org.plumbline.nn.Initialiser;
import org.plumbline.nn.Mode;
import org.plumbline.nn.Network;
import org.plumbline.nn.Parameter;
import org.plumbline.nn.Step;
import org.plumbline.nn.Trace;
import org.plumbline.tensor.Scope;
import org.plumbline.tensor.Seed;
import org.plumbline.tensor.Shape;
import org.plumbline.tensor.Tensor;
import org.plumbline.value.BadInput;

/** What some rules need of hidden blocks; each need is refused in one line. */
final class Hidden {
  private Hidden() {}

  /** Refuses networks in which a sentence of several rows has one answer. */
  static void requireAnAnswerARow(String rule, Network network) {
    if (network.tokens() != network.answers()) {
      throw new BadInput(
          "rule %s needs an answer for every row, but block 1 (%s) makes %d rows of a sentence, which has one; use --rule dfa or --rule bp"
              .formatted(rule, network.blocks().getFirst().describe(), network.tokens()));
    }
  }

  /** Refuses networks that make several rows of one. */
  static void requireNoTokens(String rule, Network network) {
    if (network.tokens() > 1) {
      throw new BadInput(
          "rule %s needs rows that stand for themselves, but block 1 (%s) makes %d of a text, one a token; use --rule dfa or --rule bp"
              .formatted(rule, network.blocks().getFirst().describe(), network.tokens()));
    }
  }

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

  /** Refuses convolutions in groups behind the first block, where a rule mixes all channels. */
  static void requireOneGroup(String rule, Network network) {
    try (var _ = Scope.open()) {
      List<Step> steps = dry(network).steps();
      for (int l = 2; l <= steps.size(); l++) {
        Step step = steps.get(l - 1);
        for (Gradients.Entry entry : step.gradients(step.output().zerosLike()).entries()) {
          if (entry.gradient() instanceof Gradient.Convolved convolved
              && convolved.convolution().groups() > 1) {
            throw new BadInput(
                "rule %s mixes all channels on the way back and cannot pass a convolution in groups, but block %d (%s) has one in %d; use --rule kp"
                    .formatted(
                        rule,
                        l,
                        network.blocks().get(l - 1).describe(),
                        convolved.convolution().groups()));
          }
        }
      }
    }
  }

  /** A pass over one row of zeros, in the open scope. */
  private static Trace dry(Network network) {
    return network.trace(rows(network, 1), Mode.EVAL);
  }

  /** Refuses hidden blocks with a frozen layer between what they learn and their output. */
  private static void requireNoFrozenEnd(String rule, Network network) {
    for (int l = 1; l <= network.hidden(); l++) {
      Block block = network.blocks().get(l - 1);
      if (block.endsFrozen()) {
        throw new BadInput(
            "rule %s needs hidden blocks that end with what they learn, but block %d (%s) has a frozen layer behind its weight; freeze the first blocks only"
                .formatted(rule, l, block.describe()));
      }
    }
  }

  /**
   * Refuses hidden blocks of several weights, and those that put out another number of values than
   * their weight does, as behind a pool.
   */
  static void requireAsManyAsTheWeightGives(String rule, Network network, String cure) {
    requireNoFrozenEnd(rule, network);
    try (var _ = Scope.open()) {
      List<Step> steps = dry(network).hidden();
      for (int i = 0; i < steps.size(); i++) {
        Block block = network.blocks().get(i);
        int found = weights(block).size();
        Shape a = steps.get(i).local(steps.get(i).output().zerosLike()).shape().withoutRows();
        if (found != 1 || a.size() != network.width(i)) {
          throw new BadInput(
              "rule %s needs hidden blocks of one weight that put out as many values as the weight gives, but block %d (%s) %s; %s"
                  .formatted(
                      rule,
                      i + 1,
                      block.describe(),
                      found == 1
                          ? "makes %s of %s".formatted(network.shape(i), a)
                          : "has %d weights".formatted(found),
                      cure));
        }
      }
    }
  }

  /**
   * Refuses hidden blocks of which more learns than what belongs to the first weight: a
   * normalisation's scale and shift.
   */
  static void requireNothingElse(String rule, Network network) {
    try (var _ = Scope.open()) {
      List<Step> steps = dry(network).hidden();
      for (int i = 0; i < steps.size(); i++) {
        Block block = network.blocks().get(i);
        Step step = steps.get(i);
        int reached = step.localGradients(step.local(step.output().zerosLike())).entries().size();
        if (reached != block.parameters().size()) {
          throw new BadInput(
              "rule %s teaches what stands before the activation, but block %d (%s) has a normalisation that learns, too; use affine=without"
                  .formatted(rule, i + 1, block.describe()));
        }
      }
    }
  }

  /** Some rows of zeros that a network takes. */
  static Tensor rows(Network network, long rows) {
    Tensor like = network.parameters().getFirst().value();
    return Tensor.zeros(like.precision(), network.input().withRows(rows).toArray())
        .to(like.device());
  }

  /**
   * Draws a matrix beside a hidden block, as the weight of a linear layer.
   *
   * @param block from 1, for the message
   * @return {@code [rows, columns]}, FP32
   */
  static Tensor matrix(
      String rule, Network network, int block, long rows, long columns, Seed seed) {
    if (rows > Integer.MAX_VALUE / columns) {
      throw new BadInput(
          "rule %s needs a matrix of %d x %d numbers beside block %d (%s), but one may have at most %d; use smaller maps or another rule"
              .formatted(
                  rule,
                  rows,
                  columns,
                  block,
                  network.blocks().get(block - 1).describe(),
                  Integer.MAX_VALUE));
    }
    return new Initialiser.Uniform().weight(seed, rows, columns);
  }

  /** Refuses hidden blocks of several weights, and those whose output is not shaped like a_l. */
  static void requirePreActivation(String rule, Network network) {
    requireNoFrozenEnd(rule, network);
    try (var _ = Scope.open()) {
      List<Step> steps = dry(network).hidden();
      for (int i = 0; i < steps.size(); i++) {
        Block block = network.blocks().get(i);
        int found = weights(block).size();
        Shape a = steps.get(i).local(steps.get(i).output().zerosLike()).shape().withoutRows();
        if (found != 1 || !a.equals(network.map(i))) {
          throw new BadInput(
              "rule %s needs hidden blocks of one weight whose output is shaped like its product, but block %d (%s) has %d of them and makes %s of %s; let every hidden layer with weights be a block of its own, without a pool"
                  .formatted(rule, i + 1, block.describe(), found, network.map(i), a));
        }
      }
    }
  }
}
